/** Every row of the register and the end of the audit log: what must be the same after words alone. */
import type { Database } from '../../../src/db/database.ts';

const tables = [
  'nonconformity', 'corrective_action', 'due_change', 'delegation', 'evidence', 'evidence_revision', 'register_note', 'effectiveness_check',
  'nonconformity_link',
]; // prettier-ignore

/** Proposals are told by their states: one may be shown, and none may be confirmed. */
export async function registerRows(db: Database): Promise<Record<string, unknown>> {
  const { rows } = await db.query(
    `select ${tables.map((table) => `(select json_agg(each order by each::text) from ${table} each)::text as ${table}`).join(', ')},
       (select json_agg(distinct state)::text from proposal where state <> 'shown') as decided, (select seq from audit_head) as audited`,
  );
  return rows[0] ?? {};
}
