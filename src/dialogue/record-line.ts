/** A record of a room as a line of its list: its title, and in grey its day, its state and what else the list shows of it. */
import { dayInWords, shortDay } from '../language/calendar.ts';
import { dueInWords } from '../language/due-words.ts';
import type { ListLine } from './list.ts';

export interface Line {
  reference: string;
  state: string;
  title: string;
  /** On which it is due, as 2026-11-27; null where there is none, or it has ended. */
  day: string | null;
  /** Further cells, `–` where there is nothing. */
  named: readonly { name: string; cell: string }[];
  today: string;
}

export function recordLine({ reference, state, title, day, named, today }: Line): ListLine {
  const late =
    day !== null && day < today ? `${dueInWords('en', day, today)} (${shortDay(day, today)})` : null;
  const said = named.filter(({ cell }) => cell !== '–' && cell !== title);
  return {
    title,
    facts: [
      late ?? (day === null ? null : `due ${shortDay(day, today)}`),
      state.replaceAll('_', ' '),
      ...said.map(({ name, cell }) => `${name}: ${dayOrText(cell)}`),
      reference,
    ],
    late,
    reference,
  };
}

/** A day in words: files keep it as 2026-11-27. */
export function dayOrText(cell: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(cell) ? dayInWords(cell) : cell;
}

export function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ');
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
