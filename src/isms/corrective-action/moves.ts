/** What happens to a corrective action: accepted or declined, under way, done, verified or returned, cancelled. */
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  actionStateInWords,
  changeAction,
  isMovable,
  isUnfinished,
  lockAction,
  selectActionsOf,
  type ActionState,
  type CorrectiveAction,
  type Locked,
} from './corrective-action.ts';
import {
  audit,
  broughtThere,
  deciderNames,
  namesOf,
  optional,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { offers } from './delegation.ts';
import { actionMoves, rowOf } from './states.ts';
import { countEvidenceOf, judgeEvidenceOf } from '../../records/evidence.ts';
import { kindOf } from './parent.ts';

export async function acceptAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFor(tx, command, reference, 'accept');
  return move(tx, command, action, 'accepted');
}

/** Says no to an action, with the reason: the plan is another one then, and is approved again with or without something in its place. */
export async function declineAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action, parent } = await lockFor(tx, command, reference, 'decline');
  if (action.purpose !== 'correction') await kindOf(parent).replanned?.(tx, command, parent.id);
  return move(tx, command, action, 'declined', { state_reason: required(reason, 'Why you decline it') });
}

/** Saying that one has begun accepts it too. */
export async function startAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFor(tx, command, reference, 'start');
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
  const { action } = await lockFor(tx, command, reference, 'progress');
  const begun = action.state === 'in_progress' ? action : await startAction(tx, command, action.reference);
  if (begun.progress === progress) return begun;
  return changeAction(tx, command, begun, { progress }, () => ({
    action: 'corrective_action.progress',
    detail: { from: begun.progress, to: progress },
  }));
}

/** What is to be done, or what will show it, in other words: those before are kept, and a plan that was approved is approved again. */
export async function editAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { description, expectedEvidence }: { description: string; expectedEvidence: string | null },
): Promise<CorrectiveAction> {
  const { action, parent } = await lockFor(tx, command, reference, 'edit');
  const said = {
    description: required(description, 'What is to be done'),
    expectedEvidence: optional(expectedEvidence, 'The evidence that will show it'),
  };
  const fresh = (['description', 'expectedEvidence'] as const).filter((key) => said[key] !== action[key]);
  if (fresh.length === 0) return action;
  const values = Object.fromEntries(fresh.map((key) => [columnOf(key), said[key]]));
  const edited = await changeAction(tx, command, action, values, () => ({
    action: 'corrective_action.edited',
    detail: { fields: Object.keys(values) },
  }));
  if (action.purpose !== 'correction') await kindOf(parent).replanned?.(tx, command, parent.id, edited);
  return edited;
}

/** Its owner says that it is done; somebody else verifies it. */
export async function claimDone(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFor(tx, command, reference, 'claim');
  const begun = action.state === 'in_progress' ? action : await startAction(tx, command, action.reference);
  await judgeEvidenceOf(tx, command, actionRecordOf(action), 'in_review');
  return move(tx, command, begun, 'done_claimed', { progress: 100, done_at: command.at });
}

/** Verified by whoever leads or approves, never by its owner, and with evidence. The last one may move its record. */
export async function verifyAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<CorrectiveAction> {
  const { action, parent } = await lockFor(tx, command, reference, 'verify');
  const { clause, settled } = kindOf(parent);
  if ((await countEvidenceOf(tx, actionRecordOf(action))) === 0) {
    throw new Refusal(
      `${action.reference} cannot be verified yet: no evidence shows that it was done${clause === undefined ? '' : ` (${clause})`}. ${await namesOf(tx, [action.ownerId])} can attach a file or a link, or return it to them.`,
    );
  }
  await judgeEvidenceOf(tx, command, actionRecordOf(action), 'accepted');
  const verified = await move(tx, command, action, 'verified', {
    verified_by: command.actor.id,
    verified_by_name: command.actor.name,
    verified_at: command.at,
  });
  await settled?.(tx, command, parent.id);
  return verified;
}

export async function returnAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action } = await lockFor(tx, command, reference, 'return');
  const why = required(reason, 'What is still to be done');
  await judgeEvidenceOf(tx, command, actionRecordOf(action), 'rejected');
  await audit(tx, command, {
    action: 'corrective_action.returned',
    record: actionRecordOf(action),
    detail: { reason: why },
  });
  return move(tx, command, action, 'in_progress', { state_reason: why, done_at: null });
}

/** Given up with a reason, by whoever approves, never by its owner alone. The plan that held it is approved again. */
export async function cancelAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<CorrectiveAction> {
  const { action, parent } = await lockFor(tx, command, reference, 'cancel');
  const cancelled = await move(tx, command, action, 'cancelled', {
    state_reason: required(reason, 'Why it is cancelled'),
  });
  const { replanned, settled } = kindOf(parent);
  if (action.purpose !== 'correction') await replanned?.(tx, command, parent.id);
  await settled?.(tx, command, parent.id);
  return cancelled;
}

/** Their record ended, or goes on without them: those that are unfinished are cancelled. The caller has the record locked. */
export async function endActions(
  tx: Queryable,
  command: CommandContext,
  record: string,
  which: (action: CorrectiveAction) => boolean,
  reason: string,
): Promise<CorrectiveAction[]> {
  const ended = (await selectActionsOf(tx, record)).filter((action) => isUnfinished(action) && which(action));
  for (const action of ended) await move(tx, command, action, 'cancelled', { state_reason: reason });
  return ended;
}

/** @throws Refusal where it is not this person's to do, or cannot be done now: what comes first, and from whom */
async function lockFor(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  move: string,
): Promise<Locked> {
  const locked = await lockAction(tx, reference);
  const row = rowOf(locked);
  const possible = actionMoves.from(move).includes(row.state);
  // Of what is over, whoever asks to cancel it is told that, whether or not it was theirs to cancel.
  if (move === 'cancel' && !possible) throw await wrongState(tx, command, locked);
  await actionMoves.by(move, row.state)?.refuseUnless(tx, command, row);
  if (!possible) throw await wrongState(tx, command, locked);
  return locked;
}

/** Says which state it is in, who brought it there and when, and what can be done from there. */
async function wrongState(
  tx: Queryable,
  command: CommandContext,
  { action, parent }: Locked,
): Promise<Refusal> {
  const { reference, state, ownerId } = action;
  const { leaderId, approverId } = parent;
  const underWay =
    action.ownerId === command.actor.id
      ? `It is yours: say when it is done, hand it over, or ask ${await deciderNames(tx, [approverId], [ownerId])} to cancel it.`
      : `${await namesOf(tx, [action.ownerId])} has not said that it is done.`;
  const next: Record<ActionState, string> = {
    proposed: `${await namesOf(tx, [action.ownerId])} accepts or declines it first.`,
    accepted: underWay,
    in_progress: underWay,
    done_claimed: `${await deciderNames(tx, [leaderId, approverId], [ownerId])} can verify or return it.`,
    declined: `${await namesOf(tx, [leaderId])} can plan another action.`,
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
  state: Exclude<ActionState, 'proposed'>,
  values: Parameters<typeof changeAction>[3] = {},
): Promise<CorrectiveAction> {
  if (!isMovable({ state })) await offers.withdraw(tx, command, action.id);
  return changeAction(tx, command, action, { state_reason: null, ...values, state }, ({ stateReason }) => ({
    action: `corrective_action.${state}`,
    detail: { from: action.state, to: state, ...(stateReason === null ? {} : { reason: stateReason }) },
  }));
}
