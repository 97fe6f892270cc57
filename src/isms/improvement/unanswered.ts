/** Questions that no policy answered, or whose answer did not help: what improvements of policies come from. Reads `answer` and what hangs on it. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../../db/rows.ts';

const Unanswered = z.object({
  id: z.number(),
  /** Counted, and shown to nobody. */
  personId: z.number(),
  question: z.string(),
  notHelpful: z.boolean(),
  /** The policy that came nearest. */
  documentId: z.number().nullable(),
});
export type Unanswered = z.infer<typeof Unanswered>;

/** Questions that are looked at, the newest: more than that are not read by anybody. */
const most = 5_000;

/** SQL: the answer said nothing, did not help whoever asked, or was taken to an owner. */
const unansweredSql = `(answer.outcome = 'not_covered'
  or exists (select from answer_feedback verdict where verdict.answer_id = answer.id and verdict.person_id = answer.person_id and not verdict.helpful)
  or exists (select from open_question asked where asked.answer_id = answer.id))`;

/** What an improvement was made for already, or its policy was changed for, is not asked again. */
export function selectUnanswered(tx: Queryable, since: Date): Promise<Unanswered[]> {
  return selectAll(
    tx,
    Unanswered,
    `select answer.id, answer.person_id, answer.question,
       exists (select from answer_feedback verdict where verdict.answer_id = answer.id and verdict.person_id = answer.person_id and not verdict.helpful) as not_helpful,
       (select document.id from document_version version join document on document.id = version.document_id
        where document.kind = 'policy' and version.id = coalesce(answer.nearest_version_id,
          (select version_id from section where section.id = answer.section_ids[1]))) as document_id
     from answer
     where answer.at >= $1 and answer.question is not null and ${unansweredSql}
       and not exists (select from open_question concluded where concluded.answer_id = answer.id and concluded.state = 'policy_changed')
       and not exists (select from improvement_question used join improvement on improvement.id = used.improvement_id
         where used.answer_id = answer.id and improvement.state = 'done')
     order by answer.id desc limit ${most}`,
    [since],
  );
}

/** How many different people asked so since. */
export async function countAskers(tx: Queryable, since: Date): Promise<number> {
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    `select count(distinct answer.person_id) as count from answer where answer.at >= $1 and ${unansweredSql}`,
    [since],
  );
  return count;
}

const Owned = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  ownerId: z.number().nullable(),
});
export type OwnedDocument = z.infer<typeof Owned>;

/** Documents by their newest published version, with their owner where they work here. */
export function selectOwned(tx: Queryable, documents: readonly number[]): Promise<OwnedDocument[]> {
  return selectAll(
    tx,
    Owned,
    `select distinct on (document.id) document.id, document.reference, version.title,
       (select id from person where person.email = version.owner_email and active) as owner_id
     from document join document_version version on version.document_id = document.id
     where document.id = any($1) and version.status in ('published', 'superseded')
     order by document.id, version.status, version.effective_from desc, version.id desc`,
    [documents],
  );
}

const Document = z.object({ id: z.number(), title: z.string() });

/** By its reference, with the title of its newest version. */
export function selectOptionalDocument(
  tx: Queryable,
  reference: string,
): Promise<z.infer<typeof Document> | null> {
  return selectOptional(
    tx,
    Document,
    `select document.id, title from document join document_version version on version.document_id = document.id
     where reference = $1 order by version.id desc limit 1`,
    [reference],
  );
}
