/** A corrective action as one person sees it: where it stands, and the buttons that are theirs to press now. */
import { actionMoves, rowOf } from '../../../isms/corrective-action/states.ts';
import { room } from '../buttons.ts';
import { recordButton, signButton } from '../buttons.ts';
import { shortState } from '../../../isms/corrective-action/line.ts';
import { likely, unlikely } from '../../../dialogue/buttons.ts';
import { evidenceShown } from '../../../dialogue/evidence.ts';
import type { ButtonParts, Context, OpenerParts, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  actionRecordOf,
  isMovable,
  isOverdue,
  isUnfinished,
  type CorrectiveAction,
  type Locked,
} from '../../../isms/corrective-action/corrective-action.ts';
import { kindOf, selectParent } from '../../../isms/corrective-action/parent.ts';
import { isReadOnly } from '../../../records/command-context.ts';
import { dayOf } from '../../../language/calendar.ts';
import { offers } from '../../../isms/corrective-action/delegation.ts';
import { dueChanges, latestDay } from '../../../isms/corrective-action/due-change.ts';
import { countEvidence } from '../../../isms/register/evidence.ts';
import { selectEvidence } from '../../../records/evidence.ts';
import { selectPerson } from '../../../records/person.ts';
import type { Move } from './action-forms.ts';
import { inFull } from '../../../language/calendar.ts';
import { purposeChoices } from '../words.ts';
import { seenOfAction } from './seen.ts';
import { headline, isWhole, offerButtons, timeButtons } from './notify-action.ts';

/** As the states declare what a person says. */
const declared: [Move, string][] = [
  ['accept', 'accept'],
  ['start', 'start'],
  ['done', 'claim'],
  ['decline', 'decline'],
  ['verify', 'verify'],
  ['return', 'return'],
  ['cancel', 'cancel'],
];

/** What the person may say of the action as it is now, as far as it can be told without trying. */
export function movesFor(person: Context['person'], locked: Locked): Move[] {
  const row = rowOf(locked);
  return declared.filter(([, move]) => actionMoves.may(move, person, row)).map(([said]) => said);
}

export async function actionCard(
  tx: Queryable,
  context: Context,
  action: CorrectiveAction,
  { more = false }: { more?: boolean } = {},
): Promise<ReplyParts> {
  const { person, now } = context;
  const { state, dueOn, originalDueOn, progress } = action;
  const parent = await selectParent(tx, action.belongsTo);
  const owner = await selectPerson(tx, action.ownerId);
  const waiting = await dueChanges.selectWaiting(tx, action.id);
  const all = await selectEvidence(tx, [actionRecordOf(action)]);
  const pieces = all.filter((each) => each.state !== 'rejected');
  const none = all.length === 0 ? 'none yet' : 'none yet: what there was did not show it';
  const evidence = evidenceShown(room, pieces);
  const overdue = isOverdue(action, dayOf(now, person.timeZone));
  const reason = action.stateReason === null ? '' : `: «${action.stateReason}»`;
  const offer = await offers.selectWaiting(tx, action.id);
  const offeredTo = offer?.askedOf === person.id ? offer : null;
  const buttons = await buttonsFor(tx, person, { action, parent });
  const line = (label: string, value: string | null) => (value === null ? [] : [{ label, value }]);
  return {
    text: [headline(action), ...(overdue ? [`Overdue since ${inFull(dueOn)}.`] : [])].join('\n'),
    facts: [
      ...line('What it is for', action.purpose === 'corrective' ? null : purposeChoices[action.purpose]),
      ...line('What is to be done', isWhole(action) ? null : action.description),
      ...line('What will show it', action.expectedEvidence),
      { label: 'State', value: `${shortState[state]}${reason}` },
      { label: 'Progress', value: `${progress} %` },
      {
        label: 'Due',
        value:
          dueOn === originalDueOn ? inFull(dueOn) : `${inFull(dueOn)} (originally ${inFull(originalDueOn)})`,
      },
      ...line(
        'More time asked for',
        waiting === null ? null : `${inFull(waiting.askedFor.to)}, because «${waiting.reason ?? ''}»`,
      ),
      ...line(
        'Offered to you',
        offeredTo === null
          ? null
          : `by ${(await selectPerson(tx, offeredTo.askedBy)).name}: «${offeredTo.reason ?? ''}»`,
      ),
      { label: 'Owner', value: owner.name },
      ...(pieces.length === 0 ? [{ label: 'Evidence', value: none }] : []),
      { label: kindOf(parent).label, value: `${parent.reference} · ${parent.title}` },
    ],
    items: evidence,
    buttons: more ? unlikely(buttons) : likely(buttons, recordButton('more', 'More', action.reference)),
  };
}

/** The likeliest first. */
async function buttonsFor(tx: Queryable, person: Context['person'], locked: Locked): Promise<ButtonParts[]> {
  if (isReadOnly(person)) return [];
  const { action } = locked;
  const { reference, ownerId, state } = action;
  const button = (command: string, label: string, rest: Partial<OpenerParts> = {}) =>
    recordButton(command, label, reference, rest);
  const seen = await seenOfAction(tx, action);
  const sign = (command: string, label: string, rest: Parameters<typeof signButton>[4] = {}) =>
    signButton(command, label, { record: reference }, seen, rest);
  const form = { opensForm: true };
  const moves = movesFor(person, locked);
  const buttons: ButtonParts[] = [];

  const offer = await offers.selectWaiting(tx, action.id);
  if (offer !== null && offer.askedOf === person.id) buttons.push(...offerButtons(offer, reference, seen));
  if (moves.includes('verify')) {
    const shown = (await countEvidence(tx, action)) > 0;
    if (shown) buttons.push(sign('verify', 'Verify', { style: 'primary' }));
    buttons.push(sign('return', 'Send back', form));
  }
  const waiting = await dueChanges.selectWaiting(tx, action.id);
  if (waiting !== null && dueChanges.decides.allows(person, { ...locked, request: waiting }))
    buttons.push(...timeButtons(waiting, reference, seen));
  if (ownerId === person.id) {
    if (state === 'proposed')
      buttons.push(sign('accept', 'Accept', { style: 'primary' }), sign('decline', 'Decline', form));
    if (state === 'accepted') buttons.push(button('start', 'Begin'));
    if (isMovable(action)) buttons.push(button('show-update', 'Update', form));
    if (state === 'accepted' || state === 'in_progress') buttons.push(sign('done', 'Done'));
    if (isMovable(action)) {
      if (waiting === null && (await latestDay(tx, action)) !== null)
        buttons.push(button('more-time', 'More time', form));
      buttons.push(button('hand-over', 'Hand over', form));
    }
    if (state === 'done_claimed') buttons.push(button('show-update', 'Add evidence', form));
    if (actionMoves.may('edit', person, rowOf(locked)))
      buttons.push(button('edit-action', 'Correct it', form));
    return buttons;
  }
  if (isUnfinished(action)) buttons.push(button('note', 'Add a note', form));
  if (actionMoves.may('edit', person, rowOf(locked))) buttons.push(button('edit-action', 'Correct it', form));
  if (actionMoves.may('handOver', person, rowOf(locked)))
    buttons.push(button('hand-over', 'Hand over', form));
  if (moves.includes('cancel')) buttons.push(sign('cancel-action', 'Cancel the action', form));
  return buttons;
}
