/** A file as rows of records: its headings are matched to columns, its cells read, and each fault named by line and column. */
import { extname } from 'node:path';
import type { z } from 'zod';
import { columnOf } from '../db/rows.ts';
import { OperatorError } from '../errors.ts';
import { readTable, type ReadTable, type TableRow } from '../files/read-table.ts';
import type { DateOrder } from '../language/written-day.ts';
import { readsDays } from './import-cells.ts';
import { readDayColumn } from './import-dates.ts';

export interface Row<Record> {
  line: number;
  /** What stood in the file, by the name of our field; empty where nothing did. */
  cells: ReadonlyMap<string, string>;
  record: Record;
}

export interface Fault {
  path: string;
  line: number;
  /** Which record, where that is known. */
  reference: string | null;
  text: string;
}

export interface RecordFile<Record> {
  path: string;
  rows: Row<Record>[];
  faults: Fault[];
  /** Headings that mean nothing here. */
  unread: string[];
  /** How the first days of each column were read, in words. */
  days: string[];
}

/** What a row holds, each field described by the headings that others give it, and what follows of it. */
export type RowSchema<Record> = z.ZodType<Record> & { in: z.ZodObject };

/**
 * Of rows that have a reference each has its own.
 *
 * @param dates  what comes first in columns of days that do not tell
 * @throws OperatorError where the headings alone show that it cannot be the register
 */
export async function readRecordFile<Record extends { reference: string | null }>(
  path: string,
  schema: RowSchema<Record>,
  dates: DateOrder | null,
): Promise<RecordFile<Record>> {
  const columns = columnsOf(schema);
  const { header, rows } = await readTable(path);
  const { fields, unread } = matchHeadings(path, header.cells, columns);
  const named = (field: string) => header.cells[fields.indexOf(field)] ?? headingOf(field);
  refuseMissingColumns(path, fields, columns, schema);

  const read: Row<Record>[] = [];
  const days = readDays(path, { header, rows }, fields, schema, dates);
  const faults: Fault[] = days.faults.map(({ line, text }) => ({ path, line, reference: null, text }));
  const lineOf = new Map<string, number>();
  for (const row of rows) {
    const { line, cells } = row;
    const fault = (text: string, reference: string | null = null) =>
      faults.push({ path, line, reference, text });
    if (cells.slice(header.cells.length).some((cell) => cell !== '')) {
      fault(
        `it has ${cells.length} cells, and there are ${header.cells.length} columns; put text with commas in quotes`,
      );
      continue;
    }
    const byField = new Map(Object.keys(columns).map((field) => [field, cells[fields.indexOf(field)] ?? '']));
    const parsed = schema.safeParse(Object.fromEntries([...byField, ...(days.of.get(row) ?? [])]));
    if (!parsed.success) {
      for (const { path: [field], message } of parsed.error.issues)
        fault(`${named(String(field))}: ${message}`); // prettier-ignore
      continue;
    }
    const { reference } = parsed.data;
    const earlier = reference === null ? undefined : lineOf.get(reference);
    if (reference !== null) lineOf.set(reference, earlier ?? line);
    if (earlier === undefined) read.push({ line, cells: byField, record: parsed.data });
    else fault(`it stands on line ${earlier} already; remove one of the two`, reference);
  }
  return { path, rows: read, faults, unread, days: days.shown };
}

/** Columns of days as ISO, each in its own order. */
function readDays(
  path: string,
  { header: { cells: headings }, rows }: Pick<ReadTable, 'header' | 'rows'>,
  fields: readonly (string | null)[],
  schema: RowSchema<unknown>,
  dates: DateOrder | null,
) {
  const of = new Map<TableRow, [field: string, day: string][]>(rows.map((row) => [row, []]));
  const faults: { line: number; text: string }[] = [];
  const shown: string[] = [];
  const always = extname(path).toLowerCase() === '.xlsx';
  for (const [field, cell] of Object.entries(schema.in.shape)) {
    const at = fields.indexOf(field);
    if (at === -1 || !readsDays(cell as z.ZodType)) continue;
    const cells = rows.map((row) => ({ line: row.line, text: row.cells[at] ?? '', row }));
    const column = readDayColumn(headings[at] ?? headingOf(field), cells, dates, { always });
    for (const each of cells) {
      const day = column.days.get(each);
      if (day !== undefined) of.get(each.row)?.push([field, day]);
    }
    faults.push(...column.faults);
    if (column.shown !== null) shown.push(column.shown);
  }
  return { of, faults, shown };
}

/** As a file of ours calls a field: `owner_id` is the owner, for nobody writes ids. */
export function headingOf(field: string): string {
  return columnOf(field).replace(/_id$/, '');
}

interface Columns {
  [field: string]: readonly string[];
}

/** Our fields, each with what others call it, ours before all. */
function columnsOf(schema: RowSchema<unknown>): Columns {
  const { shape } = schema.in;
  return Object.fromEntries(
    Object.entries(shape).map(([field, cell]) => [field, (cell as z.ZodType).description?.split(', ') ?? []]),
  );
}

/** Our own names before what others call them: a register may have a `gap` and a `description`. */
function matchHeadings(
  path: string,
  headings: readonly string[],
  columns: Columns,
): { fields: (string | null)[]; unread: string[] } {
  const said = headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_|_$/g, '')); // prettier-ignore
  const own = new Map(Object.keys(columns).map((field) => [headingOf(field), field]));
  const exact = said.map((name) => own.get(name) ?? null);
  const others = new Map(
    Object.entries(columns).flatMap(([field, names]) =>
      exact.includes(field) ? [] : names.map((name) => [name, field] as const),
    ),
  );
  const fields = said.map((name, at) => exact[at] ?? others.get(name) ?? null);
  for (const [at, field] of fields.entries()) {
    const first = fields.indexOf(field);
    if (field !== null && first !== at)
      throw new OperatorError(
        `${path} has two columns that mean ${headingOf(field)}: «${headings[first] ?? ''}» and «${headings[at] ?? ''}». Remove one, or call it otherwise.`,
      );
  }
  return { fields, unread: headings.filter((heading, at) => fields[at] === null && heading !== '') };
}

/** What the schema does not take empty must have a column. */
function refuseMissingColumns(
  path: string,
  fields: readonly (string | null)[],
  columns: Columns,
  schema: z.ZodType,
): void {
  const empty = schema.safeParse(Object.fromEntries(Object.keys(columns).map((field) => [field, ''])));
  const lacking = (empty.error?.issues ?? [])
    .map(({ path: [field] }) => String(field))
    .filter((field) => !fields.includes(field));
  if (lacking.length > 0)
    throw new OperatorError(
      `${path} lacks columns:\n${lacking
        .map(
          (field) =>
            `  ${headingOf(field)}${(columns[field] ?? []).length === 0 ? '' : `, also called ${(columns[field] ?? []).join(', ')}`}`,
        )
        .join('\n')}\nIts first row must name the columns.`,
    );
}
