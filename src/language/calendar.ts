/** Days as `2026-11-27`, reckoned without clock or zone, so that no change of the clocks moves them, and what they are called. */

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant, as 2026-11-25, where the person is. */
export function dayOf(at: Date, timeZone: string): string {
  // A format takes longer to make than to use.
  const format =
    dayFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone });
  dayFormats.set(timeZone, format);
  return format.format(at);
}

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

const months = 'January February March April May June July August September October November December';
const monthNames = months.split(' ');
const weekdayNames = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** «25 November 2026». */
export function dayInWords(day: string): string {
  const { year, month, dayOfMonth } = partsOf(day);
  return `${dayOfMonth} ${monthNames[month - 1]} ${year}`;
}

const momentFormats = new Map<string, Intl.DateTimeFormat>();

export function momentInWords(at: Date, timeZone: string): string {
  const format =
    momentFormats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone });
  momentFormats.set(timeZone, format);
  return format.format(at);
}

/** «24 Nov, 10:00». */
export function shortMoment(at: Date, timeZone: string): string {
  const [day, time] = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone }).format(at).split(', '); // prettier-ignore
  return `${day}, ${time}`;
}

/** «26 Nov», «20 Jan 2027»: the year where it is not that of today. */
export function shortDay(day: string, today: string): string {
  const { year, month, dayOfMonth } = partsOf(day);
  const said = `${dayOfMonth} ${monthNames[month - 1]?.slice(0, 3)}`;
  return day.slice(0, 4) === today.slice(0, 4) ? said : `${said} ${year}`;
}

const msPerDay = 86_400_000;

/** @returns null where the calendar has no such day: 30 February never rolls over */
export function dayFrom(year: number, month: number, day: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day
    ? at.toISOString().slice(0, 10)
    : null;
}

/** The same day of another month, or that month's last. */
export function addMonths(day: string, months: number): string {
  const { year, month, dayOfMonth } = partsOf(day);
  const last = lastOfMonth(year, month + months);
  return dayOfMonth < Number(last.slice(8))
    ? `${last.slice(0, 8)}${String(dayOfMonth).padStart(2, '0')}`
    : last;
}

export function addWorkingDays(day: string, days: number): string {
  let at = day;
  for (let left = Math.abs(days); left > 0;) {
    at = addDays(at, Math.sign(days));
    if (weekdayOf(at) <= 5) left -= 1;
  }
  return at;
}

/** Months outside 1 to 12 count on into the next years. */
export function lastOfMonth(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** Monday is 1, Sunday 7. */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay() || 7;
}

/** That weekday of the week in which a day lies, Monday being its first. */
export function inWeekOf(day: string, weekday: number): string {
  return addDays(day, weekday - weekdayOf(day));
}

/** The Monday of an ISO week. */
export function mondayOfWeek(year: number, week: number): string {
  return addDays(inWeekOf(`${year}-01-04`, 1), 7 * (week - 1));
}

export function partsOf(day: string): { year: number; month: number; dayOfMonth: number } {
  const [year = 0, month = 0, dayOfMonth = 0] = day.split('-').map(Number);
  return { year, month, dayOfMonth };
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / msPerDay);
}

/** «Friday 27 November 2026». */
export function inFull(day: string): string {
  return `${weekdayNames[weekdayOf(day) - 1]} ${dayInWords(day)}`;
}
