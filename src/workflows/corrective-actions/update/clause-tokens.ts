/** The words of a clause, folded for comparing, and what of them carries nothing more. */
import type { DateReading } from '../../../language/dates.ts';
import { slipIn } from '../../../language/spelling.ts';
import { tokensIn, words, type Token, type WordList } from '../../../language/vocabulary.ts';
import type { Mark } from './split-update.ts';

/** What is known beside the words of a clause. */
export interface Around {
  /** A reference says which record it is about. */
  named: boolean;
  /** Part of a sentence that begins with «if» or «when». */
  conditional: boolean;
  marks: Mark[];
  reading: DateReading;
}

export interface ClauseToken extends Token {
  mark: Mark | null;
  /** Carries nothing more. */
  filler: boolean;
}

const moves = words('updates/moves');
const fillers = words('updates/fillers');
const vague = words('updates/vague');
const progress = words('updates/progress');

/** Words of the longest name of a thing that a hint is made of. */
const longestHint = 5;
/** Letters of a word in which a letter missing or two swapped leave no doubt. */
const surely = 6;

export function tokensOf(text: string, marks: Mark[]): ClauseToken[] {
  const said = text.replace(/[✅✔☑]/gu, ' done ');
  const tokens = tokensIn(said)
    .tokens.filter(({ word }) => !/^[%€$£]$/.test(word))
    .map((token) => ({
      ...token,
      word:
        said[token.from - 1] === "'" && said[token.to] === "'" ? `'${token.word}'` : corrected(token.word),
      mark: markOf(token, marks),
    }));
  const covered = fillers.covers({ text, tokens });
  return tokens.map((token, at) => {
    const filler =
      token.mark === null
        ? covered[at] === true
        : token.mark.kind === 'records' || token.mark.kind === 'link';
    return { ...token, filler };
  });
}

function markOf({ word }: Token, marks: Mark[]): Mark | null {
  return word.startsWith('\uE000') ? (marks[Number(word.slice(1, -1))] ?? null) : null;
}

let longWords: Map<string, string[]> | null = null;

/** «finsihed», «complted»: one letter missing, or two swapped, in a word that says what happened. */
function corrected(word: string): string {
  if (word.length < surely - 1) return word;
  longWords ??= Map.groupBy(
    moves.entries().flatMap(([, phrases]) => phrases.flat().filter((known) => known.length >= surely)),
    (known) => known.charAt(0),
  );
  const alike = longWords.get(word.charAt(0)) ?? [];
  if (alike.includes(word) || fillers.is(word) !== null) return word;
  return alike.find((known) => !known.startsWith(word) && isPlainSlip(word, known)) ?? word;
}

function isPlainSlip(word: string, known: string): boolean {
  const slip = slipIn(word, known);
  return slip === 'missing' || slip === 'swapped';
}

export function has(tokens: ClauseToken[], list: WordList): boolean {
  return list.has({ text: '', tokens });
}

/** Whether a word by itself stands in one of the lists. */
export function isAny(token: ClauseToken, ...lists: WordList[]): boolean {
  return token.mark === null && lists.some((list) => has([token], list));
}

/** The words that may name a record, where all of them can. */
export function hintFrom(tokens: ClauseToken[]): string | null {
  const named = tokens.filter((token) => token.mark === null && !isAny(token, vague, progress));
  if (tokens.some(({ mark }) => mark !== null) || named.length === 0 || named.length > longestHint)
    return null;
  return named.map(({ word }) => word).join(' ');
}
