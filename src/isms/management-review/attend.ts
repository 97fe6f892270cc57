/** Who comes to a management review: those invited, who stands in for them, and guests. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { refuseUnlessWorking, required, type CommandContext } from '../../records/command-context.ts';
import { managementReviews, refuseUnless, type ManagementReview } from './management-review.ts';

const Attendance = z.object({
  id: z.number(),
  personId: z.number().nullable(),
  /** As they were called then. */
  name: z.string(),
  part: z.enum(['chair', 'secretary', 'member', 'guest']),
  /** Whom they stand in for. */
  deputyFor: z.string().nullable(),
  /** Null as long as nobody has said. */
  came: z.boolean().nullable(),
});
export type Attendance = z.infer<typeof Attendance>;

/** The chair first, deputies behind whom they stand in for, guests last. */
export function selectAttendance(tx: Queryable, reviewId: number): Promise<Attendance[]> {
  return selectAll(
    tx,
    Attendance,
    `select id, person_id, name, part, deputy_for, came from review_attendance where review_id = $1
     order by array_position(array['chair', 'secretary', 'member', 'guest'], part), coalesce(deputy_for, name), deputy_for nulls first, id`,
    [reviewId],
  );
}

export const isInvited = ({ part, deputyFor }: Attendance) => part !== 'guest' && deputyFor === null;

export interface Deputy {
  /** Null for somebody who is nobody here. */
  personId: number | null;
  name: string;
  /** The name of somebody invited. */
  for: string;
}

export interface Guest {
  personId: number | null;
  name: string;
}

export interface Came {
  /** Of those invited, by their rows. */
  present: readonly number[];
  deputies: readonly Deputy[];
  guests: readonly Guest[];
}

/** As it is now, all of it: who is not named did not come. Nobody makes themselves the deputy of the chair, who signs. */
export async function noteAttendance(tx: Queryable, command: CommandContext, review: ManagementReview, { present, deputies, guests }: Came): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'attend');
  const before = await selectAttendance(tx, review.id);
  const invited = before.filter(isInvited);
  const partOf = ({ for: name }: Deputy) => {
    const found = invited.find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
    if (found === undefined) throw new Refusal(`«${name}» is not invited, so nobody stands in for them. Invited are ${invited.map((each) => each.name).join(', ')}.`);
    if (present.includes(found.id)) throw new Refusal(`${found.name} is there themselves: nobody stands in for them.`);
    return found;
  };
  for (const deputy of deputies) {
    const { part, name } = partOf(deputy);
    const wasSo = before.some((each) => each.deputyFor === name && each.personId === deputy.personId);
    if (part === 'chair' && deputy.personId === command.actor.id && !wasSo)
      throw new Refusal(`Nobody makes themselves the deputy of the chair, who signs. Ask ${name}, or somebody else who leads ${review.reference}, to name you.`);
    if (deputy.personId !== null) await refuseUnlessWorking(tx, deputy.personId);
  }
  await tx.query(`delete from review_attendance where review_id = $1 and (deputy_for is not null or part = 'guest')`, [review.id]);
  await tx.query('update review_attendance set came = (id = any($2)) where review_id = $1', [review.id, present]);
  for (const deputy of deputies) {
    const { part, name } = partOf(deputy);
    await insert(tx, review.id, { ...deputy, part, deputyFor: name });
  }
  for (const guest of guests) await insert(tx, review.id, { ...guest, part: 'guest', deputyFor: null });
  const came = present.length + deputies.length + guests.length;
  return managementReviews.change(tx, command, review, {}, () => ({
    action: 'management_review.attended',
    detail: { came, deputies: deputies.length, guests: guests.length },
  }));
} // prettier-ignore

async function insert(tx: Queryable, reviewId: number, { personId, name, part, deputyFor }: Omit<Attendance, 'id' | 'came'>): Promise<void> {
  await tx.query(
    'insert into review_attendance (review_id, person_id, name, part, deputy_for, came) values ($1, $2, $3, $4, $5, true)',
    [reviewId, personId, storable(required(name, 'The name', 200)), part, deputyFor],
  );
} // prettier-ignore

/** «I am here», of somebody who is invited. Twice changes nothing. */
export async function arrive(tx: Queryable, command: CommandContext, review: ManagementReview): Promise<ManagementReview> {
  await refuseUnless(tx, command, review, 'arrive');
  const { rowCount } = await tx.query(
    `update review_attendance set came = true where review_id = $1 and person_id = $2 and came is distinct from true`,
    [review.id, command.actor.id],
  );
  if (rowCount === 0) return review;
  return managementReviews.change(tx, command, review, {}, () => ({ action: 'management_review.arrived' }));
} // prettier-ignore
