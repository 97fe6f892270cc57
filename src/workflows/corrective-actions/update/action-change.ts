/** What happened to a corrective action, as a card proposes it and its confirmation writes it. */
import type { Addressed, Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { defineChange, type Applied, type Shown } from '../../../dialogue/change.ts';
import { evidenceInWords, evidenceShown } from '../../../dialogue/evidence.ts';
import type { Errors } from '../../../dialogue/form-fields.ts';
import {
  actionRecordOf,
  lockAction,
  selectAction,
  selectOptionalAction,
  type ActionState,
  type CorrectiveAction,
  type Locked,
} from '../../../isms/corrective-action/corrective-action.ts';
import { offerAction } from '../../../isms/corrective-action/delegation.ts';
import { requestDueChange } from '../../../isms/corrective-action/due-change.ts';
import {
  acceptAction,
  cancelAction,
  claimDone,
  declineAction,
  reportProgress,
  returnAction,
  startAction,
  verifyAction,
} from '../../../isms/corrective-action/moves.ts';
import { selectOptionalNonconformityNamed } from '../../../isms/nonconformity/nonconformity.ts';
import { countEvidence, submitEvidence } from '../../../isms/register/evidence.ts';
import { addNote } from '../../../isms/register/note.ts';
import { inFull } from '../../../language/calendar.ts';
import { namesOf, type CommandContext } from '../../../records/command-context.ts';
import { selectEvidence } from '../../../records/evidence.ts';
import { notifyImplemented } from '../plan/notify-nonconformity.ts';
import { room } from '../buttons.ts';
import { shortState } from '../../../isms/corrective-action/line.ts';
import { ActionChange, filesIn, nothingLeft } from '../change.ts';
import { movesFor } from './action-card.ts';
import { readUpdateForm, updateForm } from './action-forms.ts';
import { actionReceipt } from './action-receipt.ts';
import {
  actionHead,
  isWhole,
  notifyCancelled,
  notifyDeclined,
  notifyDone,
  notifyMoreTime,
  notifyOffered,
  notifyReturned,
  notifyVerified,
} from './notify-action.ts';
import { actionFor } from '../resolve.ts';
import type { actionMoves } from './said-update.ts';
import { seenOfAction } from './seen.ts';

export const actionChange = defineChange<ActionChange>({
  kind: 'corrective_action.update',
  formerly: 'action',
  schema: ActionChange,
  room,
  nameOf: ({ reference }) => reference,
  async current(tx, change) {
    const { action } = await lockAction(tx, change.reference);
    const { version, reference, state, progress } = action;
    const seen = change.move === 'verify' ? await seenOfAction(tx, action) : null;
    return {
      reference,
      record: actionRecordOf(action),
      mark: `${version}/${seen}`,
      now: `${shortState[state]}, ${progress} %`,
    };
  },
  markOf: ({ version, move, seen }) => `${version}/${move === 'verify' ? seen : null}`,
  // What is verified is verified with the evidence that stands on this card: with another one, the card is out of date.
  async prepared(tx, change) {
    const action = change.move === 'verify' ? await selectOptionalAction(tx, change.reference) : null;
    return action === null ? change : { ...change, seen: await seenOfAction(tx, action) };
  },
  apply,
  show,
  async form(tx, context, change, id) {
    const locked = await actionFor(tx, context, change.reference);
    return updateForm(id, locked.action, movesFor(context.person, locked), change);
  },
  read: ({ fields }, before, context: Context): { change: ActionChange; errors: Errors } => {
    const { values, errors } = readUpdateForm(fields, before, context);
    const { move, progress, dueOn, note, exhibits } = values;
    if (
      [move, progress, dueOn, note, before.handOverTo].every((value) => value === null) &&
      exhibits.length === 0
    )
      errors.note ??= nothingLeft;
    return { change: { ...before, ...values }, errors };
  },
  refusedAt: 'move',
  files: ({ exhibits }) => filesIn(exhibits),
});

async function apply(tx: Queryable, command: CommandContext, change: ActionChange): Promise<Applied> {
  const locked = await lockAction(tx, change.reference);
  const { reference } = locked.action;
  const lines: string[] = [];
  /** What its receipt says beside where the action is now. */
  const further: string[] = [];
  const told: Addressed[] = [];

  // A note that goes with a hand-over is for whoever takes it.
  if (change.note !== null && change.handOverTo === null) {
    await addNote(tx, command, locked.parent, locked.action, change.note);
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
    further.push(
      `${await namesOf(tx, [request.askedOf])} is asked for more time, until ${inFull(request.askedFor.to)}. Until then ${inFull(request.askedFor.from)} holds.`,
    );
    told.push(...notifyMoreTime(command, locked.action, request));
  }
  const moved = await applyMove(tx, command, locked, change);
  lines.push(...further.map((words) => `${reference}: ${words}`), ...moved.lines);
  further.push(...moved.lines.slice(1));
  told.push(...moved.told);
  if (change.handOverTo !== null) {
    const offer = await offerAction(tx, command, reference, {
      toId: change.handOverTo.id,
      note: change.note ?? change.reason ?? '',
    });
    const words = `${change.handOverTo.name} is asked to take it over. Until then it stays where it is.`;
    lines.push(`${reference}: ${words}`);
    further.push(words);
    told.push(...(await notifyOffered(tx, command, await selectAction(tx, locked.action.id), offer)));
  }
  const { action } = await lockAction(tx, change.reference);
  return { lines, told, receipt: actionReceipt(command.actor, action, change, further) };
}

async function applyMove(
  tx: Queryable,
  command: CommandContext,
  { action, parent }: Locked,
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
      const after = await selectOptionalNonconformityNamed(tx, parent.record);
      if (after === null || after.state === parent.state) return thanks;
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

const stateAfter: Record<(typeof actionMoves)[number], ActionState> = {
  accept: 'accepted',
  decline: 'declined',
  start: 'in_progress',
  done: 'done_claimed',
  verify: 'verified',
  return: 'in_progress',
  cancel: 'cancelled',
};

async function show(tx: Queryable, change: ActionChange, today: string): Promise<Shown> {
  const action = await selectOptionalAction(tx, change.reference);
  if (action === null) throw new Error(`${change.reference} is gone`);
  const begins = change.progress !== null && ['proposed', 'accepted'].includes(action.state);
  const after = change.move === null ? (begins ? 'in_progress' : null) : stateAfter[change.move];
  const progress = change.move === 'done' ? 100 : change.progress;
  const reason = change.reason === null ? '' : `, because «${change.reason}»`;
  const lines: Shown['lines'] = [];
  const line = (label: string, value: string) => lines.push({ label, value });

  if (after !== null && after !== action.state)
    line('State', `${shortState[action.state]} → ${shortState[after]}${change.dueOn === null ? reason : ''}`);
  if (progress !== null && progress !== action.progress)
    line('Progress', `${action.progress} % → ${progress} %`);
  if (change.dueOn !== null)
    line(
      'Due date asked for',
      `${inFull(action.dueOn)} → ${inFull(change.dueOn)}${reason}. Somebody else approves it; the original due date, ${inFull(action.originalDueOn)}, stays on record`,
    );
  if (change.handOverTo !== null)
    line(
      'Hand over to',
      `${change.handOverTo.name}, who is asked first: «${change.note ?? change.reason ?? ''}»`,
    );
  else if (change.note !== null) line('Note', `«${change.note}»`);
  for (const exhibit of change.exhibits) line('Evidence', evidenceInWords(exhibit));

  const verified = change.move === 'verify' ? await evidenceOf(tx, action) : [];
  if (change.move === 'verify' && !isWhole(action)) line('What is to be done', action.description);
  const bare =
    change.move === 'done' && change.exhibits.length === 0 && (await countEvidence(tx, action)) === 0;
  return {
    ...actionHead(action, today),
    lines,
    items: verified,
    bare: bare ? action.reference : null,
  };
}

async function evidenceOf(tx: Queryable, action: CorrectiveAction) {
  const all = await selectEvidence(tx, [actionRecordOf(action)]);
  return evidenceShown(
    room,
    all.filter(({ state }) => state !== 'rejected'),
  );
}
