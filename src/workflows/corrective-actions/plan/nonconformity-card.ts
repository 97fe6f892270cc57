/** A non-conformity as one person sees it: where it stands, what is at stake, what it waits for, and what they can do now. */
import { lookButton, recordButton, room, signButton } from '../buttons.ts';
import { evidenceShown } from '../../../dialogue/evidence.ts';
import { selectEvidence } from '../../../records/evidence.ts';
import { likely, unlikely } from '../../../dialogue/buttons.ts';
import { capitalised, resultChoices, shortNonconformityState } from '../words.ts';
import type { Addressed, ButtonParts, Context, ReplyParts } from '../../../conversation/contract.ts';
import { actionId } from '../../../conversation/contract.ts';
import { actionIdWith } from '../../../conversation/action-id.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  isPartOfPlan,
  isUnfinished,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { linesOf } from '../../../isms/corrective-action/line.ts';
import { namesOf } from '../../../records/command-context.ts';
import type { Request } from '../../../records/request.ts';
import { dayOf } from '../../../language/calendar.ts';
import { awaitsChange } from '../../../isms/nonconformity/actions.ts';
import { checkChanges } from '../../../isms/nonconformity/check-plan.ts';
import { selectChecks, type EffectivenessCheck } from '../../../isms/nonconformity/effectiveness.ts';
import { nextStep, planApproverNames, planLacks, selectFacts } from '../../../isms/nonconformity/gate.ts';
import {
  gradeInWords,
  isImprovement,
  leads,
  recordOf,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { plans } from '../../../isms/nonconformity/plan-request.ts';
import { statesOf, type Facts } from '../../../isms/nonconformity/states.ts';
import { inFull } from '../../../language/calendar.ts';
import { mayRecordCheck } from '../check/check-card.ts';
import { requirementInWords } from '../raise/raise-card.ts';
import { planLabel } from './plan-card.ts';
import { seenOfNonconformity } from '../update/seen.ts';
import { changeInWords, containButton, planButton, stake, titleLine } from './notify-nonconformity.ts';

/**
 * @param said       what was done just now
 * @param seenAgain  what somebody saw of a closed one, which stands in the form that opens it again
 * @param more       with what else may be done, instead of the likely
 */
export async function nonconformityCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  {
    said = null,
    seenAgain = '',
    more = false,
  }: { said?: string | null; seenAgain?: string; more?: boolean } = {},
): Promise<ReplyParts> {
  const { id, round, reference } = nonconformity;
  const actions = await selectActionsOf(tx, recordOf({ id }), round);
  const facts = await selectFacts(tx, nonconformity);
  const otherCheck = await checkChanges.selectWaiting(tx, id);
  const request = await plans.selectWaiting(tx, nonconformity.id);
  const next =
    request === null
      ? await nextStep(tx, nonconformity)
      : `Its plan waits for the approval of ${await planApproverNames(tx, nonconformity)}.`;
  const buttons = buttonsFor(context, nonconformity, {
    actions,
    facts,
    request,
    otherCheck,
    seen: await seenOfNonconformity(tx, nonconformity),
    seenAgain,
  });
  const pieces = (await selectEvidence(tx, [recordOf({ id })])).filter(({ state }) => state !== 'rejected');
  const evidence = evidenceShown(room, pieces);
  const today = dayOf(context.now, context.person.timeZone);
  const lines = await linesOf(tx, actions, today);
  const text = [said, titleLine(nonconformity), stake(nonconformity, today), next];
  return {
    text: text.filter((line) => line !== null && line !== '').join('\n'),
    facts: [...(await factsOf(tx, nonconformity)), ...wishOf(otherCheck)],
    items: [
      ...lines.map(({ reference: action, ...line }) => ({ ...line, button: lookButton(action, {}) })),
      ...evidence,
    ],
    buttons: more ? unlikely(buttons) : likely(buttons, recordButton('more', 'More', reference)),
  };
}

/** After a button or form: the card that it stood on shows the record as it is now. */
export async function changedCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  said: string,
): Promise<Addressed[]> {
  const reply = await nonconformityCard(tx, context, nonconformity, { said });
  return [{ to: 'asker', reply, replacesCard: true }];
}

async function factsOf(
  tx: Queryable,
  nonconformity: Nonconformity,
): Promise<NonNullable<ReplyParts['facts']>> {
  const {
    grade, gradeReason, state, requirement, evidenceSeen, gap, ownerId, approverId, identifiedOn, raisedByName, correction,
    correctionSkipped, consequences, rootCause, similarResult, planApprovedByName, criterion, checkDueOn, decision, decisionReason,
    cycle, round, closedByName,
  } = nonconformity; // prettier-ignore
  const facts: [string, string | null][] = [
    ['State', `${shortNonconformityState[state]}${cycle > 1 ? `, opened ${cycle} times` : ''}`],
    ['Grade', `${capitalised(gradeInWords[grade])}: ${gradeReason}`],
    ['Requirement', requirementInWords(requirement)],
    ['What is missing', gap],
    ['Evidence seen', evidenceSeen],
    ['Raised by', `${raisedByName}, noticed on ${inFull(identifiedOn)}`],
    ['Certification body', bodyInWords(nonconformity)],
    ['Led by', await namesOf(tx, [ownerId])],
    [
      'Approved by',
      approverId === null || isImprovement(nonconformity) ? null : await namesOf(tx, [approverId]),
    ],
    ['Done at once', correction ?? (correctionSkipped === null ? null : `nothing: ${correctionSkipped}`)],
    ['It led to', consequences],
    ['Root cause', rootCause],
    ['Similar ones', similarResult],
    ['Plan approved by', planApprovedByName],
    ['It worked when', criterion],
    ['Who checks it', await checkerOf(tx, nonconformity)],
    ['Check due', checkDueOn === null ? null : inFull(checkDueOn)],
    ['Change of the ISMS', changeInWords(nonconformity)],
    ['Decision', decision === null ? null : `${decision}: ${decisionReason ?? ''}`],
    ['Duplicate of', nonconformity.duplicateOf],
    ['Rejected because', state === 'rejected' ? decisionReason : null],
    ['Closed by', closedByName],
    ['Earlier rounds', round > 1 ? `${round - 1}, kept whole: see its history` : null],
  ];
  for (const check of await selectChecks(tx, nonconformity)) facts.push(...factsOfCheck(check));
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

/** Its number and auditor, our answer, and what became of it. */
function bodyInWords(nonconformity: Nonconformity): string | null {
  const { bodyFinding, bodyAuditor, bodyPlanDueOn, bodyDueOn, bodyAnsweredOn, bodyClosedOn } = nonconformity;
  const { bodyAnswer, bodyAnswerOn, bodyAnswerNote } = nonconformity;
  const on = (words: string, day: string | null) => (day === null ? [] : [`${words} ${inFull(day)}`]);
  const parts = [
    ...(bodyFinding === null ? [] : [`its finding ${bodyFinding}`]),
    ...(bodyAuditor === null ? [] : [`auditor ${bodyAuditor}`]),
    ...on('wants the plan by', bodyPlanDueOn),
    ...on('wants the evidence by', bodyDueOn),
    ...on('answer sent on', bodyAnsweredOn),
    ...(bodyAnswer === null ? [] : on(`${bodyAnswer} on`, bodyAnswerOn)),
    ...(bodyAnswerNote === null ? [] : [`«${bodyAnswerNote}»`]),
    ...on('closed by it on', bodyClosedOn),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}

/** Whatever came of it: one that it did not pass stays, with the cause that it judged. */
function factsOfCheck(check: EffectivenessCheck): [string, string][] {
  const { round, result, checkedByName, checkedAt, method, findings, rootCause, causeChain } = check;
  const day = inFull(checkedAt.toISOString().slice(0, 10));
  const words = `${resultChoices[result]} (${checkedByName}, ${day}). Looked at: «${method}» Found: «${findings}»`;
  const chain = causeChain.map(({ answer }) => answer).join(' → ');
  const cause =
    result === 'effective' || rootCause === null
      ? ''
      : ` Its cause then: «${rootCause}»${chain === '' ? '' : ` (${chain})`}`;
  return [[`Check of round ${round}`, `${words}${cause}`]];
}

function wishOf(otherCheck: Around['otherCheck']): NonNullable<ReplyParts['facts']> {
  if (otherCheck === null) return [];
  const { criterion, dueOn } = otherCheck.askedFor;
  const day = dueOn === null ? '' : `, on ${inFull(dueOn)}`;
  return [{ label: 'Another check asked for', value: `«${criterion}»${day}, by ${otherCheck.askedByName}` }];
}

async function checkerOf(tx: Queryable, { checkerId, state }: Nonconformity): Promise<string | null> {
  return checkerId === null || state === 'closed' ? null : namesOf(tx, [checkerId]);
}

interface Around {
  actions: CorrectiveAction[];
  facts: Facts;
  request: Request | null;
  /** A wish to check it otherwise, that waits. */
  otherCheck: Awaited<ReturnType<typeof checkChanges.selectWaiting>>;
  seen: string;
  seenAgain: string;
}

/** The likeliest first, of what the states allow this person now; the records decide again when one is pressed. */
function buttonsFor({ person, now }: Context, nonconformity: Nonconformity, around: Around): ButtonParts[] {
  const { reference, state } = nonconformity;
  const { actions, facts, request, otherCheck, seen, seenAgain } = around;
  const history = recordButton('history', 'History', reference);
  const can = (move: string) => statesOf(nonconformity).may(move, person, nonconformity, facts);
  const sign = (command: string, label: string, values = {}): ButtonParts =>
    signButton(command, label, { record: reference, ...values }, seen, { opensForm: true });
  const judge = [
    ...(request !== null && can('approve') ? [planButton(reference)] : []),
    ...(otherCheck !== null &&
    checkChanges.decides.allows(person, { nonconformity, facts, request: otherCheck })
      ? [
          signButton(
            'approve-check',
            'Approve the other check',
            { record: reference, change: otherCheck.id },
            seen,
            { style: 'primary' },
          ),
          sign('refuse-check', 'Refuse it', { change: otherCheck.id }),
        ]
      : []),
    ...(mayRecordCheck({ person, now }, nonconformity, facts)
      ? [recordButton('look-check', 'Look whether it worked', reference, { style: 'primary' })]
      : []),
  ];
  const manager = [
    ...(can('regrade') ? [sign('regrade', 'Change the grade')] : []),
    ...(can('reject') ? [sign('reject', 'Reject')] : []),
  ];
  const again: ButtonParts = {
    id: actionIdWith('corrective-actions.reopen', { record: reference, seen }, { said: seenAgain }),
    label: 'Open again',
    opensForm: true,
    signs: true,
  };
  const settled = can('settle') && !actions.some(isUnfinished);
  const all = [
    ...judge,
    ...(can('contain') ? [containButton(reference)] : []),
    ...(can('skip') ? [formButton('skip', 'Nothing to do at once', reference)] : []),
    ...(can('recordCause') && state === 'contained' ? causeButtons(nonconformity) : []),
    ...(can('addAction') || can('planCheck') ? planButtons(nonconformity, around, can) : []),
    ...(can('addCorrection') && !can('addAction')
      ? [formButton('plan-action', 'Add a correction', reference)]
      : []),
    ...(can('waiveChange') && awaitsChange(nonconformity, actions)
      ? [sign('waive-change', 'Waive the change of the ISMS')]
      : []),
    ...(settled
      ? [
          sign('settle', 'Accept', { decision: 'accepted' }),
          sign('settle', 'Decline', { decision: 'declined' }),
        ]
      : []),
    ...(isImprovement(nonconformity) && can('sendPlan') && planLabel(nonconformity, actions, request) !== null
      ? [recordButton('look-plan', 'Look at the plan', reference)]
      : []),
    ...(can('recordCause') && state === 'cause_found' ? [correctCause(nonconformity)] : []),
    ...(can('reopen') ? [again] : []),
    ...(can('amend') || can('reword') ? [formButton('amend', 'Correct it', reference)] : []),
    ...(leads({ actor: person }, nonconformity) && can('amend')
      ? [formButton('hand-on', 'Hand it over', reference)]
      : []),
    ...(can('noteBody') && nonconformity.source === 'external_audit'
      ? [formButton('body', 'Certification body', reference)]
      : []),
  ];
  return [...all, ...manager, history];
}

function formButton(command: string, label: string, reference: string, style: 'primary' | 'plain' = 'plain') {
  return recordButton(command, label, reference, { opensForm: true, style });
}

function causeButton(
  reference: string,
  method: string,
  label: string,
  rest: Partial<ButtonParts> = {},
): ButtonParts {
  return { id: actionId('corrective-actions.cause', { record: reference, method }), label, ...rest };
}

function causeButtons({ reference, rootCause, similarSearchedAt }: Nonconformity): ButtonParts[] {
  return rootCause !== null && similarSearchedAt === null
    ? [
        formButton('similar', 'Look for similar ones', reference, 'primary'),
        causeButton(reference, 'five_whys', 'Five whys again'),
      ]
    : [
        causeButton(reference, 'five_whys', 'Five whys', { style: 'primary' }),
        causeButton(reference, 'fishbone', 'Fishbone', { opensForm: true }),
        causeButton(reference, 'other', 'In my own words', { opensForm: true }),
      ];
}

function correctCause({ reference, causeMethod }: Nonconformity): ButtonParts {
  const values = { record: reference, method: causeMethod ?? 'other', known: 1 };
  return { id: actionId('corrective-actions.cause', values), label: 'Correct the cause', opensForm: true };
}

/** While there is a plan to be sent, its actions come before its check; after that the other way round. */
function planButtons(
  nonconformity: Nonconformity,
  { actions, request, otherCheck }: Around,
  can: (move: string) => boolean,
): ButtonParts[] {
  const { reference, criterion } = nonconformity;
  const planned = actions.some(isPartOfPlan);
  const sendable = planLabel(nonconformity, actions, request) !== null;
  const plan = can('addAction')
    ? [formButton('plan-action', 'Add an action', reference, planned ? 'plain' : 'primary')]
    : [];
  const said = planLacks(nonconformity, actions).length === 0;
  const label = criterion === null ? 'Plan the check' : said ? 'Change the check' : 'Complete the plan';
  const check =
    can('planCheck') && (!said || otherCheck === null)
      ? [formButton('plan-check', label, reference, planned && !said ? 'primary' : 'plain')]
      : [];
  if (isImprovement(nonconformity)) return plan;
  if (sendable) return [planButton(reference), ...plan, ...check];
  return planned ? [...check, ...plan] : [...plan, ...check];
}
