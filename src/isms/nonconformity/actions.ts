/** What actions mean for a non-conformity: they answer its cause, are a plan that is approved, and implement it once all are verified (10.2). */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { leaderNames, type CommandContext } from '../../records/command-context.ts';
import { addAction, type CorrectiveAction, type NewAction } from '../corrective-action/corrective-action.ts';
import { declareActionsOf, type Parent } from '../corrective-action/parent.ts';
import {
  change,
  isImprovement,
  lockNonconformity,
  recordOf,
  selectNonconformity,
  stateInWords,
  type Nonconformity,
} from './nonconformity.ts';
import { advance, changePlan } from './plan.ts';

declareActionsOf('nonconformity', {
  label: 'Non-conformity',
  title: 'nonconformity.title',
  leader: 'nonconformity.owner_id',
  approver: 'nonconformity.approver_id',
  round: 'nonconformity.round',
  ended: ['closed', 'rejected'],
  clause: '10.2',
  async others(tx, id) {
    const { raisedBy, checkerId } = await selectNonconformity(tx, id);
    return [raisedBy, checkerId];
  },
  adding: refuseBeforeCause,
  replanned: async (tx, command, id) => changePlan(tx, command, await selectNonconformity(tx, id)),
  owned: freeChecker,
  settled: async (tx, command, id) => advance(tx, command, await selectNonconformity(tx, id)),
});

/** What its actions and what hangs on them need of it. */
export function parentOf(nonconformity: Nonconformity): Parent {
  const { id, reference, title, state, round, ownerId: leaderId, approverId } = nonconformity;
  return { record: recordOf(nonconformity), id, reference, title, state, round, leaderId, approverId };
}

/**
 * Adds an action to the plan of a non-conformity whose cause is found, or to an opportunity or observation that is open. A plan
 * that was approved is to be approved again.
 */
export async function proposeAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  fresh: NewAction,
): Promise<CorrectiveAction> {
  return addAction(tx, command, recordOf(await lockNonconformity(tx, reference)), fresh);
}

async function refuseBeforeCause(tx: Queryable, _command: CommandContext, id: number): Promise<void> {
  const nonconformity = await selectNonconformity(tx, id);
  const { reference, state } = nonconformity;
  const mayPlan = isImprovement(nonconformity)
    ? ['open', 'action_planned']
    : ['cause_found', 'action_planned'];
  if (mayPlan.includes(state)) return;
  throw new Refusal(
    ['open', 'contained'].includes(state)
      ? `${reference} is ${stateInWords[state]}. Actions answer a cause: record its containment, its root cause and the search for similar ones first. ${await leaderNames(tx, nonconformity)} can.`
      : `${reference} is ${stateInWords[state]}, so no action can be added.`,
  );
}

/** Whoever owns an action judges no more whether it worked: somebody else is asked when the day comes. */
async function freeChecker(
  tx: Queryable,
  command: CommandContext,
  id: number,
  ownerId: number,
): Promise<void> {
  const nonconformity = await selectNonconformity(tx, id);
  if (nonconformity.checkerId !== ownerId) return;
  await change(tx, command, nonconformity, { checker_id: null }, () => ({
    action: 'nonconformity.checker_freed',
    detail: { checker: ownerId },
  }));
}
