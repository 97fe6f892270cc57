/**
 * Finds the figures, durations and dates in a text, in four languages, in a form that compares: «24 hours», «einen Tag» and
 * «1 day» are one figure. An answer may hold only those that stand in what it cites.
 */

import { replaced, words, type Found } from './vocabulary.ts';

const numbers = words('numbers/numbers');
const units = words('numbers/unit');
const eachUnit = words('numbers/each unit');
const frequencies = words('numbers/frequencies');
const range = words('numbers/range');
const daysOfMonths = words('dates/day of a month');

const isoDate = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const dottedDate = /\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b/g;
/** A number that is no part of a name, as 2FA, A.8.1 or SEV1 are. */
const digits =
  /(?<![\p{L}\p{N}_.])(?:\d{1,3}(?:[,.\u00A0\u202F ]\d{3})+(?!\d)|\d+(?:[.,]\d+)*)(?![\p{L}\p{N}_])/gu;
const currency = /(?<![\p{L}\p{N}_.])(?:[€$£]|EUR|USD|GBP)\s?$/iu;

/** References to the standards are names, and what they say is not a figure of the organisation. */
const standardNames = /\b(?:ISO(?:\/IEC)?|IEC|EN|DIN|NIST(?: SP)?|RFC|SOC)\s?-?\s?[\d-]+(?:[:.]\d+)*/gi;

export interface Figure {
  /** `second:7200`, `month:12`, `percent:80`, `number:16`, `date:2026-03-01` (a year of `0000` was not said). */
  key: string;
  /** As it was written. */
  text: string;
}

/** Every figure of the text. List markers, citation marks and names of standards are none. */
export function figuresIn(source: string): Figure[] {
  const figures: Figure[] = [];
  let text = source
    .normalize('NFC')
    .replace(/\[\d+\]/g, ' ')
    .replace(/^[^\S\n]*\d+[.)]\s/gm, ' ')
    .replace(standardNames, ' ');

  function take(places: (Figure & { from: number; to: number })[]) {
    figures.push(...places.map(({ key, text }) => ({ key, text })));
    text = replaced(text, places, (_, said) => ' '.repeat(said.length));
  }

  for (const [pattern, order] of [
    [isoDate, [1, 2, 3]],
    [dottedDate, [3, 2, 1]],
  ] as const)
    take(
      [...text.matchAll(pattern)].flatMap((match) => {
        const [year, month, day] = order.map((at) => match[at] ?? '');
        const key = dateKey(year, Number(month), day);
        return key === null
          ? []
          : [{ key, text: match[0], from: match.index, to: match.index + match[0].length }];
      }),
    );
  take(
    daysOfMonths.findAll(text).map(({ parts: { Y, N = '', months }, ...place }) => ({
      ...place,
      key: dateKey(Y, Number(months), N) ?? '',
    })),
  );
  take(frequencies.findAll(text).map((found) => ({ ...found, key: found.meaning })));
  for (const found of eachUnit.findAll(text)) figures.push({ key: unitOf(found), text: found.text });

  let open: { value: number; end: number; text: string } | null = null;
  for (const { value, plain, article, from, to } of numbersIn(text)) {
    const money = currency.exec(text.slice(Math.max(0, from - 5), from))?.[0];
    const said = text.slice(from - (money?.length ?? 0), to);
    const unit = unitAt(text, to);
    const key = money === undefined ? unit?.key : unitOf(units.begins(money));
    if (article && key === undefined) continue;
    // «10 to 15 minutes»: the first number takes the unit of the second.
    if (open !== null && unit !== null && isRange(text.slice(open.end, from))) {
      figures.pop();
      figures.push({ key: times(unit.key, open.value), text: open.text });
    }
    open = key === undefined ? { value, end: to, text: said } : null;
    if (key === undefined) figures.push({ key: `number:${plain}`, text: said });
    else figures.push({ key: times(key, value), text: money === undefined ? `${said} ${unit?.text}` : said });
  }
  return figures;
}

interface SaidNumber {
  value: number;
  /** As it compares where it may be that of a section or a version. */
  plain: string;
  /** A word for one: a figure only before a unit («a day»), and otherwise an article. */
  article: boolean;
  from: number;
  to: number;
}

function numbersIn(text: string): SaidNumber[] {
  const inWords = numbers
    .findAll(text)
    .filter(
      ({ from, to, text: said }) =>
        !/[_.]/.test(text[from - 1] ?? '') && text[to] !== '_' && !/^à$/i.test(said),
    )
    .map(({ meaning, from, to }) => ({
      value: Number(meaning),
      plain: meaning,
      article: meaning === '1',
      from,
      to,
    }));
  const inDigits = [...text.matchAll(digits)].map(({ 0: said, index }) => {
    const plain = plainNumber(said);
    return { value: Number.parseFloat(plain), plain, article: false, from: index, to: index + said.length };
  });
  return [...inWords, ...inDigits].sort((left, right) => left.from - right.from);
}

function isRange(between: string): boolean {
  const said = between.trim();
  return said === '-' || said === '–' || (/^\p{L}{1,4}$/u.test(said) && range.has(said));
}

/** What stands in the sources of an answer, each of them read once. */
export interface KnownFigures {
  keys: Set<string>;
  values: Set<string>;
}

export function knownFigures(): KnownFigures {
  return { keys: new Set(), values: new Set() };
}

export function learnFigures({ keys, values }: KnownFigures, source: string): void {
  for (const { key, text } of figuresIn(source)) {
    keys.add(key);
    if (key.startsWith('date:')) keys.add(`date:0000${key.slice(9)}`);
    for (const value of text.match(/\d+(?:[.,]\d+)*/g) ?? []) values.add(plainNumber(value));
    values.add(key.slice(key.indexOf(':') + 1));
  }
  for (const value of source.match(/\d+(?:[.,]\d+)*/g) ?? []) values.add(plainNumber(value));
}

/** @returns the figures of `answer` that stand nowhere in what is known, as they were written */
export function unknownFigures(answer: string, { keys, values }: KnownFigures): string[] {
  return figuresIn(answer)
    .filter(({ key }) => !keys.has(key) && !(key.startsWith('number:') && values.has(key.slice(7))))
    .map(({ text }) => text);
}

/** A unit after a number, with nothing but space, a hyphen or a closing bracket between. */
function unitAt(text: string, at: number): { key: string; text: string } | null {
  const found = units.begins(text, at);
  if (found === null || found.from - at > longestSpace || !/^[\s)-]*$/.test(text.slice(at, found.from)))
    return null;
  return { key: unitOf(found), text: found.text };
}

/** Characters between a number and its unit. */
const longestSpace = 20;

function unitOf(found: Found | null): string {
  return found?.parts['day units'] ?? found?.parts['other units'] ?? '';
}

/** `second:3600`, twice. */
function times(unit: string, count: number): string {
  const [base = '', factor = ''] = unit.split(':');
  return `${base}:${Number(factor) * count}`;
}

/** A number without a unit may be that of a section or a version: 3.1, 3.10 and 3.1.2 are three. */
function plainNumber(digits: string): string {
  if (/^\d{1,3}(?:[,.\u00A0\u202F ]\d{3})+$/.test(digits)) return String(Number(digits.replace(/\D/g, '')));
  return /^\d+$/.test(digits) ? String(Number(digits)) : digits.replaceAll(',', '.');
}

function dateKey(
  year: string | undefined,
  month: number | undefined,
  day: string | undefined,
): string | null {
  if (month === undefined || day === undefined || month > 12) return null;
  return `date:${year ?? '0000'}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
