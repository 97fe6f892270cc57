/** The plan of a non-conformity: its approval, and the steps that follow by themselves once its actions are done (10.2 c and d). */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayInWords, dayOf } from '../../language/calendar.ts';
import {
  broughtThere,
  leaderNames,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { decidedAlready } from '../../records/request.ts';
import { selectSetting } from '../../records/setting.ts';
import { isPartOfPlan, selectActionsOf } from '../corrective-action/corrective-action.ts';
import { lockAllowed, planApproverNames, refuseUnlessPossible, selectFacts } from './gate.ts';
import { change, isImprovement, recordOf, stateInWords, type Nonconformity } from './nonconformity.ts';
import { keepRound } from './rounds.ts';
import { breachStates, statesOf } from './states.ts';

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
  await refuseWithoutActions(tx, nonconformity);
}

export async function refuseWithoutActions(tx: Queryable, nonconformity: Nonconformity): Promise<void> {
  const { reference, round } = nonconformity;
  if (!(await selectActionsOf(tx, recordOf(nonconformity), round)).some(isPartOfPlan))
    throw new Refusal(
      `${reference} has no action that is not declined or cancelled. A plan needs at least one, with an owner and a due date; ${await leaderNames(tx, nonconformity)} can add it.`,
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

/** What was approved is no longer the plan: it waits to be approved again. */
export async function changePlan(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  if (nonconformity.planApprovedAt === null) return nonconformity;
  return change(tx, command, nonconformity, unapproved, () => ({ action: 'nonconformity.plan_unapproved' }));
}

export interface PlannedCheck {
  /** What will show that it worked. */
  criterion: string;
  /** As 2027-02-28; by the grade's setting from the last action on where it is left out. */
  dueOn?: string | null;
  checkerId?: number | null;
}

/** d: how it will be seen whether it worked, when, and who looks: nobody who owns one of its actions. */
export async function planCheck(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { criterion, dueOn = null, checkerId = null }: PlannedCheck,
): Promise<Nonconformity> {
  const { nonconformity, facts } = await lockAllowed(tx, command, reference, 'planCheck');
  const { state } = nonconformity;
  if (!breachStates.from('planCheck').includes(state))
    throw new Refusal(
      `${nonconformity.reference} is ${stateInWords[state]} (${broughtThere(command, nonconformity)}). A check is planned once its cause is found, and as long as it is not closed.`,
    );
  await refuseUnlessPossible(tx, command, nonconformity, 'planCheck');
  if (checkerId !== null && facts.owners.includes(checkerId)) {
    const { name } = await selectPerson(tx, checkerId);
    throw new Refusal(
      `${name} owns an action of ${nonconformity.reference}, so somebody else has to check whether it worked.`,
    );
  }
  if (checkerId !== null) await refuseUnlessWorking(tx, checkerId);
  const day = dueOn === null ? null : requiredDay(dueOn, 'The day of the check');
  if (day !== null && day < dayOf(command.at, command.actor.timeZone))
    throw new Refusal(`${dayInWords(day)} is past. Choose a day from today on for the check.`);
  const values = {
    criterion: required(criterion, 'The criterion'),
    ...(day === null ? {} : { check_due_on: day }),
    ...(checkerId === null ? {} : { checker_id: checkerId }),
  };
  const changed = await change(tx, command, nonconformity, values, ({ checkDueOn, checkerId: checker }) => ({
    action: 'nonconformity.check_planned',
    detail: { due: checkDueOn, checker },
  }));
  return advance(tx, command, changed);
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
