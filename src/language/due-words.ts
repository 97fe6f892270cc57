/** When something is due, as its reader sees it today: «4 days overdue», «due tomorrow», «due Friday, 4 December». */
import { daysBetween, weekdayOf } from './calendar.ts';
import { wording, type Language } from './wording.ts';

/** Days ahead that are called by their name. */
const near = 6;
const formats = new Map<string, Intl.DateTimeFormat>();

export function dueInWords(language: Language, dueOn: string, today: string): string {
  const say = wording('due', language);
  const days = daysBetween(today, dueOn);
  if (days < -1) return say('overdue', { days: -days });
  if (days === -1) return say('overdueOne');
  if (days === 0) return say('today');
  return days === 1 ? say('tomorrow') : say('on', { day: dayNamed(language, dueOn, today) });
}

/** «Friday», «Friday, 11 December», «Monday, 4 January 2027». */
export function dayNamed(language: Language, day: string, today: string): string {
  const isNear = daysBetween(today, day) <= near && weekdayOf(day) !== weekdayOf(today);
  const year = day.slice(0, 4) === today.slice(0, 4) ? '' : 'year';
  const key = `${language} ${isNear ? 'near' : year}`;
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
      weekday: 'long',
      ...(isNear ? {} : { day: 'numeric', month: 'long' }),
      ...(year === '' || isNear ? {} : { year: 'numeric' }),
      timeZone: 'UTC',
    });
  formats.set(key, format);
  return format.format(new Date(`${day}T00:00:00Z`));
}
