/** A list of records in chat: the most urgent rows, what was filtered in words, and buttons to narrow it, turn it over or take it all. */
import {
  actionId,
  longestId,
  type Addressed,
  type ButtonParts,
  type OpenerParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import { keepOutgoingFile } from '../conversation/outgoing-file.ts';
import type { Queryable } from '../db/database.ts';
import { tableBytes, type Table } from '../files/write-table.ts';
import { toAsker } from './command.ts';

/** Rows that one message has room for. */
export const rowsShown = 15;
/** Records that a button opens at once. */
const mostOpened = 4;

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
  table: NonNullable<ReplyParts['table']>;
  /** Of the rows, in their order. */
  references: readonly string[];
  /** The filter, as values of a button's id. */
  values: Record<string, string>;
  /** From 0 on. */
  page: number;
  narrowing?: readonly ButtonParts[];
}

export function listCard(
  room: string,
  {
    count,
    noun,
    scope = '',
    urgent = false,
    more = '',
    table,
    references,
    values,
    page,
    narrowing = [],
  }: Listed,
): ReplyParts {
  const offset = page * rowsShown;
  const left = count - offset - table.rows.length;
  return {
    text: [
      `${count} ${noun(count > 1)}${scope}${urgent && count > 1 ? ', the most urgent first' : ''}.`,
      ...(more === '' ? [] : [more]),
      ...(offset > 0 ? [`These are ${offset + 1} to ${offset + table.rows.length}.`] : []),
      ...(left > 0 ? [`And ${left} more: export them, or narrow the list.`] : []),
    ].join(' '),
    table,
    choices: references.slice(0, mostOpened).map((reference) => ({
      id: actionId(`${room}.show`, { record: reference }),
      label: reference,
    })),
    buttons: [
      ...(count > 1 ? narrowing : []),
      ...(left > 0 ? [listButton(room, values, 'Next', page + 1)] : []),
      { id: actionId(`${room}.export`, values), label: 'Export' },
    ].filter(({ id }) => id.length <= longestId),
  };
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

/** The whole of a list as a file, in the format that the button names, with a button for the other. */
export async function sendTable(
  tx: Queryable,
  room: string,
  argument: (name: string) => string,
  values: Record<string, string>,
  { name, text, table, also = [] }: { name: string; text: string; table: Table; also?: ButtonParts[] },
): Promise<Addressed[]> {
  const format = formats.find((each) => each === argument('format')) ?? 'xlsx';
  const file = await keepOutgoingFile(tx, `${name}.${format}`, await tableBytes(format, table));
  const other = format === 'xlsx' ? 'csv' : 'xlsx';
  return toAsker({
    text,
    files: [file],
    buttons: [
      {
        id: actionId(`${room}.export`, { ...values, format: other }),
        label: other === 'csv' ? 'As CSV' : 'As Excel',
      },
      ...also,
    ],
  });
}
