/** Management reviews as clause 9.3 asks for them: planned, walked through input by input, said outright, signed and then locked. Owns `management_review`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { broughtThere, isIsmsManager, namesOf, type CommandContext } from '../../records/command-context.ts';
import { permission, ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { declareActionsOf } from '../corrective-action/parent.ts';
import { inputKeys } from './inputs.ts';

const truth = z.boolean().nullable();
const text = z.string().nullable();
const ManagementReview = recordSchema(['planned', 'in_progress', 'complete', 'signed', 'cancelled'], {
  stateBy: z.number().nullable(),
  stateByName: text,
  stateAt: z.date(),
  stateReason: text,
  title: z.string(),
  plannedOn: z.string(),
  heldOn: text,
  chairId: z.number(),
  secretaryId: z.number(),
  paperSentAt: z.date().nullable(),
  heldAt: text,
  suitable: truth,
  adequate: truth,
  effective: truth,
  conclusion: text,
  signedBy: z.number().nullable(),
  signedByName: text,
  signedAt: z.date().nullable(),
  minutesHash: text,
});
export type ManagementReview = z.infer<typeof ManagementReview>;

const Facts = z.object({
  /** Who is invited, or stands in for somebody who is. */
  members: z.array(z.number()),
  /** Who stands in for the chair. */
  deputies: z.array(z.number()),
  came: z.number(),
  chairCame: z.boolean(),
  /** Inputs that nobody has marked as discussed. */
  open: z.array(z.enum(inputKeys)),
});
export type ReviewFacts = z.infer<typeof Facts>;

export function selectReviewFacts(tx: Queryable, { id }: Pick<ManagementReview, 'id'>): Promise<ReviewFacts> {
  return selectOne(
    tx,
    Facts,
    `select array(select person_id from review_attendance where review_id = $1 and person_id is not null and part <> 'guest') as members,
       array(select person_id from review_attendance
         where review_id = $1 and person_id is not null and part = 'chair' and deputy_for is not null) as deputies,
       (select count(*) from review_attendance where review_id = $1 and came) as came,
       exists (select from review_attendance where review_id = $1 and came and part = 'chair') as chair_came,
       array(select input from review_input where review_id = $1 and discussed_at is null order by input) as open`,
    [id],
  );
}

type Part = Pick<ManagementReview, 'chairId' | 'secretaryId'>;
const isLead = (actor: { id: number; roles: readonly string[] }, { chairId, secretaryId }: Part) =>
  isIsmsManager(actor) || actor.id === chairId || actor.id === secretaryId;

const leads = permission<Part, unknown>({
  code: isLead,
  sql: '($2 or $1 in (chair_id, secretary_id))',
  refusal: async (tx, _command, { chairId, secretaryId }) =>
    `Only ${await namesOf(tx, [secretaryId, chairId])} and the ISMS manager can do that.`,
});
const takesPart = permission<Part, ReviewFacts>({
  code: (actor, row, { members }) => isLead(actor, row) || members.includes(actor.id),
  sql: `($2 or $1 in (chair_id, secretary_id) or exists (select from review_attendance
    where review_id = management_review.id and person_id = $1 and part <> 'guest'))`,
  refusal: async (tx, _command, { secretaryId }) =>
    `Only those invited can do that. Ask ${await namesOf(tx, [secretaryId])} to write it down, or to note you as a deputy.`,
});
const signs = permission<Part, ReviewFacts>({
  code: (actor, { chairId }, { deputies }) => actor.id === chairId || deputies.includes(actor.id),
  sql: `($1 = chair_id or exists (select from review_attendance
    where review_id = management_review.id and person_id = $1 and part = 'chair' and deputy_for is not null))`,
  refusal: async (tx, _command, { chairId }, { deputies }) =>
    `Only ${await namesOf(tx, [chairId, ...deputies])} can sign: they chaired it.`,
});

/** Whoever plans one. */
export const plansReviews = ismsManagerAlone<null, unknown>(
  'Only the ISMS manager can plan a management review.',
);

type Of = Need<ManagementReview, ReviewFacts>;
const discussed: Of = { lacks: 'every input discussed', met: (_row, { open }) => open.length === 0 };
const chaired: Of = { lacks: 'a chair who was there', met: (_row, { chairCame }) => chairCame };
const said: Of = {
  lacks: 'whether the ISMS is suitable, adequate and effective',
  met: ({ suitable, adequate, effective, conclusion, heldOn }) =>
    ![suitable, adequate, effective, conclusion, heldOn].includes(null),
};

const cancel = { to: 'cancelled', by: leads } as const;
const refresh = { by: leads };

export const reviewStates = declareStates<ManagementReview['state'], ManagementReview, ReviewFacts>('planned', {
  planned: { replan: { by: leads }, refresh, sendPaper: { by: leads }, start: { to: 'in_progress', by: leads }, cancel },
  in_progress: {
    gather: { by: leads },
    attend: { by: leads }, arrive: { by: takesPart }, note: { by: takesPart }, minute: { by: leads }, discuss: { by: takesPart }, takeUp: { by: takesPart },
    decide: { by: takesPart }, refresh, complete: { to: 'complete', by: leads, needs: [discussed, chaired], leaves: [said] }, cancel,
  },
  complete: { sign: { to: 'signed', by: signs, needs: [discussed, chaired, said] }, reopen: { to: 'in_progress', by: leads } },
  signed: {},
  cancelled: {},
}); // prettier-ignore

type Column =
  | 'state' | 'state_reason' | 'title' | 'planned_on' | 'held_on' | 'chair_id' | 'secretary_id' | 'paper_sent_at' | 'held_at' | 'suitable' | 'adequate' | 'effective'
  | 'conclusion' | 'signed_by' | 'signed_by_name' | 'signed_at' | 'minutes_hash'; // prettier-ignore

export const managementReviews = declareRecord<typeof ManagementReview, Column>({
  table: 'management_review',
  prefix: 'MR',
  schema: ManagementReview,
  // Past ones are asked for as often as those ahead.
  ended: ['cancelled'],
  written: ['title', 'conclusion', 'state_reason'],
  reads: `($2 or $1 in (chair_id, secretary_id)
    or exists (select from review_attendance where review_id = management_review.id and person_id = $1 and part <> 'guest')
    or exists (select from person where person.id = $1 and roles && array['auditor', 'admin']))`,
});

/** What is decided becomes an action as it is decided, never afterwards; those that there are go their way whatever is signed. */
declareActionsOf('management_review', {
  label: 'Management review',
  title: 'management_review.title',
  leader: 'management_review.secretary_id',
  approver: 'management_review.chair_id',
  ended: ['cancelled'],
  clause: '9.3.3',
  adds: async (tx, actor, id) => {
    const review = await managementReviews.select(tx, id);
    return takesPart.allows(actor, review, await selectReviewFacts(tx, review));
  },
  adding: async (tx, command, id) => {
    await refuseUnless(tx, command, await managementReviews.select(tx, id), 'decide');
  },
});

/** Its state does not let anybody do it, it is not theirs, or something is missing. @throws Refusal that says which */
export async function refuseUnless(
  tx: Queryable,
  command: CommandContext,
  review: ManagementReview,
  move: string,
): Promise<{ to: ManagementReview['state']; facts: ReviewFacts }> {
  const facts = await selectReviewFacts(tx, review);
  const step = reviewStates.step(move, review, facts);
  if (step === null) throw new Refusal(wrongState(command, review));
  await reviewStates.by(move, review.state)?.refuseUnless(tx, command, review, facts);
  if (step.lacks.length > 0) throw new Refusal(lacking(review, facts, step.lacks));
  return { to: step.to, facts };
}

function lacking({ reference }: ManagementReview, { open }: ReviewFacts, lacks: readonly string[]): string {
  const inputs = open.length === 0 ? '' : ` Still open: ${open.join(', ')}.`;
  return `${reference} lacks ${lacks.join(' and ')} for that.${inputs}`;
}

function wrongState(command: CommandContext, review: ManagementReview): string {
  const { reference, state } = review;
  if (state === 'signed')
    return `${reference} was signed ${broughtThere(command, review)}: its minutes stay as they are. Its actions go on, and what is new belongs in the next review.`;
  if (state === 'cancelled') return `${reference} was cancelled ${broughtThere(command, review)}.`;
  if (state === 'complete')
    return `${reference} is complete and waits for its signature. Whoever leads it can go on with it before it is signed.`;
  return state === 'planned'
    ? `${reference} has not begun yet. «start the management review» begins it.`
    : `${reference} is under way already.`;
}
