/** Cuts the words of a stored section that answer a question: always a stretch of the section itself, never rewritten. */
import type { Lexicon } from './lexicon.ts';

export interface Sentence {
  text: string;
  /** Where it stands in the body, in UTF-16 units. */
  start: number;
  end: number;
  /** The head of the table that it is a row of: it says what the row's cells mean. */
  tableHead: string | null;
}

const longestQuote = 400;
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const tableRow = /^\s*\|/;

/** Sentences, list items and table rows. The head of a table is none of them: it answers nothing by itself. */
export function sentencesOf(body: string): Sentence[] {
  const sentences: Sentence[] = [];
  const lines = body.split('\n');
  let lineStart = 0;
  let tableHead: string | null = null;
  for (const [number, line] of lines.entries()) {
    const isRow = tableRow.test(line);
    const isHead = isRow && tableHead === null && tableRow.test(lines[number + 1] ?? '');
    if (!isRow) tableHead = null;
    if (isHead) tableHead = line;
    const pieces = isHead ? [] : isRow ? [{ segment: line, index: 0 }] : segmenter.segment(line);
    for (const { segment, index } of pieces) {
      const lead = /^(?:\s*(?:[-•*]|\d+\.)\s+)?\s*/.exec(segment)?.[0].length ?? 0;
      const text = segment.slice(lead).trimEnd();
      const start = lineStart + index + lead;
      if (/[\p{L}\p{N}]/u.test(text)) sentences.push({ text, start, end: start + text.length, tableHead });
    }
    lineStart += line.length + 1;
  }
  return sentences;
}

/**
 * The sentences that say most of the given stems, best first.
 *
 * @param weights  how much each stem counts; those of the question, or of the answer that cites the section
 */
export function rankSentences(
  lexicon: Lexicon,
  body: string,
  language: string,
  weights: Map<string, number>,
): { sentence: Sentence; score: number }[] {
  const sum = (text: string, without: Set<string>) => {
    let score = 0;
    const stems = new Set(lexicon.stems(text, language));
    for (const stem of stems) if (!without.has(stem)) score += weights.get(stem) ?? 0;
    return { score, stems };
  };
  return sentencesOf(body)
    .map((sentence) => {
      const own = sum(sentence.text, new Set());
      const head = sentence.tableHead === null ? 0 : sum(sentence.tableHead, own.stems).score;
      return { sentence, score: (own.score + head / 2) / (1 + own.stems.size / 40) };
    })
    .sort((left, right) => right.score - left.score || left.sentence.start - right.sentence.start);
}

/** The one sentence to show as the source, cut to a readable length at a word. */
export function bestQuote(
  lexicon: Lexicon,
  body: string,
  language: string,
  weights: Map<string, number>,
): string {
  return shortQuote(rankSentences(lexicon, body, language, weights)[0]?.sentence.text ?? body);
}

/** A sentence at a length that is read. */
export function shortQuote(sentence: string): string {
  return cutAtWord(sentence, longestQuote);
}

/** A part of a section that is short enough to read in chat, with the matching sentences marked. */
export function excerpt(
  lexicon: Lexicon,
  body: string,
  language: string,
  weights: Map<string, number>,
  length: number,
): { text: string; marks: [number, number][] } {
  const ranked = rankSentences(lexicon, body, language, weights);
  const best = ranked[0];
  if (best === undefined) return { text: cutAtWord(body, length), marks: [] };

  const [from, to] = body.length <= length ? [0, body.length] : windowAround(body, best.sentence, length);
  const before = from > 0 ? '… ' : '';
  const marks = ranked
    .slice(0, 2)
    .filter(
      ({ sentence, score }) =>
        score > 0 && score >= best.score * 0.6 && sentence.start >= from && sentence.end <= to,
    )
    .map(({ sentence }): [number, number] => [
      sentence.start - from + before.length,
      sentence.end - from + before.length,
    ])
    .sort((left, right) => left[0] - right[0]);
  return { text: `${before}${body.slice(from, to)}${to < body.length ? ' …' : ''}`, marks };
}

/** Whole sentences around the best one, as many as fit. */
function windowAround(body: string, best: Sentence, length: number): [number, number] {
  if (best.end - best.start >= length)
    return [best.start, best.start + cutAtWord(body.slice(best.start, best.end), length).length];
  let from = best.start;
  let to = best.end;
  for (const sentence of sentencesOf(body)) {
    if (sentence.start > to && sentence.end - from <= length) to = sentence.end;
    else if (sentence.end < from && to - sentence.start <= length && to - best.start < length / 2)
      from = sentence.start;
  }
  return [from, to];
}

function cutAtWord(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), length / 2));
}
