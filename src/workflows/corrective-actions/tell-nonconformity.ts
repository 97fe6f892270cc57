/** Who is told what became of a non-conformity: each a short message with the buttons to act; never the doer, never twice. */
import type { Addressed, ButtonParts, ItemParts, ReplyParts } from '../../conversation/contract.ts';
import { shortened } from '../../conversation/plain-text.ts';
import type { Queryable } from '../../db/database.ts';
import { isPartOfPlan, selectActionsOf, type CorrectiveAction } from '../../isms/corrective-action.ts';
import { leaderNames, namesOf, type Deed } from '../../isms/deed.ts';
import { selectChecker } from '../../isms/effectiveness.ts';
import { gradeInWords, isFinding, type Nonconformity } from '../../isms/nonconformity.ts';
import { selectPlanApprovers } from '../../isms/plan-request.ts';
import { inFull } from './calendar.ts';
import { requirementInWords } from './raise-card.ts';
import { headline, recordButton } from './tell-action.ts';
import { capitalised } from './words.ts';

export function tell(
  { by }: Pick<Deed, 'by'>,
  people: readonly (number | null)[],
  reply: ReplyParts,
): Addressed[] {
  return [...new Set(people)]
    .filter((id) => id !== null && id !== by.id)
    .map((personId) => ({ to: { personId: personId as number }, reply }));
}

export function containButton(reference: string): ButtonParts {
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
export function stake(
  { grade, bodyDueOn, state, planApprovedAt }: Nonconformity,
  today: string | null = null,
): string | null {
  if (state === 'closed' || state === 'rejected') return null;
  const past = today !== null && bodyDueOn !== null && bodyDueOn < today;
  if (grade === 'major') {
    const date = `the certification body's date ${past ? 'was' : 'is'}`;
    return `It blocks the certificate until it is corrected and verified${bodyDueOn === null ? '.' : `; ${date} ${inFull(bodyDueOn)}.`}`;
  }
  if (grade !== 'minor' || bodyDueOn === null || planApprovedAt !== null) return null;
  return `Its plan ${past ? 'had to' : 'must'} be accepted by ${inFull(bodyDueOn)}.`;
}

/** @param similar  records like it that this person may read, a line each */
export function tellRaised(deed: Deed, nonconformity: Nonconformity, similar: string[]): Addressed[] {
  const { ownerId, grade, gradeReason, requirement, reference } = nonconformity;
  return tell(deed, [ownerId], {
    text: [
      `${deed.by.name} raised this; you lead it.`,
      titleLine(nonconformity),
      stake(nonconformity),
      similar.length === 0 ? null : alike(similar),
    ]
      .filter((line) => line !== null)
      .join('\n'),
    facts: [
      { label: 'Grade', value: `${capitalised(gradeInWords[grade])}: ${gradeReason}` },
      { label: 'Requirement', value: requirementInWords(requirement) },
    ],
    buttons: [
      ...(isFinding(nonconformity) ? [] : [containButton(reference)]),
      recordButton('show', 'Show', reference),
    ],
  });
}

function alike(similar: string[]): string {
  return `Similar ones exist:\n${similar.map((line) => `- ${line}`).join('\n')}`;
}

/** Whoever raised it may not have seen them. */
export function tellAlike(
  deed: Deed,
  managerId: number | null,
  nonconformity: Nonconformity,
  similar: string[],
): Addressed[] {
  if (similar.length === 0) return [];
  return tell(deed, [managerId], {
    text: `${deed.by.name} raised this, and it looks like what the register holds already.\n${titleLine(nonconformity)}\n${alike(similar)}`,
    buttons: [recordButton('show', 'Show', nonconformity.reference)],
  });
}

/** A new action, to whoever is to do it. */
export function tellPlanned(deed: Deed, nonconformity: Nonconformity, action: CorrectiveAction): Addressed[] {
  const { reference, expectedEvidence, dueOn, ownerId } = action;
  return tell(deed, [ownerId], {
    text: `${deed.by.name} asks you to do this.\n${headline(action)}`,
    facts: [
      { label: 'Due', value: inFull(dueOn) },
      ...(expectedEvidence === null ? [] : [{ label: 'What will show it', value: expectedEvidence }]),
      { label: 'Non-conformity', value: titleLine(nonconformity) },
    ],
    buttons: [
      recordButton('accept', 'Accept', reference, { style: 'primary' }),
      recordButton('decline', 'Decline', reference, { opensForm: true }),
      recordButton('show', 'Show', reference),
    ],
  });
}

/** The plan, to be approved by a click. */
export async function tellPlan(
  tx: Queryable,
  deed: Deed,
  nonconformity: Nonconformity,
): Promise<Addressed[]> {
  const approvers = await selectPlanApprovers(tx, nonconformity);
  return tell(
    deed,
    approvers,
    await planCard(tx, nonconformity, `${deed.by.name} asks you to approve a plan.`),
  );
}

export async function planCard(
  tx: Queryable,
  nonconformity: Nonconformity,
  lead: string,
): Promise<ReplyParts> {
  const { reference, rootCause, id, round, criterion } = nonconformity;
  const items: ItemParts[] = [];
  for (const action of (await selectActionsOf(tx, id, round)).filter(isPartOfPlan))
    items.push({
      text: `${action.reference} · ${shortened(action.description, 200)}`,
      detail: `${await namesOf(tx, [action.ownerId])}, by ${inFull(action.dueOn)}`,
    });
  return {
    text: [lead, titleLine(nonconformity), stake(nonconformity)].filter((line) => line !== null).join('\n'),
    facts: [
      { label: 'Root cause', value: rootCause ?? 'none recorded' },
      ...(criterion === null ? [] : [{ label: 'It worked when', value: criterion }]),
    ],
    items,
    buttons: [
      recordButton('approve-plan', 'Approve', reference, { style: 'primary' }),
      recordButton('send-back-plan', 'Send back', reference, { opensForm: true }),
      recordButton('show', 'Show', reference),
    ],
  };
}

export function tellPlanApproved(deed: Deed, nonconformity: Nonconformity): Addressed[] {
  return tell(deed, [nonconformity.ownerId], {
    text: `${deed.by.name} approved the plan. Its actions are under way.\n${titleLine(nonconformity)}`,
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
export async function tellImplemented(
  tx: Queryable,
  deed: Deed,
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
    told: tell(deed, [nonconformity.ownerId], {
      text: `${deed.by.name} verified ${action.reference}: all actions of this are done.\n${titleLine(nonconformity)}\n${next}`,
      buttons: [
        recordButton('plan-check', booked ? 'Change the check' : 'Plan the check', reference, {
          opensForm: true,
          ...(booked ? {} : { style: 'primary' as const }),
        }),
        recordButton('show', 'Show', reference),
      ],
    }),
  };
}

export function tellPlanReturned(deed: Deed, nonconformity: Nonconformity, reason: string): Addressed[] {
  return tell(deed, [nonconformity.ownerId], {
    text: `${deed.by.name} sent the plan back to you: «${reason}»\n${titleLine(nonconformity)}`,
    buttons: [
      recordButton('plan-action', 'Add an action', nonconformity.reference, { opensForm: true }),
      recordButton('show', 'Show', nonconformity.reference),
    ],
  });
}

export function tellReopened(deed: Deed, nonconformity: Nonconformity): Addressed[] {
  const { reference, reopenedReason } = nonconformity;
  return tell(deed, [nonconformity.ownerId], {
    text: [
      `${deed.by.name} opened this again: «${reopenedReason ?? ''}» It begins anew with what is done at once.`,
      titleLine(nonconformity),
      stake(nonconformity),
    ]
      .filter((line) => line !== null)
      .join('\n'),
    buttons: [
      ...(isFinding(nonconformity) ? [] : [containButton(reference)]),
      recordButton('show', 'Show', reference),
    ],
  });
}

/** Its way ended or changed: whoever raised and leads it hears why. */
export function tellDecided(deed: Deed, nonconformity: Nonconformity, said: string): Addressed[] {
  return tell(deed, [nonconformity.ownerId, nonconformity.raisedBy], {
    text: `${said}\n${titleLine(nonconformity)}`,
  });
}

/** Looked at, and it has not worked: who leads it finds the way on, and who did something learns of it. */
export async function tellNotEffective(
  tx: Queryable,
  deed: Deed,
  nonconformity: Nonconformity,
  found: string,
): Promise<Addressed[]> {
  const { ownerId, reference, id, round } = nonconformity;
  const text = `${deed.by.name} checked whether it worked, and it has not, or only partly: «${found}»\n${titleLine(nonconformity)}`;
  const owners = (await selectActionsOf(tx, id, round - 1))
    .filter(isPartOfPlan)
    .map((action) => action.ownerId);
  return [
    ...tell(deed, [ownerId], {
      text: `${text}\nLook at its cause once more, or plan further actions.`,
      buttons: [
        recordButton('plan-action', 'Add an action', reference, { style: 'primary', opensForm: true }),
        recordButton('show', 'Show', reference),
      ],
    }),
    ...tell(
      deed,
      owners.filter((owner) => owner !== ownerId),
      { text: `${text}\n${await namesOf(tx, [ownerId])} plans what comes next.` },
    ),
  ];
}
