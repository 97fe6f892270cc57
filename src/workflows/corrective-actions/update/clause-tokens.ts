/** The words of a clause, folded for comparing, and what of them carries nothing more. */
import type { DateReading } from '../../../language/dates.ts';
import type { Mark } from './split-update.ts';
import { fillers, longWords, progressWords } from './update-words.ts';

/** What is known beside the words of a clause. */
export interface Around {
  /** A reference says which record it is about. */
  named: boolean;
  /** Part of a sentence that begins with «if» or «when». */
  conditional: boolean;
  marks: Mark[];
  reading: DateReading;
}

export interface Token {
  word: string;
  mark: Mark | null;
}

/** Words of the longest name of a thing that a hint is made of. */
const longestHint = 5;
export function tokensOf(text: string, marks: Mark[]): Token[] {
  const bare = text
    .replace(/[✅✔☑]/gu, ' done ')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/(\uE000\d+\uE001)/g, ' $1 ')
    .replace(/[^\p{L}\p{N}'@\uE000\uE001-]+/gu, ' ');
  return bare
    .split(' ')
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => {
      const [, at] = /^\uE000(\d+)\uE001$/.exec(word) ?? [];
      return { word: corrected(word), mark: at === undefined ? null : (marks[Number(at)] ?? null) };
    });
}

/** «finsihed», «complted»: one letter missing, or two swapped, in a word that we know. */
function corrected(word: string): string {
  if (word.length < 5 || longWords.includes(word) || fillers.has(word)) return word;
  return longWords.find((known) => isSlipOf(word, known)) ?? word;
}

function isSlipOf(word: string, known: string): boolean {
  if (word[0] !== known[0]) return false;
  let at = 0;
  while (at < word.length && word[at] === known[at]) at += 1;
  if (word.length === known.length - 1) return at < word.length && word.slice(at) === known.slice(at + 1);
  return (
    word.length === known.length &&
    word[at] === known[at + 1] &&
    word[at + 1] === known[at] &&
    word.slice(at + 2) === known.slice(at + 2)
  );
}

export function isFiller({ word, mark }: Token): boolean {
  return mark === null ? fillers.has(word) : mark.kind === 'records' || mark.kind === 'link';
}

export function has(tokens: Token[], set: Set<string>): boolean {
  return tokens.some(({ word, mark }) => mark === null && set.has(word));
}

/** The words that may name a record, where all of them can. */
export function hintFrom(tokens: Token[]): string | null {
  const named = tokens.filter(
    ({ word, mark }) => mark === null && !vague.has(word) && !progressWords.has(word),
  );
  if (tokens.some(({ mark }) => mark !== null) || named.length === 0 || named.length > longestHint)
    return null;
  return named.map(({ word }) => word).join(' ');
}

const vague = new Set(
  'thing thingy stuff issue one topic ding sache thema dings chose truc affaire sujet cosa asunto tema with on up my for'.split(
    ' ',
  ),
);
