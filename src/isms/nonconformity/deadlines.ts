/** Whose days hold: the certification body's for findings of its own audits, the organisation's own limits for all else. */
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { addDays, addWorkingDays } from '../../language/calendar.ts';
import { selectSetting } from '../../records/setting.ts';
import { selectFindingDays } from '../certification/rules.ts';

/** Each as 2026-11-25; null where nobody asks for it. */
export interface Deadlines {
  correctionDueOn: string | null;
  planDueOn: string | null;
  actionsDueOn: string | null;
  /** The certification body's, for the answer with its plan, and for the evidence. */
  bodyPlanDueOn: string | null;
  bodyDueOn: string | null;
}

type Graded = 'major' | 'minor' | 'ofi' | 'observation';

const none = {
  correctionDueOn: null,
  planDueOn: null,
  actionsDueOn: null,
  bodyPlanDueOn: null,
  bodyDueOn: null,
};

/** @param from  when it was found, from which a certification body counts, and when it was entered, from which we do */
export async function selectDeadlines(
  tx: Queryable,
  { grade, source, auditId = null }: { grade: Graded; source: string; auditId?: number | null },
  from: { identifiedOn: string; enteredOn: string },
): Promise<Deadlines> {
  const isBreach = grade === 'major' || grade === 'minor';
  if (source === 'external_audit') {
    const rules = isBreach ? await selectFindingDays(tx, auditId) : undefined;
    if (rules === undefined) return none;
    const [plan, evidence] =
      grade === 'major' ? [rules.majorPlanDays, rules.majorDays] : [rules.minorPlanDays, rules.minorDays];
    const day = (days: number | null | undefined) => (days == null ? null : addDays(from.identifiedOn, days));
    return { ...none, bodyPlanDueOn: day(plan), bodyDueOn: day(evidence) };
  }
  const { correction, plan, actions } = (await selectSetting(tx, 'nonconformity.limits'))[grade];
  const day = (limit: typeof plan) =>
    limit === null ? null : (limit.working ? addWorkingDays : addDays)(from.enteredOn, limit.days);
  return { ...none, correctionDueOn: day(correction), planDueOn: day(plan), actionsDueOn: day(actions) };
}

/** The same by column, for a record whose grade or source is another now. */
export async function deadlineColumns(
  ...of: Parameters<typeof selectDeadlines>
): Promise<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(await selectDeadlines(...of)).map(([key, day]) => [columnOf(key), day as unknown]),
  );
}

export interface NextDeadline {
  on: string;
  whose: 'ours' | 'body';
  what: 'correction' | 'plan' | 'actions';
}

/** Which of them comes first from the state that it is in; null for none. `nextDeadlineSql` says the same. */
export function nextDeadline(
  nonconformity: Deadlines & {
    state: string;
    grade: string;
    planApprovedAt: Date | null;
    bodyAnsweredOn: string | null;
    bodyAnswer: string | null;
    bodyClosedOn: string | null;
  },
): NextDeadline | null {
  const { state, grade, planApprovedAt, bodyAnsweredOn, bodyAnswer, bodyClosedOn } = nonconformity;
  const { correctionDueOn, planDueOn, bodyPlanDueOn, actionsDueOn, bodyDueOn } = nonconformity;
  const improves = grade === 'ofi' || grade === 'observation';
  const isPlanned = state === 'action_planned' && (improves || planApprovedAt !== null);
  const [mayCorrect, mayPlan, mayAct] = [
    state === 'open',
    ['open', 'contained', 'cause_found', 'action_planned'].includes(state) && !isPlanned,
    !['verifying', 'closed', 'rejected'].includes(state),
  ];
  const all: (Omit<NextDeadline, 'on'> & { on: string | null; holds: boolean })[] = [
    { on: correctionDueOn, whose: 'ours', what: 'correction', holds: mayCorrect },
    { on: planDueOn, whose: 'ours', what: 'plan', holds: mayPlan },
    {
      on: bodyPlanDueOn,
      whose: 'body',
      what: 'plan',
      holds: mayPlan && bodyClosedOn === null && (bodyAnsweredOn === null || bodyAnswer === 'returned'),
    },
    { on: actionsDueOn, whose: 'ours', what: 'actions', holds: mayAct },
    { on: bodyDueOn, whose: 'body', what: 'actions', holds: mayAct && bodyClosedOn === null },
  ];
  const [first] = all
    .flatMap(({ on, holds, ...rest }) => (on === null || !holds ? [] : [{ ...rest, on }]))
    .toSorted((one, other) => one.on.localeCompare(other.on));
  return first ?? null;
}

const beforePlan = `(nonconformity.state in ('open', 'contained', 'cause_found')
  or (nonconformity.state = 'action_planned' and nonconformity.grade in ('major', 'minor') and nonconformity.plan_approved_at is null))`;
const beforeCheck = "nonconformity.state not in ('verifying', 'closed', 'rejected')";

/** The same of our own days alone. */
export const ownDeadlineSql = `least(
  case when nonconformity.state = 'open' then nonconformity.correction_due_on end,
  case when ${beforePlan} then nonconformity.plan_due_on end,
  case when ${beforeCheck} then nonconformity.actions_due_on end)`;

/** SQL over a row of `nonconformity`: the day. */
export const nextDeadlineSql = `least(${ownDeadlineSql},
  case when nonconformity.body_closed_on is null then least(
    case when ${beforePlan} and (nonconformity.body_answered_on is null or nonconformity.body_answer = 'returned')
      then nonconformity.body_plan_due_on end,
    case when ${beforeCheck} then nonconformity.body_due_on end) end)`;
