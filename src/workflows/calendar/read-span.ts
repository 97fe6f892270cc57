/** Reads for when the calendar is asked: «this quarter», «until March», «bis Ende des Quartals», «Q2 2027». */
import type { Span } from '../../isms/calendar/dated.ts';
import { addDays, addMonths, dayFrom, inWeekOf, lastOfMonth, partsOf } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { words } from '../../language/vocabulary.ts';

const whole = words('calendar/calendar');
const asked = words('calendar/asked');
const opening = words('calendar/opening');
const closing = words('calendar/closing');
const until = words('calendar/until');
const spans = words('calendar/spans');
const months = words('dates/months');

/** Days ahead where nobody says when. */
const usual = 90;
/** Characters; longer, nobody asks for a list. */
const longest = 120;
const unitOf = { days: 1, weeks: 7 } as const;

export interface Asking {
  now: Date;
  timeZone: string;
  locale: string;
  today: string;
}

/** @returns null for words that are not plainly about when */
export function readSpan(text: string, asking: Asking): Span | null {
  const said = text.trim().replace(/^[¿¡\s]+|[?!.\s]+$/g, '');
  if (said.length > longest) return null;
  if (whole.is(said) !== null) return { from: asking.today, until: addDays(asking.today, usual) };
  const begun = asked.begins(said);
  if (begun?.from === 0) return spanIn(said.slice(begun.to), asking);
  const opened = opening.begins(said);
  const closed = closing.ends(said);
  if (opened?.from !== 0 || closed === null) return null;
  return spanIn(said.slice(opened.to, closed.from), asking);
}

function spanIn(words: string, asking: Asking): Span | null {
  const said = words.trim();
  const { today } = asking;
  const led = until.begins(said);
  if (led?.from === 0) {
    const last = lastDay(said.slice(led.to).trim(), said, asking);
    return last === null || last < today ? null : { from: today, until: last };
  }
  const found = spans.find(said);
  if (found === null || spans.is(said) === null) return null;
  return spanOf(found.meaning, found.parts, today);
}

/** «March», «the end of this quarter», or a day. */
function lastDay(said: string, whole: string, asking: Asking): string | null {
  const { today } = asking;
  if (spans.is(said) !== null) {
    const found = spans.find(said);
    return found === null ? null : spanOf(found.meaning, found.parts, today).until;
  }
  const month = months.is(said);
  if (month !== null) return monthFrom(Number(month), undefined, today).until;
  const [date, ...others] = readDates(whole, asking);
  return date === undefined || others.length > 0 || date.index + date.text.length < whole.length ? null : date.day;
} // prettier-ignore

function spanOf(meaning: string, parts: Record<string, string>, today: string): Span {
  const { year } = partsOf(today);
  const count = Number(parts['N']);
  const said = parts['Y'] === undefined ? null : Number(parts['Y']);
  if (meaning === 'days' || meaning === 'weeks')
    return { from: today, until: addDays(today, count * unitOf[meaning]) };
  if (meaning === 'months') return { from: today, until: addMonths(today, count) };
  if (meaning === 'year') return yearOf(said ?? year);
  if (meaning === 'month') return monthFrom(Number(parts['months']), said ?? undefined, today);
  if (meaning === 'quarter') return quarterFrom(count, said, today);
  const [which = '', unit = ''] = meaning.split('_');
  const ahead = which === 'next' ? 1 : 0;
  if (unit === 'week') {
    const from = addDays(inWeekOf(today, 1), 7 * ahead);
    return { from, until: addDays(from, 6) };
  }
  if (unit === 'year') return yearOf(year + ahead);
  const length = unit === 'quarter' ? 3 : 1;
  const { month } = partsOf(today);
  const first = dayFrom(year, month - ((month - 1) % length), 1) ?? today;
  return stretch(addMonths(first, ahead * length), length);
}

/** Of those to come the next, where no year is said. */
function monthFrom(month: number, year: number | undefined, today: string): Span {
  const now = partsOf(today);
  const of = year ?? (month >= now.month ? now.year : now.year + 1);
  return stretch(dayFrom(of, month, 1) ?? today, 1);
}

function quarterFrom(quarter: number, year: number | null, today: string): Span {
  const now = partsOf(today);
  const month = Math.min(4, Math.max(1, quarter)) * 3 - 2;
  const of = year ?? (month + 2 >= now.month ? now.year : now.year + 1);
  return stretch(dayFrom(of, month, 1) ?? today, 3);
}

function stretch(from: string, length: number): Span {
  const { year, month } = partsOf(from);
  return { from, until: lastOfMonth(year, month + length - 1) };
}

function yearOf(year: number): Span {
  return { from: `${year}-01-01`, until: `${year}-12-31` };
}
