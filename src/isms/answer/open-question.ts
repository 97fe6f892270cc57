/** Questions that the policies did not answer, on their way to a person who can. Owns `open_question`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { isHereSql } from '../../records/person.ts';

export const OpenQuestion = z.object({
  id: z.number(),
  reference: z.string(),
  answerId: z.number(),
  askerId: z.number(),
  askerPlatform: z.string(),
  askerAddress: z.string(),
  ownerId: z.number(),
  question: z.string(),
  nearestVersionId: z.number().nullable(),
  routedByInput: z.number(),
  state: z.enum(['new', 'routed', 'answered_by_owner', 'told_asker', 'policy_changed', 'no_change']),
  routedAt: z.date(),
  repliedBy: z.number().nullable(),
  repliedAt: z.date().nullable(),
  approvedAnswerId: z.number().nullable(),
});
export type OpenQuestion = z.infer<typeof OpenQuestion>;

const columns = `id, reference, answer_id, asker_id, asker_platform, asker_address, owner_id, question, nearest_version_id, routed_by_input, state,
  routed_at, replied_by, replied_at, approved_answer_id`;

export interface NewQuestion {
  answerId: number;
  askerId: number;
  askerPlatform: string;
  askerAddress: string;
  ownerId: number;
  question: string;
  nearestVersionId: number | null;
  routedByInput: number;
  at: Date;
}

/** Routes a question to its owner; its reference counts within the year. */
export async function routeQuestion(tx: Queryable, fresh: NewQuestion): Promise<OpenQuestion> {
  await tx.query("select pg_advisory_xact_lock(hashtext('open_question'))");
  const year = fresh.at.getUTCFullYear();
  const { next } = await selectOne(
    tx,
    z.object({ next: z.number() }),
    "select coalesce(max(split_part(reference, '-', 3)::integer), 0) + 1 as next from open_question where reference like $1",
    [`Q-${year}-%`],
  );
  const question = await selectOne(
    tx,
    OpenQuestion,
    `insert into open_question (reference, answer_id, asker_id, asker_platform, asker_address, owner_id, question, nearest_version_id, routed_by_input, state, routed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'routed', $10) returning ${columns}`,
    [`Q-${year}-${String(next).padStart(3, '0')}`, fresh.answerId, fresh.askerId, fresh.askerPlatform, fresh.askerAddress, fresh.ownerId,
      storable(fresh.question), fresh.nearestVersionId, fresh.routedByInput, fresh.at], // prettier-ignore
  );
  await appendAudit(tx, {
    actor: `person:${fresh.askerId}`,
    action: 'open_question.routed',
    record: `open_question:${question.id}`,
    detail: { reference: question.reference, owner: fresh.ownerId, answer: fresh.answerId },
    at: fresh.at,
  });
  return question;
}

export function selectOptionalByAnswer(tx: Queryable, answerId: number): Promise<OpenQuestion | null> {
  return selectOptional(tx, OpenQuestion, `select ${columns} from open_question where answer_id = $1`, [
    answerId,
  ]);
}

/** Locked until the caller's transaction ends, so that of two replies at once one is told of the other. */
export function selectOptionalForUpdate(tx: Queryable, reference: string): Promise<OpenQuestion | null> {
  return selectOptional(
    tx,
    OpenQuestion,
    `select ${columns} from open_question where reference = $1 for update`,
    [reference],
  );
}

/** Questions that wait for this person's answer, oldest first; those of owners who have left wait for every ISMS manager. */
export function selectWaitingFor(
  tx: Queryable,
  { id, roles }: { id: number; roles: readonly string[] },
): Promise<OpenQuestion[]> {
  return selectAll(
    tx,
    OpenQuestion,
    `select ${columns} from open_question where (owner_id = $1 or ($2 and not ${isHereSql('owner_id')} and asker_id <> $1)) and state = 'routed' order by id`,
    [id, roles.includes('isms_manager')],
  );
}

export interface OwnersReply {
  question: OpenQuestion;
  repliedBy: number;
  reply: string;
  /** The document that keeps the reply for others, or null where it is for the asker alone. */
  approvedAnswerId: number | null;
  at: Date;
}

/** The reply, which the same transaction tells the asker. */
export async function recordReply(
  tx: Queryable,
  { question, repliedBy, reply, approvedAnswerId, at }: OwnersReply,
): Promise<void> {
  await tx.query(
    "update open_question set state = 'told_asker', reply = $2, replied_by = $3, replied_at = $4, approved_answer_id = $5 where id = $1",
    [question.id, storable(reply), repliedBy, at, approvedAnswerId],
  );
  const record = `open_question:${question.id}`;
  await appendAudit(
    tx,
    {
      actor: `person:${repliedBy}`,
      action: 'open_question.answered_by_owner',
      record,
      detail: { reference: question.reference, approvedAnswer: approvedAnswerId },
      at,
    },
    {
      actor: `person:${repliedBy}`,
      action: 'open_question.told_asker',
      record,
      detail: { asker: question.askerId },
      at,
    },
  );
}

/** The approved answer is taken back; the question waits for its owner again. */
export async function reopenQuestion(
  tx: Queryable,
  question: OpenQuestion,
  by: number,
  at: Date,
): Promise<void> {
  await tx.query("update open_question set state = 'routed', approved_answer_id = null where id = $1", [
    question.id,
  ]);
  await appendAudit(tx, {
    actor: `person:${by}`,
    action: 'open_question.reply_withdrawn',
    record: `open_question:${question.id}`,
    detail: { reference: question.reference },
    at,
  });
}

/** What became of the policy because of the question: the last state. */
export async function concludeQuestion(
  tx: Queryable,
  question: OpenQuestion,
  state: 'policy_changed' | 'no_change',
  by: number,
  at: Date,
): Promise<void> {
  if (question.state === state) return;
  if (question.state !== 'told_asker') {
    throw new Refusal(
      `${question.reference} is ${stateInWords[question.state]}. Only a question that was answered can be concluded.`,
    );
  }
  await tx.query('update open_question set state = $2 where id = $1', [question.id, state]);
  await appendAudit(tx, {
    actor: `person:${by}`,
    action: `open_question.${state}`,
    record: `open_question:${question.id}`,
    at,
  });
}

export const stateInWords: Record<OpenQuestion['state'], string> = {
  new: 'new',
  routed: 'waiting for its owner',
  answered_by_owner: 'answered by its owner',
  told_asker: 'answered',
  policy_changed: 'answered, and the policy was changed',
  no_change: 'answered, and the policy stays as it is',
};
