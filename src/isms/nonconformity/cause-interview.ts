/** Five whys that somebody is in the middle of, for whoever leads the non-conformity. Owns `cause_interview`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../../db/rows.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { lockFor } from './gate.ts';
import { CauseStep, type Nonconformity } from './nonconformity.ts';

export const CauseInterview = z.object({
  id: z.number(),
  nonconformityId: z.number(),
  personId: z.number(),
  state: z.enum(['asking', 'proposed', 'ended']),
  question: z.string(),
  steps: z.array(CauseStep),
  challenged: z.boolean(),
  askedInput: z.number().nullable(),
  changedAt: z.date(),
});
export type CauseInterview = z.infer<typeof CauseInterview>;

/**
 * Locks the non-conformity until the caller's transaction ends.
 *
 * @throws Refusal unless the person leads it and its cause may be recorded now
 */
export async function lockForCause(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<Nonconformity> {
  return (await lockFor(tx, command, reference, 'recordCause')).nonconformity;
}

/** The person's interview about it, gone on with where one is unfinished. The caller has the non-conformity locked. */
export async function openInterview(
  tx: Queryable,
  command: CommandContext,
  { id }: Nonconformity,
  firstQuestion: string,
): Promise<CauseInterview> {
  return selectOne(
    tx,
    CauseInterview,
    `insert into cause_interview (nonconformity_id, person_id, question, asked_input, changed_at)
     values ($1, $2, $3, $4, $5)
     on conflict (nonconformity_id, person_id) where state <> 'ended'
     do update set state = 'asking', asked_input = excluded.asked_input, changed_at = excluded.changed_at
     returning *`,
    [id, command.actor.id, storable(firstQuestion), command.inputId, command.at],
  );
}

/** The person's unfinished interview about it. The caller has the non-conformity locked. */
export function selectOptionalInterview(
  tx: Queryable,
  { actor: by }: CommandContext,
  { id }: Nonconformity,
): Promise<CauseInterview | null> {
  return selectOptional(
    tx,
    CauseInterview,
    "select * from cause_interview where nonconformity_id = $1 and person_id = $2 and state <> 'ended'",
    [id, by.id],
  );
}

/** Unfinished interviews of a person, the last one first. */
export function selectInterviewsOf(tx: Queryable, personId: number): Promise<CauseInterview[]> {
  return selectAll(
    tx,
    CauseInterview,
    `select * from cause_interview where person_id = $1 and state <> 'ended'
     order by changed_at desc, id desc limit 50`,
    [personId],
  );
}

export async function saveInterview(
  tx: Queryable,
  command: CommandContext,
  { id, state, question, steps, challenged }: CauseInterview,
): Promise<CauseInterview> {
  return selectOne(
    tx,
    CauseInterview,
    `update cause_interview set state = $2, question = $3, steps = $4, challenged = $5, asked_input = $6,
       changed_at = $7
     where id = $1 returning *`,
    [id, state, storable(question), toJsonb(steps), challenged, command.inputId, command.at],
  );
}

/** Its cause is recorded, by whichever way: nobody is asked any more. */
export async function endInterviews(tx: Queryable, nonconformityId: number): Promise<void> {
  await tx.query(
    "update cause_interview set state = 'ended' where nonconformity_id = $1 and state <> 'ended'",
    [nonconformityId],
  );
}

/** The answers of interviews that are over: the cause that was confirmed is the record. */
export async function forgetInterviews(tx: Queryable, before: Date): Promise<void> {
  await tx.query(
    `update cause_interview set question = '', steps = '[]'
     where state = 'ended' and changed_at < $1 and question <> ''`,
    [before],
  );
}
