/** The periods that a metric is measured for, by its cadence: 2026-W48, 2026-11, 2026-Q4, 2026. Pure. */
import {
  addDays,
  daysBetween,
  lastOfMonth,
  mondayOfWeek,
  partsOf,
  weekdayOf,
} from '../../language/calendar.ts';

export const cadences = ['weekly', 'monthly', 'quarterly', 'yearly'] as const;
export type Cadence = (typeof cadences)[number];

/** Days after the end of a period by which its value is to be there: the longer a period, the longer its numbers take. */
const grace: Record<Cadence, number> = { weekly: 3, monthly: 10, quarterly: 15, yearly: 30 };

const shapes: Record<Cadence, RegExp> = {
  weekly: /^(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])$/,
  monthly: /^(\d{4})-(0[1-9]|1[0-2])$/,
  quarterly: /^(\d{4})-Q([1-4])$/,
  yearly: /^(\d{4})$/,
};

const pad = (number: number) => String(number).padStart(2, '0');

/** The one that a day lies in. @param day  as 2026-11-25 */
export function periodOf(cadence: Cadence, day: string): string {
  const { year, month } = partsOf(day);
  if (cadence === 'yearly') return String(year);
  if (cadence === 'quarterly') return `${year}-Q${Math.ceil(month / 3)}`;
  if (cadence === 'monthly') return `${year}-${pad(month)}`;
  // The year of a week is that of its Thursday.
  const thursday = addDays(day, 4 - weekdayOf(day));
  const of = partsOf(thursday).year;
  return `${of}-W${pad(Math.floor(daysBetween(mondayOfWeek(of, 1), thursday) / 7) + 1)}`;
}

/** Null for what is none of that cadence. */
export function daysOf(cadence: Cadence, period: string): { from: string; until: string } | null {
  const [whole, year = '', part = ''] = shapes[cadence].exec(period) ?? [];
  if (whole === undefined) return null;
  if (cadence === 'yearly') return { from: `${year}-01-01`, until: `${year}-12-31` };
  if (cadence === 'weekly') {
    const from = mondayOfWeek(Number(year), Number(part));
    return periodOf('weekly', from) === period ? { from, until: addDays(from, 6) } : null;
  }
  const last = cadence === 'quarterly' ? 3 * Number(part) : Number(part);
  const first = cadence === 'quarterly' ? last - 2 : last;
  return { from: `${year}-${pad(first)}-01`, until: lastOfMonth(Number(year), last) };
}

export function periodAfter(cadence: Cadence, period: string): string {
  return periodOf(cadence, addDays(boundsOf(cadence, period).until, 1));
}

export function periodBefore(cadence: Cadence, period: string): string {
  return periodOf(cadence, addDays(boundsOf(cadence, period).from, -1));
}

/** The one whose value is due on a day that `valueDueOn` gave. */
export function periodDueOn(cadence: Cadence, day: string): string {
  return periodOf(cadence, addDays(day, -grace[cadence]));
}

/** The day by which its value is to be there. */
export function valueDueOn(cadence: Cadence, period: string): string {
  return addDays(boundsOf(cadence, period).until, grace[cadence]);
}

function boundsOf(cadence: Cadence, period: string) {
  const bounds = daysOf(cadence, period);
  if (bounds === null) throw new Error(`${period} is no period of a ${cadence} metric`);
  return bounds;
}

/** «November 2026», «Q4 2026», «week 48 of 2026», «2026». */
export function periodInWords(period: string): string {
  const [year = '', part] = period.split('-');
  if (part === undefined) return year;
  if (part.startsWith('W')) return `week ${Number(part.slice(1))} of ${year}`;
  if (part.startsWith('Q')) return `${part} ${year}`;
  const month = new Date(`${period}-01T00:00:00Z`);
  return `${new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(month)} ${year}`;
}
