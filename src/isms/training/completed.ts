/** What people completed elsewhere: a course of another system, a session, a signed list. Many at once, by a few statements. Writes `training`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { addMonths } from '../../language/calendar.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { nextReferences } from '../../records/reference.ts';
import { hashOf, lessonNamed } from './lesson-bank.ts';
import { courseOf, trainings, trainingStates } from './training.ts';

export interface Completion {
  personId: number;
  /** The name of a lesson's file, or a course of another system as it is called there. */
  lesson: string;
  completedOn: string;
  /** Percent; null where there is none, or it may not be kept. */
  score: number | null;
  /** Null for as long as the course says. */
  expiresOn: string | null;
}

const Known = z.object({
  personId: z.number(),
  lesson: z.string(),
  state: z.string(),
  completedOn: z.string().nullable(),
  score: z.number().nullable(),
  expiresOn: z.string().nullable(),
  how: z.string(),
});

/**
 * What somebody completed later stays, and so does the quiz that they passed on that day. The caller writes the audit entry.
 *
 * @param by  who recorded it; null for an operator's import
 * @returns how many are new or newer
 */
export async function noteCompletions(
  tx: Queryable,
  by: { id: number | null; name: string | null; at: Date },
  { how, source }: { how: 'session' | 'list' | 'elsewhere'; source: string | null },
  completions: readonly Completion[],
): Promise<number> {
  const newest = new Map<string, Completion>();
  for (const each of completions) {
    const before = newest.get(keyOf(each));
    if (before === undefined || before.completedOn < each.completedOn) newest.set(keyOf(each), each);
  }
  const lessons = [...new Set([...newest.values()].map(({ lesson }) => lesson))];
  const months = new Map<string, number>();
  for (const lesson of lessons)
    if (lessonNamed(lesson) !== null) months.set(lesson, (await courseOf(tx, lesson)).months);
  const said = [...newest.values()].map((each) => ({
    ...each,
    expiresOn: each.expiresOn ?? expiryOf(each, months.get(each.lesson)),
  }));
  const known = new Map(
    (
      await selectAll(
        tx,
        Known,
        `select person_id, lesson, state, completed_on, score, expires_on, how from training
         where person_id = any($1) and lesson = any($2) for update`,
        [said.map(({ personId }) => personId), lessons],
      )
    ).map((row) => [keyOf(row), row]),
  );
  const isNews = (each: Completion) => {
    const row = known.get(keyOf(each));
    if (row === undefined) return true;
    if (!trainingStates.from('bring').some((state) => state === row.state)) return false;
    if (row.completedOn !== each.completedOn) return (row.completedOn ?? '') < each.completedOn;
    return row.how === how && (row.score !== each.score || row.expiresOn !== each.expiresOn);
  };
  const news = said.filter(isNews);
  const fresh = news.filter((each) => !known.has(keyOf(each)));
  const references = await nextReferences(tx, trainings.prefix, by.at.getUTCFullYear(), fresh.length);
  const referenceOf = new Map(fresh.map((each, at) => [keyOf(each), references[at] ?? '']));
  const column = (value: (each: Completion) => unknown) => news.map(value);
  await tx.query(
    `insert into training (reference, state, state_by, state_by_name, state_at, person_id, lesson, text_hash, completed_on, score, expires_on, how, source)
     select coalesce(said.reference, ''), 'completed', $8::integer, $9::text, $10::timestamptz, said.person_id, said.lesson, said.text_hash, said.completed_on,
       said.score, said.expires_on, $11::text, $12::text
     from unnest($1::integer[], $2::text[], $3::date[], $4::integer[], $5::date[], $6::text[], $7::text[])
       as said(person_id, lesson, completed_on, score, expires_on, text_hash, reference)
     on conflict (person_id, lesson) do update set version = training.version + 1, state = 'completed', state_by = excluded.state_by,
       state_by_name = excluded.state_by_name, state_at = excluded.state_at, text_hash = excluded.text_hash, completed_on = excluded.completed_on,
       score = excluded.score, expires_on = excluded.expires_on, how = excluded.how, source = excluded.source, reason = null`,
    [
      column(({ personId }) => personId),
      column(({ lesson }) => lesson),
      column(({ completedOn }) => completedOn),
      column(({ score }) => score),
      column(({ expiresOn }) => expiresOn),
      column(({ lesson }) => textOf(lesson)),
      column((each) => referenceOf.get(keyOf(each)) ?? null),
      by.id,
      by.name,
      by.at,
      how,
      source,
    ],
  );
  await lookSoon(
    tx,
    news.map(({ personId }) => personId),
    by.at,
  );
  return news.length;
}

const keyOf = ({ personId, lesson }: Pick<Completion, 'personId' | 'lesson'>) => `${personId} ${lesson}`;

function textOf(lesson: string): string | null {
  const known = lessonNamed(lesson);
  return known === null ? null : hashOf(known);
}

/** A lesson of ours counts as long as its course says; another system's for as long as that does. */
function expiryOf({ completedOn }: Completion, months: number | undefined): string | null {
  return months === undefined ? null : addMonths(completedOn, months);
}
