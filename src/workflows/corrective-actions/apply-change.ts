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
import type { Deed } from '../../records/command-context.ts';
import { offerAction } from '../../isms/corrective-action/delegation.ts';
import { requestDueChange } from '../../isms/corrective-action/due-change.ts';
import { submitEvidence } from '../../isms/register/evidence.ts';
import { contain } from '../../isms/nonconformity/moves.ts';
import { lockNonconformity, selectNonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { namesOf } from '../../records/command-context.ts';
import { addNote } from '../../isms/register/note.ts';
import { inFull } from '../../language/calendar.ts';
import type { ActionChange, Change, NonconformityChange } from './change.ts';
import { exhibitInWords } from './evidence-words.ts';
import { applyRaise } from './raise/apply-raise.ts';
import { applyCause } from './cause/apply-cause.ts';
import {
  tellCancelled,
  tellDeclined,
  tellDone,
  tellMoreTime,
  tellOffered,
  tellReturned,
  tellVerified,
} from './update/tell-action.ts';
import { tellImplemented } from './plan/tell-nonconformity.ts';

export interface Applied {
  /** What was written, in words, a line each. */
  lines: string[];
  told: Addressed[];
}

/** @throws Refusal where the records do not allow it: the caller's transaction then writes nothing */
export async function applyChange(tx: Queryable, deed: Deed, change: Change): Promise<Applied> {
  switch (change.kind) {
    case 'action':
      return applyToAction(tx, deed, change);
    case 'nonconformity':
      return applyToNonconformity(tx, deed, change);
    case 'raise':
      return applyRaise(tx, deed, change);
    case 'cause':
      return applyCause(tx, deed, change);
  }
}

/** What the record would refuse, in its words, or null. Nothing of it stays. */
export async function refusalOf(tx: Queryable, deed: Deed, change: Change): Promise<string | null> {
  await tx.query('savepoint trial');
  try {
    await applyChange(tx, deed, change);
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

async function applyToAction(tx: Queryable, deed: Deed, change: ActionChange): Promise<Applied> {
  const locked = await lockAction(tx, change.reference);
  const { reference } = locked.action;
  const lines: string[] = [];
  const told: Addressed[] = [];

  // A note that goes with a hand-over is for whoever takes it.
  if (change.note !== null && change.handOverTo === null) {
    await addNote(tx, deed, locked.nonconformity, locked.action, change.note);
    lines.push(`${reference}: note kept.`);
  }
  for (const exhibit of change.exhibits) {
    await submitEvidence(tx, deed, { ...locked, purpose: 'action', exhibit });
    lines.push(`${reference}: evidence kept: ${exhibitInWords(exhibit)}.`);
  }
  if (change.dueOn !== null) {
    const request = await requestDueChange(tx, deed, reference, {
      toDueOn: change.dueOn,
      reason: change.reason ?? '',
    });
    lines.push(
      `${reference}: ${await namesOf(tx, [request.approverId])} is asked for more time, until ${inFull(request.toDueOn)}. Until then ${inFull(request.fromDueOn)} holds.`,
    );
    told.push(...tellMoreTime(deed, locked.action, request));
  }
  const moved = await applyMove(tx, deed, locked, change);
  lines.push(...moved.lines);
  told.push(...moved.told);
  if (change.handOverTo !== null) {
    const offer = await offerAction(tx, deed, reference, {
      toId: change.handOverTo.id,
      note: change.note ?? change.reason ?? '',
    });
    lines.push(
      `${reference}: ${change.handOverTo.name} is asked to take it over. Until then it stays where it is.`,
    );
    told.push(...tellOffered(deed, await selectAction(tx, locked.action.id), offer));
  }
  return { lines, told };
}

async function applyMove(
  tx: Queryable,
  deed: Deed,
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
      return line('reported done', await tellDone(tx, deed, await claimDone(tx, deed, reference)));
    case 'verify': {
      const verified = await verifyAction(tx, deed, reference);
      const thanks = line('verified as done', await tellVerified(tx, deed, verified));
      const after = await selectNonconformity(tx, nonconformity.id);
      if (after.state === nonconformity.state) return thanks;
      const { line: last, told } = await tellImplemented(tx, deed, verified, after);
      // Whoever also leads it hears of both in one message.
      const others = thanks.told.filter(() => verified.ownerId !== after.ownerId);
      return { lines: [...thanks.lines, last], told: [...others, ...told] };
    }
    case 'return': {
      const returned = await returnAction(tx, deed, reference, reason ?? '');
      return line('given back to its owner', await tellReturned(tx, deed, returned));
    }
    case 'decline': {
      const declined = await declineAction(tx, deed, reference, reason ?? '');
      return line('declined', await tellDeclined(tx, deed, declined));
    }
    case 'cancel': {
      const cancelled = await cancelAction(tx, deed, reference, reason ?? '');
      return line('cancelled', await tellCancelled(tx, deed, cancelled));
    }
    case 'accept':
      await acceptAction(tx, deed, reference);
      break;
    case 'start':
      await startAction(tx, deed, reference);
      break;
    case null:
  }
  if (progress !== null) await reportProgress(tx, deed, reference, progress);
  const words = [
    ...(move === null ? [] : [move === 'accept' ? 'accepted' : 'in progress']),
    ...(progress === null ? [] : [`${progress} % done`]),
  ];
  return words.length === 0 ? { lines: [], told: [] } : line(words.join(', '));
}

async function applyToNonconformity(
  tx: Queryable,
  deed: Deed,
  change: NonconformityChange,
): Promise<Applied> {
  const nonconformity = await lockNonconformity(tx, change.reference);
  const { reference } = nonconformity;
  const lines: string[] = [];
  if (change.note !== null) {
    await addNote(tx, deed, nonconformity, null, change.note);
    lines.push(`${reference}: note kept.`);
  }
  for (const exhibit of change.exhibits) {
    await submitEvidence(tx, deed, { nonconformity, action: null, purpose: change.purpose, exhibit });
    lines.push(`${reference}: evidence kept: ${exhibitInWords(exhibit)}.`);
  }
  if (change.correction !== null) {
    await contain(tx, deed, reference, { correction: change.correction });
    lines.push(`${reference}: containment recorded.`);
  }
  return { lines, told: [] };
}
