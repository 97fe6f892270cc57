/** The sources of a reply as blocks: sections word for word with their source in grey below, and what a text cites. */
import type { types } from '@slack/bolt';
import type { Citation, PassageExcerpt, Reply } from '../../conversation/contract.ts';
import { sourceLine, unfolded, wordForWord } from '../../conversation/plain-text.ts';
import { limits } from './limits.ts';
import { context, paragraph, quote, richText, type Block, type RichPart } from './pieces.ts';
import type { Words } from './words.ts';

export function sourceBlocks(reply: Reply, words: Words): Block[] {
  const { passages, citations } = unfolded(reply);
  if (reply.quoted) return sectionBlocks(passages, citations, words);
  const excerpts = new Map(passages.map((passage) => [passage.n, passage]));
  const cited = new Set(citations.map(({ n }) => n));
  const elements = [
    ...citations.flatMap((citation) =>
      source(citation, excerpts.get(citation.n), passages.length > 0, words),
    ),
    ...passages.filter(({ n }) => !cited.has(n)).flatMap((excerpt) => [quote(marked(excerpt, words))]),
  ];
  return richText(elements.filter((element) => element.elements.length > 0).slice(0, 200));
}

/** Most sections and sources of one message, so that its blocks stay within what Slack takes. */
const most = 12;

/** A section a block, its source in grey below it. */
function sectionBlocks(passages: PassageExcerpt[], citations: Citation[], words: Words): Block[] {
  const numbers = [...new Set([...passages, ...citations].map(({ n }) => n))].toSorted((a, b) => a - b);
  return numbers.slice(0, most).flatMap((n) => {
    const passage = passages.find((each) => each.n === n);
    const citation = citations.find((each) => each.n === n);
    const said = passage === undefined ? [] : marked(passage, words);
    const line = citation === undefined ? '' : words.take(wordForWord(citation), limits.contextText);
    return [
      ...(said.length === 0 ? [] : richText([paragraph(said)])),
      ...(line === '' ? [] : [context(line)]),
    ];
  });
}

function source(
  citation: Citation,
  excerpt: PassageExcerpt | undefined,
  besideExcerpts: boolean,
  words: Words,
): RichPart[] {
  const [number, line] = [words.take(`[${citation.n}]`, 10), words.take(` ${sourceLine(citation)}`, 600)];
  const head = paragraph([
    ...(number === '' ? [] : [{ type: 'text' as const, text: number, style: { bold: true } }]),
    ...(line === '' ? [] : [{ type: 'text' as const, text: line }]),
  ]);
  if (excerpt !== undefined) return [head, quote(marked(excerpt, words))];
  if (besideExcerpts || citation.quote === '') return [head];
  const quoted = words.take(citation.quote, 2_000);
  return [head, quote(quoted === '' ? [] : [{ type: 'text', text: quoted }])];
}

function marked({ text, marks }: PassageExcerpt, words: Words): types.RichTextText[] {
  const out: types.RichTextText[] = [];
  let at = 0;
  const add = (part: string, bold: boolean) => {
    const taken = words.take(part, 3_000);
    if (taken !== '') out.push({ type: 'text', text: taken, ...(bold ? { style: { bold } } : {}) });
  };
  for (const [start, end] of marks.slice(0, 100)) {
    if (start < at || end <= start) continue;
    add(text.slice(at, start), false);
    add(text.slice(start, end), true);
    at = end;
  }
  add(text.slice(at), false);
  return out;
}
