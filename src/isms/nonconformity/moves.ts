/** What happens to a non-conformity before its plan and after its end: containment, cause, similar ones, grade, rejection, reopening. */
import type { Queryable } from '../../db/database.ts';
import { toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { optional, required, type CommandContext } from '../../records/command-context.ts';
import { endActions } from '../corrective-action/moves.ts';
import { isUnfinished, selectActionsOf } from '../corrective-action/corrective-action.ts';
import { deadlineColumns } from './deadlines.ts';
import { freeChecker, lockFor, selectFacts } from './gate.ts';
import {
  change,
  isImprovement,
  recordOf,
  selectOptionalNonconformity,
  type CauseStep,
  type causeMethods,
  type Grade,
  type Nonconformity,
  type NonconformityState,
} from './nonconformity.ts';
import { changePlan, unanswered, unapproved } from './plan.ts';
import { plans } from './plan-request.ts';
import { keepRound } from './rounds.ts';
import { statesOf } from './states.ts';

export interface Containment {
  /** a1: what was done at once. */
  correction: string;
  /** a2: what it led to, and what was done about that. */
  consequences?: string | null;
}

/** By whoever leads it, and by its raiser, who often was there. */
export async function contain(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { correction, consequences }: Containment,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'contain');
  return move(tx, command, nonconformity, 'contained', {
    correction: required(correction, 'What was done at once'),
    correction_by: command.actor.id,
    correction_by_name: command.actor.name,
    correction_at: command.at,
    consequences: optional(consequences, 'The consequences') ?? nonconformity.consequences,
  });
}

/** Nothing to contain, for a reason that is kept. */
export async function skipContainment(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'skip');
  return move(tx, command, nonconformity, 'contained', {
    correction_skipped: required(reason, 'Why there is nothing to contain'),
  });
}

export interface Cause {
  method: (typeof causeMethods)[number];
  rootCause: string;
  chain: CauseStep[];
}

/** b2. With the search for similar ones done too, the cause counts as found. It may be corrected until a plan stands on it. */
export async function recordCause(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { method, rootCause, chain }: Cause,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'recordCause');
  if (method === 'five_whys' && chain.length === 0)
    throw new Refusal(
      'Five whys need at least one why with its answer. Choose another method, or answer the first why.',
    );
  const values = {
    cause_method: method,
    root_cause: required(rootCause, 'The root cause'),
    cause_chain: toJsonb(chain),
    cause_by: command.actor.id,
    cause_by_name: command.actor.name,
    cause_at: command.at,
  };
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.cause_recorded',
    detail: { method, whys: chain.length },
  }));
  return causeFound(tx, command, changed);
}

export interface SimilarSearch {
  /** Where was looked, and what was found: «leavers of the two other sites: none of 14». */
  result: string;
  /** Non-conformities of the register that are similar. */
  linked: { reference: string; sameCause: boolean }[];
}

/** b3. */
export async function recordSimilar(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { result, linked }: SimilarSearch,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'recordSimilar');
  for (const { reference: other, sameCause } of linked) {
    const similar = await selectOptionalNonconformity(tx, other);
    if (similar === null || similar.id === nonconformity.id)
      throw new Refusal(`There is no other non-conformity ${other}.`);
    await tx.query(
      `insert into nonconformity_link (nonconformity_id, similar_id, same_cause, linked_by, linked_at)
       values ($1, $2, $3, $4, $5)
       on conflict (nonconformity_id, similar_id) do update set same_cause = excluded.same_cause`,
      [nonconformity.id, similar.id, sameCause, command.actor.id, command.at],
    );
  }
  const values = {
    similar_searched_at: command.at,
    similar_searched_by: command.actor.id,
    similar_result: required(result, 'Where you looked and what you found'),
  };
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.similar_searched',
    detail: { linked: linked.map((each) => each.reference) },
  }));
  return causeFound(tx, command, changed);
}

async function causeFound(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  const next = statesOf(nonconformity).next(nonconformity, await selectFacts(tx, nonconformity));
  return next === 'cause_found' ? move(tx, command, nonconformity, next) : nonconformity;
}

/** Where a record stands once it is of the other kind: as far as the steps of both are the same. */
function stateAmong({ state, correction, correctionSkipped }: Nonconformity, grade: Grade) {
  if (!isImprovement({ grade }))
    return correction === null && correctionSkipped === null ? 'open' : 'contained';
  return ['action_planned', 'implemented', 'verifying'].includes(state) ? 'action_planned' : 'open';
}

/**
 * The ISMS manager's alone. One that breaks a requirement and one that does not differ in their steps; what is there stays. A plan that was approved for a minor is to be approved again once it is to answer a major.
 */
export async function regrade(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  grade: Grade,
  reason: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'regrade');
  const { state } = nonconformity;
  const crosses = isImprovement({ grade }) !== isImprovement(nonconformity);
  const to = crosses ? stateAmong(nonconformity, grade) : state;
  const why = required(reason, 'The reason for the grade');
  if (crosses) await plans.withdraw(tx, command, nonconformity.id);
  const values = {
    ...(to === state ? {} : { state: to }),
    ...(crosses ? unapproved : {}),
    grade,
    grade_reason: why,
    ...(grade === nonconformity.grade
      ? {}
      : await deadlineColumns(tx, { ...nonconformity, grade }, enteredFrom(command, nonconformity))),
  };
  const graded = await change(tx, command, nonconformity, values, () => [
    { action: 'nonconformity.graded', detail: { from: nonconformity.grade, to: grade, reason: why } },
    ...(to === state
      ? []
      : [
          {
            action: `nonconformity.${to === 'open' ? 'reopened' : to}` as const,
            detail: { from: state, to },
          },
        ]),
  ]);
  const changed = crosses ? await causeFound(tx, command, graded) : graded;
  const rises = grade === 'major' && nonconformity.grade !== 'major' && state === 'action_planned';
  return freeChecker(tx, command, rises ? await changePlan(tx, command, changed) : changed);
}

/** It was none, or another record has it already: with the reason, by the ISMS manager. What is unfinished of its actions ends with it. */
export async function rejectNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
  duplicateOf: string | null = null,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'reject');
  const why = required(reason, 'Why it is no non-conformity');
  const other = duplicateOf === null ? null : await selectOptionalNonconformity(tx, duplicateOf);
  if (duplicateOf !== null && (other === null || other.id === nonconformity.id || other.state === 'rejected'))
    throw new Refusal(`There is no other non-conformity ${duplicateOf} that holds.`);
  await plans.withdraw(tx, command, nonconformity.id);
  await endActions(tx, command, recordOf(nonconformity), () => true, why);
  return move(tx, command, nonconformity, 'rejected', {
    decision_reason: why,
    duplicate_of: other?.reference ?? null,
  });
}

/** An opportunity or an observation ends accepted, with all its actions done, or declined with a reason. */
export async function settleImprovement(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  decision: 'accepted' | 'declined',
  reason: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'settle');
  await refuseUnfinished(tx, nonconformity, 'closed');
  return move(tx, command, nonconformity, 'closed', {
    decision,
    decision_reason: required(reason, 'The reason'),
    closed_by: command.actor.id,
    closed_by_name: command.actor.name,
    closed_at: command.at,
  });
}

/** Closed, and it came back, or rejected, and it was one: a new cycle begins, and what the last one held is kept beside it. */
export async function reopenNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'reopen');
  const why = required(reason, 'Why it is opened again');
  const today = dayOf(command.at, command.actor.timeZone);
  const kept = await keepRound(tx, command, nonconformity, 'reopened');
  const values = {
    cycle: nonconformity.cycle + 1,
    round: nonconformity.round + 1,
    reopened_from: nonconformity.closedAt ?? nonconformity.stateAt,
    reopened_reason: why,
    ...(await deadlineColumns(tx, nonconformity, { identifiedOn: today, enteredOn: today })),
    ...emptied,
  };
  return move(tx, command, nonconformity, 'open', values, kept);
}

/** Days are counted from then. */
function enteredFrom({ actor }: CommandContext, { identifiedOn, raisedAt }: Nonconformity) {
  return { identifiedOn, enteredOn: dayOf(raisedAt, actor.timeZone) };
}

/** What a new cycle begins without. */
const emptied = {
  correction: null, correction_by: null, correction_by_name: null, correction_at: null, correction_skipped: null, consequences: null,
  root_cause: null, cause_method: null, cause_chain: '[]', cause_by: null, cause_by_name: null, cause_at: null,
  similar_searched_at: null, similar_searched_by: null, similar_result: null,
  ...unapproved, criterion: null, check_due_on: null, checker_id: null, ...unanswered,
  body_answered_on: null, body_answer: null, body_answer_on: null, body_answer_note: null, body_closed_on: null,
  decision: null, decision_reason: null, duplicate_of: null, closed_by: null, closed_by_name: null, closed_at: null,
} as const; // prettier-ignore

async function refuseUnfinished(
  tx: Queryable,
  { id, round, reference }: Nonconformity,
  end: string,
): Promise<void> {
  const unfinished = (await selectActionsOf(tx, recordOf({ id }), round)).filter(isUnfinished);
  if (unfinished.length > 0)
    throw new Refusal(
      `${reference} cannot be ${end} yet: ${unfinished.map((action) => action.reference).join(', ')} is not finished. Verify or cancel it first.`,
    );
}

function move(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  state: NonconformityState,
  values: Parameters<typeof change>[3] = {},
  kept: { snapshot?: string } = {},
): Promise<Nonconformity> {
  return change(tx, command, nonconformity, { ...values, state }, (changed) => {
    const reason =
      changed.decisionReason ??
      (state === 'open' ? changed.reopenedReason : null) ??
      (state === 'contained' ? changed.correctionSkipped : null);
    return {
      action: state === 'open' ? 'nonconformity.reopened' : `nonconformity.${state}`,
      detail: {
        from: nonconformity.state,
        to: state,
        cycle: changed.cycle,
        ...(reason === null ? {} : { reason }),
        ...kept,
      },
    };
  });
}
