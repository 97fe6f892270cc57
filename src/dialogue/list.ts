/** A list of records in chat: the most urgent rows, what was filtered in words, and buttons to narrow it, turn it over or take it all. */
import {
  actionId,
  longestId,
  type Addressed,
  type ButtonParts,
  type ItemParts,
  type OpenerParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import { keepOutgoingFile } from '../conversation/outgoing-file.ts';
import type { Queryable } from '../db/database.ts';
import { tableBytes, type Table } from '../files/write-table.ts';
import { toAsker } from './command.ts';

/** Rows of a table that one message has room for. */
export const rowsShown = 15;
/** Records, each a line of title and grey facts, that a phone shows without much turning. */
export const linesShown = 8;

export interface Listed {
  /** How many there are, whatever is shown. */
  count: number;
  /** What they are, as «open majors in IT»; of one, or of many. */
  noun(many: boolean): string;
  /** «that you have a part in», where the person sees not all. */
  scope?: string;
  /** Whether the order is that of urgency. */
  urgent?: boolean;
  /** Further sentences about all of them. */
  more?: string;
  /** Of this page: records as lines that open, or people and figures as a table. */
  rows: readonly ListLine[] | NonNullable<ReplyParts['table']>;
  /** The filter, as values of a button's id. */
  values: Record<string, string>;
  /** From 0 on. */
  page: number;
  /** The likeliest first: a card has room for one. */
  narrowing?: readonly ButtonParts[];
}

/** A record on a list. */
export interface ListLine {
  title: string;
  /** What is quiet about it, the day first. */
  facts: readonly (string | null)[];
  /** The one of these facts that says how late it is. */
  late?: string | null;
  /** It opens. */
  reference: string;
}

export function listCard(
  room: string,
  { count, noun, scope = '', urgent = false, more = '', rows: shown, values, page, narrowing = [] }: Listed,
): ReplyParts {
  const [lines, table] = 'columns' in shown ? [[], shown] : [shown, null];
  const most = table === null ? linesShown : rowsShown;
  const offset = page * most;
  const length = table === null ? lines.length : table.rows.length;
  const left = count - offset - length;
  const next = listButton(room, values, 'Next', page + 1);
  const title = `${count} ${noun(count > 1)}${scope}${urgent && count > 1 ? ', the most urgent first' : ''}.`;
  return {
    text: [
      title,
      ...(more === '' ? [] : [more]),
      ...(offset > 0 ? [`These are ${offset + 1} to ${offset + length}.`] : []),
      ...(left > 0 && table !== null ? [`And ${left} more: export them, or narrow the list.`] : []),
    ].join(' '),
    title: table === null ? title : null,
    table,
    items: [
      ...lines.map((line) => itemOf(room, line)),
      ...(left > 0 && table === null
        ? [{ text: `${left} more`, detail: 'Or take all of them as a file.', button: next }]
        : []),
    ],
    buttons: [
      ...(count > 1 ? narrowing.slice(0, 1) : []),
      ...(left > 0 && table !== null ? [next] : []),
      ...exportButtons(room, values),
    ].filter(({ id }) => id.length <= longestId),
  };
}

function itemOf(room: string, { title, facts, late = null, reference }: ListLine): ItemParts {
  return {
    text: title,
    detail: facts.filter((fact) => fact !== null && fact !== '').join(' · '),
    late,
    button: { id: actionId(`${room}.show`, { record: reference }), label: 'Look' },
  };
}

/** The whole of it in one press, in either format. */
export function exportButtons(room: string, values: Record<string, string>): OpenerParts[] {
  return formats.map((format) => ({
    id: actionId(`${room}.export`, { ...values, format }),
    label: formatLabels[format],
  }));
}

export function listButton(
  room: string,
  values: Record<string, string>,
  label: string,
  page = 0,
): OpenerParts {
  return { id: actionId(`${room}.list`, { ...values, ...(page === 0 ? {} : { page }) }), label };
}

/** Of a button's id. */
export function pageIn(argument: (name: string) => string): number {
  const page = Number(argument('page'));
  return Number.isInteger(page) && page > 0 && page < 10_000 ? page : 0;
}

const formats = ['xlsx', 'csv'] as const;
const formatLabels = { xlsx: 'Excel file', csv: 'CSV file' };

/** The whole of a list as a file, in the format that the button names; where it names none, with a button for the other. */
export async function sendTable(
  tx: Queryable,
  room: string,
  argument: (name: string) => string,
  values: Record<string, string>,
  { name, text, table, also = [] }: { name: string; text: string; table: Table; also?: ButtonParts[] },
): Promise<Addressed[]> {
  const format = formats.find((each) => each === argument('format')) ?? 'xlsx';
  const file = await keepOutgoingFile(tx, `${name}.${format}`, await tableBytes(format, table));
  const csv = { id: actionId(`${room}.export`, { ...values, format: 'csv' }) };
  return toAsker({
    text,
    files: [file],
    buttons: [...(argument('format') === '' ? [{ ...csv, label: 'As CSV' }] : []), ...also],
  });
}
