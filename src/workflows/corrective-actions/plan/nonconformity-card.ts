/** A non-conformity as one person sees it: where it stands, what is at stake, what it waits for, and what they can do now. */
import { recordButton, signButton } from '../buttons.ts';
import { capitalised, shortNonconformityState, shortState } from '../words.ts';
import type {
  Addressed,
  ButtonParts,
  Context,
  ItemParts,
  ReplyParts,
} from '../../../conversation/contract.ts';
import { actionId } from '../../../conversation/contract.ts';
import { actionIdWith } from '../../../conversation/action-id.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  isOverdue,
  isPartOfPlan,
  isUnfinished,
  planApproverNames,
  selectActionOwners,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { isIsmsManager, isReadOnly, namesOf } from '../../../records/command-context.ts';
import { dayOf } from '../../../language/calendar.ts';
import { nextStep } from '../../../isms/nonconformity/gate.ts';
import {
  gradeInWords,
  isImprovement,
  leads,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { selectWaitingRequest, type PlanRequest } from '../../../isms/nonconformity/plan-request.ts';
import { approvesPlan } from '../../../isms/nonconformity/states.ts';
import { inFull } from '../../../language/calendar.ts';
import { mayRecordCheck } from '../check/check-card.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { requirementInWords } from '../raise/raise-card.ts';
import { planLabel } from './plan-card.ts';
import { seenOfNonconformity } from '../update/seen.ts';
import { containButton, planButton, stake, titleLine } from './notify-nonconformity.ts';

/** Buttons of one card: more of them hide the likely one. */
const mostButtons = 5;

/**
 * @param said       what was done just now
 * @param seenAgain  what somebody saw of a closed one, which stands in the form that opens it again
 */
export async function nonconformityCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  { said = null, seenAgain = '' }: { said?: string | null; seenAgain?: string } = {},
): Promise<ReplyParts> {
  const { id, round } = nonconformity;
  const actions = await selectActionsOf(tx, id, round);
  const owners = await selectActionOwners(tx, id);
  const request = await selectWaitingRequest(tx, nonconformity);
  const next =
    request === null
      ? await nextStep(tx, nonconformity)
      : `Its plan waits for the approval of ${await planApproverNames(tx, nonconformity)}.`;
  const seen = await seenOfNonconformity(tx, nonconformity);
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
    buttons: buttonsFor(context, nonconformity, { actions, owners, request, seen, seenAgain }).slice(
      0,
      mostButtons,
    ),
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
    ['Decision', decision === null ? null : `${decision}: ${decisionReason ?? ''}`],
    ['Rejected because', state === 'rejected' ? decisionReason : null],
    ['Closed by', closedByName],
    ['Earlier rounds', round > 1 ? `${round - 1}, kept whole: see its history` : null],
  ];
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
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
    button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Look' },
  };
}

interface Around {
  actions: CorrectiveAction[];
  /** Of its actions. */
  owners: number[];
  request: PlanRequest | null;
  seen: string;
  seenAgain: string;
}

/** The likeliest first; the records decide again when one is pressed. */
function buttonsFor(context: Context, nonconformity: Nonconformity, around: Around): ButtonParts[] {
  const { reference, raisedBy, state } = nonconformity;
  const { person } = context;
  const history = recordButton('history', 'History', reference);
  if (isReadOnly(person)) return [history];
  const leading = leads(commandOf(context), nonconformity);
  const judge = judgeButtons(context, nonconformity, around);
  const lead = leading ? leaderButtons(nonconformity, around) : [];
  const raiser =
    !leading && person.id === raisedBy && state === 'open'
      ? [
          ...(isImprovement(nonconformity) ? [] : [containButton(reference)]),
          recordButton('amend', 'Correct it', reference, { opensForm: true }),
        ]
      : [];
  const manager = isIsmsManager(person) ? managerButtons(nonconformity, around) : [];
  const all = [...judge, ...lead, ...raiser];
  return [...all.slice(0, mostButtons - 1 - Math.min(manager.length, 1)), ...manager, history];
}

function managerButtons({ reference, state }: Nonconformity, { seen }: Around): ButtonParts[] {
  if (state === 'closed' || state === 'rejected') return [];
  const sign = (command: string, label: string) =>
    signButton(command, label, { record: reference }, seen, { opensForm: true });
  return [sign('regrade', 'Change the grade'), ...(state === 'open' ? [sign('reject', 'Reject')] : [])];
}

/** What somebody who stands beside it decides, each on a card of its own: its plan, and whether it worked. */
function judgeButtons(
  context: Context,
  nonconformity: Nonconformity,
  { owners, request }: Around,
): ButtonParts[] {
  const { reference } = nonconformity;
  if (owners.includes(context.person.id) || isImprovement(nonconformity)) return [];
  return [
    ...(request !== null && approvesPlan.allows(context.person, nonconformity, { owners, plan: [] })
      ? [planButton(reference)]
      : []),
    ...(mayRecordCheck(context, nonconformity, owners)
      ? [recordButton('look-check', 'Look whether it worked', reference, { style: 'primary' })]
      : []),
  ];
}

function leaderButtons(
  nonconformity: Nonconformity,
  { actions, request, seen, seenAgain }: Around,
): ButtonParts[] {
  const { reference, state, rootCause, causeMethod, similarSearchedAt, criterion } = nonconformity;
  const form = (command: string, label: string, style: 'primary' | 'plain' = 'plain') =>
    recordButton(command, label, reference, { opensForm: true, style });
  const cause = (method: string, label: string, rest: Partial<ButtonParts> = {}): ButtonParts => ({
    id: actionId('corrective-actions.cause', { record: reference, method }),
    label,
    ...rest,
  });
  const planned = actions.some(isPartOfPlan);
  const sendable = planLabel(nonconformity, actions, request) !== null;
  const plan = form('plan-action', 'Add an action', planned ? 'plain' : 'primary');
  const check = form('plan-check', criterion === null ? 'Plan the check' : 'Change the check');
  const correctCause: ButtonParts = {
    id: actionId('corrective-actions.cause', { record: reference, method: causeMethod ?? 'other', known: 1 }),
    label: 'Correct the cause',
    opensForm: true,
  };
  const amend = form('amend', 'Correct it');
  if (isImprovement(nonconformity) && (state === 'open' || state === 'action_planned')) {
    const settle = (decision: string, label: string) =>
      signButton('settle', label, { record: reference, decision }, seen, { opensForm: true });
    const decisions = actions.some(isUnfinished)
      ? []
      : [settle('accepted', 'Accept'), settle('declined', 'Decline')];
    return [
      plan,
      ...decisions,
      ...(sendable ? [recordButton('look-plan', 'Look at the plan', reference)] : []),
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
      const rest = [plan, check, correctCause, amend];
      return sendable ? [planButton(reference), ...rest] : rest;
    }
    case 'action_planned':
      return sendable ? [planButton(reference), plan, check, amend] : [check, plan, amend];
    case 'implemented':
      return [check, amend];
    case 'verifying':
      return [check, amend];
    case 'closed':
      return [
        {
          id: actionIdWith('corrective-actions.reopen', { record: reference, seen }, { said: seenAgain }),
          label: 'Open again',
          opensForm: true,
          signs: true,
        },
      ];
    case 'rejected':
      return [];
  }
}
