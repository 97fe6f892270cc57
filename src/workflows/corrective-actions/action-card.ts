/** A corrective action as one person sees it: where it stands, and the buttons that are theirs to press now. */
import type { ButtonParts, Context, OpenerParts, ReplyParts } from '../../conversation/contract.ts';
import { shortened } from '../../conversation/plain-text.ts';
import type { Queryable } from '../../db/database.ts';
import { isMovable, isOverdue, isUnfinished, type CorrectiveAction } from '../../isms/corrective-action.ts';
import { dayOf, isIsmsManager, isReadOnly } from '../../isms/deed.ts';
import { selectOffersTo } from '../../isms/delegation.ts';
import { selectWaiting } from '../../isms/due-change.ts';
import { countEvidence, selectEvidenceOf } from '../../isms/evidence.ts';
import { selectNonconformity, type Nonconformity } from '../../isms/nonconformity.ts';
import { selectPerson } from '../../isms/person.ts';
import type { Move } from './action-forms.ts';
import { inFull } from './calendar.ts';
import { exhibitInWords } from './evidence-words.ts';
import { shortState } from './proposal-card.ts';
import { headline, offerButtons, recordButton, timeButtons } from './tell-action.ts';

/** Buttons that a card has room for. */
const mostButtons = 5;

/** What the person may say of the action as it is now, as far as it can be told without trying. */
export function movesFor(
  person: Context['person'],
  action: CorrectiveAction,
  nonconformity: Nonconformity,
): Move[] {
  if (isReadOnly(person)) return [];
  const { state, ownerId } = action;
  const approves = nonconformity.approverId === person.id || isIsmsManager(person);
  if (ownerId === person.id) {
    if (state === 'proposed') return ['accept', 'start', 'done', 'decline'];
    if (state === 'accepted') return ['start', 'done'];
    return state === 'in_progress' ? ['done'] : [];
  }
  const verifies = approves || nonconformity.ownerId === person.id;
  return [
    ...(state === 'done_claimed' && verifies ? (['verify', 'return'] as const) : []),
    ...(isUnfinished(action) && approves ? (['cancel'] as const) : []),
  ];
}

export async function actionCard(
  tx: Queryable,
  context: Context,
  action: CorrectiveAction,
): Promise<ReplyParts> {
  const { person, now } = context;
  const { state, dueOn, originalDueOn, progress } = action;
  const nonconformity = await selectNonconformity(tx, action.nonconformityId);
  const owner = await selectPerson(tx, action.ownerId);
  const waiting = isMovable(action) ? await selectWaiting(tx, action.id) : null;
  const all = (await selectEvidenceOf(tx, nonconformity.id)).filter((each) => each.actionId === action.id);
  const pieces = all.filter((each) => each.state !== 'rejected');
  const none = all.length === 0 ? 'none yet' : 'none yet: what there was did not show it';
  const overdue = isOverdue(action, dayOf(now, person.timeZone));
  const reason = action.stateReason === null ? '' : `: «${shortened(action.stateReason, 300)}»`;
  return {
    text: [headline(action), ...(overdue ? [`Overdue since ${inFull(dueOn)}.`] : [])].join('\n'),
    facts: [
      { label: 'State', value: `${shortState[state]}${reason}` },
      { label: 'Progress', value: `${progress} %` },
      {
        label: 'Due',
        value:
          dueOn === originalDueOn ? inFull(dueOn) : `${inFull(dueOn)} (originally ${inFull(originalDueOn)})`,
      },
      ...(waiting === null
        ? []
        : [
            {
              label: 'More time asked for',
              value: `${inFull(waiting.toDueOn)}, because «${shortened(waiting.reason, 300)}»`,
            },
          ]),
      { label: 'Owner', value: owner.name },
      { label: 'Evidence', value: pieces.length === 0 ? none : pieces.map(exhibitInWords).join('; ') },
      {
        label: 'Non-conformity',
        value: `${nonconformity.reference} · ${shortened(nonconformity.title, 140)}`,
      },
    ],
    buttons: (await buttonsFor(tx, person, action, nonconformity)).slice(0, mostButtons),
  };
}

/** The likeliest first. */
async function buttonsFor(
  tx: Queryable,
  person: Context['person'],
  action: CorrectiveAction,
  nonconformity: Nonconformity,
): Promise<ButtonParts[]> {
  if (isReadOnly(person)) return [];
  const { reference, ownerId, state } = action;
  const button = (command: string, label: string, rest: Partial<OpenerParts> = {}) =>
    recordButton(command, label, reference, rest);
  const form = { opensForm: true };
  const moves = movesFor(person, action, nonconformity);
  const buttons: ButtonParts[] = [];

  const offer = (await selectOffersTo(tx, person.id)).find(({ actionId }) => actionId === action.id);
  if (offer !== undefined) buttons.push(...offerButtons(offer));
  if (moves.includes('verify')) {
    const shown = (await countEvidence(tx, action)) > 0;
    if (shown) buttons.push(button('verify', 'Verify', { style: 'primary' }));
    buttons.push(button('return', 'Return', form));
  }
  const waiting = isMovable(action) ? await selectWaiting(tx, action.id) : null;
  if (waiting !== null && waiting.requestedBy !== person.id && decides(person, waiting.approverId))
    buttons.push(...timeButtons(waiting));
  if (ownerId === person.id) {
    if (state === 'proposed')
      buttons.push(button('accept', 'Accept', { style: 'primary' }), button('decline', 'Decline', form));
    if (state === 'accepted') buttons.push(button('start', 'Begin'));
    if (isMovable(action)) buttons.push(button('show-update', 'Update', form));
    if (state === 'accepted' || state === 'in_progress') buttons.push(button('done', 'Done'));
    if (isMovable(action)) {
      if (waiting === null) buttons.push(button('more-time', 'More time', form));
      buttons.push(button('hand-over', 'Hand over', form));
    }
    if (state === 'done_claimed') buttons.push(button('show-update', 'Add evidence', form));
    return buttons;
  }
  if (moves.includes('cancel')) buttons.push(button('cancel-action', 'Cancel the action', form));
  if (isUnfinished(action)) buttons.push(button('note', 'Add a note', form));
  return buttons;
}

function decides(person: Context['person'], approverId: number): boolean {
  return person.id === approverId || isIsmsManager(person);
}
