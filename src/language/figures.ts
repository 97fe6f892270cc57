/**
 * Finds the figures, durations, times and dates in a text, in four languages, in a form that compares: «24 hours», «einen Tag» and
 * «1 day» are one figure. An answer may hold only those that stand in what it cites.
 */

import { replaced, tokensIn, words, type Found, type Tokens } from './vocabulary.ts';

const numbers = words('numbers/numbers');
const units = words('numbers/unit');
const every = words('numbers/every');
const eachUnit = words('numbers/each unit');
const frequencies = words('numbers/frequencies');
const fractions = words('numbers/fractions');
const rates = words('numbers/rate');
const alternates = words('numbers/every other');
const noons = words('numbers/clock');
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
  /** `second:7200`, `month:12`, `percent:80`, `number:16`, `clock:18:00`, `date:2026-03-01` (a year of `0000` was not said). */
  key: string;
  /** As it was written. */
  text: string;
  /** The number alone, without its unit: 2 for two hours. */
  count: string | null;
  /** Says how often, not how long: «every 4 hours». */
  recurs: boolean;
  /** The number belongs to a name: `Windows 11`, `GPT-5`. */
  name: string | null;
  from: number;
  to: number;
}

type Place = Pick<Figure, 'key' | 'text' | 'from' | 'to'> & Partial<Figure>;

/** Every figure of the text, in the order of their kinds. List markers, citation marks and names of standards are none. */
export function figuresIn(source: string): Figure[] {
  const figures: Figure[] = [];
  const blank = (said: string) => ' '.repeat(said.length);
  let text = source
    .normalize('NFC')
    .replace(/\[\d+\]/g, blank)
    .replace(/^[^\S\n]*\d+[.)]\s/gm, blank)
    .replace(standardNames, blank);

  function add(place: Place) {
    const { key, text: said, from, to, count = null, recurs = false, name = null } = place;
    figures.push({ key, text: said, count, recurs, name, from, to });
  }
  function take(places: Place[]) {
    for (const place of places) add(place);
    text = replaced(text, places, (_, said) => blank(said));
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
    // «GPT-5 may be used» names no month.
    daysOfMonths
      .findAll(text)
      .filter(({ text: said }) => !/\bmay$/.test(said))
      .map(({ parts: { Y, N = '', months }, ...place }) => ({
        ...place,
        key: dateKey(Y, Number(months), N) ?? '',
      })),
  );
  take(timesIn(text));
  take(noons.findAll(text).map((found) => ({ ...found, key: `clock:${found.meaning}` })));
  take(fractions.findAll(text).map((found) => ({ ...found, key: found.meaning })));
  take(
    rates.findAll(text).map((found) => ({
      ...found,
      key: times(unitOf(found), 1 / Number(found.parts['times'] ?? found.parts['N'])),
      recurs: true,
    })),
  );
  take(alternates.findAll(text).map((found) => ({ ...found, key: times(unitOf(found), 2), recurs: true })));
  take(frequencies.findAll(text).map((found) => ({ ...found, key: found.meaning, recurs: true })));
  for (const found of eachUnit.findAll(text))
    if (!isOrdinal(found.text, text.slice(found.to))) add({ ...found, key: unitOf(found), recurs: true });

  // What is asked of parts of it would drive the whole text out of the matcher's memory.
  const tokens = tokensIn(text);
  let open: { value: number; end: number } | null = null;
  for (const { value, plain, article, from, to } of numbersIn(text)) {
    const money = currency.exec(text.slice(Math.max(0, from - 5), from))?.[0];
    const start = from - (money?.length ?? 0);
    const said = text.slice(start, to);
    const unit = unitAt(tokens, to, said);
    const key = money === undefined ? unit?.key : unitOf(units.begins(money));
    if (article && key === undefined) continue;
    // «10 to 15 minutes», «3 of 5 days»: the first number takes the unit of the second.
    if (open !== null && unit !== null && isRange(text.slice(open.end, from))) {
      const last = figures.at(-1);
      if (last !== undefined) last.key = times(unit.key, open.value);
    }
    open = key === undefined ? { value, end: to } : null;
    const place = { count: plain, from: start, to };
    if (key === undefined)
      add({ ...place, key: `number:${plain}`, text: said, name: nameBefore(text, from, to) });
    else if (money !== undefined) add({ ...place, key: times(key, value), text: said });
    else
      add({
        ...place,
        key: times(key, value),
        text: `${said} ${unit?.text}`,
        to: unit?.to ?? to,
        recurs: isEvery(text.slice(Math.max(0, start - 15), start)),
      });
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

/** Whether what was said is what is known, unit and all; a plain number is that of any unit. */
export function isSameFigure(said: Figure, known: Figure): boolean {
  if (said.key === known.key) return true;
  if (said.key.startsWith('number:')) return known.count !== null && said.key.slice(7) === known.count;
  return known.key.startsWith('date:') && said.key === `date:0000${known.key.slice(9)}`;
}

/** 18:00, 6 p.m., 18 Uhr, à 18h. */
const clockTimes =
  /(?<![\p{L}\p{N}.:])(?:(\d{1,2}):(\d{2})(?!\d|:\d)(?:\s?([ap])\.?m\b\.?|\s?(?:Uhr|h)\b)?|(\d{1,2})(?:[.:](\d{2}))?\s?(?:([ap])\.?m\b\.?|Uhr\b)|(?<=(?<!\p{L})(?:à|avant|las)\s)(\d{1,2})\s?h(?:\s?(\d{2}))?\b)/giu;

/** «between 8 and 11 p.m.»: the first hour is of the same half of the day. */
const hourBefore = /(?<![\p{L}\p{N}.:])(\d{1,2})\s?(?:[-–]|and|to|bis|und|à|et|y|a)\s?$/iu;

function timesIn(text: string): Place[] {
  return [...text.matchAll(clockTimes)].flatMap((match) => {
    const [said, h1, m1, half1, h2, m2, half2, h3, m3] = match;
    const half = (half1 ?? half2)?.toLowerCase();
    const { index } = match;
    const to = index + said.length;
    const place = (hour: string, minutes: string, from: number, end: number): Place => ({
      key: clockKey(hour, minutes, half),
      text: text.slice(from, end),
      from,
      to: end,
    });
    const before = h1 === undefined ? hourBefore.exec(text.slice(Math.max(0, index - 10), index)) : null;
    const start = index - (before?.[0].length ?? 0);
    return [
      ...(before === null ? [] : [place(before[1] ?? '', '00', start, start + (before[1]?.length ?? 0))]),
      place(h1 ?? h2 ?? h3 ?? '', m1 ?? m2 ?? m3 ?? '00', index, to),
    ];
  });
}

function clockKey(hour: string, minutes: string, half: string | undefined): string {
  const hours = (Number(hour) % (half === undefined ? 25 : 12)) + (half === 'p' ? 12 : 0);
  return `clock:${String(hours).padStart(2, '0')}:${minutes}`;
}

/** «second» is a unit behind digits and alone, and else says which one: «a second person», «the second factor». */
function isOrdinal(unit: string, after: string, number = ''): boolean {
  return /(?:^|\s)second$/i.test(unit) && !/\d/.test(number) && (number !== '' || /^[ -]\p{L}/u.test(after));
}

/** «every 4 hours», «alle zwei Jahre». */
function isEvery(before: string): boolean {
  return every.ends(before) !== null && /\s$/.test(before);
}

/** A capital letter before it, and no beginning of a sentence: `Windows 11`; or a hyphen: `GPT-5`. */
function nameBefore(text: string, from: number, to: number): string | null {
  const before = text.slice(Math.max(0, from - 30), from);
  const word = /(?:(?<=[\p{Ll},;:] )\p{Lu}[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)* |\p{Lu}[\p{L}\p{N}]*-)$/u.exec(
    before,
  )?.[0];
  return word === undefined ? null : `${word}${text.slice(from, to)}`;
}

/** A unit after a number, with nothing but space, a hyphen or a closing bracket between. */
function unitAt(
  tokens: Tokens,
  at: number,
  number: string,
): { key: string; text: string; to: number } | null {
  const found = units.begins(tokens, at);
  const { text } = tokens;
  if (found === null || found.from - at > longestSpace || !/^[\s)-]*$/.test(text.slice(at, found.from)))
    return null;
  if (isOrdinal(found.text, text.slice(found.to), number)) return null;
  return { key: unitOf(found), text: found.text, to: found.to };
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
