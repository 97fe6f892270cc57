/** What happened to a record with all its actions, or to one action alone. */
import type { Queryable } from '../../db/database.ts';
import { selectHistory, type RecordHistory } from '../../records/history.ts';
import { timeKey } from '../corrective-action/audit-events.ts';
import {
  actionRecordOf,
  selectActionsOf,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { dueChanges } from '../corrective-action/due-change.ts';

/** @param of  the record with all its actions, or an action alone */
export async function selectRegisterHistory(
  tx: Queryable,
  of: { record: string; reference: string } | CorrectiveAction,
  limit: number,
): Promise<RecordHistory> {
  const actions = 'belongsTo' in of ? [of] : await selectActionsOf(tx, of.record);
  const references = new Map([
    ...('belongsTo' in of ? [] : [[of.record, of.reference] as const]),
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
