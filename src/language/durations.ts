/** Lengths of time as people say them in four languages: «two weeks», «zehn Tage», «quinze jours», «un mes». */
import { addDays, addMonths, addWorkingDays } from './calendar.ts';
import { words, type Found } from './vocabulary.ts';

const secondsOfDay = 86_400;
/** For «two more weeks», where no calendar is at hand: a month counts as 30 days, a working day as 1.4. */
const daysOfUnit: Record<string, number> = { workday: 1.4, month: 30.4 };

/** What a phrase of the list `numbers/duration` measures. */
interface Duration {
  count: number;
  /** `workday`, `second` or `month`. */
  base: string;
}

export function durationIn({
  N,
  numbers,
  'loose numbers': loose,
  'day units': unit = '',
}: Found['parts']): Duration {
  const [base = '', factor = ''] = unit.split(':');
  return { base, count: Number(N ?? loose ?? numbers) * Number(factor) };
}

/** The day that lies so much later, or earlier with `sign` -1. Months keep their day where they have it. */
export function later(day: string, duration: Duration, sign: 1 | -1 = 1): string {
  const { base, count } = duration;
  if (base === 'workday') return addWorkingDays(day, sign * Math.round(count));
  if (base === 'month' && Number.isInteger(count)) return addMonths(day, sign * count);
  return addDays(day, sign * daysOf(duration));
}

function daysOf({ base, count }: Duration): number {
  return Math.round(count * (daysOfUnit[base] ?? 1 / secondsOfDay));
}

/** All lengths of time in a text. */
export function readDurations(text: string): { days: number; longer: boolean; from: number; to: number }[] {
  return durations
    .findAll(text)
    .filter(
      ({ parts, from }) =>
        (parts['N'] ?? '').length <= 3 && !/[\d.]$/.test(text.slice(Math.max(0, from - 1), from)),
    )
    .map(({ parts, from, to }) => ({
      days: daysOf(durationIn(parts)),
      longer: parts['more'] === 'longer' || parts['loose numbers'] === '1',
      from,
      to,
    }));
}

const durations = words('numbers/duration');
