/** What happens to a non-conformity before its plan and after its end: containment, cause, similar ones, grade, rejection, reopening. */
import type { Queryable } from '../../db/database.ts';
import { toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  changePlan,
  isPartOfPlan,
  isUnfinished,
  planApproverNames,
  selectActionsOf,
  unapproved,
} from '../corrective-action/corrective-action.ts';
import {
  audit,
  broughtThere,
  isIsmsManager,
  leaderNames,
  namesOf,
  optional,
  refuseReadOnly,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import {
  bodyDueOn,
  isImprovement,
  lockNonconformity,
  recordOf,
  refuseUnlessLeading,
  stateInWords,
  update,
  type CauseStep,
  type causeMethods,
  type Grade,
  type Nonconformity,
  type NonconformityState,
  selectOptionalNonconformity,
} from './nonconformity.ts';

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
  const nonconformity = await lockFrom(tx, command, reference, ['open'], { raiser: true });
  refuseImprovement(nonconformity);
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
  const nonconformity = await lockFrom(tx, command, reference, ['open']);
  refuseImprovement(nonconformity);
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
  const nonconformity = await lockFrom(tx, command, reference, ['contained', 'cause_found']);
  if (method === 'five_whys' && chain.length === 0)
    throw new Refusal(
      'Five whys need at least one why with its answer. Choose another method, or answer the first why.',
    );
  const changed = await update(tx, command, nonconformity, {
    cause_method: method,
    root_cause: required(rootCause, 'The root cause'),
    cause_chain: toJsonb(chain),
    cause_by: command.actor.id,
    cause_by_name: command.actor.name,
    cause_at: command.at,
  });
  await audit(tx, command, {
    action: 'nonconformity.cause_recorded',
    record: recordOf(nonconformity),
    detail: { method, whys: chain.length },
  });
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
  const nonconformity = await lockFrom(tx, command, reference, ['contained', 'cause_found']);
  for (const { reference: other, sameCause } of linked) {
    const similar = await selectOptionalNonconformity(tx, other);
    if (similar === null || similar.id === nonconformity.id)
      throw new Refusal(`There is no other non-conformity ${other}.`);
    await tx.query(
      `insert into nonconformity_link (nonconformity_id, similar_id, same_cause, linked_by, linked_at) values ($1, $2, $3, $4, $5)
       on conflict (nonconformity_id, similar_id) do update set same_cause = excluded.same_cause`,
      [nonconformity.id, similar.id, sameCause, command.actor.id, command.at],
    );
  }
  const changed = await update(tx, command, nonconformity, {
    similar_searched_at: command.at,
    similar_searched_by: command.actor.id,
    similar_result: required(result, 'Where you looked and what you found'),
  });
  await audit(tx, command, {
    action: 'nonconformity.similar_searched',
    record: recordOf(nonconformity),
    detail: { linked: linked.map((each) => each.reference) },
  });
  return causeFound(tx, command, changed);
}

async function causeFound(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Nonconformity> {
  const { state, rootCause, similarSearchedAt } = nonconformity;
  if (state !== 'contained' || rootCause === null || similarSearchedAt === null) return nonconformity;
  return move(tx, command, nonconformity, 'cause_found');
}

/**
 * The ISMS manager's alone. A finding that breaks no requirement and one that does differ in their steps: only while it is open.
 * A plan that was approved for a minor is to be approved again once it is to answer a major.
 */
export async function regrade(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  grade: Grade,
  reason: string,
): Promise<Nonconformity> {
  const nonconformity = await lockNonconformity(tx, reference);
  await refuseUnlessIsmsManager(command, nonconformity, 'graded');
  const { state } = nonconformity;
  if (state === 'closed' || state === 'rejected') throw await wrongState(tx, command, nonconformity);
  if (isImprovement({ grade }) !== isImprovement(nonconformity) && state !== 'open')
    throw new Refusal(
      `${nonconformity.reference} is ${stateInWords[state]}. It can change between non-conformity and improvement only while it is open.`,
    );
  const why = required(reason, 'The reason for the grade');
  const changed = await update(tx, command, nonconformity, {
    grade,
    grade_reason: why,
    ...(grade === nonconformity.grade
      ? {}
      : { body_due_on: await bodyDueOn(tx, grade, nonconformity.identifiedOn) }),
  });
  await audit(tx, command, {
    action: 'nonconformity.graded',
    record: recordOf(nonconformity),
    detail: { from: nonconformity.grade, to: grade, reason: why },
  });
  const rises = grade === 'major' && nonconformity.grade !== 'major' && state === 'action_planned';
  return rises ? changePlan(tx, command, changed) : changed;
}

/** It was none: with the reason, by the ISMS manager. */
export async function rejectNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const nonconformity = await lockNonconformity(tx, reference);
  await refuseUnlessIsmsManager(command, nonconformity, 'rejected');
  if (nonconformity.state !== 'open') throw await wrongState(tx, command, nonconformity);
  await refuseUnfinished(tx, nonconformity, 'rejected');
  return move(tx, command, nonconformity, 'rejected', {
    decision_reason: required(reason, 'Why it is no non-conformity'),
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
  const nonconformity = await lockFrom(tx, command, reference, ['open', 'action_planned']);
  if (!isImprovement(nonconformity))
    throw new Refusal(
      `${nonconformity.reference} is a ${nonconformity.grade} non-conformity: it closes when somebody else found that its actions worked.`,
    );
  await refuseUnfinished(tx, nonconformity, 'closed');
  return move(tx, command, nonconformity, 'closed', {
    decision,
    decision_reason: required(reason, 'The reason'),
    closed_by: command.actor.id,
    closed_by_name: command.actor.name,
    closed_at: command.at,
  });
}

/** Closed, and it came back: a new cycle begins, and what the last one held is kept beside it. */
export async function reopenNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  reason: string,
): Promise<Nonconformity> {
  const nonconformity = await lockFrom(tx, command, reference, ['closed']);
  const why = required(reason, 'Why it is opened again');
  await tx.query(
    'insert into nonconformity_cycle (nonconformity_id, cycle, record, ended_at) select id, cycle, to_jsonb(nonconformity), $2 from nonconformity where id = $1',
    [nonconformity.id, command.at],
  );
  return move(tx, command, nonconformity, 'open', {
    cycle: nonconformity.cycle + 1,
    round: nonconformity.round + 1,
    reopened_from: nonconformity.closedAt,
    reopened_reason: why,
    body_due_on: await bodyDueOn(tx, nonconformity.grade, dayOf(command.at, command.actor.timeZone)),
    ...emptied,
  });
}

/** What a new cycle begins without. */
const emptied = {
  correction: null, correction_by: null, correction_by_name: null, correction_at: null, correction_skipped: null, consequences: null,
  root_cause: null, cause_method: null, cause_chain: '[]', cause_by: null, cause_by_name: null, cause_at: null,
  similar_searched_at: null, similar_searched_by: null, similar_result: null,
  ...unapproved, criterion: null, check_due_on: null, checker_id: null, isms_change_needed: null, isms_change: null,
  decision: null, decision_reason: null, closed_by: null, closed_by_name: null, closed_at: null,
} as const; // prettier-ignore

function refuseImprovement(nonconformity: Nonconformity): void {
  if (isImprovement(nonconformity))
    throw new Refusal(
      `${nonconformity.reference} is no non-conformity, so there is nothing to contain. Plan an action, accept or decline it.`,
    );
}

async function refuseUnfinished(
  tx: Queryable,
  { id, round, reference }: Nonconformity,
  end: string,
): Promise<void> {
  const unfinished = (await selectActionsOf(tx, id, round)).filter(isUnfinished);
  if (unfinished.length > 0)
    throw new Refusal(
      `${reference} cannot be ${end} yet: ${unfinished.map((action) => action.reference).join(', ')} is not finished. Verify or cancel it first.`,
    );
}

async function refuseUnlessIsmsManager(
  command: CommandContext,
  { reference }: Nonconformity,
  done: string,
): Promise<void> {
  refuseReadOnly(command);
  if (!isIsmsManager(command.actor))
    throw new Refusal(`${reference} can be ${done} by the ISMS manager only.`);
}

async function lockFrom(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  from: readonly NonconformityState[],
  { raiser = false } = {},
): Promise<Nonconformity> {
  const nonconformity = await lockNonconformity(tx, reference);
  if (!raiser || command.actor.id !== nonconformity.raisedBy)
    await refuseUnlessLeading(tx, command, nonconformity);
  refuseReadOnly(command);
  if (!from.includes(nonconformity.state)) throw await wrongState(tx, command, nonconformity);
  return nonconformity;
}

/** Says which state it is in, who brought it there and when, what is missing, and who can supply it. */
export async function wrongState(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
): Promise<Refusal> {
  const { reference, state } = nonconformity;
  return new Refusal(
    `${reference} is ${stateInWords[state]} (${broughtThere(command, nonconformity)}). ${await nextStep(tx, nonconformity)} Nothing was changed.`,
  );
}

/** What it waits for, and from whom. */
export async function nextStep(tx: Queryable, nonconformity: Nonconformity): Promise<string> {
  const { state, rootCause, similarSearchedAt, planApprovedAt, checkDueOn, checkerId } = nonconformity;
  const leader = await leaderNames(tx, nonconformity);
  if (isImprovement(nonconformity) && state === 'open')
    return `${leader} plans an action, accepts or declines it.`;
  if (isImprovement(nonconformity) && state === 'action_planned')
    return `Its actions are done first; then ${leader} accepts or declines it.`;
  switch (state) {
    case 'open':
      return `What was done at once comes next; ${leader} can record it.`;
    case 'contained':
      return rootCause === null
        ? `Its root cause comes next; ${leader} can record it.`
        : similarSearchedAt === null
          ? `The search for similar ones comes next; ${leader} can record it.`
          : '';
    case 'cause_found': {
      const major = nonconformity.grade === 'major';
      if (await hasPlan(tx, nonconformity))
        return major
          ? `Its plan is to be sent by ${leader}, and approved by ${await planApproverNames(tx, nonconformity)}.`
          : `Once its plan is whole, ${leader} says that it stands.`;
      return `A plan comes next: ${leader} adds actions with owners and dates${major ? `, and ${await planApproverNames(tx, nonconformity)} approves it` : ''}.`;
    }
    case 'action_planned':
      if (!(await hasPlan(tx, nonconformity)))
        return `All its actions were declined or cancelled; ${leader} can add another.`;
      return planApprovedAt === null
        ? `Its plan is to be approved by ${await planApproverNames(tx, nonconformity)}, once ${leader} has sent it.`
        : 'Its actions are to be done and verified.';
    case 'implemented':
      return `It is not said yet what will show that it worked; ${leader} can plan the check.`;
    case 'verifying':
      return `The check is due on ${checkDueOn === null ? 'a day to be set' : dayInWords(checkDueOn)}${checkerId === null ? '' : `, by ${await namesOf(tx, [checkerId])}`}.`;
    case 'closed':
      return `${leader} can open it again with a reason.`;
    case 'rejected':
      return 'It was found to be none; raise it anew if that was wrong.';
  }
}

async function hasPlan(tx: Queryable, { id, round }: Nonconformity): Promise<boolean> {
  return (await selectActionsOf(tx, id, round)).some(isPartOfPlan);
}

async function move(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  state: NonconformityState,
  values: Parameters<typeof update>[3] = {},
): Promise<Nonconformity> {
  const changed = await update(tx, command, nonconformity, { ...values, state });
  const reason =
    changed.decisionReason ??
    (state === 'open' ? changed.reopenedReason : null) ??
    (state === 'contained' ? changed.correctionSkipped : null);
  await audit(tx, command, {
    action: state === 'open' ? 'nonconformity.reopened' : `nonconformity.${state}`,
    record: recordOf(nonconformity),
    detail: {
      from: nonconformity.state,
      to: state,
      cycle: changed.cycle,
      ...(reason === null ? {} : { reason }),
    },
  });
  return changed;
}
