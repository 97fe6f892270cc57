/** The register as a file, with all fields of those records that the person may read; the same columns as `isma export`. */
import { exportRounds } from './rounds.ts';
import { actionId, type Addressed, type Context } from '../../../conversation/contract.ts';
import { sendTable } from '../../../dialogue/list.ts';
import { room } from '../buttons.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { selectEntries } from '../../../isms/register/list.ts';
import {
  recordTable,
  selectActionRecords,
  selectNonconformityRecords,
} from '../../../isms/register/transfer.ts';
import { noSuchRecord } from './find-readable.ts';
import { exportArchive } from './archive.ts';
import { wholeHistory } from './history.ts';
import type { Dependencies } from '../../dependencies.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { filterFrom, filterInWords, filterValues, resolveFilter } from './filter.ts';

/** As many as the file may hold. */
const mostRecords = 20_000;

export async function exportRegister(
  tx: Queryable,
  parts: Dependencies,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  if (argument('kind') === 'rounds') return exportRounds(tx, context, argument);
  if (argument('kind') === 'archive') return exportArchive(tx, parts, context, argument('record'));
  if (argument('kind') === 'history') return exportHistory(tx, context, argument);
  const asked = filterFrom(argument);
  if (asked === null)
    return toAsker({ text: 'That button is too old to be read. Ask me for the list again.' });
  // A file has one kind of record: of both the actions, and the others for another press.
  const said = asked.kind === 'records' ? { ...asked, kind: 'actions' as const } : asked;
  const others = filterValues({ ...asked, kind: 'nonconformities' });
  const also =
    asked.kind === 'records'
      ? [{ id: actionId(`${room}.export`, others), label: 'The non-conformities' }]
      : [];
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
    return toAsker({
      text: `There is no ${filterInWords(resolved, false)}, so there is nothing to export.`,
      buttons: also,
    });
  return sendTable(tx, room, argument, filterValues(said), {
    name: `${said.kind}-${today}`,
    text: `${rows.length} ${filterInWords(resolved, rows.length > 1)}, with all fields.`,
    table: recordTable<keyof typeof first>(rows, Object.keys(first) as (keyof typeof first)[]),
    also,
  });
}

async function exportHistory(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  const history = await wholeHistory(tx, context, argument('record'));
  if (history === null) return toAsker(noSuchRecord(argument('record')));
  const { reference, table } = history;
  return sendTable(
    tx,
    room,
    argument,
    { kind: 'history', record: reference },
    {
      name: `${reference}-history`,
      text: `All ${table.rows.length} steps of ${reference}.`,
      table,
      also: [
        { id: actionId(`${room}.export`, { kind: 'archive', record: reference }), label: 'With evidence' },
      ],
    },
  );
}
