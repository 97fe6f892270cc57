/** The acknowledgement log as a file: all of it for the ISMS manager and the auditor, of their own people for a manager. */
import type { Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { sendTable } from '../../dialogue/list.ts';
import type { Table, TableInParts } from '../../files/write-table.ts';
import { logPages, noteLook, selectLog } from '../../isms/acknowledgement/status.ts';
import { requiredLearners } from '../../isms/training/assign.ts';
import { dayOf } from '../../language/calendar.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { room } from './phrases.ts';

const columns = [
  'person', 'department', 'document', 'title', 'version', 'language', 'sha256', 'statement', 'how', 'asked', 'due', 'acknowledged', 'state', 'exemption',
] as const; // prettier-ignore

const tableOf = (rows: Awaited<ReturnType<typeof selectLog>>): Table => ({
  columns: [...columns],
  rows: rows.map((row) => columns.map((column) => cell(row[column]))),
});
const cell = (value: string | Date | null) =>
  value instanceof Date ? value.toISOString().slice(0, 16).replace('T', ' ') : (value ?? '');

/** Times are those of UTC. */
export async function acknowledgementTable(db: Queryable): Promise<Table> {
  return tableOf(await selectLog(db, null));
}

/** The same a page at a time, for however many. */
export async function acknowledgementParts(db: Queryable): Promise<TableInParts> {
  async function* parts() {
    for await (const page of logPages(db)) yield tableOf(page).rows;
  }
  return { columns, parts: parts() };
}

export async function exportLog(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  const { person, now } = context;
  const isAll = isIsmsManager(person) || person.roles.includes('auditor');
  const people = isAll ? null : (await requiredLearners(tx, person)).map(({ id }) => id);
  const rows = await selectLog(tx, people);
  await noteLook(tx, commandOf(context), [...new Set(rows.map(({ personId }) => personId))], null);
  const name = `acknowledgements-${dayOf(now, person.timeZone)}`;
  const text = `The acknowledgement log: ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}.`;
  return sendTable(tx, room, argument, {}, { name, text, table: tableOf(rows) });
}
