/** A non-conformity as one person sees it: where it stands, what is at stake, what it waits for, and what they can do now. */
import type { Addressed, ButtonParts, Context, ItemParts, ReplyParts } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import { shortened } from '../../conversation/plain-text.ts';
import type { Queryable } from '../../db/database.ts';
import {
  isOverdue,
  isPartOfPlan,
  isUnfinished,
  planApproverNames,
  selectActionOwners,
  selectActionsOf,
  type CorrectiveAction,
} from '../../isms/corrective-action.ts';
import { dayOf, isIsmsManager, isReadOnly, namesOf } from '../../isms/deed.ts';
import { nextStep } from '../../isms/nonconformity-moves.ts';
import { gradeInWords, isFinding, leads, type Nonconformity } from '../../isms/nonconformity.ts';
import { mayApprove, selectWaitingRequest, type PlanRequest } from '../../isms/plan-request.ts';
import { inFull } from './calendar.ts';
import { deedOf } from './parts.ts';
import { shortState } from './proposal-card.ts';
import { requirementInWords } from './raise-card.ts';
import { recordButton } from './tell-action.ts';
import { containButton, stake, titleLine } from './tell-nonconformity.ts';
import { capitalised, shortNonconformityState } from './words.ts';

/** Buttons of one card: more of them hide the likely one. */
const mostButtons = 5;
/** Characters of a field that a card shows; the record keeps all of it. */
const longestShown = 600;

export async function nonconformityCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  said: string | null = null,
): Promise<ReplyParts> {
  const { id, round } = nonconformity;
  const actions = await selectActionsOf(tx, id, round);
  const owners = await selectActionOwners(tx, id);
  const request = await selectWaitingRequest(tx, nonconformity);
  const next =
    request === null
      ? await nextStep(tx, nonconformity)
      : `Its plan waits for the approval of ${await planApproverNames(tx, nonconformity)}.`;
  const items: ItemParts[] = [];
  for (const action of actions) items.push(await actionItem(tx, context, action));
  const text = [
    said,
    titleLine(nonconformity),
    stake(nonconformity, dayOf(context.now, context.person.timeZone)),
    next,
  ];
  return {
    text: text.filter((line) => line !== null && line !== '').join('\n'),
    facts: await factsOf(tx, nonconformity),
    items,
    buttons: buttonsFor(context, nonconformity, actions, owners, request).slice(0, mostButtons),
  };
}

/** After a button or form: the card that it stood on shows the record as it is now. */
export async function changedCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  said: string,
): Promise<Addressed[]> {
  const reply = await nonconformityCard(tx, context, nonconformity, said);
  return [{ to: 'asker', reply, replacesCard: true }];
}

async function factsOf(
  tx: Queryable,
  nonconformity: Nonconformity,
): Promise<NonNullable<ReplyParts['facts']>> {
  const {
    grade, gradeReason, state, requirement, evidenceSeen, gap, ownerId, approverId, identifiedOn, raisedByName, correction,
    correctionSkipped, consequences, rootCause, similarResult, planApprovedByName, criterion, checkDueOn, decision, decisionReason,
    cycle, closedByName,
  } = nonconformity; // prettier-ignore
  const facts: [string, string | null][] = [
    ['State', `${shortNonconformityState[state]}${cycle > 1 ? `, opened ${cycle} times` : ''}`],
    ['Grade', `${capitalised(gradeInWords[grade])}: ${gradeReason}`],
    ['Requirement', requirementInWords(requirement)],
    ['What is missing', gap],
    ['Evidence seen', evidenceSeen],
    ['Raised by', `${raisedByName}, noticed on ${inFull(identifiedOn)}`],
    ['Led by', await namesOf(tx, [ownerId])],
    ['Approved by', approverId === null || isFinding(nonconformity) ? null : await namesOf(tx, [approverId])],
    ['Done at once', correction ?? (correctionSkipped === null ? null : `nothing: ${correctionSkipped}`)],
    ['It led to', consequences],
    ['Root cause', rootCause],
    ['Similar ones', similarResult],
    ['Plan approved by', planApprovedByName],
    ['It worked when', criterion],
    ['Who checks it', await checkerOf(tx, nonconformity)],
    ['Check due', checkDueOn === null ? null : inFull(checkDueOn)],
    ['Decision', decision === null ? null : `${decision}: ${decisionReason ?? ''}`],
    ['Rejected because', state === 'rejected' ? decisionReason : null],
    ['Closed by', closedByName],
  ];
  return facts.flatMap(([label, value]) =>
    value === null ? [] : [{ label, value: shortened(value, longestShown) }],
  );
}

async function checkerOf(tx: Queryable, { checkerId, state }: Nonconformity): Promise<string | null> {
  return checkerId === null || state === 'closed' ? null : namesOf(tx, [checkerId]);
}

async function actionItem(
  tx: Queryable,
  { person, now }: Context,
  action: CorrectiveAction,
): Promise<ItemParts> {
  const { reference, description, state, progress, ownerId, dueOn } = action;
  const late = isOverdue(action, dayOf(now, person.timeZone)) ? ', overdue' : '';
  const share = state === 'in_progress' ? `, ${progress} %` : '';
  return {
    text: `${reference} · ${shortened(description, 200)}`,
    detail: `${shortState[state]}${share}${late} · ${await namesOf(tx, [ownerId])} · by ${inFull(dueOn)}`,
    button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Show' },
  };
}

/** The likeliest first; the records decide again when one is pressed. */
function buttonsFor(
  context: Context,
  nonconformity: Nonconformity,
  actions: CorrectiveAction[],
  owners: number[],
  request: PlanRequest | null,
): ButtonParts[] {
  const { reference, raisedBy, state } = nonconformity;
  const { person } = context;
  const history = recordButton('history', 'History', reference);
  if (isReadOnly(person)) return [history];
  const leading = leads(deedOf(context), nonconformity);
  const judge = judgeButtons(context, nonconformity, owners, request);
  const lead = leading ? leaderButtons(nonconformity, actions, request) : [];
  const raiser =
    !leading && person.id === raisedBy && state === 'open'
      ? [
          ...(isFinding(nonconformity) ? [] : [containButton(reference)]),
          recordButton('amend', 'Correct it', reference, { opensForm: true }),
        ]
      : [];
  const manager = isIsmsManager(person) ? managerButtons(nonconformity) : [];
  const all = [...judge, ...lead, ...raiser];
  return [...all.slice(0, mostButtons - 1 - Math.min(manager.length, 1)), ...manager, history];
}

function managerButtons({ reference, state }: Nonconformity): ButtonParts[] {
  if (state === 'closed' || state === 'rejected') return [];
  return [
    recordButton('regrade', 'Change the grade', reference, { opensForm: true }),
    ...(state === 'open' ? [recordButton('reject', 'Reject', reference, { opensForm: true })] : []),
  ];
}

/** What somebody who stands beside it decides: its plan, and whether it worked. */
function judgeButtons(
  context: Context,
  nonconformity: Nonconformity,
  owners: number[],
  request: PlanRequest | null,
): ButtonParts[] {
  const { reference, state, approverId, checkerId, checkDueOn } = nonconformity;
  const { person, now } = context;
  if (owners.includes(person.id) || isFinding(nonconformity)) return [];
  const due = state === 'verifying' && checkDueOn !== null && checkDueOn <= dayOf(now, person.timeZone);
  return [
    ...(request !== null && mayApprove(person, nonconformity, owners)
      ? [
          recordButton('approve-plan', 'Approve the plan', reference, { style: 'primary' }),
          recordButton('send-back-plan', 'Send it back', reference, { opensForm: true }),
        ]
      : []),
    ...(due && (isIsmsManager(person) || [approverId, checkerId].includes(person.id))
      ? [recordButton('check', 'Record the check', reference, { style: 'primary', opensForm: true })]
      : []),
  ];
}

function leaderButtons(
  nonconformity: Nonconformity,
  actions: CorrectiveAction[],
  request: PlanRequest | null,
): ButtonParts[] {
  const { reference, state, grade, rootCause, causeMethod, similarSearchedAt, planApprovedAt, criterion } =
    nonconformity;
  const form = (command: string, label: string, style: 'primary' | 'plain' = 'plain') =>
    recordButton(command, label, reference, { opensForm: true, style });
  const cause = (method: string, label: string, rest: Partial<ButtonParts> = {}): ButtonParts => ({
    id: actionId('corrective-actions.cause', { record: reference, method }),
    label,
    ...rest,
  });
  const planned = actions.some(isPartOfPlan);
  const plan = form('plan-action', 'Add an action', planned ? 'plain' : 'primary');
  const check = form('plan-check', criterion === null ? 'Plan the check' : 'Change the check');
  const correctCause: ButtonParts = {
    id: actionId('corrective-actions.cause', { record: reference, method: causeMethod ?? 'other', known: 1 }),
    label: 'Correct the cause',
    opensForm: true,
  };
  const amend = form('amend', 'Correct it');
  if (isFinding(nonconformity) && (state === 'open' || state === 'action_planned')) {
    const settle = (decision: string, label: string): ButtonParts => ({
      id: actionId('corrective-actions.settle', { record: reference, decision }),
      label,
      opensForm: true,
    });
    const decisions = actions.some(isUnfinished)
      ? []
      : [settle('accepted', 'Accept'), settle('declined', 'Decline')];
    return [
      plan,
      ...decisions,
      ...(state === 'open' && planned ? [recordButton('plan', 'The plan stands', reference)] : []),
      ...(state === 'open' ? [amend] : []),
    ];
  }
  switch (state) {
    case 'open':
      return [containButton(reference), form('skip', 'Nothing to do at once'), amend];
    case 'contained':
      return rootCause !== null && similarSearchedAt === null
        ? [form('similar', 'Look for similar ones', 'primary'), cause('five_whys', 'Five whys again'), amend]
        : [
            cause('five_whys', 'Five whys', { style: 'primary' }),
            cause('fishbone', 'Fishbone', { opensForm: true }),
            cause('other', 'In my own words', { opensForm: true }),
            amend,
          ];
    case 'cause_found': {
      const label = grade === 'major' ? 'Send the plan to be approved' : 'The plan stands';
      const send = recordButton('plan', label, reference, { style: 'primary' });
      const rest = [plan, check, correctCause, amend];
      return planned && request === null ? [send, ...rest] : rest;
    }
    case 'action_planned':
      return planned && planApprovedAt === null && request === null
        ? [recordButton('plan', 'Send the plan again', reference, { style: 'primary' }), plan, check, amend]
        : [check, plan, amend];
    case 'implemented':
      return [check, amend];
    case 'verifying':
      return [check, amend];
    case 'closed':
      return [form('reopen', 'Open again')];
    case 'rejected':
      return [];
  }
}
