/** Checks what a model wrote against what was retrieved: its citations and every figure in it. */
import type { Citation } from '../../conversation/contract.ts';
import { colons, dots, slashes } from '../../conversation/look-alikes.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { stripHidden } from '../../knowledge/read/hidden-text.ts';
import type { Passage } from '../../knowledge/search.ts';
import { knownFigures, learnFigures, unknownFigures } from '../../language/figures.ts';
import { words } from '../../language/vocabulary.ts';
import { learnHosts, withoutStrangeHosts } from './hosts.ts';
import { bestQuote } from './quote.ts';

const mark = /\s?\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;

export type CheckedAnswer =
  | { verdict: 'founded'; text: string; cited: Passage[] }
  | { verdict: 'not-covered' }
  | { verdict: 'unfounded'; /** For the log: why. */ because: 'no citation' | 'figure' | 'empty' };

const refusal = words('answers/refusal');

/** @param passages  in the order of their numbers: passage 1 first */
export function checkAnswer(written: string, passages: Passage[]): CheckedAnswer {
  const text = withoutMarkup(written).trim();
  if (text === '') return { verdict: 'unfounded', because: 'empty' };
  if (refusal.begins(text) !== null) return { verdict: 'not-covered' };

  const sources = createSources(passages);
  const renumbered = sources.renumber(text);
  if (sources.cited.length === 0) return { verdict: 'unfounded', because: 'no citation' };
  if (sources.unknownFigures(renumbered).length > 0) return { verdict: 'unfounded', because: 'figure' };
  return { verdict: 'founded', text: sources.withoutStrangeHosts(renumbered).trim(), cited: sources.cited };
}

/** A citation with its sisters and the sentence's end behind it; one bracket of it is no longer than the reach. */
const citations = /\[[\d,; ]{1,40}\](?:\s?\[[\d,; ]{1,40}\]){0,9}[.!?]?/g;
const reach = 50;
/** What could not be proven, or is no whole sentence yet, is tried again once it has grown by so much: all tries together stay linear. */
const growth = 1.25;

/**
 * How much of an answer in the making may be shown: whole sentences up to the last citation, as long as everything in them
 * is proven. Numbers are those of the finished answer. Each sentence is proven once.
 *
 * @returns a function of all that was written so far; words that do not go on from the last ones begin anew
 */
export function createProver(passages: Passage[]): (writtenSoFar: string) => string {
  let sources = createSources(passages);
  /** Up to where the model's own words are proven, and the last of them. */
  let provenTo = 0;
  let lastProven = '';
  let shown = '';
  /** The part of `shown` that no sentence's end stands behind yet. */
  let open = '';
  let lookedAt = 0;
  let leastEnd = 0;
  let refused = false;

  function beginAnew() {
    sources = createSources(passages);
    lastProven = shown = open = '';
    provenTo = lookedAt = leastEnd = 0;
    refused = false;
  }

  function prove(written: string, end: number) {
    const text = withoutMarkup(written.slice(provenTo, end));
    refused = shown === '' && refusal.begins(text) !== null;
    if (refused) return;
    const renumbered = sources.renumber(shown === '' ? text.trimStart() : text);
    const sentence = open + renumbered;
    const isProven = sources.cited.length > 0 && sources.unknownFigures(sentence).length === 0;
    const isWhole = written[end] === '\n' || /[.!?](?:\s?\[[\d\][]*)?$/.test(renumbered.slice(-reach));
    leastEnd = isProven && isWhole ? end : end + Math.floor((growth - 1) * sentence.length);
    if (!isProven) return;
    shown += sources.withoutStrangeHosts(renumbered);
    provenTo = end;
    lastProven = written.slice(Math.max(end - reach, 0), end);
    open = isWhole ? '' : sentence;
  }

  return (written) => {
    if (!written.startsWith(lastProven, provenTo - lastProven.length)) beginAnew();
    citations.lastIndex = lookedAt;
    lookedAt = Math.max(lookedAt, written.length - reach);
    for (let found = citations.exec(written); found !== null; found = citations.exec(written)) {
      const end = found.index + found[0].length;
      if (end === written.length) {
        // What follows it is not written yet.
        lookedAt = found.index;
        break;
      }
      lookedAt = Math.max(lookedAt, end);
      if (!refused && end >= leastEnd && /\s/.test(written[end] ?? '')) prove(written, end);
    }
    return refused ? '' : shown;
  };
}

/** What an answer cites, in the order in which it does, and what it may therefore say; each section is read once. */
function createSources(passages: Passage[]) {
  const order: number[] = [];
  const cited: Passage[] = [];
  const figures = knownFigures();
  const hosts = new Set<string>();

  function numberOf(n: number, passage: Passage): number {
    if (!order.includes(n)) {
      order.push(n);
      cited.push(passage);
      learnFigures(figures, sayableOf(passage));
      learnHosts(hosts, sayableOf(passage));
    }
    return order.indexOf(n) + 1;
  }

  return {
    cited,
    renumber: (text: string) =>
      text.replace(mark, (_whole, list: string) => {
        const marks = numbersOf(list).flatMap((n) => {
          const passage = passages[n - 1];
          return passage === undefined ? [] : [`[${numberOf(n, passage)}]`];
        });
        return marks.length === 0 ? '' : ` ${marks.join('')}`;
      }),
    unknownFigures: (text: string) => unknownFigures(text, figures),
    withoutStrangeHosts: (text: string) => withoutStrangeHosts(text, hosts),
  };
}

/** Citations for the sections that an answer names, each with the very sentence, cut from the stored text. */
export function citationsFor(lexicon: Lexicon, answer: string, cited: Passage[]): Citation[] {
  return cited.map((passage, index) => {
    const sentences = answer
      .split(/(?<=[.!?\]])\s+(?!\[)/)
      .filter((sentence) => sentence.includes(`[${index + 1}]`));
    return citationOf(
      lexicon,
      passage,
      index + 1,
      weightsOf(lexicon, (sentences.join(' ') || answer).replace(mark, ''), passage.language),
    );
  });
}

export function citationOf(
  lexicon: Lexicon,
  passage: Passage,
  n: number,
  weights: Map<string, number>,
): Citation {
  return {
    n,
    kind: passage.kind,
    policy: passage.title,
    version: passage.version,
    section: passage.number || passage.heading,
    heading: passage.heading,
    effectiveFrom: passage.effectiveFrom,
    quote: bestQuote(lexicon, passage.body, passage.language, weights),
  };
}

/** Stems of an answer, figures heaviest: the sentence with the same figure is the one it came from. */
function weightsOf(lexicon: Lexicon, text: string, language: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const stem of [...lexicon.stems(text, language), ...lexicon.stems(text, 'en')])
    weights.set(stem, /\d/.test(stem) ? 3 : 1);
  return weights;
}

/** What an answer may repeat of a passage: its text, and what stands in its citation. */
function sayableOf({ title, version, number, heading, path, effectiveFrom, body }: Passage): string {
  return [title, version, number, heading, ...path, effectiveFrom, body].join('\n');
}

function numbersOf(list: string): number[] {
  return list.split(/[,;]/).map((n) => Number(n.trim()));
}

/** Plain text is asked for; emphasis, headings and anything that could carry a link are taken out, in time that grows with the text. */
function withoutMarkup(written: string): string {
  return stripHidden(written)
    .text.replace(/!?\[([^\][]*)\]\((?:[^()]|\([^()]*\))*\)/g, (_whole, label: string) =>
      /^\d+$/.test(label) ? `[${label}]` : label,
    )
    .replace(/<[^<>]*>/g, (tag) => (linking.test(tag) ? '' : tag))
    .replace(leading, '')
    .replace(/^\[[^\]\n]+\]:.*$/gm, '')
    .replace(/\*\*|__|`|^#{1,6}\s+/gm, '');
}

/** A scheme, or the beginning of a host, with all that hangs on it. */
const leading = new RegExp(
  `(?:\\b(?:[a-z][a-z\\d+.-]{1,20}[${colons}][${slashes}]{2}|data[${colons}]|www[${dots}])|(?:java|vb)script[${colons}])\\S+`,
  'giu',
);

/** A tag whose first word leads somewhere. */
const linking = /^<\S*?(?:https?:|mailto:|www\.)/i;
