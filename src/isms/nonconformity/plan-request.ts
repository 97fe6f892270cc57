/** A plan on its way to whoever approves it, and back with a reason. Owns `plan_request`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  isPartOfPlan,
  planApproverNames,
  selectActionOwners,
  selectActionsOf,
} from '../corrective-action/corrective-action.ts';
import {
  audit,
  leaderNames,
  refuseReadOnly,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { momentInWords } from '../../language/calendar.ts';
import { selectFacts, wrongState } from './gate.ts';
import { planActions } from './plan.ts';
import { approvesPlan, leadsIt } from './states.ts';
import { isImprovement, lockNonconformity, recordOf, type Nonconformity } from './nonconformity.ts';
import { isHere, selectByRole } from '../../records/person.ts';

export const PlanRequest = z.object({
  id: z.number(),
  sentBy: z.number(),
  sentByName: z.string(),
  sentAt: z.date(),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

/** SQL that is true for a non-conformity whose plan, as it stands, was sent and not answered. */
export const planWaits = `exists (select from plan_request
  where plan_request.nonconformity_id = nonconformity.id and plan_request.round = nonconformity.round
  and returned_at is null and nonconformity.plan_approved_at is null
  and not exists (select from corrective_action fresh where fresh.nonconformity_id = nonconformity.id
    and fresh.round = nonconformity.round and fresh.proposed_at > plan_request.sent_at))`;

/** The request that its plan waits on; null where it was not sent, came back, was approved, or has changed since. */
export function selectWaitingRequest(
  tx: Queryable,
  { id }: Pick<Nonconformity, 'id'>,
): Promise<PlanRequest | null> {
  return selectOptional(
    tx,
    PlanRequest,
    `select plan_request.id, sent_by, sent_by_name, sent_at from plan_request
     join nonconformity on nonconformity.id = nonconformity_id and nonconformity.round = plan_request.round
     where nonconformity.id = $1 and returned_at is null and ${planWaits}
     order by plan_request.id desc limit 1`,
    [id],
  );
}

/** The approver of a plan, or where that is nobody who may, the ISMS managers who may. */
export async function selectPlanApprovers(
  tx: Queryable,
  { id, ownerId, approverId }: Nonconformity,
): Promise<number[]> {
  const excluded = [ownerId, ...(await selectActionOwners(tx, id))];
  if (approverId !== null && !excluded.includes(approverId) && (await isHere(tx, approverId)))
    return [approverId];
  const managers = await selectByRole(tx, 'isms_manager');
  return managers.map((manager) => manager.id).filter((manager) => !excluded.includes(manager));
}

/**
 * The plan is put together: of an opportunity or observation it stands; a minor's stands and waits to be accepted, and a
 * major's waits to be approved before it stands.
 */
export async function sendPlan(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<Nonconformity> {
  const found = await lockNonconformity(tx, reference);
  await leadsIt.refuseUnless(tx, command, found, await selectFacts(tx, found));
  const standsAtOnce = found.grade !== 'major' && found.state !== 'action_planned';
  const nonconformity = standsAtOnce ? await planActions(tx, command, reference) : found;
  if (isImprovement(nonconformity) || (standsAtOnce && nonconformity.planApprovedAt !== null))
    return nonconformity;
  await refuseUnsendable(tx, command, nonconformity);
  const { id, round } = nonconformity;
  await tx.query(
    `insert into plan_request (nonconformity_id, round, sent_by, sent_by_name, sent_at)
     values ($1, $2, $3, $4, $5)`,
    [id, round, command.actor.id, command.actor.name, command.at],
  );
  await audit(tx, command, {
    action: 'nonconformity.plan_sent',
    record: recordOf(nonconformity),
    detail: { round },
  });
  return nonconformity;
}

async function refuseUnsendable(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<void> {
  const { id, round, reference, state, planApprovedAt } = nonconformity;
  if ((state !== 'cause_found' && state !== 'action_planned') || planApprovedAt !== null)
    throw await wrongState(tx, command, nonconformity);
  if (!(await selectActionsOf(tx, id, round)).some(isPartOfPlan))
    throw new Refusal(
      `${reference} has no action that is not declined or cancelled. A plan needs at least one, with an owner and a due date; ${await leaderNames(tx, nonconformity)} can add it.`,
    );
  const waiting = await selectWaitingRequest(tx, nonconformity);
  if (waiting === null) return;
  const who = waiting.sentBy === command.actor.id ? 'You' : waiting.sentByName;
  throw new Refusal(
    `${who} sent the plan of ${reference} already on ${momentInWords(waiting.sentAt, command.actor.timeZone)}. It waits for ${await planApproverNames(tx, nonconformity)}. Nothing was sent again.`,
  );
}

/** What the plan lacks, said by whoever could have approved it; whoever leads changes it and sends it again. */
export async function returnPlan(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const nonconformity = await lockNonconformity(tx, reference);
  refuseReadOnly(command);
  if (!approvesPlan.allows(command.actor, nonconformity, await selectFacts(tx, nonconformity)))
    throw new Refusal(
      `The plan of ${nonconformity.reference} can be sent back by ${await planApproverNames(tx, nonconformity)} only.`,
    );
  const request = await selectWaitingRequest(tx, nonconformity);
  if (request === null) throw await notWaiting(tx, command, nonconformity);
  const why = required(reason, 'What the plan lacks');
  await tx.query(
    `update plan_request set returned_by = $2, returned_by_name = $3, returned_at = $4, return_reason = $5
     where id = $1`,
    [request.id, command.actor.id, command.actor.name, command.at, storable(why)],
  );
  await audit(tx, command, {
    action: 'nonconformity.plan_returned',
    record: recordOf(nonconformity),
    detail: { reason: why },
  });
  return nonconformity;
}

/** Says who was faster, where somebody was. */
async function notWaiting(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Refusal> {
  const { id, round, reference, planApprovedAt } = nonconformity;
  if (planApprovedAt !== null) return wrongState(tx, command, nonconformity);
  const last = await selectOptional(
    tx,
    z.object({
      returnedBy: z.number().nullable(),
      returnedByName: z.string().nullable(),
      returnedAt: z.date().nullable(),
    }),
    `select returned_by, returned_by_name, returned_at from plan_request
     where nonconformity_id = $1 and round = $2 order by id desc limit 1`,
    [id, round],
  );
  if (last?.returnedAt == null)
    return new Refusal(`The plan of ${reference} was not sent to be approved yet. Nothing was changed.`);
  const who = last.returnedBy === command.actor.id ? 'you' : (last.returnedByName ?? 'somebody');
  return new Refusal(
    `The plan of ${reference} was sent back already by ${who} on ${momentInWords(last.returnedAt, command.actor.timeZone)}. Nothing was changed.`,
  );
}
