/** What happened to a non-conformity with all its actions, or to one action alone. */
import type { Queryable } from '../../db/database.ts';
import { selectHistory, type RecordHistory } from '../../records/history.ts';
import { timeKey } from '../corrective-action/audit-events.ts';
import {
  actionRecordOf,
  selectActionsOf,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { dueChanges } from '../corrective-action/due-change.ts';
import { recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';

/** @param action  null for the non-conformity with all its actions */
export async function selectRegisterHistory(
  tx: Queryable,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
  limit: number,
): Promise<RecordHistory> {
  const actions = action === null ? await selectActionsOf(tx, nonconformity.id) : [action];
  const references = new Map([
    ...(action === null ? [[recordOf(nonconformity), nonconformity.reference] as const] : []),
    ...actions.map((each) => [actionRecordOf(each), each.reference] as const),
  ]);
  const kept = new Map<string, string>();
  for (const { id, reference } of actions)
    for (const { askedFor, reason, decisionReason } of await dueChanges.selectOf(tx, id)) {
      const key = timeKey(reference, askedFor);
      if (reason !== null) kept.set(`asked:${key}`, reason);
      if (decisionReason !== null) kept.set(`decided:${key}`, decisionReason);
    }
  return selectHistory(tx, { references, kept }, limit);
}
