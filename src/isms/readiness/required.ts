/** What auditors ask to see in writing, by clause and control: content of ours in `knowledge/readiness.yaml`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { requirements } from '../../records/requirement.ts';

/** Records of ours that show it as well as a document does. */
const records = [
  'soa',
  'objective',
  'competence',
  'measurement',
  'audit_programme',
  'audit',
  'management_review',
  'nonconformity',
] as const;

const Required = z.strictObject({
  /** `scope` */
  id: z.string(),
  /** `4.3` */
  requirement: z.string().refine((id) => requirements().has(id), 'no clause or control'),
  title: z.string(),
  record: z.enum(records).nullable().default(null),
  /** Regular expressions of PostgreSQL over a title. */
  titles: z.array(z.string()),
});
type Required = z.infer<typeof Required>;

let known: readonly Required[] | undefined;

export function requiredDocuments(): readonly Required[] {
  known ??= z
    .array(Required)
    .parse(parse(readFileSync(join(import.meta.dirname, '../../../knowledge/readiness.yaml'), 'utf8')));
  return known;
}
