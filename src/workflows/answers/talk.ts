/** Tells apart what an answer says of the organisation from what is only said between people: a denial, a question back, a kind word. */
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import type { Statement } from './statement.ts';

const denial = words('statements/denial');
const talk = words('statements/talk');
const addressing = words('statements/addressing');

/** That nothing is written on the matter. */
export function deniesSources(text: string): boolean {
  return denial.has(text);
}

const clauseEnd = /(?<=[;:,.])\s|\s(?=(?:but|however|aber|jedoch|mais|cependant|pero)\s)/giu;

/** What a denial says beside itself: «our policies do not cover X, but Y». */
export function remainderOf(text: string): string {
  return text
    .split(clauseEnd)
    .filter((clause) => !denial.has(clause))
    .join(' ');
}

/** Words of the longest sentence that is said between people. */
const longestTalk = 40;

/** It states no rule, figure or fact: a question, or a word of Isma on itself. */
export function isTalk(text: string, { figures, roles, terms, leaning, opening }: Statement): boolean {
  if (terms.length > longestTalk) return false;
  if (/[?？]["'”»)]*$/.test(text.trim())) return true;
  if (figures.length > 0) return false;
  if (talk.is(withoutEnding(text, /[.!…\s]/)) !== null) return true;
  const rules = addressing.has(text) && (leaning.allows || leaning.obliges || leaning.denies);
  if (rules || roles.size > 0) return false;
  return [opening + text, text].some((said) => talk.begins(said)?.from === said.search(/[\p{L}\p{N}]/u));
}
