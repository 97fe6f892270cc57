/** When somebody works: their own zone, the organisation's days and hours, weekends and public holidays where they are, and their leave. */
import { addDays, dayOf, weekdayOf } from '../../language/calendar.ts';
import { countryOf, publicHolidays, weekendOf } from '../../language/holidays.ts';
import { instantAt, timeOf } from '../../language/zoned.ts';
import { validZone } from '../../records/person.ts';

export interface WorkingTime {
  /** Monday is 1. */
  days: readonly number[];
  from: string;
  until: string;
  holidays: readonly string[];
  /** Where somebody's own is not known. */
  timeZone: string;
}

export interface Worker {
  timeZone: string;
  locale: string;
  /** DE, or DE-HH; null where it is worked out from the zone. */
  region: string | null;
  /** Days on which they are away, both included. */
  absences: readonly { fromDay: string; untilDay: string }[];
}

export interface WorkCalendar {
  today(now: Date): string;
  /** Why they do not work on a day; null where they do. */
  off(day: string): 'leave' | 'quiet_hours' | null;
  /** When their hours of a day begin. */
  opens(day: string): Date;
  isOpen(now: Date): boolean;
  /** Whether their hours of that day are over. */
  isOver(now: Date): boolean;
  /** The first working day after a day. */
  next(day: string): string;
  /** So many of their working days after a day, or before it; with 0 the day, or the last working day before it. */
  add(day: string, days: number): string;
}

/** Nobody sits in UTC: it stands where nothing is known. */
function zoneOf({ timeZone }: Pick<Worker, 'timeZone'>, working: WorkingTime): string {
  return (timeZone === 'UTC' ? null : validZone(timeZone)) ?? working.timeZone;
}

/** Days after which nobody is waited for: a calendar with no working day at all ends here. */
const longest = 400;

export function workCalendar(worker: Worker, working: WorkingTime): WorkCalendar {
  const { absences, locale } = worker;
  const timeZone = zoneOf(worker, working);
  const region = worker.region ?? countryOf({ timeZone, locale });
  const weekend = region === null ? [] : weekendOf(region);
  const isHoliday = (day: string) =>
    working.holidays.includes(day) ||
    (region !== null && publicHolidays(region, Number(day.slice(0, 4))).has(day));
  const known = new Map<string, ReturnType<WorkCalendar['off']>>();

  function offOn(day: string): ReturnType<WorkCalendar['off']> {
    if (absences.some(({ fromDay, untilDay }) => fromDay <= day && day <= untilDay)) return 'leave';
    const weekday = weekdayOf(day);
    return !working.days.includes(weekday) || weekend.includes(weekday) || isHoliday(day)
      ? 'quiet_hours'
      : null;
  }
  function off(day: string): ReturnType<WorkCalendar['off']> {
    const before = known.get(day);
    if (before !== undefined) return before;
    const found = offOn(day);
    known.set(day, found);
    return found;
  }
  function step(day: string, by: 1 | -1): string {
    let at = addDays(day, by);
    for (let tried = 0; tried < longest && off(at) !== null; tried += 1) at = addDays(at, by);
    return at;
  }
  const today = (now: Date) => dayOf(now, timeZone);

  return {
    today,
    off,
    opens: (day) => instantAt(day, working.from, timeZone),
    isOpen: (now) => {
      const time = timeOf(now, timeZone);
      return off(today(now)) === null && time >= working.from && time < working.until;
    },
    isOver: (now) => timeOf(now, timeZone) >= working.until,
    next: (day) => step(day, 1),
    add(day, days) {
      let at = days === 0 && off(day) !== null ? step(day, -1) : day;
      for (let left = Math.abs(days); left > 0; left -= 1) at = step(at, days > 0 ? 1 : -1);
      return at;
    },
  };
}
