/** «What happened to NC-2026-004?»: who did what and when, each line with the message that it came from. */
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { selectSnapshots } from '../../../records/revision.ts';
import { recordButton } from '../buttons.ts';
import { actionId, type Addressed, type Context } from '../../../conversation/contract.ts';
import type { Table } from '../../../files/write-table.ts';
import type { Queryable } from '../../../db/database.ts';
import { historyCard, historyTable, mostSteps } from '../../../dialogue/history.ts';
import { selectRegisterHistory } from '../../../isms/register/history.ts';
import { findReadable, noSuchRecord, type Readable } from './find-readable.ts';
import { toAsker } from '../../../dialogue/command.ts';

export async function showHistory(tx: Queryable, context: Context, said: string): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  if (found === null) return toAsker(noSuchRecord(said));
  const { reference } = found.action ?? found.nonconformity;
  const history = await selectRegisterHistory(tx, ofWhich(found), mostSteps.shown);
  const of = found.action === null ? `${reference} and its actions` : reference;
  return toAsker(
    historyCard(context, of, history, [
      { id: actionId('corrective-actions.show', { record: reference }), label: `Show ${reference}` },
      { id: actionId('corrective-actions.export', { kind: 'history', record: reference }), label: 'Export' },
      ...(found.action === null && (await selectSnapshots(tx, recordOf(found.nonconformity))).length > 0
        ? [recordButton('rounds', 'Earlier rounds', reference)]
        : []),
    ]),
  );
}

function ofWhich({ nonconformity, action }: Readable): Parameters<typeof selectRegisterHistory>[1] {
  return action ?? { record: recordOf(nonconformity), reference: nonconformity.reference };
}

/** Every step, as a file has them; null where there is no such record for this person. */
export async function wholeHistory(
  tx: Queryable,
  { person }: Context,
  said: string,
): Promise<{ reference: string; table: Table } | null> {
  const found = await findReadable(tx, person, said);
  if (found === null) return null;
  const history = await selectRegisterHistory(tx, ofWhich(found), mostSteps.exported);
  return { reference: (found.action ?? found.nonconformity).reference, table: historyTable(history) };
}
