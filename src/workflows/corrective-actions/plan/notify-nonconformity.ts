/** Who is told what became of a non-conformity: each a short message with the buttons to act; never the actor, never twice. */
import { tell } from '../../../dialogue/notify.ts';
import { lookButton, recordButton } from '../buttons.ts';
import type { Addressed, OpenerParts } from '../../../conversation/contract.ts';
import { linesOf, shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  isPartOfPlan,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { leaderNames, namesOf, type CommandContext } from '../../../records/command-context.ts';
import { kindOf, type Parent } from '../../../isms/corrective-action/parent.ts';
import { selectChecker } from '../../../isms/nonconformity/effectiveness.ts';
import {
  gradeInWords,
  isImprovement,
  recordOf,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { selectPlanApprovers } from '../../../isms/nonconformity/plan-request.ts';
import { nextDeadline, type NextDeadline } from '../../../isms/nonconformity/deadlines.ts';
import { inFull } from '../../../language/calendar.ts';
import { requirementInWords } from '../raise/raise-card.ts';
import { handOverButton, headline } from '../update/notify-action.ts';
import { capitalised } from '../words.ts';

export function containButton(reference: string): OpenerParts {
  return recordButton('contain', 'Say what was done at once', reference, {
    style: 'primary',
    opensForm: true,
  });
}

/** «NC-2026-004 · Leavers keep their accounts». */
export function titleLine({ reference, title }: Pick<Nonconformity, 'reference' | 'title'>): string {
  return `${reference} · ${shortened(title.replace(/\s+/g, ' '), 140)}`;
}

/**
 * What a grade asks for and until when; null where nothing is at stake.
 *
 * @param today  where the person is, to say of a day that it has passed
 */
export function stake(nonconformity: Nonconformity, today: string | null = null): string | null {
  const { grade, state, source, bodyClosedOn } = nonconformity;
  if (state === 'closed' || state === 'rejected') return null;
  const blocks = source === 'external_audit' && grade === 'major' && bodyClosedOn === null;
  const next = nextDeadline(nonconformity);
  const due = next === null ? null : dueInWords(next, today !== null && next.on < today);
  if (blocks) return `It blocks the certificate until it is corrected and verified. ${due ?? ''}`.trim();
  return due;
}

const wanted = { correction: 'Its correction', plan: 'Its plan', actions: 'What corrects it' };

function dueInWords({ on, whose, what }: NextDeadline, past: boolean): string {
  if (whose === 'ours') return `${wanted[what]} ${past ? 'was' : 'is'} due by ${inFull(on)}.`;
  const thing = what === 'plan' ? 'its plan' : 'the evidence';
  return `The certification body ${past ? 'wanted' : 'wants'} ${thing} by ${inFull(on)}.`;
}

/** 10.2 e). */
export function changeInWords({
  ismsChangeNeeded,
  ismsChange,
  changeWaivedByName,
  changeWaiver,
}: Nonconformity): string | null {
  if (ismsChangeNeeded === null) return null;
  if (changeWaiver !== null) return `waived by ${changeWaivedByName ?? 'somebody'}: «${changeWaiver}»`;
  return ismsChangeNeeded ? (ismsChange ?? 'needed') : 'none is needed';
}

/** @param similar  records like it that this person may read, a line each */
export function notifyRaised(
  command: CommandContext,
  nonconformity: Nonconformity,
  similar: string[],
): Addressed[] {
  const { ownerId, grade, gradeReason, requirement, reference } = nonconformity;
  return tell(command, [ownerId], {
    text: linesOf(
      `${command.actor.name} raised this; you lead it.`,
      titleLine(nonconformity),
      stake(nonconformity),
      similar.length === 0 ? null : alike(similar),
    ),
    facts: [
      { label: 'Grade', value: `${capitalised(gradeInWords[grade])}: ${gradeReason}` },
      { label: 'Requirement', value: requirementInWords(requirement) },
    ],
    buttons: [...(isImprovement(nonconformity) ? [] : [containButton(reference)]), lookButton(reference, {})],
  });
}

function alike(similar: string[]): string {
  return `Similar ones exist:\n${similar.map((line) => `- ${line}`).join('\n')}`;
}

/** Whoever raised it may not have seen them. */
export function notifyAlike(
  command: CommandContext,
  managerId: number | null,
  nonconformity: Nonconformity,
  similar: string[],
): Addressed[] {
  if (similar.length === 0) return [];
  return tell(command, [managerId], {
    text: `${command.actor.name} raised this, and it looks like what the register holds already.\n${titleLine(nonconformity)}\n${alike(similar)}`,
    buttons: [lookButton(nonconformity.reference, {})],
  });
}

/** A new action, to whoever is to do it. */
export function notifyPlanned(
  command: CommandContext,
  parent: Parent,
  action: CorrectiveAction,
): Addressed[] {
  const { reference, expectedEvidence, dueOn, ownerId } = action;
  return tell(command, [ownerId], {
    text: `${command.actor.name} asks you to do this.\n${headline(action)}`,
    facts: [
      { label: 'Due', value: inFull(dueOn) },
      ...(expectedEvidence === null ? [] : [{ label: 'What will show it', value: expectedEvidence }]),
      { label: kindOf(parent).label, value: titleLine(parent) },
    ],
    buttons: [lookButton(reference)],
    otherwise: handOverButton(command, parent, action),
  });
}

/** The plan waits for their approval, which is given on its own card. */
export async function notifyPlan(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Addressed[]> {
  return tell(command, await selectPlanApprovers(tx, nonconformity), {
    text: linesOf(
      `${command.actor.name} asks you to approve a plan.`,
      titleLine(nonconformity),
      stake(nonconformity),
    ),
    buttons: [planButton(nonconformity.reference)],
  });
}

/** Opens the plan with all of its actions, and what this person may decide about it. */
export function planButton(reference: string): OpenerParts {
  return recordButton('look-plan', 'Look at the plan', reference, { style: 'primary' });
}

export function notifyPlanApproved(command: CommandContext, nonconformity: Nonconformity): Addressed[] {
  return tell(command, [nonconformity.ownerId], {
    text: `${command.actor.name} approved the plan. Its actions are under way.\n${titleLine(nonconformity)}`,
    buttons:
      nonconformity.criterion === null
        ? [
            recordButton('plan-check', 'Plan the check', nonconformity.reference, {
              style: 'primary',
              opensForm: true,
            }),
          ]
        : [],
  });
}

/** The last action was verified: when its check comes, or what is missing until it can be booked. */
export async function notifyImplemented(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  nonconformity: Nonconformity,
): Promise<{ line: string; told: Addressed[] }> {
  const { reference, state, checkDueOn } = nonconformity;
  const checker = await selectChecker(tx, nonconformity);
  const booked = state === 'verifying' && checkDueOn !== null;
  const next = booked
    ? `Whether it worked is checked on ${inFull(checkDueOn)}, by ${await namesOf(tx, [checker])}.`
    : 'Say what will show that it worked: then the check is booked.';
  return {
    line: `All actions of ${reference} are done. ${booked ? next : `What will show that it worked is still to be said by ${await leaderNames(tx, nonconformity)}.`}`,
    told: tell(command, [nonconformity.ownerId], {
      text: `${command.actor.name} verified ${action.reference}: all actions of this are done.\n${titleLine(nonconformity)}\n${next}`,
      buttons: [
        recordButton('plan-check', booked ? 'Change the check' : 'Plan the check', reference, {
          opensForm: true,
          ...(booked ? {} : { style: 'primary' as const }),
        }),
        lookButton(reference, {}),
      ],
    }),
  };
}

/** Whoever approved the plan decides whether it is checked otherwise. */
export async function notifyOtherCheck(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  { askedFor: { criterion, dueOn } }: { askedFor: { criterion: string; dueOn: string | null } },
): Promise<Addressed[]> {
  return tell(command, await selectPlanApprovers(tx, nonconformity), {
    text: `${command.actor.name} asks to check this in another way than its approved plan says.\n${titleLine(nonconformity)}`,
    facts: [
      { label: 'It worked when', value: `${nonconformity.criterion ?? 'not said'} → ${criterion}` },
      ...(dueOn === null ? [] : [{ label: 'Check due', value: inFull(dueOn) }]),
    ],
    buttons: [lookButton(nonconformity.reference)],
  });
}

export function notifyPlanReturned(
  command: CommandContext,
  nonconformity: Nonconformity,
  reason: string,
): Addressed[] {
  return tell(command, [nonconformity.ownerId], {
    text: `${command.actor.name} sent the plan back to you: «${reason}»\n${titleLine(nonconformity)}`,
    buttons: [
      recordButton('plan-action', 'Add an action', nonconformity.reference, { opensForm: true }),
      lookButton(nonconformity.reference, {}),
    ],
  });
}

export function notifyReopened(command: CommandContext, nonconformity: Nonconformity): Addressed[] {
  const { reference, reopenedReason } = nonconformity;
  return tell(command, [nonconformity.ownerId], {
    text: linesOf(
      `${command.actor.name} opened this again: «${reopenedReason ?? ''}» It begins anew with what is done at once.`,
      titleLine(nonconformity),
      stake(nonconformity),
    ),
    buttons: [...(isImprovement(nonconformity) ? [] : [containButton(reference)]), lookButton(reference, {})],
  });
}

/** Its way ended or changed: whoever raised and leads it hears why. */
export function notifyDecided(
  command: CommandContext,
  nonconformity: Nonconformity,
  said: string,
): Addressed[] {
  return tell(command, [nonconformity.ownerId, nonconformity.raisedBy], {
    text: `${said}\n${titleLine(nonconformity)}`,
  });
}

/** Looked at, and it has not worked: who leads it finds the way on, and who did something learns of it. */
export async function notifyNotEffective(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  found: string,
): Promise<Addressed[]> {
  const { ownerId, reference, id, round } = nonconformity;
  const text = `${command.actor.name} checked whether it worked, and it has not, or only partly: «${found}»\n${titleLine(nonconformity)}`;
  const owners = (await selectActionsOf(tx, recordOf({ id }), round - 1))
    .filter(isPartOfPlan)
    .map((action) => action.ownerId);
  return [
    ...tell(command, [ownerId], {
      text: `${text}\nLook at its cause once more, or plan further actions.`,
      buttons: [
        recordButton('plan-action', 'Add an action', reference, { style: 'primary', opensForm: true }),
        lookButton(reference, {}),
      ],
    }),
    ...tell(
      command,
      owners.filter((owner) => owner !== ownerId),
      { text: `${text}\n${await namesOf(tx, [ownerId])} plans what comes next.` },
    ),
  ];
}
