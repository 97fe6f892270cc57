/** The history of a record as people read it: a line for each step, with the words that it replaced, and as rows of a file. */
import { Link, type Context, type ItemParts } from '../conversation/contract.ts';
import { momentInWords } from '../language/calendar.ts';
import type { Step } from '../records/history.ts';

export function stepItem({ text, at, replaced, link }: Step, { person }: Pick<Context, 'person'>): ItemParts {
  const moment = momentInWords(at, person.timeZone).replace(' at ', ', ');
  return {
    text,
    detail: [moment, ...replaced.map(({ column, from }) => `${labelOf(column)} was «${from}»`)].join('\n'),
    link: linkOf(link),
  };
}

export function stepRow({ text, at, reference, replaced, link }: Step): Record<string, string> {
  return {
    at: at.toISOString(),
    record: reference,
    what: text,
    message: linkOf(link) ?? '',
    replaced: replaced.map(({ column, from, to }) => `${column}: ${from} → ${to}`).join('\n'),
  };
}

/** Kept by a door when it came in; what would not be one of ours is left out. */
function linkOf(link: unknown): string | null {
  return Link.safeParse(link).data ?? null;
}

/** `evidence_seen` is «Evidence seen». */
function labelOf(column: string): string {
  const words = column.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
