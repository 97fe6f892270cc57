/** The register as a file, with all fields of those records that the person may read; the same columns as `isma export`. */
import { actionId, type Addressed, type Context } from '../../../conversation/contract.ts';
import { keepOutgoingFile } from '../../../conversation/outgoing-file.ts';
import type { Queryable } from '../../../db/database.ts';
import { tableBytes, type Table } from '../../../files/write-table.ts';
import { dayOf } from '../../../language/calendar.ts';
import { selectEntries } from '../../../isms/register/list.ts';
import {
  cellOf,
  columnOf,
  selectActionRecords,
  selectNonconformityRecords,
} from '../../../isms/register/transfer.ts';
import { noSuchRecord } from './find-readable.ts';
import { historyRows } from './history.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { filterFrom, filterInWords, filterValues, resolveFilter } from './filter.ts';

/** As many as the file may hold. */
const mostRecords = 20_000;
const formats = ['xlsx', 'csv'] as const;
type Format = (typeof formats)[number];

export async function exportRegister(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  const format = formats.find((each) => each === argument('format')) ?? 'xlsx';
  if (argument('kind') === 'history') return exportHistory(tx, context, argument('record'), format);
  const said = filterFrom(argument);
  if (said === null)
    return toAsker({ text: 'That button is too old to be read. Ask me for the list again.' });
  const resolved = await resolveFilter(tx, context, said);
  if (typeof resolved === 'string') return toAsker({ text: resolved });

  const { person, now } = context;
  const today = dayOf(now, person.timeZone);
  const entries = await selectEntries(tx, person, resolved.filter, today, { limit: mostRecords });
  const wanted = new Set(entries.map(({ reference }) => reference));
  const records =
    said.kind === 'actions' ? await selectActionRecords(tx) : await selectNonconformityRecords(tx);
  const rows = records.filter(({ reference }) => wanted.has(reference));
  const [first] = rows;
  if (first === undefined)
    return toAsker({ text: `There is no ${filterInWords(resolved, false)}, so there is nothing to export.` });
  const fields = Object.keys(first) as (keyof typeof first)[];
  return sent(tx, `${said.kind}-${today}`, format, filterValues(said), {
    text: `${rows.length} ${filterInWords(resolved, rows.length > 1)}, with all fields.`,
    table: {
      columns: fields.map(columnOf),
      rows: rows.map((row) => fields.map((field) => cellOf(row[field]))),
    },
  });
}

async function exportHistory(
  tx: Queryable,
  context: Context,
  said: string,
  format: Format,
): Promise<Addressed[]> {
  const history = await historyRows(tx, context, said);
  if (history === null) return toAsker(noSuchRecord(said));
  const { reference, rows } = history;
  return sent(
    tx,
    `${reference}-history`,
    format,
    { kind: 'history', record: reference },
    {
      text: `All ${rows.length} steps of ${reference}.`,
      table: {
        columns: ['at', 'record', 'what', 'message', 'replaced'],
        rows: rows.map((row) => Object.values(row)),
      },
    },
  );
}

async function sent(
  tx: Queryable,
  name: string,
  format: Format,
  values: Record<string, string>,
  { text, table }: { text: string; table: Table },
): Promise<Addressed[]> {
  const file = await keepOutgoingFile(tx, `${name}.${format}`, await tableBytes(format, table));
  const other = format === 'xlsx' ? 'csv' : 'xlsx';
  return toAsker({
    text,
    files: [file],
    buttons: [
      {
        id: actionId('corrective-actions.export', { ...values, format: other }),
        label: other === 'csv' ? 'As CSV' : 'As Excel',
      },
    ],
  });
}
