/** Minutes of a management review: what they say, its hash, and the chair's signature, from which on nothing of it changes. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import { canonicalText, keepSnapshot, selectSnapshots } from '../../records/revision.ts';
import { selectAttendance } from './attend.ts';
import { Figure, inputKeys, inputTitles, selectInputs } from './inputs.ts';
import { managementReviews, refuseUnless, type ManagementReview } from './management-review.ts';
import { decisionKinds, selectDecisions } from './meeting.ts';

const text = z.string().nullable();
const said = z.boolean().nullable();

/** Everything that is signed. What it says of an action is how the action stood then. */
export const Minutes = z.object({
  reference: z.string(),
  title: z.string(),
  plannedOn: z.string(),
  heldOn: text,
  chair: z.string(),
  secretary: z.string(),
  attendance: z.array(z.object({ name: z.string(), part: z.string(), deputyFor: text, came: said })),
  inputs: z.array(
    z.object({
      input: z.enum(inputKeys),
      title: z.string(),
      figures: z.array(Figure),
      figuresAt: text,
      notes: text,
      discussedAt: text,
      discussedBy: text,
    }),
  ),
  decisions: z.array(
    z.object({
      number: z.number(),
      input: text,
      kind: z.enum(decisionKinds),
      text: z.string(),
      reference: text,
      owner: text,
      dueOn: text,
    }),
  ),
  suitable: said,
  adequate: said,
  effective: said,
  conclusion: text,
});
export type Minutes = z.infer<typeof Minutes>;

/** As they stand now. */
async function minutesNow(tx: Queryable, review: ManagementReview): Promise<Minutes> {
  const { id, reference, title, plannedOn, heldOn, chairId, secretaryId, suitable, adequate, effective, conclusion } = review;
  const names = await selectNames(tx, [chairId, secretaryId]);
  return {
    reference, title, plannedOn, heldOn, suitable, adequate, effective, conclusion,
    chair: names.get(chairId) ?? '',
    secretary: names.get(secretaryId) ?? '',
    attendance: (await selectAttendance(tx, id)).map(({ name, part, deputyFor, came }) => ({ name, part, deputyFor, came })),
    inputs: (await selectInputs(tx, id)).map(({ input, figures, figuresAt, notes, discussedAt, discussedBy }) => ({
      input, title: inputTitles[input], figures, notes, discussedBy,
      figuresAt: figuresAt?.toISOString() ?? null,
      discussedAt: discussedAt?.toISOString() ?? null,
    })),
    decisions: (await selectDecisions(tx, id)).map(({ input, kind, text: decided, reference: became, owner, dueOn }, at) => ({
      number: at + 1, input, kind, text: decided, reference: became, owner, dueOn,
    })),
  };
} // prettier-ignore

/** As they were signed, and until then as they stand. */
export async function selectMinutes(tx: Queryable, review: ManagementReview): Promise<Minutes> {
  if (review.state !== 'signed') return minutesNow(tx, review);
  const signed = (await selectSnapshots(tx, managementReviews.nameOf(review))).find(
    ({ hash }) => hash === review.minutesHash,
  );
  if (signed === undefined) throw new Error(`The minutes that were signed for ${review.reference} are gone.`);
  return Minutes.parse(signed.content);
}

/** The text that is hashed: anybody can check it with no more than SHA-256. */
export function minutesText(minutes: Minutes): string {
  return canonicalText(minutes);
}

export function hashOf(minutes: Minutes): string {
  return createHash('sha256').update(minutesText(minutes)).digest('hex');
}

/** By the chair, or whoever was named to stand in for them. @param review  locked */
export async function signReview(tx: Queryable, command: CommandContext, review: ManagementReview): Promise<ManagementReview> {
  const { to } = await refuseUnless(tx, command, review, 'sign');
  return freeze(tx, command, review, { by: command.actor, at: command.at, event: (snapshot) => ({ action: 'management_review.signed', detail: { from: review.state, to, snapshot } }) });
} // prettier-ignore

interface Signature {
  /** Null id for whoever signed elsewhere, on paper. */
  by: { id: number | null; name: string };
  at: Date;
  event(
    snapshot: string,
  ):
    | { action: 'management_review.signed'; detail: { from: string; to: string; snapshot: string } }
    | { action: 'management_review.brought'; detail: { on: string; snapshot: string } };
}

export async function freeze(tx: Queryable, command: CommandContext, review: ManagementReview, { by, at, event }: Signature): Promise<ManagementReview> {
  const content = await minutesNow(tx, review);
  const hash = await keepSnapshot(tx, command, { record: managementReviews.nameOf(review), event: 'signed', content });
  const values = { state: 'signed', signed_by: by.id, signed_by_name: by.name, signed_at: at, minutes_hash: hash };
  return managementReviews.change(tx, command, review, values, () => event(hash));
} // prettier-ignore
