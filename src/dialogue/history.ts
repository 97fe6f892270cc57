/** The history of a record as people read it, newest first and folded: a line for each step, with the words that it replaced, and as rows of a file. */
import {
  Link,
  type Context,
  type ItemParts,
  type OpenerParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import type { Table } from '../files/write-table.ts';
import { momentInWords } from '../language/calendar.ts';
import type { RecordHistory, Step } from '../records/history.ts';

/** Steps that a message shows at first, that it holds when it is unfolded, and that a file does. */
export const mostSteps = { folded: 5, shown: 20, exported: 5_000 };

/**
 * @param of    as «NC-2026-004 and its actions»
 * @param more  the button that unfolds it, where it is folded
 * @param look  the button that opens the record
 */
export function historyCard(
  context: Context,
  of: string,
  { steps, count }: RecordHistory,
  { more, look, files }: { more: OpenerParts | null; look: OpenerParts; files: readonly OpenerParts[] },
): ReplyParts {
  const shown = steps.toReversed().slice(0, more === null ? mostSteps.shown : mostSteps.folded);
  const earlier = count - shown.length;
  const title = `What happened to ${of}, newest first.`;
  const left =
    more === null && earlier > 0
      ? ` These are the last ${shown.length} steps; ${earlier} earlier ones are in the files.`
      : '';
  const first = more === null || earlier === 0 ? look : { ...more, label: `${earlier} earlier` };
  return {
    text: `${title}${left}`,
    title,
    items: shown.map((step) => stepItem(step, context)),
    buttons: [first, ...files],
  };
}

/** Whether the button that shows the history asks for all that a message holds. */
export function isUnfolded(argument: (name: string) => string): boolean {
  return argument('all') !== '';
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
