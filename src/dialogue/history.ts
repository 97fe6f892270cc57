/** The history of a record as people read it: a line for each step, with the words that it replaced, and as rows of a file. */
import {
  Link,
  type ButtonParts,
  type Context,
  type ItemParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import type { Table } from '../files/write-table.ts';
import { momentInWords } from '../language/calendar.ts';
import type { RecordHistory, Step } from '../records/history.ts';

/** Steps that a message holds, and that a file does. */
export const mostSteps = { shown: 20, exported: 5_000 };

/** @param of  as «NC-2026-004 and its actions» */
export function historyCard(
  context: Context,
  of: string,
  { steps, count }: RecordHistory,
  buttons: ButtonParts[],
): ReplyParts {
  const earlier = count - steps.length;
  const left = `. These are the last ${steps.length} steps; ${earlier} earlier ones are in the export.`;
  return {
    text: `What happened to ${of}, oldest first${earlier > 0 ? left : ':'}`,
    items: steps.map((step) => stepItem(step, context)),
    buttons,
  };
}

export function historyTable({ steps }: RecordHistory): Table {
  return {
    columns: ['at', 'record', 'what', 'message', 'replaced'],
    rows: steps.map((step) => Object.values(stepRow(step))),
  };
}

function stepItem({ text, at, replaced, link }: Step, { person }: Pick<Context, 'person'>): ItemParts {
  const moment = momentInWords(at, person.timeZone).replace(' at ', ', ');
  return {
    text,
    detail: [moment, ...replaced.map(({ column, from }) => `${labelOf(column)} was «${from}»`)].join('\n'),
    link: linkOf(link),
  };
}

function stepRow({ text, at, reference, replaced, link }: Step): Record<string, string> {
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
