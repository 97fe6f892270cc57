/**
 * Whether a section that changed says something else to whoever acts by it, or the same in other words. Pure. Numbers, days, must
 * and may, exceptions, who and where count; so does a sentence about something of which the other text says nothing.
 */
import { figuresIn } from '../language/figures.ts';
import { tokensIn, words, wordsIn } from '../language/vocabulary.ts';
import type { SectionChange } from './section-changes.ts';

const rules = words('substance/rules');
const framing = words('substance/framing');
const roles = words('statements/roles');
const weekdays = words('dates/weekdays');

/** Share of a sentence's words that the other text has as well, up to which it is about something else. */
const aboutElse = 0.5;
/** Words of a sentence that says enough to be about something. */
const fewestWords = 3;
/** Share of words with a capital from which on a language writes its nouns so, and they are no names. */
const nounsHaveCapitals = 0.25;

export function isSubstantial({ is, section, was, lines }: SectionChange): boolean {
  const before = lines.flatMap((line) => (line.is === 'gone' ? line.text : line.is === 'now' ? line.old : []));
  const after = lines.flatMap((line) => (line.is === 'gone' ? [] : line.text));
  if (is !== 'changed') return [...before, ...after].some((text) => saying(text).size > 0 || isAbout(text, ''));
  // A sentence that was cut in two says the same in two.
  const alone = lines.filter((line) => line.is !== 'now');
  if (!isSame(together(before), together(after))) return true;
  if (alone.length === 0) return lines.some((line) => line.is === 'now' && !isSame(saying(line.old), saying(line.text)));
  return alone.some(({ is: how, text }) => saying(text).size === 0 && isAbout(text, how === 'new' ? (was?.body ?? '') : section.body));
} // prettier-ignore

function together(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => [...saying(text)]));
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** What of it decides what somebody does, in a form that compares. */
function saying(text: string): ReadonlySet<string> {
  const figures = figuresIn(text).map(({ key }) => `figure ${key}`);
  const said = rules.findAll(text).map(({ meaning }) => meaning);
  // What must not be done and what may not be done is forbidden.
  const ruled = said.includes('never') ? said.filter((each) => each !== 'may' && each !== 'must') : said;
  const who = roles.findAll(text);
  const days = weekdays.findAll(text).map(({ meaning }) => `day ${meaning}`);
  const names = namesIn(text, who).map((name) => `name ${name}`);
  return new Set([...figures, ...ruled, ...who.map(({ meaning }) => `role ${meaning}`), ...days, ...names]);
}

/** Addresses, acronyms, and what has a capital within a sentence. */
function namesIn(text: string, besides: readonly { from: number; to: number }[]): string[] {
  const { tokens } = tokensIn(text);
  const capital = (at: number) => /\p{Lu}/u.test(text[at] ?? '');
  const inner = tokens.filter(({ from }, at) => at > 0 && !/[.!?:•\n-]\s*$/.test(text.slice(Math.max(0, from - 3), from)));
  const nouns = inner.filter(({ from }) => capital(from)).length > nounsHaveCapitals * tokens.length;
  return inner
    .filter(({ from, to }) => !besides.some((each) => each.from <= from && to <= each.to))
    .filter(({ from, to }) => {
      const written = text.slice(from, to);
      return /^\p{Lu}[\p{Lu}\p{N}]+$/u.test(written) || /[@]/.test(text[to] ?? '') || (!nouns && capital(from) && to - from > 1 && weekdays.is(written) === null);
    })
    .map(({ word }) => word);
} // prettier-ignore

/** Whether it is about something of which the other text says nothing. */
function isAbout(text: string, other: string): boolean {
  if (framing.begins(text)?.from === 0) return false;
  const own = wordsIn(text).filter((word) => word.length > 3);
  const known = new Set(wordsIn(other).map((word) => word.slice(0, 5)));
  const shared = own.filter((word) => known.has(word.slice(0, 5))).length;
  return own.length >= fewestWords && shared <= aboutElse * own.length;
}
