/** A management review while it is held: input by input, with what is noted and decided. Several people may write at once. Owns `review_decision`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { required, requiredDay, type CommandContext } from '../../records/command-context.ts';
import { keepRevision } from '../../records/revision.ts';
import { addAction } from '../corrective-action/corrective-action.ts';
import { improvements, proposeImprovement } from '../improvement/improvement.ts';
import { inputKeys, selectInputs, type InputKey } from './inputs.ts';
import { managementReviews, refuseUnless, type ManagementReview } from './management-review.ts';
import { drawFigures } from './plan.ts';

/** Its figures are drawn once more. @param heldAt  the conversation of several people in which it is held */
export async function startReview(tx: Queryable, command: CommandContext, review: ManagementReview, heldAt: string | null): Promise<ManagementReview> {
  const { to } = await refuseUnless(tx, command, review, 'start');
  await drawFigures(tx, command, review, inputKeys);
  const values = { state: to, held_at: heldAt, held_on: dayOf(command.at, command.actor.timeZone) };
  return managementReviews.change(tx, command, review, values, () => ({
    action: 'management_review.started',
    detail: { from: review.state, to, together: heldAt !== null },
  }));
} // prettier-ignore

/** It goes on in a conversation of several people, or in another one. */
export async function gatherReview(tx: Queryable, command: CommandContext, review: ManagementReview, heldAt: string): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'gather');
  return managementReviews.change(tx, command, review, { held_at: heldAt }, () => ({ action: 'management_review.gathered' }));
} // prettier-ignore

/** What somebody says, behind what others have said meanwhile. @param review  locked */
export async function noteSaid(tx: Queryable, command: CommandContext, review: ManagementReview, input: InputKey, text: string): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'note');
  // Lines behind the first are theirs, too, and look it.
  const line = `${command.actor.name}: ${required(text, 'What was said').replaceAll('\n', '\n  ')}`;
  await tx.query(
    `update review_input set notes = coalesce(notes || E'\\n', '') || $3::text where review_id = $1 and input = $2`,
    [review.id, input, storable(line)],
  );
  return managementReviews.change(tx, command, review, {}, () => ({ action: 'management_review.noted', detail: { input } }));
} // prettier-ignore

/** Of what was noted on an input, in a few characters: a form that writes it anew carries it. */
export function markOfNotes(notes: string | null): string {
  return createHash('sha256')
    .update(notes ?? '')
    .digest('base64url')
    .slice(0, 10);
}

/**
 * The minutes of an input, written anew by whoever leads it; the words before are kept.
 *
 * @param seen  the mark of what was shown
 * @throws Refusal where somebody has written meanwhile
 */
export async function writeMinutes(tx: Queryable, command: CommandContext, review: ManagementReview, input: InputKey, { text, seen }: { text: string; seen: string }): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'minute');
  const now = (await selectInputs(tx, review.id)).find((each) => each.input === input)?.notes ?? null;
  if (markOfNotes(now) !== seen) throw new Refusal(`Somebody wrote about ${input} meanwhile: «${now ?? ''}». Open it again, and write what is to stand there.`);
  const fresh = storable(required(text, 'What was said', 20_000));
  if (fresh === now) return review;
  const column = `minutes_${input}`;
  const version = review.version + 1;
  const kept = await keepRevision(tx, command, {
    record: managementReviews.nameOf(review), version, before: { [keyOf(column)]: now }, changed: { [keyOf(column)]: fresh }, columns: [column],
  });
  await tx.query('update review_input set notes = $3 where review_id = $1 and input = $2', [review.id, input, fresh]);
  return managementReviews.change(tx, command, review, {}, () =>
    kept === null ? { action: 'management_review.noted', detail: { input } } : { action: 'management_review.minuted', detail: { input, ...kept } },
  );
} // prettier-ignore

const keyOf = (column: string) =>
  column.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** @param done  false takes it up again. Twice changes nothing */
export async function markDiscussed(tx: Queryable, command: CommandContext, review: ManagementReview, input: InputKey, done: boolean): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, done ? 'discuss' : 'takeUp');
  const { rowCount } = await tx.query(
    `update review_input set discussed_at = $3, discussed_by = $4
     where review_id = $1 and input = $2 and (discussed_at is null) = $5`,
    [review.id, input, done ? command.at : null, done ? command.actor.id : null, done],
  );
  if (rowCount === 0) return review;
  return managementReviews.change(tx, command, review, {}, () => ({
    action: done ? 'management_review.discussed' : 'management_review.taken_up',
    detail: { input },
  }));
} // prettier-ignore

export const decisionKinds = ['decision', 'action', 'improvement', 'resources', 'change'] as const;
export type DecisionKind = (typeof decisionKinds)[number];

const Decision = z.object({
  id: z.number(),
  input: z.enum(inputKeys).nullable(),
  text: z.string(),
  kind: z.enum(decisionKinds),
  /** What it became: its reference, whose it is and by when, as they are now. */
  reference: z.string().nullable(),
  owner: z.string().nullable(),
  dueOn: z.string().nullable(),
  decidedAt: z.date(),
  decidedByName: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** In the order in which they were taken. */
export function selectDecisions(tx: Queryable, reviewId: number): Promise<Decision[]> {
  return selectAll(
    tx,
    Decision,
    `select decision.id, input, decision.text, kind, coalesce(action.reference, improvement.reference) as reference, owner.name as owner,
       coalesce(action.due_on, improvement.due_on) as due_on, decided_at, decided_by_name
     from review_decision decision
     left join corrective_action action on became = 'corrective_action:' || action.id
     left join improvement on became = 'improvement:' || improvement.id
     left join person owner on owner.id = coalesce(action.owner_id, improvement.owner_id)
     where review_id = $1 order by decision.id`,
    [reviewId],
  );
}

export interface NewDecision {
  input: InputKey | null;
  text: string;
  kind: DecisionKind;
  /** Of an action, and of whatever else somebody has to do; of an improvement whoever decides on it. */
  ownerId: number | null;
  /** As 2027-03-31. */
  dueOn: string | null;
}

/**
 * With somebody who does it by a day it becomes a corrective action of the review; an improvement is proposed to whoever decides on it.
 *
 * @param review  locked
 */
export async function noteDecision(tx: Queryable, command: CommandContext, review: ManagementReview, fresh: NewDecision): Promise<{ review: ManagementReview; decision: Decision }> {
  await refuseUnless(tx, command, review, 'decide');
  const { input, kind, ownerId } = fresh;
  const text = required(fresh.text, 'What was decided');
  let record: string | null = null;
  if (kind === 'action' && (ownerId === null || fresh.dueOn === null)) throw new Refusal('An action needs somebody who does it, and a day.');
  if (kind === 'improvement') {
    const idea = { title: shortened(text.replace(/\s+/g, ' '), 200), idea: text, source: 'management_review' as const, ownerId, dueOn: fresh.dueOn };
    record = improvements.nameOf(await proposeImprovement(tx, command, idea));
  } else if (ownerId !== null && fresh.dueOn !== null) {
    const dueOn = requiredDay(fresh.dueOn, 'The due date');
    if (dueOn < dayOf(command.at, command.actor.timeZone)) throw new Refusal(`${dayInWords(dueOn)} is past. Choose a day from today on.`);
    const purpose = kind === 'change' ? 'isms_change' : 'corrective';
    const action = await addAction(tx, command, managementReviews.nameOf(review), { purpose, description: text, ownerId, dueOn });
    record = `corrective_action:${action.id}`;
  }
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into review_decision (review_id, input, text, kind, became, decided_at, decided_by, decided_by_name)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [review.id, input, storable(text), kind, record, command.at, command.actor.id, command.actor.name],
  );
  const changed = await managementReviews.change(tx, command, review, {}, () => ({
    action: 'management_review.decided',
    detail: { input: input ?? '', kind, became: record },
  }));
  const decision = (await selectDecisions(tx, review.id)).find((each) => each.id === id);
  if (decision === undefined) throw new Error('A decision is gone that was just noted.');
  return { review: changed, decision };
} // prettier-ignore

export interface Conclusion {
  heldOn: string;
  suitable: boolean;
  adequate: boolean;
  effective: boolean;
  conclusion: string;
}

export async function completeReview(tx: Queryable, command: CommandContext, review: ManagementReview, said: Conclusion): Promise<ManagementReview> {
  const { to } = await refuseUnless(tx, command, review, 'complete');
  const heldOn = requiredDay(said.heldOn, 'The day on which it was held');
  if (heldOn > dayOf(command.at, command.actor.timeZone)) throw new Refusal(`${dayInWords(heldOn)} is still to come. Write the day on which it was held.`);
  const { suitable, adequate, effective } = said;
  const values = { state: to, held_on: heldOn, suitable, adequate, effective, conclusion: required(said.conclusion, 'The conclusion') };
  return managementReviews.change(tx, command, review, values, () => ({ action: 'management_review.completed', detail: { from: review.state, to } }));
} // prettier-ignore
