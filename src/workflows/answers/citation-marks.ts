/** Reads the marks by which models cite, in all their usual forms: [1], [1][2], [1-3], 【1】, [^1], (1), [Passage 1], \[1\], [1: "words of it"]. */

import type { Citable } from './citations.ts';

/** Words that name a passage inside a mark. */
const named =
  '(?:passages?|sections?|sources?|quellen?|abschnitte?|extraits?|pasajes?|secci[oó]n|fuentes?|ref|n[ro])\\.?\\s?:?\\s?';
const numbers = `\\d{1,3}(?:\\s?(?:[,;&–-]|and|und|et|y)\\s?(?:${named})?\\d{1,3}){0,20}`;
/** Characters of a section that a mark may carry. */
const longestWords = 300;
const quoted = `(?:\\s?[:,|†]\\s?[^\\]】\\n]{0,${longestWords}}|\\s?["“„«'‘][^\\]】\\n]{0,${longestWords}})?`;
const squared = `\\\\?[[【]\\s?\\^?\\s?(?:${named})?(${numbers})(${quoted})\\s?\\\\?[\\]】]`;
/** In round brackets a number is a mark only at the end of what it proves. */
const round = `\\((?:${named})?(${numbers})\\)(?=\\s*(?:$|[.,;:!?\\n]|\\p{Lu}))`;
const mark = new RegExp(`\\s?(?:${squared}|${round})`, 'giu');

export interface Mark {
  numbers: number[];
  /** Words of the section that the model says show it, or none. */
  words: string;
  from: number;
  to: number;
}

/** [NC-2026-004], (NC-4, CA-2026-012), [CA-12: "in progress"]. */
const referred = '[A-Z]{1,4}-(?:\\d{4}-)?\\d{1,6}';
const recordMark = new RegExp(
  `\\s?(?:\\\\?[[【]\\s?(${referred}(?:\\s?(?:[,;&]|and)\\s?${referred}){0,9})${quoted}\\s?\\\\?[\\]】]|\\((${referred}(?:\\s?[,;&]\\s?${referred}){0,9})\\))`,
  'giu',
);

/** The numbers of records by their references, whole and short. */
export function labelsOf(cited: readonly Citable[]): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  for (const [at, { kind, reference }] of cited.entries())
    if (kind === 'record') for (const label of labelKeys(reference)) labels.set(label, at + 1);
  return labels;
}

/** `NC-2026-004`: NC-2026-4 and NC-4, the first as it was said. */
export function labelKeys(reference: string): string[] {
  const [, prefix = '', year, number] = /^([A-Z]{1,4})-(?:(\d{4})-)?(\d{1,6})$/i.exec(reference) ?? [];
  const short = `${prefix.toUpperCase()}-${Number(number)}`;
  return year === undefined ? [short] : [`${prefix.toUpperCase()}-${year}-${Number(number)}`, short];
}

/**
 * @param passages  how many there are: a number in round brackets that none has is a figure
 * @param labels    records that may be cited by their references
 */
export function marksIn(
  text: string,
  passages: number,
  labels: ReadonlyMap<string, number> = new Map(),
): Mark[] {
  if (labels.size === 0) return numberedIn(text, passages);
  const ofRecords = [...text.matchAll(recordMark)].map(({ 0: said, 1: square, 2: words = '', 3: round, index }) => ({
    numbers: ((square ?? round ?? '').match(new RegExp(referred, 'gi')) ?? []).flatMap((each) => labels.get(labelKeys(each)[0] ?? '') ?? []),
    words: wordsOf(words),
    from: index,
    to: index + said.length,
  })); // prettier-ignore
  return [...numberedIn(text, passages), ...ofRecords].sort((one, other) => one.from - other.from);
}

function numberedIn(text: string, passages: number): Mark[] {
  return [...text.matchAll(mark)].flatMap(({ 0: said, 1: square, 2: words = '', 3: bracketed, index }) => {
    const listed = numbersOf(square ?? bracketed ?? '');
    if (square === undefined && listed.some((n) => n < 1 || n > passages)) return [];
    return [{ numbers: listed, words: wordsOf(words), from: index, to: index + said.length }];
  });
}

/** «1, 3-5»: 1, 3, 4, 5. */
function numbersOf(list: string): number[] {
  return list.split(/[,;&]|and|und|et|y/i).flatMap((part) => {
    const [from = 0, to = from] = (part.match(/\d+/g) ?? []).map(Number);
    return Array.from({ length: Math.min(Math.max(to - from, 0), mostOfRange) + 1 }, (_, at) => from + at);
  });
}

const mostOfRange = 20;

function wordsOf(said: string): string {
  return said.replace(/^[\s:,|†"'“”„«»‘’-]+|[\s"'“”„«»‘’]+$/g, '');
}
