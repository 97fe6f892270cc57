/** What the register and earlier assessments hold of a requirement, beside what somebody says of it now. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { selectOptionalReferred, type Reader } from '../../records/record.ts';

const Newest = z.object({ reference: z.string().nullable(), at: z.date() });

/**
 * The evidence of a requirement that was brought last, to its non-conformities and their actions or to any assessment.
 *
 * @returns without a reference where the person may not see its record
 */
export async function selectNewestEvidence(
  tx: Queryable,
  actor: Reader,
  requirement: string,
): Promise<z.infer<typeof Newest> | null> {
  const newest = await selectOptional(
    tx,
    Newest,
    `select record.reference, revision.uploaded_at as at from (
       select evidence.id, nonconformity.reference from evidence
       join nonconformity on nonconformity.id = evidence.nonconformity_id where nonconformity.requirement = $1
       union all select evidence.id, assessment.reference from assessment
       join evidence on belongs_to = 'assessment:' || assessment.id and starts_with(purpose, $1 || '.')
     ) record join evidence_revision revision on revision.evidence_id = record.id
     order by revision.uploaded_at desc limit 1`,
    [requirement],
  );
  const isSeen =
    newest?.reference != null && (await selectOptionalReferred(tx, actor, newest.reference)) !== null;
  return newest === null || isSeen ? newest : { ...newest, reference: null };
}
