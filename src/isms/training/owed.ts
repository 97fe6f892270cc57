/** What of lessons many people are to do. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { isPausedSql } from '../campaign/paused.ts';
import { Training } from './training.ts';

const OwedTraining = Training.extend({
  locale: z.string(),
  giverName: z.string().nullable(),
  assignedAt: z.date(),
  /** A quiz of it is under way: its id, and how far it is. */
  attempt: z.number().nullable(),
  answered: z.number().nullable(),
  asked: z.number().nullable(),
  /** The campaign that gave it is. */
  paused: z.boolean(),
});
export type OwedTraining = z.infer<typeof OwedTraining>;

/** Lessons that somebody gave them. */
export function selectOwedTrainings(tx: Queryable, people: readonly number[]): Promise<OwedTraining[]> {
  return selectAll(
    tx,
    OwedTraining,
    `select training.*, person.locale, giver.name as giver_name, attempt.id as attempt,
       jsonb_array_length(attempt.given) as answered, cardinality(attempt.questions) as asked, ${isPausedSql('training.campaign_id')} as paused
     from training join person on person.id = training.person_id left join person giver on giver.id = assigned_by
     left join quiz_attempt attempt on attempt.training_id = training.id and attempt.purpose = 'quiz' and attempt.state = 'started'
     where training.person_id = any($1) and training.state in ('assigned', 'started', 'failed') and assigned_at is not null
     order by due_on nulls last, training.id`,
    [people],
  );
}

const OwedCheck = z.object({
  id: z.number(),
  reference: z.string(),
  personId: z.number(),
  lesson: z.string(),
  begunAt: z.date(),
  locale: z.string(),
});

/** Questions that are asked again, months after. */
export function selectOwedChecks(tx: Queryable, people: readonly number[]): Promise<z.infer<typeof OwedCheck>[]> {
  return selectAll(
    tx,
    OwedCheck,
    `select attempt.id, attempt.reference, attempt.person_id, training.lesson, begun_at, person.locale
     from quiz_attempt attempt join training on training.id = training_id join person on person.id = attempt.person_id
     where attempt.person_id = any($1) and attempt.purpose = 'check' and attempt.state = 'started' order by attempt.id`,
    [people],
  );
} // prettier-ignore
