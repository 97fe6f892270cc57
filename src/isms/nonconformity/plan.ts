/** The plan of a non-conformity: its approval, and the steps that follow by themselves once its actions are done (10.2 c and d). */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { broughtThere, leaderNames, type CommandContext } from '../../records/command-context.ts';
import { decidedAlready } from '../../records/request.ts';
import { selectSetting } from '../../records/setting.ts';
import { isPartOfPlan, selectActionsOf } from '../corrective-action/corrective-action.ts';
import { andAll, lockAllowed, planApproverNames, planLacks, selectFacts } from './gate.ts';
import { change, isImprovement, recordOf, stateInWords, type Nonconformity } from './nonconformity.ts';
import { keepRound } from './rounds.ts';
import { statesOf } from './states.ts';

/**
 * The plan stands: at least one action with an owner and a date. A major's plan stands only once it is approved, which
 * `approvePlan` does; a minor's is accepted then or later, before its actions can implement it.
 */
export async function planActions(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockAllowed(tx, command, reference, 'plan');
  await refuseUnplanned(tx, command, nonconformity);
  if (nonconformity.grade === 'major') {
    throw new Refusal(
      `${nonconformity.reference} is a major: its plan needs the approval of ${await planApproverNames(tx, nonconformity)} first.`,
    );
  }
  return planned(tx, command, nonconformity);
}

/** By its approver or the ISMS manager, and by nobody who leads it or owns one of its actions. */
export async function approvePlan(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockAllowed(tx, command, reference, 'approve');
  if (isImprovement(nonconformity))
    throw new Refusal(`${nonconformity.reference} needs no approval: it is no non-conformity.`);
  if (nonconformity.planApprovedAt !== null) {
    const {
      planApprovedBy: decidedBy,
      planApprovedByName: decidedByName,
      planApprovedAt: decidedAt,
    } = nonconformity;
    const what = `The plan of ${nonconformity.reference} was approved`;
    throw decidedAlready(command, what, { decidedBy, decidedByName, decidedAt });
  }
  await refuseUnplanned(tx, command, nonconformity, 'action_planned');
  const values = {
    plan_approved_by: command.actor.id,
    plan_approved_by_name: command.actor.name,
    plan_approved_at: command.at,
  };
  const actions = await selectActionsOf(tx, recordOf(nonconformity), nonconformity.round);
  const kept = await keepRound(tx, command, nonconformity, 'planned');
  const approved = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.plan_approved',
    detail: { actions: actions.filter(isPartOfPlan).map((action) => action.reference), ...kept },
  }));
  if (approved.state === 'cause_found') return planned(tx, command, approved);
  return advance(tx, command, approved);
}

async function refuseUnplanned(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  also?: 'action_planned',
): Promise<void> {
  const { reference, state } = nonconformity;
  if (state !== (isImprovement(nonconformity) ? 'open' : 'cause_found') && state !== also) {
    const missing =
      state === 'open' || state === 'contained'
        ? ` Its containment, root cause and the search for similar ones come first; ${await leaderNames(tx, nonconformity)} can record them.`
        : '';
    throw new Refusal(
      `${reference} is ${stateInWords[state]} (${broughtThere(command, nonconformity)}).${missing} Nothing was changed.`,
    );
  }
  await refuseIncomplete(tx, nonconformity);
}

/** What is approved says all that it is judged by later: actions, the check, and whether the management system changes (10.2 e). */
export async function refuseIncomplete(tx: Queryable, nonconformity: Nonconformity): Promise<void> {
  const { reference, round } = nonconformity;
  const actions = await selectActionsOf(tx, recordOf(nonconformity), round);
  if (!actions.some(isPartOfPlan))
    throw new Refusal(
      `${reference} has no action that is not declined or cancelled. A plan needs at least one, with an owner and a due date; ${await leaderNames(tx, nonconformity)} can add it.`,
    );
  const lacks = planLacks(nonconformity, actions);
  if (lacks.length > 0)
    throw new Refusal(
      `The plan of ${reference} does not say yet ${andAll(lacks)}; ${await leaderNames(tx, nonconformity)} can. Nothing was changed.`,
    );
}

async function planned(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  const changed = await change(tx, command, nonconformity, { state: 'action_planned' }, () => ({
    action: 'nonconformity.action_planned',
    detail: { from: nonconformity.state, to: 'action_planned' },
  }));
  return advance(tx, command, changed);
}

export const unapproved = {
  plan_approved_by: null,
  plan_approved_by_name: null,
  plan_approved_at: null,
} as const;

/** e is asked with each plan. */
export const unanswered = {
  isms_change_needed: null,
  isms_change: null,
  change_waived_by: null,
  change_waived_by_name: null,
  change_waived_at: null,
  change_waiver: null,
} as const;

/** What was approved is no longer the plan: it waits to be approved again, also where it was done already. */
export async function changePlan(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  const { planApprovedAt, state } = nonconformity;
  const wasDone = state === 'implemented' || state === 'verifying';
  if (planApprovedAt === null && !wasDone) return nonconformity;
  const values = { ...unapproved, ...(wasDone ? { state: 'action_planned' } : {}) };
  return change(tx, command, nonconformity, values, () => [
    { action: 'nonconformity.plan_unapproved' },
    ...(wasDone
      ? [{ action: 'nonconformity.action_planned', detail: { from: state, to: 'action_planned' } } as const]
      : []),
  ]);
}

/**
 * Steps that nobody decides: all actions verified and the plan approved implements it; a criterion then books its check, on the
 * day that was chosen if it is still to come. A declined action was taken out by the approval that followed. The caller has the non-conformity locked.
 */
export async function advance(
  tx: Queryable,
  command: CommandContext,
  given: Nonconformity,
): Promise<Nonconformity> {
  const next = statesOf(given).next(given, await selectFacts(tx, given));
  if (next !== 'implemented' && next !== 'verifying') return given;
  const booked = next === 'verifying' ? { check_due_on: await checkDay(tx, command, given) } : {};
  const changed = await change(tx, command, given, { state: next, ...booked }, ({ checkDueOn }) => ({
    action: `nonconformity.${next}`,
    detail: {
      from: given.state,
      to: next,
      ...(next === 'verifying' ? { checkDue: checkDueOn } : {}),
    },
  }));
  return advance(tx, command, changed);
}

/** The day that was chosen, where it is still to come. */
async function checkDay(
  tx: Queryable,
  { at, actor }: CommandContext,
  { checkDueOn, grade }: Nonconformity,
): Promise<string> {
  const today = dayOf(at, actor.timeZone);
  if (checkDueOn !== null && checkDueOn > today) return checkDueOn;
  return addDays(today, (await selectSetting(tx, 'nonconformity.effectiveness_days'))[grade]);
}
