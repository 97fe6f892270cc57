/** Who is told what became of an action: each a short message with the buttons to act; never the actor. */
import { lookButton, recordButton, signButton } from '../buttons.ts';
import { evidenceInWords } from '../../../dialogue/evidence.ts';
import { tell } from '../../../dialogue/notify.ts';
import type { Addressed, ButtonParts } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  actionRecordOf,
  isOverdue,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import type { Delegation } from '../../../isms/corrective-action/delegation.ts';
import type { DueChange } from '../../../isms/corrective-action/due-change.ts';
import { selectEvidence } from '../../../records/evidence.ts';
import { kindOf, selectParent, type Parent } from '../../../isms/corrective-action/parent.ts';
import { actionMoves } from '../../../isms/corrective-action/states.ts';
import { selectByRole, whoAreHere } from '../../../records/person.ts';
import { inFull, shortDay } from '../../../language/calendar.ts';
import { dueInWords } from '../../../language/due-words.ts';

/** Characters of what is to be done that a line has room for. */
const longestHeadline = 140;

/** «CA-2026-012 · Roll out the vendor's patch». */
export function headline(action: CorrectiveAction): string {
  return `${action.reference} · ${actionTitle(action)}`;
}

export function actionTitle({ description }: Pick<CorrectiveAction, 'description'>): string {
  return shortened(description.replace(/\s+/g, ' '), longestHeadline);
}

/** What it is, and its grey line: «CA-2026-012 · due 20 Nov, 4 days overdue». */
export function actionHead(
  action: CorrectiveAction,
  today: string,
): { title: string; line: string; late: string | null } {
  const { reference, dueOn } = action;
  const due = `due ${shortDay(dueOn, today)}`;
  const late = isOverdue(action, today) ? `${due}, ${dueInWords('en', dueOn, today)}` : null;
  return {
    title: actionTitle(action),
    line: `${reference} · ${late ?? due}`,
    late,
  };
}

/** Whether the headline says all that is to be done. */
export function isWhole({ description }: CorrectiveAction): boolean {
  return description.length <= longestHeadline;
}

/** For whoever has its owner told something, where that does not reach them. */
export function handOverButton(
  { actor }: Pick<CommandContext, 'actor'>,
  parent: Parent,
  action: CorrectiveAction,
): ButtonParts[] {
  if (!actionMoves.may('handOver', actor, { action, parent, state: action.state })) return [];
  return [recordButton('hand-over', 'Hand over', action.reference, { opensForm: true })];
}

/** Its verifier: whoever leads, else approves, else an ISMS manager, but not its owner. */
export async function notifyDone(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  const parent = await selectParent(tx, action.belongsTo);
  const managers = await selectByRole(tx, 'isms_manager');
  const [verifier] = await whoAreHere(
    tx,
    [parent.leaderId, parent.approverId, ...managers.map(({ id }) => id)].filter(
      (id) => id !== null && id !== action.ownerId,
    ),
  );
  if (verifier === undefined) return [];
  const evidence = (await selectEvidence(tx, [actionRecordOf(action)])).filter(
    (each) => each.state !== 'rejected',
  );
  return tell(command, [verifier], {
    text: `${command.actor.name} reports this action done. Was it?\n${headline(action)}`,
    facts: [
      {
        label: kindOf(parent).label,
        value: `${parent.reference} · ${shortened(parent.title, 140)}`,
      },
      {
        label: 'Evidence',
        value:
          evidence.length === 0
            ? 'none yet: it cannot be verified without'
            : evidence.map(evidenceInWords).join('; '),
      },
    ],
    buttons: [lookButton(action.reference)],
  });
}

export async function notifyEdited(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  return tell(command, [action.ownerId], {
    text: `${command.actor.name} worded this anew for you.\n${headline(action)}`,
    buttons: [lookButton(action.reference)],
    otherwise: handOverButton(command, await selectParent(tx, action.belongsTo), action),
  });
}

export async function notifyVerified(
  _tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  return tell(command, [action.ownerId], {
    text: `${command.actor.name} verified that this is done. Thank you!\n${headline(action)}`,
  });
}

export async function notifyReturned(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  return tell(command, [action.ownerId], {
    text: `${command.actor.name} gave this back to you: «${action.stateReason ?? ''}»\n${headline(action)}`,
    facts: [{ label: 'Due', value: inFull(action.dueOn) }],
    buttons: [
      recordButton('show-update', 'Update', action.reference, { style: 'primary', opensForm: true }),
      recordButton('more-time', 'More time', action.reference, { opensForm: true }),
      lookButton(action.reference, {}),
    ],
    otherwise: handOverButton(command, await selectParent(tx, action.belongsTo), action),
  });
}

/** Whoever leads finds another owner or another action. */
export async function notifyDeclined(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  const { leaderId, reference } = await selectParent(tx, action.belongsTo);
  return tell(command, [leaderId], {
    text: `${command.actor.name} declined this action of ${reference}: «${action.stateReason ?? ''}»\n${headline(action)}`,
    buttons: [recordButton('plan-action', 'Plan another', reference, { style: 'primary', opensForm: true })],
  });
}

export async function notifyCancelled(
  _tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<Addressed[]> {
  return tell(command, [action.ownerId], {
    text: `${command.actor.name} cancelled this action: «${action.stateReason ?? ''}» Nothing is left for you to do on it.\n${headline(action)}`,
  });
}

export function notifyMoreTime(
  command: CommandContext,
  action: CorrectiveAction,
  change: DueChange,
): Addressed[] {
  return tell(command, [change.askedOf], {
    text: `${command.actor.name} asks for more time: «${change.reason ?? ''}»\n${headline(action)}`,
    facts: [
      { label: 'Due now', value: inFull(change.askedFor.from) },
      { label: 'Asked for', value: inFull(change.askedFor.to) },
      { label: 'Original due date', value: `${inFull(action.originalDueOn)} (stays on record)` },
    ],
    buttons: [lookButton(action.reference)],
  });
}

export function timeButtons({ id }: Pick<DueChange, 'id'>, record: string, seen: string): ButtonParts[] {
  const values = { change: id, record };
  return [
    signButton('approve-time', 'Approve', values, seen, { style: 'primary' }),
    signButton('refuse-time', 'Refuse', values, seen, { opensForm: true }),
  ];
}

export function notifyTimeDecided(
  command: CommandContext,
  action: CorrectiveAction,
  change: DueChange,
): Addressed[] {
  const why = change.decisionReason === null ? '' : `: «${change.decisionReason}»`;
  return tell(command, [change.askedBy], {
    text:
      change.state === 'agreed'
        ? `${command.actor.name} gave you more time${why}\n${headline(action)}`
        : `${command.actor.name} refused more time${why}\n${headline(action)}`,
    facts: [
      { label: 'Due', value: inFull(action.dueOn) },
      { label: 'Original due date', value: inFull(action.originalDueOn) },
    ],
    buttons: [recordButton('show-update', 'Update', action.reference, { opensForm: true })],
  });
}

export async function notifyOffered(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  offer: Delegation,
): Promise<Addressed[]> {
  return tell(command, [offer.askedOf], {
    text: `${command.actor.name} would like to hand this action over to you: «${offer.reason ?? ''}»\n${headline(action)}`,
    facts: [{ label: 'Due', value: inFull(action.dueOn) }],
    buttons: [lookButton(action.reference)],
    otherwise: handOverButton(command, await selectParent(tx, action.belongsTo), action),
  });
}

export function offerButtons({ id }: Pick<Delegation, 'id'>, record: string, seen: string): ButtonParts[] {
  const values = { offer: id, record };
  return [
    signButton('take', 'Take it', values, seen, { style: 'primary' }),
    signButton('leave', 'Leave it', values, seen, { opensForm: true }),
  ];
}

export function notifyOfferAnswered(
  command: CommandContext,
  action: CorrectiveAction,
  offer: Delegation,
): Addressed[] {
  const why = offer.decisionReason === null ? '' : `: «${offer.decisionReason}»`;
  return tell(command, [offer.askedBy], {
    text:
      offer.state === 'agreed'
        ? `${command.actor.name} took this action over. It is theirs now.\n${headline(action)}`
        : `${command.actor.name} did not take this action${why}. It stays yours.\n${headline(action)}`,
  });
}
