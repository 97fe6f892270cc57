/** Actions as lines of the card of their record, in whichever room that is. */
import type { Queryable } from '../../db/database.ts';
import { inFull } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { namesOf } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import {
  isOverdue,
  selectActionsOfAll,
  type ActionState,
  type CorrectiveAction,
} from './corrective-action.ts';

export const shortState: Record<ActionState, string> = {
  proposed: 'proposed',
  accepted: 'accepted',
  declined: 'declined',
  in_progress: 'in progress',
  done_claimed: 'reported done',
  verified: 'verified',
  cancelled: 'cancelled',
};

/** What it is for, where that is not the cause. */
const purposes = { correction: 'correction, ', corrective: '', isms_change: 'change of the ISMS, ' };

export interface ActionLine {
  reference: string;
  text: string;
  detail: string;
}

/** @param today  where the reader is, as 2026-11-25 */
export async function linesOf(
  tx: Queryable,
  actions: readonly CorrectiveAction[],
  today: string,
): Promise<ActionLine[]> {
  const lines: ActionLine[] = [];
  for (const action of actions) {
    const { reference, purpose, description, state, progress, ownerId, dueOn } = action;
    const late = isOverdue(action, today) ? ', overdue' : '';
    const share = state === 'in_progress' ? `, ${progress} %` : '';
    lines.push({
      reference,
      text: `${reference} · ${shortened(description, 200)}`,
      detail: `${purposes[purpose]}${shortState[state]}${share}${late} · ${await namesOf(tx, [ownerId])} · by ${inFull(dueOn)}`,
    });
  }
  return lines;
}

/** For each of these records its actions, a line each. */
export async function actionsInCells(tx: Queryable, records: readonly string[]): Promise<string[]> {
  const actions = await selectActionsOfAll(tx, records);
  const names = await selectNames(tx, actions.map(({ ownerId }) => ownerId)); // prettier-ignore
  return records.map((record) =>
    actions
      .filter(({ belongsTo }) => belongsTo === record)
      .map(
        ({ reference, description, ownerId, dueOn, state }) =>
          `${reference}: ${description} (${names.get(ownerId) ?? ''}, ${dueOn}, ${shortState[state]})`,
      ) // prettier-ignore
      .join('\n'),
  );
}
