/** Bringing a file's records: all of them or nothing, tried on the records as they are, and told to the operator in lines. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Database, Queryable } from '../db/database.ts';
import { savepoint } from '../db/savepoint.ts';
import { Refusal } from '../errors.ts';
import type { Fault, RecordFile, Row } from './import-file.ts';

export function nothingWritten(isRefused: boolean, isNew: boolean): string {
  if (isRefused) return 'Nothing was written: it is all or nothing. Mend these lines and try again.';
  return isNew ? 'Nothing was written yet. Say --apply to write it.' : 'There is nothing to write.';
}

export function faultText({ path, line, reference, text }: Fault): string {
  return `  ${basename(path)}, line ${line}${reference === null ? '' : ` (${reference})`}, ${text}`;
}

export function unreadText(unread: readonly string[]): string[] {
  return unread.length === 0 ? [] : [`Columns that mean nothing here and are not read: ${unread.join(', ')}`];
}

export interface Brought {
  /** What came of it, «Would add» in place of «Added» where nothing is kept. */
  lines(written: boolean): string[];
  /** How many records differ from what was there. */
  changes: number;
}

/** Does it in a transaction that is kept only where it is to be applied and no line was refused. */
export async function bringAll<Record>(
  db: Database,
  file: RecordFile<Record>,
  apply: boolean,
  work: (tx: Queryable, refuse: (row: Pick<Row<Record>, 'line'>, text: string) => void) => Promise<Brought>,
): Promise<{ text: string; isWhole: boolean }> {
  class Undone extends Error {}
  const { path } = file;
  const faults = [...file.faults];
  let brought: Brought = { lines: () => [], changes: 0 };
  const written = await db
    .transaction(async (tx) => {
      brought = await work(tx, ({ line }, text) => faults.push({ path, line, reference: null, text }));
      if (!apply || faults.length > 0 || brought.changes === 0) throw new Undone();
      return true;
    })
    .catch((error: unknown) => {
      if (error instanceof Undone) return false;
      throw error;
    });
  const sections = [
    ...unreadText(file.unread),
    ...file.days,
    ...faults.toSorted((one, other) => one.line - other.line).map(faultText),
    ...brought.lines(written),
    ...(written ? [] : [nothingWritten(faults.length > 0, brought.changes > 0)]),
  ];
  return { text: `${sections.join('\n')}\n`, isWhole: faults.length === 0 };
}

/** Each row by itself, what a record refuses said at its line. @returns how many rows came to what */
export async function bringEach<Record, Outcome extends string>(
  tx: Queryable,
  rows: readonly Row<Record>[],
  refuse: (row: Row<Record>, text: string) => void,
  write: (record: Record) => Promise<Outcome>,
): Promise<Map<Outcome, number>> {
  const counts = new Map<Outcome, number>();
  for (const row of rows)
    try {
      const outcome = await savepoint(tx, () => write(row.record));
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(row, error.message);
    }
  return counts;
}

/** SHA-256: an entry in the log names a whole file by it. */
export async function fileHash(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
