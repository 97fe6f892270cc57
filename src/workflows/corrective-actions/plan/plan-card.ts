/** The plan of a non-conformity, whole: what it is against, each action with who does it and what will show it, and its approval. */
import { recordButton, signButton } from '../buttons.ts';
import type { ButtonParts, Context, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  isPartOfPlan,
  selectActionsOf,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { isReadOnly, namesOf } from '../../../records/command-context.ts';
import type { Request } from '../../../records/request.ts';
import {
  isImprovement,
  leads,
  recordOf,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { plans } from '../../../isms/nonconformity/plan-request.ts';
import { approvesPlan } from '../../../isms/nonconformity/states.ts';
import { planApproverNames, planLacks, selectFacts } from '../../../isms/nonconformity/gate.ts';
import { inFull } from '../../../language/calendar.ts';
import { linesOf } from '../../../language/text.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { seenOfNonconformity } from '../update/seen.ts';
import { selectSetting } from '../../../records/setting.ts';
import { changeInWords, stake, titleLine } from './notify-nonconformity.ts';

export async function planCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
): Promise<ReplyParts> {
  const { reference, rootCause, id, round, criterion } = nonconformity;
  const actions = (await selectActionsOf(tx, recordOf({ id }), round)).filter(isPartOfPlan);
  const request = await plans.selectWaiting(tx, nonconformity.id);
  const change = changeInWords(nonconformity);
  const lead =
    request === null
      ? `This is the plan of ${reference}.`
      : `The plan of ${reference} waits for the approval of ${await planApproverNames(tx, nonconformity)}.`;
  const facts = [
    ...(isImprovement(nonconformity) ? [] : [{ label: 'Root cause', value: rootCause ?? 'none recorded' }]),
    ...(criterion === null ? [] : [{ label: 'It worked when', value: criterion }]),
    ...(criterion === null ? [] : [{ label: 'Check', value: await checkInWords(tx, nonconformity) }]),
    ...(change === null ? [] : [{ label: 'Change of the ISMS', value: change }]),
  ];
  for (const action of actions) facts.push({ label: action.reference, value: await planned(tx, action) });
  return {
    text: linesOf(lead, titleLine(nonconformity), stake(nonconformity)),
    facts,
    buttons: [
      ...(await decisions(tx, context, nonconformity, actions, request)),
      recordButton('show', 'The whole record', reference),
    ],
  };
}

/** When, and by whom: both are approved with the plan. */
async function checkInWords(
  tx: Queryable,
  { checkDueOn, checkerId, approverId, grade }: Nonconformity,
): Promise<string> {
  const days = (await selectSetting(tx, 'nonconformity.effectiveness_days'))[grade];
  const when =
    checkDueOn === null ? `${days} days after the last action is verified` : `on ${inFull(checkDueOn)}`;
  return `${when}, by ${await namesOf(tx, [checkerId ?? approverId])}`;
}

async function planned(tx: Queryable, action: CorrectiveAction): Promise<string> {
  const { description, ownerId, dueOn, expectedEvidence } = action;
  const shows = expectedEvidence === null ? '' : ` What will show it: ${expectedEvidence}`;
  return `${description} (${await namesOf(tx, [ownerId])}, by ${inFull(dueOn)})${shows}`;
}

/** Whoever leads says that it stands; somebody beside it approves it or sends it back. */
async function decisions(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
  actions: readonly CorrectiveAction[],
  request: Request | null,
): Promise<ButtonParts[]> {
  const { reference } = nonconformity;
  const { person } = context;
  if (isReadOnly(person)) return [];
  const seen = await seenOfNonconformity(tx, nonconformity);
  const values = { record: reference };
  if (request !== null && approvesPlan.allows(person, nonconformity, await selectFacts(tx, nonconformity)))
    return [
      signButton('approve-plan', 'Approve', values, seen, { style: 'primary' }),
      signButton('send-back-plan', 'Send back', values, seen, { opensForm: true }),
    ];
  const label = planLabel(nonconformity, actions, request);
  return label === null || !leads(commandOf(context), nonconformity)
    ? []
    : [signButton('plan', label, values, seen, { style: 'primary' })];
}

/** What whoever leads can do with the plan as it is; null where there is nothing to be sent. */
export function planLabel(
  nonconformity: Nonconformity,
  actions: readonly CorrectiveAction[],
  request: Request | null,
): string | null {
  const { state, grade, planApprovedAt } = nonconformity;
  if (request !== null || !actions.some(isPartOfPlan) || planLacks(nonconformity, actions).length > 0)
    return null;
  if (isImprovement(nonconformity)) return state === 'open' ? 'The plan stands' : null;
  if (state === 'cause_found') return grade === 'major' ? 'Send the plan to be approved' : 'The plan stands';
  return state === 'action_planned' && planApprovedAt === null ? 'Send the plan again' : null;
}
