/** Days as an iCalendar file (RFC 5545) that people's own calendars take in; taken in again, it changes what it brought before. */
import type { ICalCalendar } from 'ical-generator';

export interface CalendarDay {
  /** Names the thing for ever, so that a later file changes it and adds no second. */
  id: string;
  /** The first and the last day, as 2026-12-09. */
  from: string;
  until: string;
  title: string;
  text: string;
}

const msPerDay = 86_400_000;

/** @param at  when it is written */
export async function calendarBytes(name: string, days: readonly CalendarDay[], at: Date): Promise<Uint8Array> {
  // Few ask for it, and it takes its time to load.
  const { default: ical, ICalEventTransparency } = await import('ical-generator');
  const calendar: ICalCalendar = ical({ name, prodId: { company: 'Isma', product: 'calendar', language: 'EN' } });
  for (const { id, from, until, title, text } of days)
    calendar.createEvent({
      id: `${id}@isma`,
      stamp: at,
      allDay: true,
      start: new Date(`${from}T00:00:00Z`),
      // Of whole days the end is the first that does not count.
      end: new Date(Date.parse(`${until}T00:00:00Z`) + msPerDay),
      summary: title,
      description: { plain: text },
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  return Buffer.from(`${calendar.toString().trimEnd()}\r\n`);
} // prettier-ignore
