/** Answers that were given, and whether they helped. Owns `answer` and `answer_feedback`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOne, selectOptional, storable } from '../../db/rows.ts';

export const Answer = z.object({
  id: z.number(),
  personId: z.number(),
  address: z.string(),
  question: z.string().nullable(),
  outcome: z.enum(['answered', 'passages', 'not_covered']),
  sectionIds: z.array(z.number()),
  nearestVersionId: z.number().nullable(),
});
export type Answer = z.infer<typeof Answer>;

export interface NewAnswer {
  inputId: number;
  personId: number;
  address: string;
  question: string;
  outcome: Answer['outcome'];
  /** Sections that it cites, in the order of its numbers. */
  sectionIds: number[];
  nearestVersionId: number | null;
  at: Date;
}

/** @returns the id that its buttons carry */
export async function recordAnswer(tx: Queryable, answer: NewAnswer): Promise<number> {
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into answer (inbox_id, person_id, address, question, outcome, section_ids, nearest_version_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      answer.inputId,
      answer.personId,
      answer.address,
      storable(answer.question),
      answer.outcome,
      answer.sectionIds,
      answer.nearestVersionId,
      answer.at,
    ],
  );
  return id;
}

/** What was answered to an input, where it was a question. */
export function selectAnswerTo(
  tx: Queryable,
  inputId: number,
): Promise<Pick<Answer, 'question' | 'sectionIds'> | null> {
  return selectOptional(
    tx,
    Answer.pick({ question: true, sectionIds: true }),
    'select question, section_ids from answer where inbox_id = $1',
    [inputId],
  );
}

export function selectOptionalAnswer(tx: Queryable, id: number): Promise<Answer | null> {
  return selectOptional(
    tx,
    Answer,
    `select id, person_id, address, question, outcome, section_ids, nearest_version_id from answer
     where id = $1 for update`,
    [id],
  );
}

export interface Feedback {
  answerId: number;
  personId: number;
  helpful: boolean;
  reason: string | null;
  at: Date;
}

/** One verdict a person an answer; a later one replaces it, and the audit log keeps both. */
export async function recordFeedback(
  tx: Queryable,
  { answerId, personId, helpful, reason, at }: Feedback,
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into answer_feedback (answer_id, person_id, helpful, reason, at) values ($1, $2, $3, $4, $5)
     on conflict (answer_id, person_id) do update set helpful = excluded.helpful,
       reason = coalesce(excluded.reason, answer_feedback.reason), at = excluded.at
     where (answer_feedback.helpful, answer_feedback.reason)
       is distinct from (excluded.helpful, coalesce(excluded.reason, answer_feedback.reason))`,
    [answerId, personId, helpful, reason === null ? null : storable(reason), at],
  );
  if (rowCount === 0) return;
  await appendAudit(tx, {
    actor: `person:${personId}`,
    action: 'answer.feedback',
    record: `answer:${answerId}`,
    detail: { helpful, withReason: reason !== null },
    at,
  });
}

/** The words of old questions are no record: the answer, its sections and the feedback stay without them. */
export async function forgetQuestions(tx: Queryable, before: Date): Promise<void> {
  await tx.query('update answer set question = null where at < $1 and question is not null', [before]);
}
