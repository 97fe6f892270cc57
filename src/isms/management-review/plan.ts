/** A management review before it begins: its day, who is invited, the figures of its paper. Owns `review_attendance`, as `attend.ts` does. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf, partsOf } from '../../language/calendar.ts';
import { refuseUnlessWorking, requiredDay, type CommandContext } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import { selectFigures } from './figures.ts';
import { inputKeys, type InputKey } from './inputs.ts';
import { managementReviews, plansReviews, refuseUnless, type ManagementReview } from './management-review.ts';

export interface ReviewPlan {
  /** As 2027-01-20. */
  plannedOn: string;
  chairId: number;
  secretaryId: number;
  memberIds: readonly number[];
}

/** «Management review, January 2027». */
export function titleFor(day: string): string {
  const { year } = partsOf(day);
  return `Management review, ${dayInWords(day).split(' ')[1] ?? ''} ${year}`;
}

async function refuseUnworkable(
  tx: Queryable,
  { at, actor }: CommandContext,
  plan: ReviewPlan,
): Promise<string> {
  for (const id of new Set([plan.chairId, plan.secretaryId, ...plan.memberIds]))
    await refuseUnlessWorking(tx, id);
  const day = requiredDay(plan.plannedOn, 'The day');
  if (day < dayOf(at, actor.timeZone))
    throw new Refusal(`${dayInWords(day)} is past. Choose a day from today on.`);
  return day;
}

export async function planReview(tx: Queryable, command: CommandContext, plan: ReviewPlan): Promise<ManagementReview> {
  await plansReviews.refuseUnless(tx, command, null, undefined);
  const day = await refuseUnworkable(tx, command, plan);
  const { actor, at } = command;
  const review = await managementReviews.insert(
    tx,
    command,
    {
      state: 'planned', state_by: actor.id, state_by_name: actor.name, state_at: at,
      title: titleFor(day), planned_on: day, chair_id: plan.chairId, secretary_id: plan.secretaryId,
    },
    () => ({ action: 'management_review.planned', detail: { on: day } }),
  );
  await invite(tx, review.id, plan);
  await tx.query('insert into review_input (review_id, input) select $1, unnest($2::text[])', [review.id, inputKeys]);
  await drawFigures(tx, command, review, inputKeys);
  return review;
} // prettier-ignore

/** Deputies and guests who were named already stay. */
export async function changePlan(tx: Queryable, command: CommandContext, review: ManagementReview, plan: ReviewPlan): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'replan');
  const day = await refuseUnworkable(tx, command, plan);
  await tx.query("delete from review_attendance where review_id = $1 and deputy_for is null and part <> 'guest'", [review.id]);
  await invite(tx, review.id, plan);
  const title = review.title === titleFor(review.plannedOn) ? { title: titleFor(day) } : {};
  return managementReviews.change(
    tx,
    command,
    review,
    { ...title, planned_on: day, chair_id: plan.chairId, secretary_id: plan.secretaryId },
    () => ({ action: 'management_review.replanned', detail: { on: day } }),
  );
} // prettier-ignore

/** Each of them once, in the first part that they have. */
async function invite(
  tx: Queryable,
  reviewId: number,
  { chairId, secretaryId, memberIds }: ReviewPlan,
): Promise<void> {
  const parts = new Map<number, string>();
  for (const [part, id] of [
    ['chair', chairId],
    ['secretary', secretaryId],
    ...memberIds.map((member) => ['member', member] as const),
  ] as const)
    if (!parts.has(id)) parts.set(id, part);
  const names = await selectNames(tx, [...parts.keys()]);
  for (const [id, part] of parts)
    await tx.query(
      'insert into review_attendance (review_id, person_id, name, part) values ($1, $2, $3, $4)',
      [reviewId, id, names.get(id), part],
    );
}

/** As the records stand now, on request, until the paper with them has gone out; once it has begun, those that nobody has discussed yet. */
export async function refreshFigures(tx: Queryable, command: CommandContext, review: ManagementReview): Promise<ManagementReview> {
  const { facts } = await refuseUnless(tx, command, review, 'refresh');
  const { reference, state, paperSentAt } = review;
  if (state === 'planned' && paperSentAt !== null)
    throw new Refusal(`The paper of ${reference} went out on ${dayInWords(dayOf(paperSentAt, command.actor.timeZone))}, with these figures. They are drawn anew when the review begins.`);
  if (facts.open.length === 0) throw new Refusal(`Everything of ${reference} is discussed: its figures stay as they were then.`);
  const inputs = state === 'planned' ? inputKeys : facts.open;
  await drawFigures(tx, command, review, inputs);
  return managementReviews.change(tx, command, review, {}, () => ({ action: 'management_review.refreshed', detail: { inputs: inputs.length } }));
} // prettier-ignore

export async function drawFigures(
  tx: Queryable,
  { at }: Pick<CommandContext, 'at'>,
  { id, plannedOn }: Pick<ManagementReview, 'id' | 'plannedOn'>,
  inputs: readonly InputKey[],
): Promise<void> {
  for (const [input, figures] of await selectFigures(tx, { id, plannedOn }, at, inputs))
    await tx.query(
      'update review_input set figures = $3, figures_at = $4 where review_id = $1 and input = $2',
      [id, input, toJsonb(figures), at],
    );
}

/** From then on its figures stay as its readers have them, until it begins. */
export async function notePaperSent(
  tx: Queryable,
  command: CommandContext,
  review: ManagementReview,
): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'sendPaper');
  return managementReviews.change(tx, command, review, { paper_sent_at: command.at }, () => ({
    action: 'management_review.paper_sent',
  }));
}

const Soon = z.object({ id: z.number(), plannedOn: z.string(), secretaryId: z.number() });

/** Planned ones whose paper is due by a day: it goes out a week ahead. */
export function selectPapersDue(tx: Queryable, day: string): Promise<z.infer<typeof Soon>[]> {
  return selectAll(
    tx,
    Soon,
    `select id, planned_on, secretary_id from management_review
     where state = 'planned' and paper_sent_at is null and planned_on - $2::integer <= $1 order by planned_on, id`,
    [day, paperDaysAhead],
  );
}
export const paperDaysAhead = 7;
