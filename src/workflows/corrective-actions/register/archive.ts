/** One record with all that it holds, as an archive: its fields, its actions, its history and the evidence of all of it. */
import type { Addressed, Context } from '../../../conversation/contract.ts';
import { columnOf } from '../../../db/rows.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { sendArchive } from '../../../dialogue/record-archive.ts';
import type { Table } from '../../../files/write-table.ts';
import { actionRecordOf, selectActionsOf } from '../../../isms/corrective-action/corrective-action.ts';
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { cellOf, selectActionRecords, selectNonconformityRecords } from '../../../isms/register/transfer.ts';
import type { Dependencies } from '../../dependencies.ts';
import { room } from '../buttons.ts';
import { findReadable, noSuchRecord } from './find-readable.ts';
import { wholeHistory } from './history.ts';

export async function exportArchive(
  tx: Queryable,
  parts: Dependencies,
  context: Context,
  said: string,
): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  const history = found === null ? null : await wholeHistory(tx, context, said);
  if (found === null || history === null) return toAsker(noSuchRecord(said));
  const { reference } = found.action ?? found.nonconformity;
  const own = found.action === null ? recordOf(found.nonconformity) : null;
  const actions =
    found.action === null ? await selectActionsOf(tx, recordOf(found.nonconformity)) : [found.action];
  const wanted = new Set(actions.map((each) => each.reference));
  const records = new Map([
    ...(own === null ? [] : [[own, reference] as const]),
    ...actions.map((each) => [actionRecordOf(each), each.reference] as const),
  ]);
  const fields = [
    ...(own === null ? [] : await selectNonconformityRecords(tx)),
    ...(await selectActionRecords(tx)),
  ].filter((record) => record.reference === reference || wanted.has(record.reference));
  const tables = new Map<string, Table>([
    ...fields.map((record) => [record.reference, fieldsOf(record)] as const),
    [`${reference} history`, history.table],
  ]);
  return sendArchive(tx, room, parts, context, { reference, records, tables });
}

/** A line each: of one record nobody reads seventy columns. */
function fieldsOf(record: Readonly<Record<string, unknown>>): Table {
  const rows = Object.entries(record as Record<string, Parameters<typeof cellOf>[0]>);
  return {
    columns: ['field', 'value'],
    rows: rows.map(([field, value]) => [columnOf(field), cellOf(value)]),
  };
}
