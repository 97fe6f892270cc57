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
  type Deed,
} from '../../records/command-context.ts';
import { withdrawOffers } from './delegation.ts';
import { countEvidence, judgeEvidence } from '../register/evidence.ts';
import { advance } from '../nonconformity/plan.ts';
import { leads } from '../nonconformity/nonconformity.ts';

export async function acceptAction(tx: Queryable, deed: Deed, reference: string): Promise<CorrectiveAction> {
  const locked = await lockFrom(tx, deed, reference, ['proposed']);
  return move(tx, deed, locked.action, 'accepted');
}

/** Says no to an action, with the reason: the plan is another one then, and is approved again with or without something in its place. */
export async function declineAction(
  tx: Queryable,
  deed: Deed,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action, nonconformity } = await lockFrom(tx, deed, reference, ['proposed']);
  await changePlan(tx, deed, nonconformity);
  return move(tx, deed, action, 'declined', { state_reason: required(reason, 'Why you decline it') });
}

/** Saying that one has begun accepts it too. */
export async function startAction(tx: Queryable, deed: Deed, reference: string): Promise<CorrectiveAction> {
  const { action } = await lockFrom(tx, deed, reference, ['proposed', 'accepted']);
  const accepted = action.state === 'proposed' ? await move(tx, deed, action, 'accepted') : action;
  return move(tx, deed, accepted, 'in_progress');
}

/** @param progress  per cent, 0 to 100; it begins an action that had not begun */
export async function reportProgress(
  tx: Queryable,
  deed: Deed,
  reference: string,
  progress: number,
): Promise<CorrectiveAction> {
  if (!Number.isInteger(progress) || progress < 0 || progress > 100)
    throw new Refusal(`Progress is a whole number from 0 to 100, not ${progress}.`);
  const { action } = await lockFrom(tx, deed, reference, movableStates);
  const begun = action.state === 'in_progress' ? action : await startAction(tx, deed, action.reference);
  if (begun.progress === progress) return begun;
  const changed = await updateAction(tx, deed, begun, { progress });
  await audit(tx, deed, {
    action: 'corrective_action.progress',
    record: actionRecordOf(action),
    detail: { from: begun.progress, to: progress },
  });
  return changed;
}

/** Its owner says that it is done; somebody else verifies it. */
export async function claimDone(tx: Queryable, deed: Deed, reference: string): Promise<CorrectiveAction> {
  const { action } = await lockFrom(tx, deed, reference, movableStates);
  const begun = action.state === 'in_progress' ? action : await startAction(tx, deed, action.reference);
  await judgeEvidence(tx, deed, action, 'in_review');
  return move(tx, deed, begun, 'done_claimed', { progress: 100, done_at: deed.at });
}

/** Verified by whoever leads or approves, never by its owner, and with evidence. The last one implements the non-conformity. */
export async function verifyAction(tx: Queryable, deed: Deed, reference: string): Promise<CorrectiveAction> {
  const { action, nonconformity } = await lockForVerifying(tx, deed, reference);
  if ((await countEvidence(tx, action)) === 0) {
    throw new Refusal(
      `${action.reference} cannot be verified yet: no evidence shows that it was done (10.2). ${await namesOf(tx, [action.ownerId])} can attach a file or a link, or return it to them.`,
    );
  }
  await judgeEvidence(tx, deed, action, 'accepted');
  const verified = await move(tx, deed, action, 'verified', {
    verified_by: deed.by.id,
    verified_by_name: deed.by.name,
    verified_at: deed.at,
  });
  await advance(tx, deed, nonconformity);
  return verified;
}

export async function returnAction(
  tx: Queryable,
  deed: Deed,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action } = await lockForVerifying(tx, deed, reference);
  const why = required(reason, 'What is still to be done');
  await judgeEvidence(tx, deed, action, 'rejected');
  await audit(tx, deed, {
    action: 'corrective_action.returned',
    record: actionRecordOf(action),
    detail: { reason: why },
  });
  return move(tx, deed, action, 'in_progress', { state_reason: why, done_at: null });
}

/** Given up with a reason, by whoever approves, never by its owner alone. */
export async function cancelAction(
  tx: Queryable,
  deed: Deed,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  refuseReadOnly(deed);
  const locked = await lockAction(tx, reference);
  const { action, nonconformity } = locked;
  if (!isUnfinished(action)) throw await wrongState(tx, deed, locked);
  const approves = deed.by.id === nonconformity.approverId || isIsmsManager(deed.by);
  if (!approves || deed.by.id === action.ownerId) {
    throw new Refusal(
      `${action.reference} can be cancelled by ${await approverNames(tx, locked)} only. Ask them, with your reason.`,
    );
  }
  const cancelled = await move(tx, deed, action, 'cancelled', {
    state_reason: required(reason, 'Why it is cancelled'),
  });
  await advance(tx, deed, nonconformity);
  return cancelled;
}

/** Whoever may approve something about this action, by name: never its owner. */
async function approverNames(tx: Queryable, { nonconformity, action }: Locked): Promise<string> {
  return deciderNames(tx, [nonconformity.approverId], [action.ownerId]);
}

async function lockFrom(
  tx: Queryable,
  deed: Deed,
  reference: string,
  from: readonly ActionState[],
): Promise<Locked> {
  const locked = await lockAction(tx, reference);
  await refuseUnlessOwner(tx, deed, locked.action);
  if (!from.includes(locked.action.state)) throw await wrongState(tx, deed, locked);
  return locked;
}

async function lockForVerifying(tx: Queryable, deed: Deed, reference: string): Promise<Locked> {
  refuseReadOnly(deed);
  const locked = await lockAction(tx, reference);
  const { action, nonconformity } = locked;
  if (action.ownerId === deed.by.id)
    throw new Refusal(
      `${action.reference} is yours, so somebody else has to verify it: ${await verifierNames(tx, locked)}.`,
    );
  if (!leads(deed, nonconformity) && deed.by.id !== nonconformity.approverId)
    throw new Refusal(`${action.reference} can be verified by ${await verifierNames(tx, locked)} only.`);
  if (action.state !== 'done_claimed') throw await wrongState(tx, deed, locked);
  return locked;
}

async function verifierNames(tx: Queryable, { nonconformity, action }: Locked): Promise<string> {
  return deciderNames(tx, [nonconformity.ownerId, nonconformity.approverId], [action.ownerId]);
}

/** Says which state it is in, who brought it there and when, and what can be done from there. */
async function wrongState(tx: Queryable, deed: Deed, { action, nonconformity }: Locked): Promise<Refusal> {
  const { reference, state } = action;
  const underWay =
    action.ownerId === deed.by.id
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
    `${reference} is ${actionStateInWords[state]} (${broughtThere(deed, action)}). ${next[state]} Nothing was changed.`,
  );
}

async function move(
  tx: Queryable,
  deed: Deed,
  action: CorrectiveAction,
  state: ActionState,
  values: Parameters<typeof updateAction>[3] = {},
): Promise<CorrectiveAction> {
  if (!isMovable({ state })) await withdrawOffers(tx, deed, action);
  const changed = await updateAction(tx, deed, action, { state_reason: null, ...values, state });
  const reason = changed.stateReason === null ? {} : { reason: changed.stateReason };
  await audit(tx, deed, {
    action: `corrective_action.${state}`,
    record: actionRecordOf(action),
    detail: { from: action.state, to: state, ...reason },
  });
  return changed;
}
