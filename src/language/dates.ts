/** Days as people say them in English, German, French and Spanish, read in the person's zone: «Friday», «KW 50», «fin de mois». */
import * as de from 'chrono-node/de';
import * as en from 'chrono-node/en';
import * as es from 'chrono-node/es';
import * as fr from 'chrono-node/fr';
import { addDays, dayInWords, dayOf } from './calendar.ts';
import { dayFrom, inFull, weekdayOf } from './calendar.ts';
import { dateReaders, month, nearestYear, weekday, wholeWeek, type Calendar } from './date-words.ts';

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
  if (new RegExp(`(?<!\\p{L})(?:${weekday})(?!\\p{L})`, 'iu').test(said)) return dayInWords(day);
  return wholeWeek.test(said) ? `week of ${dayInWords(addDays(day, 1 - weekdayOf(day)))}` : inFull(day);
}

function find(text: string, { now, timeZone, locale, towards }: DateReading) {
  const looked = text.slice(0, longestText);
  const calendar: Calendar = {
    today: dayOf(now, timeZone),
    past: towards === 'past',
    monthFirst: locale === 'en-US',
  };
  const found: Found[] = [];
  const taken: [number, number][] = [];
  const impossible: string[] = [];
  const free = (from: number, to: number) => taken.every(([start, end]) => to <= start || from >= end);

  for (const { day, text: said, index, whole } of namedMonths(looked, calendar)) {
    if (!free(index, index + said.length)) continue;
    taken.push([index, index + said.length]);
    if (day === null) impossible.push(said);
    else found.push({ day, text: said, index, whole });
  }
  for (const [pattern, read] of dateReaders) {
    for (const match of looked.matchAll(pattern)) {
      const [said] = match;
      if (!free(match.index, match.index + said.length)) continue;
      const day = read(match, calendar);
      if (day !== null) found.push({ day, text: said, index: match.index, whole: /\d{4}/.test(said) });
      else if (/^\d{1,4}([/.-]\d{1,2}){1,2}/.test(said) && said !== '24/7') impossible.push(said);
      else continue;
      taken.push([match.index, match.index + said.length]);
    }
  }
  found.sort((left, right) => left.index - right.index);
  return { found: found.filter((date, at) => !leadsTo(date, found[at + 1], looked)), impossible };
}

/** «Friday, 9.12.» is one day, and its number says which. */
function leadsTo(date: Found, next: Found | undefined, text: string): boolean {
  if (next === undefined || !new RegExp(`(?:${weekday})$`, 'iu').test(date.text) || !/\d/.test(next.text))
    return false;
  return /^,? ?(?:the|den|dem|le|el)? ?$/i.test(text.slice(date.index + date.text.length, next.index));
}

/** chrono-node reads days with a month's name well in all four languages; it makes none of 30 February. */
function namedMonths(
  text: string,
  calendar: Calendar,
): { day: string | null; text: string; index: number; whole: boolean }[] {
  const numbered = new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:(\d{1,2})(?:st|nd|rd|th|er|\.)?\s?(?:of |de )?(${month})|(${month})\.? (\d{1,2})(?:st|nd|rd|th)?)(?![\p{L}\p{N}])`,
    'giu',
  );
  const said = [...text.matchAll(numbered)].filter(
    ([all, , , name]) => !(name !== undefined && /^(may|march|mar) /.test(all)), // «we may 2» and «march 3» are verbs
  );
  if (said.length === 0) return [];

  const noon = new Date(`${calendar.today}T12:00:00Z`);
  const results = [en.GB, de.casual, fr.casual, es.casual]
    .flatMap((reader) => reader.parse(text, { instant: noon, timezone: 0 }))
    .filter(({ start }) => start.isCertain('day') && start.isCertain('month'))
    .sort((left, right) => right.text.length - left.text.length);

  return said.map((match) => {
    const at = match.index;
    const result = results.find(
      ({ index, text: read }) => index <= at && index + read.length >= at + match[0].length,
    );
    if (result === undefined) return { day: null, text: match[0], index: at, whole: false };
    const { start } = result;
    const [m, d] = [start.get('month') ?? 0, start.get('day') ?? 0];
    const certain = start.isCertain('year') && /\d{4}/.test(result.text);
    const day = certain ? dayFrom(start.get('year') ?? 0, m, d) : nearestYear(m, d, calendar);
    return { day, text: result.text, index: result.index, whole: certain };
  });
}
