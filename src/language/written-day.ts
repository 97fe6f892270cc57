/** Days as tables hold them: a cell is a day and nothing else, and which of two numbers is the month is told by the whole column or not at all. */
import { dayFrom, dayInWords } from './calendar.ts';
import { words } from './vocabulary.ts';

export const dateOrders = ['day-first', 'month-first'] as const;
export type DateOrder = (typeof dateOrders)[number];

/** Each as 2026-11-24, or null where that order gives no day of the calendar. */
export interface WrittenDay {
  dayFirst: string | null;
  monthFirst: string | null;
  /** «1.12.2026»: nobody puts the month first between full stops. */
  dotted: boolean;
}

const time = /[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?(?: ?Z)?$/i;
const yearFirst = /^(\d{4})([-./])(\d{1,2})\2(\d{1,2})$/;
const yearLast = /^(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})$/;
const shortYear = /^(\d{1,2})[\s-]+(\p{L}+)\.?[\s-]+(\d{2})$/u;
const namedMonths = words('dates/day of a month');

/** @returns null for what is not written as a day; both orders null for what is, and is none: 30.02.2026 */
export function writtenDay(text: string): WrittenDay | null {
  const said = text.trim().replace(time, '');
  const iso = yearFirst.exec(said);
  if (iso !== null) return certain(dayFrom(Number(iso[1]), Number(iso[3]), Number(iso[4])));
  const local = yearLast.exec(said);
  if (local === null) return namedDay(said.replace(shortYear, '$1 $2 20$3'));
  const [first, second] = [Number(local[1]), Number(local[3])];
  const year = Number(local[4]) + (local[4]?.length === 2 ? 2000 : 0);
  return {
    dayFirst: dayFrom(year, second, first),
    monthFirst: dayFrom(year, first, second),
    dotted: local[2] === '.',
  };
}

function certain(day: string | null): WrittenDay {
  return { dayFirst: day, monthFirst: day, dotted: false };
}

/** «24 Nov 2026», «24-Nov-26», «1. Dezember 2026», «March 1, 2026». */
function namedDay(said: string): WrittenDay | null {
  const [found, ...others] = namedMonths.findAll(said);
  if (found?.parts['Y'] === undefined || others.length > 0 || found.from > 0) return null;
  if (!/^[\s.]*$/.test(said.slice(found.to))) return null;
  const { Y: year, months: month, N: day } = found.parts;
  return certain(dayFrom(Number(year), Number(month), Number(day)));
}

export function isInDoubt({ dayFirst, monthFirst }: WrittenDay): boolean {
  return dayFirst !== null && monthFirst !== null && dayFirst !== monthFirst;
}

/** The day that it is whatever the order; null where the order would decide, or where it is none. */
export function dayOfItself(written: WrittenDay): string | null {
  if (!isInDoubt(written)) return written.dayFirst ?? written.monthFirst;
  return written.dotted ? written.dayFirst : null;
}

/** «1 December 2026 or 12 January 2026». */
export function bothInWords({ dayFirst, monthFirst }: WrittenDay): string {
  return [dayFirst, monthFirst].map((day) => (day === null ? 'no day' : dayInWords(day))).join(' or ');
}

/**
 * The order of a column, told by the cells that can only be read one way. «unsaid» where cells are in doubt and none tells,
 * «contradicting» where some tell one and some the other, null where the order does not matter.
 */
export function orderOf(column: readonly WrittenDay[]): DateOrder | 'unsaid' | 'contradicting' | null {
  const isDayFirst = column.some(({ dayFirst, monthFirst }) => dayFirst !== null && monthFirst === null);
  const isMonthFirst = column.some(({ dayFirst, monthFirst }) => dayFirst === null && monthFirst !== null);
  if (isDayFirst && isMonthFirst) return 'contradicting';
  if (isDayFirst) return 'day-first';
  if (isMonthFirst) return 'month-first';
  const doubtful = column.filter(isInDoubt);
  if (doubtful.length === 0) return null;
  return doubtful.every(({ dotted }) => dotted) ? 'day-first' : 'unsaid';
}
