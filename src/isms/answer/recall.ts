/** Answers whose sections say something else now, and who is told: once a section, those whom it helped, of what they may read. Owns `answer_recall` and `recall_look`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { isReaderSql } from '../acknowledgement/in-force.ts';

/** SQL: the answer helped whoever asked, or they went on with it to the owner. */
const usedSql = `(exists (select from answer_feedback verdict where verdict.answer_id = answer.id and verdict.person_id = answer.person_id and verdict.helpful)
  or (exists (select from open_question asked where asked.answer_id = answer.id and asked.state not in ('new', 'routed'))
    and not exists (select from answer_feedback verdict where verdict.answer_id = answer.id and verdict.person_id = answer.person_id and not verdict.helpful)))`;

/** SQL over `version`, the one in force of its document: answers since `$1` that cite sections of an older one, of people who may read it. */
const citingSql = `from document_version version
  join document_version older on older.document_id = version.document_id and older.id <> version.id
  join section on section.version_id = older.id
  join answer on answer.at >= $1 and section.id = any(answer.section_ids)
  join person on person.id = answer.person_id
  where version.status = 'published' and version.effective_from <= $2
    and not exists (select from document_version newer where newer.document_id = version.document_id and newer.status = 'published'
      and newer.effective_from <= $2 and (newer.effective_from, newer.id) > (version.effective_from, version.id))
    and older.id < version.id and answer.question is not null and answer.outcome <> 'not_covered' and ${usedSql} and ${isReaderSql}
    and not exists (select from answer_recall told where told.person_id = answer.person_id and told.section_id = section.id)`;

const Id = z.object({ id: z.number() });

/** Versions that took effect since, and were not looked at for answers that they change. @param today  as 2026-11-25 */
export async function selectToRecall(tx: Queryable, since: Date, today: string): Promise<number[]> {
  const rows = await selectAll(
    tx,
    Id,
    `select fresh.id from document_version fresh
     where fresh.status = 'published' and fresh.effective_from <= $2 and fresh.effective_from >= $1::timestamptz::date
       and not exists (select from recall_look where version_id = fresh.id)
       and exists (select ${citingSql} and version.id = fresh.id) order by fresh.id limit 50`,
    [since, today],
  );
  return rows.map(({ id }) => id);
}

const Cited = z.object({
  answerId: z.number(),
  personId: z.number(),
  sectionId: z.number(),
  olderId: z.number(),
});
export type Cited = z.infer<typeof Cited>;

/** Of one person and section the newest answer. */
export function selectCited(tx: Queryable, versionId: number, since: Date, today: string): Promise<Cited[]> {
  return selectAll(
    tx,
    Cited,
    `select distinct on (answer.person_id, section.id) answer.id as answer_id, answer.person_id, section.id as section_id, older.id as older_id
     ${citingSql} and version.id = $3 order by answer.person_id, section.id, answer.id desc`,
    [since, today, versionId],
  );
}

export interface NewRecall extends Cited {
  /** Null where it is gone. */
  newSectionId: number | null;
  /** What is different, in a line. */
  says: string;
}

/** Each is told in their next message of the day; the version is not looked at again. */
export async function recordRecalls(tx: Queryable, now: Date, versionId: number, recalls: readonly NewRecall[]): Promise<void> {
  await tx.query('insert into recall_look (version_id, looked_at) values ($1, $2) on conflict do nothing', [versionId, now]);
  for (const { answerId, personId, sectionId, newSectionId, says } of recalls) {
    await tx.query(
      `insert into answer_recall (answer_id, person_id, section_id, new_section_id, version_id, says, found_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [answerId, personId, sectionId, newSectionId, versionId, storable(says), now],
    );
    await appendAudit(tx, {
      actor: 'system:recall',
      action: 'answer.recalled',
      record: `answer:${answerId}`,
      detail: { person: personId, version: versionId },
      at: now,
    });
  }
  if (recalls.length > 0) await lookSoon(tx, recalls.map(({ personId }) => personId), now);
} // prettier-ignore

const Recall = z.object({
  id: z.number(),
  personId: z.number(),
  locale: z.string(),
  question: z.string(),
  askedAt: z.date(),
  foundAt: z.date(),
  says: z.string(),
  title: z.string(),
  version: z.string(),
  /** Of the section as it is now, or was. */
  number: z.string(),
  heading: z.string(),
  isGone: z.boolean(),
});
export type Recall = z.infer<typeof Recall>;

const recallSql = `select recall.id, recall.person_id, person.locale, answer.question, answer.at as asked_at, recall.found_at, recall.says,
    version.title, version.version, section.number, section.heading, recall.new_section_id is null as is_gone
  from answer_recall recall join answer on answer.id = recall.answer_id join person on person.id = recall.person_id
  join document_version version on version.id = recall.version_id
  join section on section.id = coalesce(recall.new_section_id, recall.section_id)
  where answer.question is not null and ${isReaderSql}`;

/** Nobody is told of it later than so many days after it was found. */
const toldWithin = 14;

/** What these people were not shown yet. */
export function selectRecalls(tx: Queryable, people: readonly number[], now: Date): Promise<Recall[]> {
  const since = new Date(now.getTime() - toldWithin * 86_400_000);
  return selectAll(tx, Recall, `${recallSql} and recall.person_id = any($1) and recall.seen_at is null and recall.found_at >= $2 order by recall.id`, [people, since]);
} // prettier-ignore

const Texts = z.object({ before: z.string(), now: z.string().nullable() });

/** Theirs, with the section as it was and as it is; noted as seen. Null for what is not theirs, or not to be read any more. */
export async function seeRecall(tx: Queryable, personId: number, id: number, now: Date): Promise<(Recall & z.infer<typeof Texts>) | null> {
  const recall = await selectOptional(tx, Recall, `${recallSql} and recall.id = $1 and recall.person_id = $2`, [id, personId]);
  if (recall === null) return null;
  const texts = await selectOne(
    tx,
    Texts,
    `select cited.body as before, fresh.body as now from answer_recall recall join section cited on cited.id = recall.section_id
     left join section fresh on fresh.id = recall.new_section_id where recall.id = $1`,
    [id],
  );
  await tx.query('update answer_recall set seen_at = coalesce(seen_at, $2) where id = $1', [id, now]);
  return { ...recall, ...texts };
} // prettier-ignore
