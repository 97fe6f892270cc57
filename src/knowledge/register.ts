/** The register of documents as an auditor asks for it: each version with who owns and approved it, its days, and the hash of its text. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';

const columns = ['reference', 'version', 'title', 'language', 'status', 'owner', 'approver', 'effective_from', 'review_on', 'classification', 'controls', 'changes', 'sha256'] as const; // prettier-ignore

export async function selectDocumentRegister(
  tx: Queryable,
): Promise<{ columns: readonly string[]; rows: string[][] }> {
  const { rows } = await tx.query(
    `select reference, version, title, language, status, coalesce(owner_email, '') as owner, coalesce(approver_email, '') as approver,
       coalesce(effective_from::text, '') as effective_from, coalesce(review_on::text, '') as review_on,
       coalesce(classification, '') as classification, array_to_string(controls, ', ') as controls, coalesce(changes, '') as changes,
       content_hash as sha256
     from document join document_version version on document_id = document.id
     where kind = 'policy' and archived_at is null order by reference, version.id`,
  );
  return { columns, rows: rows.map((row) => columns.map((column) => z.string().parse(row[column]))) };
}
