/** Days as people say them in English, German, French and Spanish, read in the person's zone: «Friday», «KW 50», «fin de mois». */
import { addDays, dayFrom, dayInWords, dayOf, inFull, weekdayOf } from './calendar.ts';
import { dayOfYear, dayReaders, numericDay, type Calendar } from './date-words.ts';
import { isDottedDay, isSlashedDay, isWholeDay, leadReach } from './day-or-number.ts';
import { rangesIn, reckonedFrom } from './day-spans.ts';
import { words } from './vocabulary.ts';

export interface DateReading {
  now: Date;
  /** IANA name. */
  timeZone: string;
  /** As `en-US`: decides whether 3/4 is 3 April or March 4. */
  locale: string | null;
  /** Where a day without a year or week lies: ahead, as due dates do, or behind, as findings do. */
  towards?: 'future' | 'past';
}

export interface SaidDate {
  /** 2026-11-27 */
  day: string;
  text: string;
  /** Where `text` begins. */
  index: number;
}

interface Found extends SaidDate {
  /** Says its own year: needs no spelling out. */
  whole: boolean;
}

/** Characters that are looked at; messages are shorter. */
const longestText = 4_000;

/** @returns in the order in which they are said; what is no day of the calendar is left out, see {@link impossibleDates} */
export function readDates(text: string, reading: DateReading): SaidDate[] {
  return find(text, reading).found.map(({ day, text: said, index }) => ({ day, text: said, index }));
}

/** What was meant as a day and is none: «30 February». */
export function impossibleDates(text: string, reading: DateReading): string[] {
  return find(text, reading).impossible;
}

/** The text with each day that does not say its year followed by the day in full: «till Friday (27 November 2026)». */
export function spelledOut(text: string, reading: DateReading): string {
  let written = '';
  let from = 0;
  for (const { day, text: said, index, whole } of find(text, reading).found) {
    const end =
      index +
      said.length +
      (/^['’]s(?!\p{L})/u.exec(text.slice(index + said.length, index + said.length + 3))?.[0].length ?? 0);
    written += text.slice(from, end);
    from = end;
    const meant = ` (${besides(said, day)})`;
    if (!whole && !text.startsWith(meant, end)) written += meant;
  }
  return written + text.slice(from);
}

/** What the words leave open: the date of a weekday, the days of a week, and else all of it. */
export function besides(said: string, day: string): string {
  if (weekdays.has(said)) return dayInWords(day);
  const ofWeek = around.find(said)?.parts['week or month'] === 'week';
  return ofWeek ? `week of ${dayInWords(addDays(day, 1 - weekdayOf(day)))}` : inFull(day);
}

const weekdays = words('dates/weekdays');
const article = words('dates/article');
const around = words('dates/days');
const namedMonths = words('dates/day of a month');

/** Days in digits, tried in this order; what one has read, the next leaves alone. */
const digits = [
  /(?<![\p{L}\p{N}-])(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?![\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}./-])(?<first>\d{1,2})(?<between>[/.-])(?<second>\d{1,2})\k<between>(?<year>\d{4}|\d{2})(?![./-]?\d|[\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}./-])(?<first>\d{1,2})\/(?<second>\d{1,2})(?![/.%]?\d|\s*%|[\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}./-])(?<dotted>\d{1,2})\.(?<second>\d{1,2})(?<stop>\.?)(?![\d.]|[\p{L}\p{N}]|\s*%)/gu,
];

function find(text: string, { now, timeZone, locale, towards }: DateReading) {
  const looked = text.slice(0, longestText);
  const calendar: Calendar = {
    today: dayOf(now, timeZone),
    past: towards === 'past',
    monthFirst: locale === 'en-US',
  };
  const found: Found[] = [];
  const impossible: string[] = [];
  const taken: boolean[] = [];

  function take(from: number, said: string, day: string | null, whole = /\d{4}/.test(said)): void {
    if (taken[from] === true || taken[from + said.length - 1] === true) return;
    for (let at = from; at < from + said.length; at += 1) taken[at] = true;
    if (day === null) impossible.push(said);
    else found.push({ day, text: said, index: from, whole });
  }

  for (const { text: said, from, day } of rangesIn(looked, calendar)) take(from, said, day);
  for (const { parts, text: said, from } of namedMonths.findAll(looked)) {
    if (/^(?:may|march|mar)\b/.test(said)) continue; // «we may 2» and «march 3» are verbs
    const [m, d] = [Number(parts['months']), Number(parts['N'])];
    if (d > 99) continue;
    take(from, said, dayOfYear(parts['Y'], m, d, calendar));
  }
  for (const pattern of digits)
    for (const { 0: said, index, groups = {} } of looked.matchAll(pattern)) {
      const { y, m, d, first, second, year, dotted, stop } = groups;
      const around = { text: looked, from: index, to: index + said.length };
      if (y !== undefined) take(index, said, dayFrom(Number(y), Number(m), Number(d)));
      else if (dotted !== undefined) {
        if (isDottedDay(around, Number(second), stop === '.'))
          take(
            index,
            said,
            numericDay(Number(dotted), Number(second), undefined, { ...calendar, monthFirst: false }),
          );
      } else if (
        year === undefined
          ? isSlashedDay(around, Number(first), Number(second))
          : isWholeDay(around, Number(first), Number(second), year)
      )
        take(index, said, numericDay(Number(first), Number(second), year, calendar));
    }
  for (const { meaning, parts, text: said, from, to } of around.findAll(looked)) {
    const day = dayReaders[meaning]?.(parts, calendar, looked.slice(to, to + leadReach)) ?? null;
    if (day !== null) take(from, said, day);
  }
  found.sort((left, right) => left.index - right.index);
  const days = found.filter((date, at) => !leadsTo(date, found[at + 1], looked));
  return { found: reckoned(days, looked), impossible };
}

function endOf(date: Found | undefined): number {
  return date === undefined ? 0 : date.index + date.text.length;
}

/** «3 weeks from Friday», «tomorrow week»: one day, reckoned from another. */
function reckoned(days: readonly Found[], text: string): Found[] {
  const result: Found[] = [];
  for (const date of days) {
    const whole = reckonedFrom(text, date);
    if (whole !== null) while (endOf(result.at(-1)) > whole.index) result.pop();
    if (whole !== null || endOf(result.at(-1)) <= date.index)
      result.push(whole === null ? date : { ...whole, whole: false });
  }
  return result;
}

/** «Friday, 9.12.» is one day, and its number says which. */
function leadsTo(date: Found, next: Found | undefined, text: string): boolean {
  if (next === undefined || weekdays.ends(date.text) === null || !/\d/.test(next.text)) return false;
  const between = text.slice(date.index + date.text.length, next.index);
  return /^,? ?(?:\p{L}{2,3} ?)?$/u.test(between) && article.covers(between).every(Boolean);
}
