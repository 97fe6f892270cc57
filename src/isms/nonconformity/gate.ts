/** The gate of every move of a non-conformity: locked, by whoever may, from where it can be made; else what comes first is said. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords } from '../../language/calendar.ts';
import {
  anyOf,
  broughtThere,
  deciderNames,
  leaderNames,
  namesOf,
  refuseReadOnly,
  type CommandContext,
} from '../../records/command-context.ts';
import {
  isPartOfPlan,
  isUnfinished,
  selectActionOwners,
  selectActionsOf,
  selectVerifiers,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import {
  change,
  isImprovement,
  lockNonconformity,
  recordOf,
  stateInWords,
  type Nonconformity,
} from './nonconformity.ts';
import { breachStates, improvementStates, involvement, statesOf, type Facts } from './states.ts';

export async function selectFacts(
  tx: Queryable,
  { id, round }: Pick<Nonconformity, 'id' | 'round'>,
): Promise<Facts> {
  return {
    owners: await selectActionOwners(tx, recordOf({ id })),
    verifiers: await selectVerifiers(tx, recordOf({ id })),
    plan: await selectActionsOf(tx, recordOf({ id }), round),
  };
}

/** Whoever became involved judges no more whether it worked: somebody else is asked when the day comes. */
export async function freeChecker(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  const { checkerId } = nonconformity;
  const facts = await selectFacts(tx, nonconformity);
  if (checkerId === null || involvement(nonconformity, facts, checkerId) === null) return nonconformity;
  return change(tx, command, nonconformity, { checker_id: null }, () => ({
    action: 'nonconformity.checker_freed',
    detail: { checker: checkerId },
  }));
}

/** What its plan lacks beside an action, before it can be sent or approved. */
export function planLacks(
  nonconformity: Nonconformity,
  actions: readonly Pick<CorrectiveAction, 'purpose' | 'state'>[],
): string[] {
  if (isImprovement(nonconformity)) return [];
  const { grade, consequences, criterion, ismsChangeNeeded, changeWaivedAt } = nonconformity;
  const unmade =
    ismsChangeNeeded === true &&
    changeWaivedAt === null &&
    !actions.some((action) => action.purpose === 'isms_change' && isPartOfPlan(action));
  return [
    ...(grade === 'major' && consequences === null ? ['what it led to'] : []),
    ...(criterion === null ? ['what will show that it worked'] : []),
    ...(ismsChangeNeeded === null ? ['whether the management system itself has to change (10.2 e)'] : []),
    ...(unmade ? ['an action that makes the change of the management system (10.2 e)'] : []),
  ];
}

/** What closing waits for, in words; empty where only the check does. */
export function closingLacks(
  nonconformity: Nonconformity,
  actions: readonly Pick<CorrectiveAction, 'purpose' | 'state' | 'reference'>[],
): string[] {
  return [
    ...actions.filter(isUnfinished).map(({ reference }) => `${reference}, which is not finished`),
    ...planLacks(nonconformity, actions),
  ];
}

export function andAll(parts: readonly string[]): string {
  return anyOf(parts).replace(/ or (?=[^,]*$)/, ' and ');
}

/** Who can approve its plan: nobody who leads it or owns one of its actions. */
export async function planApproverNames(tx: Queryable, nonconformity: Nonconformity): Promise<string> {
  const owners = await selectActionOwners(tx, recordOf(nonconformity));
  return deciderNames(tx, [nonconformity.approverId], [nonconformity.ownerId, ...owners]);
}

export interface LockedFor {
  nonconformity: Nonconformity;
  facts: Facts;
}

/**
 * Locked until the caller's transaction ends.
 *
 * @throws Refusal where it is not this person's to do, or cannot be done now: what comes first, and from whom
 */
export async function lockFor(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  move: string,
): Promise<LockedFor> {
  const locked = await lockAllowed(tx, command, reference, move);
  await refuseUnlessPossible(tx, command, locked.nonconformity, move);
  return locked;
}

/** Locked for somebody who may change something of it, until it ends; whose what they change is, is asked for that. */
export async function lockOpen(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<LockedFor> {
  refuseReadOnly(command);
  const nonconformity = await lockNonconformity(tx, reference);
  const locked = { nonconformity, facts: await selectFacts(tx, nonconformity) };
  const { state, reference: ref } = locked.nonconformity;
  if (state === 'closed' || state === 'rejected')
    throw new Refusal(`${ref} is ${state}: what it says stays as it is. Its owner can open it again first.`);
  return locked;
}

/** The same whatever state it is in. */
export async function lockAllowed(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  move: string,
): Promise<LockedFor> {
  const nonconformity = await lockNonconformity(tx, reference);
  const locked = { nonconformity, facts: await selectFacts(tx, nonconformity) };
  await refuseUnlessMay(tx, command, locked, move);
  return locked;
}

/** @throws Refusal that says whose it is */
async function refuseUnlessMay(
  tx: Queryable,
  command: CommandContext,
  { nonconformity, facts }: LockedFor,
  move: string,
): Promise<void> {
  const { state } = nonconformity;
  const by =
    statesOf(nonconformity).by(move, state) ??
    breachStates.by(move, state) ??
    improvementStates.by(move, state);
  await by?.refuseUnless(tx, command, nonconformity, facts);
}

/** @throws Refusal for another state, or for a grade whose records have no such step */
export async function refuseUnlessPossible(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  move: string,
): Promise<void> {
  const isThere = (states: typeof breachStates) => states.from(move).includes(nonconformity.state);
  if (isThere(statesOf(nonconformity))) return;
  if (isThere(breachStates) || isThere(improvementStates)) throw new Refusal(outOfPlace(nonconformity, move));
  throw await wrongState(tx, command, nonconformity);
}

function outOfPlace(nonconformity: Nonconformity, move: string): string {
  const { reference, grade } = nonconformity;
  if (!isImprovement(nonconformity))
    return `${reference} is a ${grade} non-conformity: it closes when somebody else found that its actions worked.`;
  const because: Record<string, string> = {
    recordCause: 'so it needs no root cause. Plan an action, accept or decline it.',
    recordSimilar: 'so it needs no root cause. Plan an action, accept or decline it.',
    planCheck: 'so no check is needed.',
    approve: 'and needs no approval.',
    findEffective: 'so no check is needed.',
  };
  return `${reference} is no non-conformity, ${because[move] ?? 'so there is nothing to contain. Plan an action, accept or decline it.'}`;
}

/** Says which state it is in, who brought it there and when, what is missing, and who can supply it. */
export async function wrongState(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Refusal> {
  const { reference, state } = nonconformity;
  return new Refusal(
    `${reference} is ${stateInWords[state]} (${broughtThere(command, nonconformity)}). ${await nextStep(tx, nonconformity)} Nothing was changed.`,
  );
}

/** What it waits for, and from whom. */
export async function nextStep(tx: Queryable, nonconformity: Nonconformity): Promise<string> {
  const { state, rootCause, similarSearchedAt, planApprovedAt, checkDueOn, checkerId } = nonconformity;
  const leader = await leaderNames(tx, nonconformity);
  if (isImprovement(nonconformity) && state === 'open')
    return `${leader} plans an action, accepts or declines it.`;
  if (isImprovement(nonconformity) && state === 'action_planned')
    return `Its actions are done first; then ${leader} accepts or declines it.`;
  switch (state) {
    case 'open':
      return `What was done at once comes next; ${leader} can record it.`;
    case 'contained':
      return rootCause === null
        ? `Its root cause comes next; ${leader} can record it.`
        : similarSearchedAt === null
          ? `The search for similar ones comes next; ${leader} can record it.`
          : '';
    case 'cause_found': {
      const major = nonconformity.grade === 'major';
      const actions = await selectActionsOf(tx, recordOf(nonconformity), nonconformity.round);
      const lacks = planLacks(nonconformity, actions);
      if (actions.some(isPartOfPlan) && lacks.length > 0)
        return `Its plan does not say yet ${andAll(lacks)}; ${leader} can.`;
      if (actions.some(isPartOfPlan))
        return major
          ? `Its plan is to be sent by ${leader}, and approved by ${await planApproverNames(tx, nonconformity)}.`
          : `Once its plan is whole, ${leader} says that it stands.`;
      return `A plan comes next: ${leader} adds actions with owners and dates${major ? `, and ${await planApproverNames(tx, nonconformity)} approves it` : ''}.`;
    }
    case 'action_planned':
      if (!(await hasPlan(tx, nonconformity)))
        return `All its actions were declined or cancelled; ${leader} can add another.`;
      return planApprovedAt === null
        ? `Its plan is to be approved by ${await planApproverNames(tx, nonconformity)}, once ${leader} has sent it.`
        : 'Its actions are to be done and verified.';
    case 'implemented':
      return `It is not said yet what will show that it worked; ${leader} can plan the check.`;
    case 'verifying': {
      const lacks = closingLacks(
        nonconformity,
        await selectActionsOf(tx, recordOf(nonconformity), nonconformity.round),
      );
      const waits = lacks.length === 0 ? '' : ` It cannot be closed without ${andAll(lacks)}.`;
      return `The check is due on ${checkDueOn === null ? 'a day to be set' : dayInWords(checkDueOn)}${checkerId === null ? '' : `, by ${await namesOf(tx, [checkerId])}`}.${waits}`;
    }
    case 'closed':
      return `${leader} can open it again with a reason.`;
    case 'rejected':
      return nonconformity.duplicateOf === null
        ? 'It was found to be none; the ISMS manager can open it again.'
        : `It is a duplicate of ${nonconformity.duplicateOf}; the ISMS manager can open it again.`;
  }
}

async function hasPlan(tx: Queryable, { id, round }: Nonconformity): Promise<boolean> {
  return (await selectActionsOf(tx, recordOf({ id }), round)).some(isPartOfPlan);
}
