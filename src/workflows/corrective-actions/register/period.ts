/** Stretches of the calendar that a list is narrowed to: «this year», «last quarter», 2025. */
import { addDays, addMonths, dayFrom, dayInWords, inWeekOf, partsOf } from '../../../language/calendar.ts';

export const period = /^(?:(?:this|last)_(?:week|month|quarter|year)|20\d\d)$/;

interface Span {
  from: string;
  to: string;
}

const months: Record<string, number> = { month: 1, quarter: 3, year: 12 };

/** @param said  as `period` has it. @param today  as 2026-11-30 */
export function spanOf(said: string, today: string): Span {
  const [which = '', unit = 'year'] = said.split('_');
  const back = which === 'last' ? 1 : 0;
  if (unit === 'week') {
    const from = addDays(inWeekOf(today, 1), -7 * back);
    return { from, to: addDays(from, 6) };
  }
  const { year, month } = partsOf(today);
  const length = months[unit] ?? 12;
  const first = /^\d/.test(which)
    ? dayFrom(Number(which), 1, 1)
    : dayFrom(year, month - ((month - 1) % length), 1);
  const from = addMonths(first ?? today, -length * back);
  return { from, to: addDays(addMonths(from, length), -1) };
}

/** «in 2026», «between 1 October and 31 December 2026». */
export function spanInWords({ from, to }: Span): string {
  const year = from.slice(0, 4);
  return from === `${year}-01-01` && to === `${year}-12-31`
    ? `in ${year}`
    : `between ${dayInWords(from)} and ${dayInWords(to)}`;
}
