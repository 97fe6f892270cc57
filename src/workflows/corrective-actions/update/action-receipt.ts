/** What the card of an update becomes: where the action is now, what was kept of it, and the one or two next steps. */
import type { ButtonParts } from '../../../conversation/contract.ts';
import type { Receipt } from '../../../dialogue/change.ts';
import { evidenceInWords } from '../../../dialogue/evidence.ts';
import { isMovable, type CorrectiveAction } from '../../../isms/corrective-action/corrective-action.ts';
import type { Actor } from '../../../records/command-context.ts';
import { lookButton, recordButton } from '../buttons.ts';
import type { ActionChange } from '../change.ts';
import { actionTitle } from './notify-action.ts';

const now: Record<NonNullable<ActionChange['move']>, string> = {
  accept: 'is accepted',
  decline: 'is declined',
  start: 'is in progress',
  done: 'is reported done',
  verify: 'is verified as done',
  return: 'goes back to its owner',
  cancel: 'is cancelled',
};

/** @param action   as it is now
 * @param further  what else came of it, a sentence each */
export function actionReceipt(
  actor: Pick<Actor, 'id'>,
  action: CorrectiveAction,
  { move, progress, note, exhibits, handOverTo }: ActionChange,
  further: readonly string[],
): Receipt {
  const title = actionTitle(action);
  const is = [...(move === null ? [] : [now[move]]), ...(progress === null ? [] : [`is at ${progress} %`])];
  return {
    text: [
      is.length === 0 ? `${title}.` : `${title} ${is.join(', ')}.`,
      ...(note === null || handOverTo !== null ? [] : [`Note: «${note}».`]),
      ...exhibits.map((exhibit) => `Evidence: ${evidenceInWords(exhibit)}.`),
      ...further,
    ].join(' '),
    title,
    line: action.reference,
    buttons: nextSteps(actor, action),
  };
}

function nextSteps(actor: Pick<Actor, 'id'>, action: CorrectiveAction): ButtonParts[] {
  const { reference, ownerId, state } = action;
  const form = { opensForm: true };
  if (ownerId !== actor.id) return [lookButton(reference, {})];
  return [
    ...(isMovable(action) || state === 'done_claimed'
      ? [recordButton('show-update', 'Add evidence', reference, form)]
      : []),
    ...(isMovable(action) ? [recordButton('more-time', 'More time', reference, form)] : []),
    ...(isMovable(action) ? [] : [lookButton(reference, {})]),
  ];
}
