/** Writes what a card or a form proposes, by the commands of the records, and says who is told of it. */
import type { Addressed } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import {
  acceptAction,
  cancelAction,
  claimDone,
  declineAction,
  reportProgress,
  returnAction,
  startAction,
  verifyAction,
} from '../../isms/corrective-action/moves.ts';
import {
  lockAction,
  selectAction,
  type CorrectiveAction,
  type Locked,
} from '../../isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { offerAction } from '../../isms/corrective-action/delegation.ts';
import { requestDueChange } from '../../isms/corrective-action/due-change.ts';
import { submitEvidence } from '../../isms/register/evidence.ts';
import { contain } from '../../isms/nonconformity/moves.ts';
import { lockNonconformity, selectNonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { namesOf } from '../../records/command-context.ts';
import { addNote } from '../../isms/register/note.ts';
import { inFull } from '../../language/calendar.ts';
import type { ActionChange, Change, NonconformityChange } from './change.ts';
import { evidenceInWords } from './evidence-words.ts';
import { applyRaise } from './raise/apply-raise.ts';
import { applyCause } from './cause/apply-cause.ts';
import {
  notifyCancelled,
  notifyDeclined,
  notifyDone,
  notifyMoreTime,
  notifyOffered,
  notifyReturned,
  notifyVerified,
} from './update/notify-action.ts';
import { notifyImplemented } from './plan/notify-nonconformity.ts';

export interface Applied {
  /** What was written, in words, a line each. */
  lines: string[];
  told: Addressed[];
}

/** @throws Refusal where the records do not allow it: the caller's transaction then writes nothing */
export async function applyChange(tx: Queryable, command: CommandContext, change: Change): Promise<Applied> {
  switch (change.kind) {
    case 'action':
      return applyToAction(tx, command, change);
    case 'nonconformity':
      return applyToNonconformity(tx, command, change);
    case 'raise':
      return applyRaise(tx, command, change);
    case 'cause':
      return applyCause(tx, command, change);
  }
}

/** What the record would refuse, in its words, or null. Nothing of it stays. */
export async function refusalOf(
  tx: Queryable,
  command: CommandContext,
  change: Change,
): Promise<string | null> {
  await tx.query('savepoint trial');
  try {
    await applyChange(tx, command, change);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  } finally {
    await tx.query('rollback to savepoint trial').then(() => tx.query('release savepoint trial'));
  }
}

/** A change of this action as it is now, which changes nothing yet. */
export function changeOf(
  { reference, version }: Pick<CorrectiveAction, 'reference' | 'version'>,
  values: Partial<Omit<ActionChange, 'kind' | 'reference' | 'version'>> = {},
): ActionChange {
  return {
    kind: 'action',
    reference,
    version,
    move: null,
    progress: null,
    dueOn: null,
    reason: null,
    note: null,
    exhibits: [],
    handOverTo: null,
    seen: null,
    ...values,
  };
}

async function applyToAction(tx: Queryable, command: CommandContext, change: ActionChange): Promise<Applied> {
  const locked = await lockAction(tx, change.reference);
  const { reference } = locked.action;
  const lines: string[] = [];
  const told: Addressed[] = [];

  // A note that goes with a hand-over is for whoever takes it.
  if (change.note !== null && change.handOverTo === null) {
    await addNote(tx, command, locked.nonconformity, locked.action, change.note);
    lines.push(`${reference}: note kept.`);
  }
  for (const exhibit of change.exhibits) {
    await submitEvidence(tx, command, { ...locked, purpose: 'action', exhibit });
    lines.push(`${reference}: evidence kept: ${evidenceInWords(exhibit)}.`);
  }
  if (change.dueOn !== null) {
    const request = await requestDueChange(tx, command, reference, {
      toDueOn: change.dueOn,
      reason: change.reason ?? '',
    });
    lines.push(
      `${reference}: ${await namesOf(tx, [request.approverId])} is asked for more time, until ${inFull(request.toDueOn)}. Until then ${inFull(request.fromDueOn)} holds.`,
    );
    told.push(...notifyMoreTime(command, locked.action, request));
  }
  const moved = await applyMove(tx, command, locked, change);
  lines.push(...moved.lines);
  told.push(...moved.told);
  if (change.handOverTo !== null) {
    const offer = await offerAction(tx, command, reference, {
      toId: change.handOverTo.id,
      note: change.note ?? change.reason ?? '',
    });
    lines.push(
      `${reference}: ${change.handOverTo.name} is asked to take it over. Until then it stays where it is.`,
    );
    told.push(...notifyOffered(command, await selectAction(tx, locked.action.id), offer));
  }
  return { lines, told };
}

async function applyMove(
  tx: Queryable,
  command: CommandContext,
  { action, nonconformity }: Locked,
  { move, progress, reason }: ActionChange,
): Promise<Applied> {
  const { reference } = action;
  const line = (words: string, told: Addressed[] = []): Applied => ({
    lines: [`${reference}: ${words}.`],
    told,
  });
  switch (move) {
    case 'done':
      return line('reported done', await notifyDone(tx, command, await claimDone(tx, command, reference)));
    case 'verify': {
      const verified = await verifyAction(tx, command, reference);
      const thanks = line('verified as done', await notifyVerified(tx, command, verified));
      const after = await selectNonconformity(tx, nonconformity.id);
      if (after.state === nonconformity.state) return thanks;
      const { line: last, told } = await notifyImplemented(tx, command, verified, after);
      // Whoever also leads it hears of both in one message.
      const others = thanks.told.filter(() => verified.ownerId !== after.ownerId);
      return { lines: [...thanks.lines, last], told: [...others, ...told] };
    }
    case 'return': {
      const returned = await returnAction(tx, command, reference, reason ?? '');
      return line('given back to its owner', await notifyReturned(tx, command, returned));
    }
    case 'decline': {
      const declined = await declineAction(tx, command, reference, reason ?? '');
      return line('declined', await notifyDeclined(tx, command, declined));
    }
    case 'cancel': {
      const cancelled = await cancelAction(tx, command, reference, reason ?? '');
      return line('cancelled', await notifyCancelled(tx, command, cancelled));
    }
    case 'accept':
      await acceptAction(tx, command, reference);
      break;
    case 'start':
      await startAction(tx, command, reference);
      break;
    case null:
  }
  if (progress !== null) await reportProgress(tx, command, reference, progress);
  const words = [
    ...(move === null ? [] : [move === 'accept' ? 'accepted' : 'in progress']),
    ...(progress === null ? [] : [`${progress} % done`]),
  ];
  return words.length === 0 ? { lines: [], told: [] } : line(words.join(', '));
}

async function applyToNonconformity(
  tx: Queryable,
  command: CommandContext,
  change: NonconformityChange,
): Promise<Applied> {
  const nonconformity = await lockNonconformity(tx, change.reference);
  const { reference } = nonconformity;
  const lines: string[] = [];
  if (change.note !== null) {
    await addNote(tx, command, nonconformity, null, change.note);
    lines.push(`${reference}: note kept.`);
  }
  for (const exhibit of change.exhibits) {
    await submitEvidence(tx, command, { nonconformity, action: null, purpose: change.purpose, exhibit });
    lines.push(`${reference}: evidence kept: ${evidenceInWords(exhibit)}.`);
  }
  if (change.correction !== null) {
    await contain(tx, command, reference, { correction: change.correction });
    lines.push(`${reference}: containment recorded.`);
  }
  return { lines, told: [] };
}
