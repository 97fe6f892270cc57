/** What each way of saying a day means: the phrases of the list `dates/days`, reckoned from today. */
import {
  addDays,
  addMonths,
  dayFrom,
  daysBetween,
  inWeekOf,
  lastOfMonth,
  mondayOfWeek,
  partsOf,
  weekdayOf,
} from './calendar.ts';
import { durationIn, later } from './durations.ts';
import { words, type Found } from './vocabulary.ts';

export interface Calendar {
  today: string;
  past: boolean;
  monthFirst: boolean;
}

const sideless = words('dates/after a day');

/** @returns null for what looks like a day but is none */
type Reader = (parts: Found['parts'], calendar: Calendar, after: string) => string | null;

export const dayReaders: Record<string, Reader> = {
  'today': (_, { today }) => today,
  'tomorrow': (_, { today }) => addDays(today, 1),
  'day after tomorrow': (_, { today }) => addDays(today, 2),
  'yesterday': (_, { today }) => addDays(today, -1),
  'day before yesterday': (_, { today }) => addDays(today, -2),
  'week': ({ N }, { today, past }) => weekNumber(Number(N), today, past),
  'end of quarter': ({ N }, { today }) => endOfQuarter(Number(N), today),
  'end of period': ({ periods, ...parts }, { today }) => endOf(periods, today, sideOf(parts) === 'coming'),
  'month end': (_, { today }) => endOf('month', today, false),
  'year end': (_, { today }) => endOf('year', today, false),
  'quarter end': (_, { today }) => endOf('quarter', today, false),
  'week end': (_, { today }) => endOf('week', today, false),
  'until month': (parts, calendar) => partOfMonth({ ...parts, 'months': parts['months'] ?? parts['months not of people'] ?? '', 'part of month': 'late' }, calendar),
  'part of month': (parts, calendar) => partOfMonth(parts, calendar),
  'around now': (parts, { today }) => aroundNow(sideOf(parts), parts['week or month'], today),
  'weekday of next week': ({ weekdays }, { today }) => addDays(nextWeekday(Number(weekdays), today), 7),
  'weekday': ({ weekdays, ...parts }, calendar) => saidWeekday(Number(weekdays), parts, calendar),
  'short weekday': ({ 'short weekdays': weekday }, calendar, after) =>
    /^\.? (?:\p{Lu}|\d)/u.test(after) ? null : saidWeekday(Number(weekday), {}, calendar),
  'ago': (parts, { today }) => later(today, durationIn(parts), -1),
  'ahead': (parts, { today }) => later(today, durationIn(parts)),
  'day of month': ({ N }, { today, past }, after) =>
    /^\s*(?:$|[,;!?)\n]|\.(?:\s|$))/.test(after) || sideless.begins(after) !== null
      ? dayOfMonth(Number(N), today, past)
      : null,
}; // prettier-ignore

/** Before or after the name, «next» and «coming» are one, but for {@link saidWeekday}. */
function sideOf({ sides, 'after sides': after }: Found['parts']): string | undefined {
  const side = sides ?? after;
  return side === 'next' ? 'coming' : side;
}

/** «3/4», which one of them is the month, and whose year may not be said. */
export function numericDay(
  first: number,
  second: number,
  year: string | undefined,
  calendar: Calendar,
): string | null {
  const monthFirst = second > 12 || (calendar.monthFirst && first <= 12);
  const [d, m] = monthFirst ? [second, first] : [first, second];
  return year === undefined
    ? nearestYear(m, d, calendar)
    : dayFrom(Number(year) + (year.length === 2 ? 2000 : 0), m, d);
}

/** People leave out the year of days ahead, and of those just gone. */
function nearestYear(m: number, d: number, { today, past }: Calendar): string | null {
  const { year } = partsOf(today);
  const thisYear = dayFrom(year, m, d);
  if (thisYear === null) return null;
  if (past) return thisYear <= today ? thisYear : dayFrom(year - 1, m, d);
  const gone = daysBetween(thisYear, today);
  if (gone < -275) return dayFrom(year - 1, m, d);
  return gone > 90 ? dayFrom(year + 1, m, d) : thisYear;
}

/** The day of a month whose year may not be said. */
export function dayOfYear(
  year: string | undefined,
  month: number,
  day: number,
  calendar: Calendar,
): string | null {
  return year === undefined ? nearestYear(month, day, calendar) : dayFrom(Number(year), month, day);
}

function nextWeekday(number: number, today: string): string {
  return addDays(today, ((number - weekdayOf(today) + 6) % 7) + 1);
}

function saidWeekday(number: number, parts: Found['parts'], { today, past }: Calendar): string {
  const ahead = nextWeekday(number, today);
  const side = sideOf(parts);
  const behind = side === 'gone' || parts['since'] !== undefined;
  if (behind || (past && side === undefined)) return addDays(ahead, weekdayOf(today) === number ? -14 : -7);
  // «next Friday» is that of next week in English and German; «vendredi prochain» and «el próximo viernes» the first to come.
  return parts['sides'] === 'next' ? addDays(inWeekOf(today, number), 7) : ahead;
}

function aroundNow(side: string | undefined, unit: string | undefined, today: string): string | null {
  if (side === 'gone') return unit === 'week' ? addDays(today, -7) : null;
  return endOf(unit, today, side !== 'this');
}

/** A week ends on its Friday, as far as work goes. */
function endOf(unit: string | undefined, today: string, next: boolean): string {
  const { year, month } = partsOf(today);
  switch (unit) {
    case 'week': {
      const friday = addDays(inWeekOf(today, 5), next ? 7 : 0);
      return friday < today ? today : friday;
    }
    case 'month':
      return lastOfMonth(year, month + (next ? 1 : 0));
    case 'quarter':
      return lastOfMonth(year, Math.ceil(month / 3) * 3 + (next ? 3 : 0));
    default:
      return `${year + (next ? 1 : 0)}-12-31`;
  }
}

function endOfQuarter(quarter: number, today: string): string | null {
  if (quarter < 1 || quarter > 4) return null;
  const { year } = partsOf(today);
  const end = lastOfMonth(year, quarter * 3);
  return end < today ? lastOfMonth(year + 1, quarter * 3) : end;
}

function partOfMonth(
  { months, 'part of month': part, Y }: Found['parts'],
  calendar: Calendar,
): string | null {
  const month = Number(months);
  const near = Y === undefined ? nearestYear(month, 28, calendar) : dayFrom(Number(Y), month, 28);
  if (near === null) return null;
  const { year } = partsOf(near);
  return part === 'late' ? lastOfMonth(year, month) : dayFrom(year, month, part === 'mid' ? 15 : 5);
}

function weekNumber(number: number, today: string, past: boolean): string | null {
  if (number < 1 || number > 53) return null;
  const { year } = partsOf(today);
  const friday = addDays(mondayOfWeek(year, number), 4);
  if (past || friday >= inWeekOf(today, 1)) return friday;
  return addDays(mondayOfWeek(year + 1, number), 4);
}

function dayOfMonth(number: number, today: string, past: boolean): string | null {
  if (number < 1 || number > 31) return null;
  for (let step = 0; step < 4; step += 1) {
    const { year, month } = partsOf(addMonths(`${today.slice(0, 8)}01`, past ? -step : step));
    const day = dayFrom(year, month, number);
    if (day !== null && (past ? day <= today : day >= today)) return day;
  }
  return null;
}
