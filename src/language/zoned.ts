/** Local time and instants: what the clock on somebody's wall shows, and when it shows that, where clocks are put forward and back. */
import { addDays, dayOf } from './calendar.ts';

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** As 08:30. */
export function timeOf(at: Date, timeZone: string): string {
  const format =
    timeFormats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  timeFormats.set(timeZone, format);
  return format.format(at);
}

const msPerMinute = 60_000;
const utcOf = (day: string, time: string) =>
  Date.parse(`${time === '24:00' ? addDays(day, 1) : day}T${time === '24:00' ? '00:00' : time}:00Z`);

/** Milliseconds by which the wall is ahead of UTC then. */
function offsetAt(at: number, timeZone: string): number {
  const minute = Math.floor(at / msPerMinute) * msPerMinute;
  const instant = new Date(minute);
  return utcOf(dayOf(instant, timeZone), timeOf(instant, timeZone)) - minute;
}

/** People of one zone are many. */
const known = new Map<string, number>();
const mostKnown = 5_000;

/** When a time comes on a day: of two the first, and of a time that the clocks jump over the moment of the jump. */
export function instantAt(day: string, time: string, timeZone: string): Date {
  const key = `${day} ${time} ${timeZone}`;
  const before = known.get(key);
  if (before !== undefined) return new Date(before);
  if (known.size >= mostKnown) known.clear();
  const found = firstInstant(utcOf(day, time), timeZone);
  known.set(key, found);
  return new Date(found);
}

function firstInstant(wall: number, timeZone: string): number {
  const dayLength = 1_440 * msPerMinute;
  const offsets = [offsetAt(wall - dayLength, timeZone), offsetAt(wall + dayLength, timeZone)];
  const instants = offsets.map((offset) => wall - offset).toSorted((one, other) => one - other);
  const valid = instants.find((instant) => instant + offsetAt(instant, timeZone) === wall);
  if (valid !== undefined) return valid;
  // The wall shows less than that time before the jump, and more after it.
  let [low = 0, high = 0] = instants;
  while (high - low > msPerMinute) {
    const middle = low + Math.floor((high - low) / 2 / msPerMinute) * msPerMinute;
    if (middle + offsetAt(middle, timeZone) < wall) low = middle;
    else high = middle;
  }
  return high;
}
