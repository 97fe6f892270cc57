/** What happens to a corrective action: accepted or declined, under way, done, verified or returned, cancelled. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  actionStateInWords,
  changePlan,
  isMovable,
  isUnfinished,
  lockAction,
  movableStates,
  refuseUnlessOwner,
  updateAction,
  type ActionState,
  type CorrectiveAction,
  type Locked,
} from './corrective-action.ts';
import {
  audit,
  broughtThere,
  deciderNames,
  isIsmsManager,
  namesOf,
  refuseReadOnly,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { withdrawOffers } from './delegation.ts';
import { countEvidence, judgeEvidence } from '../register/evidence.ts';
import { advance } from '../nonconformity/plan.ts';
import { leads } from '../nonconformity/nonconformity.ts';

export async function acceptAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const locked = await lockFrom(tx, command, reference, ['proposed']);
  return move(tx, command, locked.action, 'accepted');
}

/** Says no to an action, with the reason: the plan is another one then, and is approved again with or without something in its place. */
export async function declineAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action, nonconformity } = await lockFrom(tx, command, reference, ['proposed']);
  await changePlan(tx, command, nonconformity);
  return move(tx, command, action, 'declined', { state_reason: required(reason, 'Why you decline it') });
}

/** Saying that one has begun accepts it too. */
export async function startAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFrom(tx, command, reference, ['proposed', 'accepted']);
  const accepted = action.state === 'proposed' ? await move(tx, command, action, 'accepted') : action;
  return move(tx, command, accepted, 'in_progress');
}

/** @param progress  per cent, 0 to 100; it begins an action that had not begun */
export async function reportProgress(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  progress: number,
): Promise<CorrectiveAction> {
  if (!Number.isInteger(progress) || progress < 0 || progress > 100)
    throw new Refusal(`Progress is a whole number from 0 to 100, not ${progress}.`);
  const { action } = await lockFrom(tx, command, reference, movableStates);
  const begun = action.state === 'in_progress' ? action : await startAction(tx, command, action.reference);
  if (begun.progress === progress) return begun;
  const changed = await updateAction(tx, command, begun, { progress });
  await audit(tx, command, {
    action: 'corrective_action.progress',
    record: actionRecordOf(action),
    detail: { from: begun.progress, to: progress },
  });
  return changed;
}

/** Its owner says that it is done; somebody else verifies it. */
export async function claimDone(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFrom(tx, command, reference, movableStates);
  const begun = action.state === 'in_progress' ? action : await startAction(tx, command, action.reference);
  await judgeEvidence(tx, command, action, 'in_review');
  return move(tx, command, begun, 'done_claimed', { progress: 100, done_at: command.at });
}

/** Verified by whoever leads or approves, never by its owner, and with evidence. The last one implements the non-conformity. */
export async function verifyAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action, nonconformity } = await lockForVerifying(tx, command, reference);
  if ((await countEvidence(tx, action)) === 0) {
    throw new Refusal(
      `${action.reference} cannot be verified yet: no evidence shows that it was done (10.2). ${await namesOf(tx, [action.ownerId])} can attach a file or a link, or return it to them.`,
    );
  }
  await judgeEvidence(tx, command, action, 'accepted');
  const verified = await move(tx, command, action, 'verified', {
    verified_by: command.actor.id,
    verified_by_name: command.actor.name,
    verified_at: command.at,
  });
  await advance(tx, command, nonconformity);
  return verified;
}

export async function returnAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action } = await lockForVerifying(tx, command, reference);
  const why = required(reason, 'What is still to be done');
  await judgeEvidence(tx, command, action, 'rejected');
  await audit(tx, command, {
    action: 'corrective_action.returned',
    record: actionRecordOf(action),
    detail: { reason: why },
  });
  return move(tx, command, action, 'in_progress', { state_reason: why, done_at: null });
}

/** Given up with a reason, by whoever approves, never by its owner alone. */
export async function cancelAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  refuseReadOnly(command);
  const locked = await lockAction(tx, reference);
  const { action, nonconformity } = locked;
  if (!isUnfinished(action)) throw await wrongState(tx, command, locked);
  const approves = command.actor.id === nonconformity.approverId || isIsmsManager(command.actor);
  if (!approves || command.actor.id === action.ownerId) {
    throw new Refusal(
      `${action.reference} can be cancelled by ${await approverNames(tx, locked)} only. Ask them, with your reason.`,
    );
  }
  const cancelled = await move(tx, command, action, 'cancelled', {
    state_reason: required(reason, 'Why it is cancelled'),
  });
  await advance(tx, command, nonconformity);
  return cancelled;
}

/** Whoever may approve something about this action, by name: never its owner. */
async function approverNames(tx: Queryable, { nonconformity, action }: Locked): Promise<string> {
  return deciderNames(tx, [nonconformity.approverId], [action.ownerId]);
}

async function lockFrom(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  from: readonly ActionState[],
): Promise<Locked> {
  const locked = await lockAction(tx, reference);
  await refuseUnlessOwner(tx, command, locked.action);
  if (!from.includes(locked.action.state)) throw await wrongState(tx, command, locked);
  return locked;
}

async function lockForVerifying(tx: Queryable, command: CommandContext, reference: string): Promise<Locked> {
  refuseReadOnly(command);
  const locked = await lockAction(tx, reference);
  const { action, nonconformity } = locked;
  if (action.ownerId === command.actor.id)
    throw new Refusal(
      `${action.reference} is yours, so somebody else has to verify it: ${await verifierNames(tx, locked)}.`,
    );
  if (!leads(command, nonconformity) && command.actor.id !== nonconformity.approverId)
    throw new Refusal(`${action.reference} can be verified by ${await verifierNames(tx, locked)} only.`);
  if (action.state !== 'done_claimed') throw await wrongState(tx, command, locked);
  return locked;
}

async function verifierNames(tx: Queryable, { nonconformity, action }: Locked): Promise<string> {
  return deciderNames(tx, [nonconformity.ownerId, nonconformity.approverId], [action.ownerId]);
}

/** Says which state it is in, who brought it there and when, and what can be done from there. */
async function wrongState(
  tx: Queryable,
  command: CommandContext,
  { action, nonconformity }: Locked,
): Promise<Refusal> {
  const { reference, state } = action;
  const underWay =
    action.ownerId === command.actor.id
      ? `It is yours: say when it is done, hand it over, or ask ${await approverNames(tx, { action, nonconformity })} to cancel it.`
      : `${await namesOf(tx, [action.ownerId])} has not said that it is done.`;
  const next: Record<ActionState, string> = {
    proposed: `${await namesOf(tx, [action.ownerId])} accepts or declines it first.`,
    accepted: underWay,
    in_progress: underWay,
    done_claimed: `${await verifierNames(tx, { action, nonconformity })} can verify or return it.`,
    declined: `${await namesOf(tx, [nonconformity.ownerId])} can plan another action.`,
    verified: 'Nothing is left to do on it.',
    cancelled: 'Nothing is left to do on it.',
  };
  return new Refusal(
    `${reference} is ${actionStateInWords[state]} (${broughtThere(command, action)}). ${next[state]} Nothing was changed.`,
  );
}

async function move(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  state: ActionState,
  values: Parameters<typeof updateAction>[3] = {},
): Promise<CorrectiveAction> {
  if (!isMovable({ state })) await withdrawOffers(tx, command, action);
  const changed = await updateAction(tx, command, action, { state_reason: null, ...values, state });
  const reason = changed.stateReason === null ? {} : { reason: changed.stateReason };
  await audit(tx, command, {
    action: `corrective_action.${state}`,
    record: actionRecordOf(action),
    detail: { from: action.state, to: state, ...reason },
  });
  return changed;
}
