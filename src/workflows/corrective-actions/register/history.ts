/** «What happened to NC-2026-004?»: who did what and when, each line with the message that it came from. */
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { selectSnapshots } from '../../../records/revision.ts';
import { recordButton } from '../buttons.ts';
import { actionId, type Addressed, type Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { stepItem, stepRow } from '../../../dialogue/history.ts';
import { selectRegisterHistory } from '../../../isms/register/history.ts';
import { findReadable, noSuchRecord, type Readable } from './find-readable.ts';
import { toAsker } from '../../../dialogue/command.ts';

/** Steps that a message holds; all of them are in the file. */
const mostSteps = 20;
const mostExported = 5_000;

export async function showHistory(tx: Queryable, context: Context, said: string): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  if (found === null) return toAsker(noSuchRecord(said));
  const { reference } = found.action ?? found.nonconformity;
  const history = await selectRegisterHistory(tx, ofWhich(found), mostSteps);
  const { steps, count } = history;
  const earlier = count - steps.length;
  const with_ = found.action === null ? ' and its actions' : '';
  return toAsker({
    text:
      `What happened to ${reference}${with_}, oldest first` +
      (earlier > 0
        ? `. These are the last ${steps.length} steps; ${earlier} earlier ones are in the export.`
        : ':'),
    items: steps.map((step) => stepItem(step, context)),
    buttons: [
      { id: actionId('corrective-actions.show', { record: reference }), label: `Show ${reference}` },
      { id: actionId('corrective-actions.export', { kind: 'history', record: reference }), label: 'Export' },
      ...(found.action === null && (await selectSnapshots(tx, recordOf(found.nonconformity))).length > 0
        ? [recordButton('rounds', 'Earlier rounds', reference)]
        : []),
    ],
  });
}

function ofWhich({ nonconformity, action }: Readable): Parameters<typeof selectRegisterHistory>[1] {
  return action ?? { record: recordOf(nonconformity), reference: nonconformity.reference };
}

export const historyColumns = ['at', 'record', 'what', 'message', 'replaced'];

/** Every step, as rows of a file; null where there is no such record for this person. */
export async function historyRows(
  tx: Queryable,
  { person }: Context,
  said: string,
): Promise<{ reference: string; rows: Record<string, string>[] } | null> {
  const found = await findReadable(tx, person, said);
  if (found === null) return null;
  const history = await selectRegisterHistory(tx, ofWhich(found), mostExported);
  const rows = history.steps.map(stepRow);
  return { reference: (found.action ?? found.nonconformity).reference, rows };
}
