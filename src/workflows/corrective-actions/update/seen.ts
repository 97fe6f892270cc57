/** What a card of a record shows, in a few characters: its buttons carry them, and once they differ the card is out of date. */
import { markOf } from '../../../dialogue/buttons.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  actionRecordOf,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { offers } from '../../../isms/corrective-action/delegation.ts';
import { dueChanges } from '../../../isms/corrective-action/due-change.ts';
import { selectEvidenceOf } from '../../../isms/register/evidence.ts';
import { selectEvidence, type Evidence } from '../../../records/evidence.ts';
import { recordOf, type Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { checkChanges } from '../../../isms/nonconformity/check-plan.ts';
import { plans } from '../../../isms/nonconformity/plan-request.ts';

export async function seenOfAction(tx: Queryable, action: CorrectiveAction): Promise<string> {
  const evidence = await selectEvidence(tx, [actionRecordOf(action)]);
  const waiting = await dueChanges.selectWaiting(tx, action.id);
  const offer = await offers.selectWaiting(tx, action.id);
  return markOf([action.version, waiting?.id ?? null, offer?.id ?? null, evidence.map(revisionOf)]);
}

/** With its plan and all evidence: what is approved or checked is more than its own row. */
export async function seenOfNonconformity(tx: Queryable, nonconformity: Nonconformity): Promise<string> {
  const { id, round, version } = nonconformity;
  const actions = await selectActionsOf(tx, recordOf({ id }), round);
  const request = await plans.selectWaiting(tx, id);
  return markOf([
    version,
    [request?.id ?? null, (await checkChanges.selectWaiting(tx, id))?.id ?? null],
    actions.map((action) => [action.id, action.version]),
    (await selectEvidenceOf(tx, recordOf({ id }))).map(revisionOf),
  ]);
}

function revisionOf({ id, number, state }: Evidence): unknown[] {
  return [id, number, state];
}
