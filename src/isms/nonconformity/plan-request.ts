/** A plan on its way to whoever approves it, and back with a reason. Its approval is a move of the record, which needs no request. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { momentInWords } from '../../language/calendar.ts';
import { required, type CommandContext } from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { isHere, selectByRole } from '../../records/person.ts';
import { decidedAlready, declareRequest } from '../../records/request.ts';
import { selectActionOwners } from '../corrective-action/corrective-action.ts';
import { lockAllowed, planApproverNames, selectFacts, wrongState, type LockedFor } from './gate.ts';
import { isImprovement, lockById, lockNonconformity, recordOf, type Nonconformity } from './nonconformity.ts';
import { planActions, refuseIncomplete } from './plan.ts';
import { approvesPlan } from './states.ts';

/** Whoever could have approved it: what comes with it too. */
export const decidesPlan = permission<LockedFor>({
  code: (actor, { nonconformity, facts }) => approvesPlan.allows(actor, nonconformity, facts),
  sql: approvesPlan.sql,
  refusal: async (tx, _command, { nonconformity }) =>
    `The plan of ${nonconformity.reference} can be sent back by ${await planApproverNames(tx, nonconformity)} only.`,
});

/** A plan waits no more once it came back, was approved, or has changed since. */
export const plans = declareRequest({
  kind: 'plan_request',
  about: 'nonconformity',
  askedFor: z.unknown(),
  refused: 'returned',
  waitsWhile: `request.round = nonconformity.round and nonconformity.plan_approved_at is null
    and not exists (select from corrective_action fresh where fresh.nonconformity_id = nonconformity.id
      and fresh.round = nonconformity.round and fresh.proposed_at > request.asked_at)`,
  lock: async (tx, id) => withFacts(tx, await lockById(tx, id)),
  idOf: ({ nonconformity }) => nonconformity.id,
  decides: decidesPlan,
  why: (text, state) => (state === 'waiting' ? null : required(text, 'What the plan lacks')),
  event: ({ nonconformity: { round }, request: { state, decisionReason } }) =>
    state === 'waiting'
      ? { action: 'nonconformity.plan_sent', detail: { round } }
      : { action: 'nonconformity.plan_returned', detail: { reason: decisionReason ?? '' } },
  missing: 'There is no such plan.',
  decided: (command, { nonconformity, request }) =>
    decidedAlready(command, `The plan of ${nonconformity.reference} was sent back`, request),
  async waits(tx, { actor }, { nonconformity, request: { askedBy, askedByName, askedAt } }) {
    const who = askedBy === actor.id ? 'You' : askedByName;
    return `${who} sent the plan of ${nonconformity.reference} already on ${momentInWords(askedAt, actor.timeZone)}. It waits for ${await planApproverNames(tx, nonconformity)}. Nothing was sent again.`;
  },
});

export async function withFacts(tx: Queryable, nonconformity: Nonconformity): Promise<LockedFor> {
  return { nonconformity, facts: await selectFacts(tx, nonconformity) };
}

/** The approver of a plan, or where that is nobody who may, the ISMS managers who may. */
export async function selectPlanApprovers(
  tx: Queryable,
  { id, ownerId, approverId }: Nonconformity,
): Promise<number[]> {
  const excluded = [ownerId, ...(await selectActionOwners(tx, recordOf({ id })))];
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
  const { nonconformity: found, facts } = await lockAllowed(tx, command, reference, 'sendPlan');
  const standsAtOnce = found.grade !== 'major' && found.state !== 'action_planned';
  const nonconformity = standsAtOnce ? await planActions(tx, command, reference) : found;
  const { round, state, planApprovedAt } = nonconformity;
  if (isImprovement(nonconformity) || (standsAtOnce && planApprovedAt !== null)) return nonconformity;
  if ((state !== 'cause_found' && state !== 'action_planned') || planApprovedAt !== null)
    throw await wrongState(tx, command, nonconformity);
  await refuseIncomplete(tx, nonconformity);
  await plans.ask(tx, command, { nonconformity, facts }, { for: {}, round });
  return nonconformity;
}

/** What the plan lacks, said by whoever could have approved it; whoever leads changes it and sends it again. */
export async function returnPlan(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const locked = await withFacts(tx, await lockNonconformity(tx, reference));
  await decidesPlan.refuseUnless(tx, command, locked);
  const { nonconformity } = locked;
  const request = await plans.selectWaiting(tx, nonconformity.id);
  if (request === null) throw await notWaiting(tx, command, locked);
  await plans.decide(tx, command, request.id, 'returned', reason);
  return nonconformity;
}

/** Says who was faster, where somebody was. */
async function notWaiting(tx: Queryable, command: CommandContext, locked: LockedFor): Promise<Refusal> {
  const { id, round, reference, planApprovedAt } = locked.nonconformity;
  if (planApprovedAt !== null) return wrongState(tx, command, locked.nonconformity);
  const request = (await plans.selectOf(tx, id)).findLast((each) => each.round === round);
  return request?.state === 'refused'
    ? plans.decided(command, { ...locked, request })
    : new Refusal(`The plan of ${reference} was not sent to be approved yet. Nothing was changed.`);
}
