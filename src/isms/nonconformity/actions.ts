/** What actions mean for a non-conformity: they answer its cause, are a plan that is approved, and implement it once all are verified (10.2). */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { leaderNames, required, type CommandContext } from '../../records/command-context.ts';
import {
  addAction,
  isPartOfPlan,
  type CorrectiveAction,
  type NewAction,
} from '../corrective-action/corrective-action.ts';
import { endActions } from '../corrective-action/moves.ts';
import { declareActionsOf, type Parent } from '../corrective-action/parent.ts';
import { selectSetting } from '../../records/setting.ts';
import { freeChecker, lockFor } from './gate.ts';
import {
  change,
  lockNonconformity,
  recordOf,
  selectNonconformity,
  stateInWords,
  type Nonconformity,
} from './nonconformity.ts';
import { advance, changePlan } from './plan.ts';
import { statesOf } from './states.ts';

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
  async decider(tx, id) {
    const { grade } = await selectNonconformity(tx, id);
    return (await selectSetting(tx, 'corrective_action.more_time')).by[grade];
  },
  adding: refuseBeforeCause,
  async replanned(tx, command, id, added) {
    const nonconformity = await selectNonconformity(tx, id);
    const marked =
      added?.purpose === 'isms_change' ? await markChange(tx, command, nonconformity, added) : nonconformity;
    await changePlan(tx, command, marked);
  },
  owned: async (tx, command, id) => freeChecker(tx, command, await selectNonconformity(tx, id)),
  settled: async (tx, command, id) =>
    advance(tx, command, await freeChecker(tx, command, await selectNonconformity(tx, id))),
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

async function refuseBeforeCause(
  tx: Queryable,
  _command: CommandContext,
  id: number,
  purpose: string,
): Promise<void> {
  const nonconformity = await selectNonconformity(tx, id);
  const { reference, state } = nonconformity;
  const move = purpose === 'correction' ? 'addCorrection' : 'addAction';
  if (statesOf(nonconformity).from(move).includes(state)) return;
  throw new Refusal(
    ['open', 'contained'].includes(state)
      ? `${reference} is ${stateInWords[state]}. Actions answer a cause: record its containment, its root cause and the search for similar ones first. ${await leaderNames(tx, nonconformity)} can.`
      : `${reference} is ${stateInWords[state]}, so no action can be added.`,
  );
}

/** 10.2 e): what has to change in the management system itself is an action like the others. */
function markChange(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  { description }: { description: string },
): Promise<Nonconformity> {
  const values = { isms_change_needed: true, isms_change: description };
  return change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.change_answered',
    detail: { needed: true },
  }));
}

/** e: none is needed, or an action that makes it. @param needed  null for none */
export async function answerChange(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  needed: Omit<NewAction, 'purpose'> | null,
): Promise<Nonconformity> {
  const { nonconformity, facts } = await lockFor(tx, command, reference, 'answerChange');
  if (needed !== null) {
    await proposeAction(tx, command, reference, { ...needed, purpose: 'isms_change' });
    return selectNonconformity(tx, nonconformity.id);
  }
  if (facts.plan.some((action) => action.purpose === 'isms_change' && isPartOfPlan(action)))
    throw new Refusal(
      `${nonconformity.reference} has an action that changes the management system: cancel that, or let somebody waive it.`,
    );
  const values = { isms_change_needed: false, isms_change: null };
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.change_answered',
    detail: { needed: false },
  }));
  return advance(tx, command, changed);
}

/** e: a change that is needed, neither made nor waived. */
export function awaitsChange(
  { ismsChangeNeeded, changeWaivedAt }: Pick<Nonconformity, 'ismsChangeNeeded' | 'changeWaivedAt'>,
  actions: readonly Pick<CorrectiveAction, 'purpose' | 'state'>[],
): boolean {
  const isMade = actions.some(({ purpose, state }) => purpose === 'isms_change' && state === 'verified');
  return ismsChangeNeeded === true && changeWaivedAt === null && !isMade;
}

/** e: it was found needed and is not made; who approves the plan answers for that by name, and what was planned for it ends. */
export async function waiveChange(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const { nonconformity, facts } = await lockFor(tx, command, reference, 'waiveChange');
  const { id, round } = nonconformity;
  const why = required(reason, 'Why the management system stays as it is');
  if (!awaitsChange(nonconformity, facts.plan))
    throw new Refusal(
      `${nonconformity.reference} has no change of the management system that could be waived.`,
    );
  const values = {
    change_waived_by: command.actor.id,
    change_waived_by_name: command.actor.name,
    change_waived_at: command.at,
    change_waiver: why,
  };
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.change_waived',
    detail: { reason: why },
  }));
  await endActions(
    tx,
    command,
    recordOf({ id }),
    (action) => action.round === round && action.purpose === 'isms_change',
    why,
  );
  return advance(tx, command, changed);
}
