/** «What happened to NC-2026-004?»: who did what and when, each line with the message that it came from. */
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { selectSnapshots } from '../../../records/revision.ts';
import { exportButtons } from '../../../dialogue/list.ts';
import { lookButton, recordButton, room } from '../buttons.ts';
import { actionId, type Addressed, type Context } from '../../../conversation/contract.ts';
import type { Table } from '../../../files/write-table.ts';
import type { Queryable } from '../../../db/database.ts';
import { historyCard, historyTable, mostSteps } from '../../../dialogue/history.ts';
import { selectRegisterHistory } from '../../../isms/register/history.ts';
import { findReadable, noSuchRecord, type Readable } from './find-readable.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { asked } from '../../../dialogue/proposal.ts';

/** @param all  unfolded, in the place of the folded one */
export async function showHistory(
  tx: Queryable,
  context: Context,
  said: string,
  all = false,
): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  if (found === null) return toAsker(noSuchRecord(said));
  const { reference } = found.action ?? found.nonconformity;
  const history = await selectRegisterHistory(tx, ofWhich(found), mostSteps.shown);
  const of = found.action === null ? `${reference} and its actions` : reference;
  const rounds =
    found.action === null && (await selectSnapshots(tx, recordOf(found.nonconformity))).length > 0;
  const card = historyCard(context, of, history, {
    more: all ? null : { id: actionId(`${room}.history`, { record: reference, all: 1 }), label: '' },
    look: lookButton(reference, {}),
    files: exportButtons(room, { kind: 'history', record: reference }),
  });
  const kept = {
    text: 'Earlier rounds',
    detail: 'kept whole',
    button: recordButton('rounds', 'Look', reference),
  };
  return asked({ ...card, items: [...(card.items ?? []), ...(rounds ? [kept] : [])] }, all);
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
