/** Competence as a table, in the columns in which it is brought. */
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Table } from '../../files/write-table.ts';

const columns = [
  'reference', 'person', 'name', 'department', 'role', 'needs', 'basis', 'shown_by', 'evidence', 'gap', 'actions', 'effect', 'state',
  'assessed_on', 'assessed_by',
] as const; // prettier-ignore

/** With each action its owner, day and state, and with each file its hash. */
export async function competenceTable(db: Database): Promise<Table> {
  const rows = await selectAll(
    db,
    z.record(z.string(), z.string()),
    `select competence.reference, coalesce(person.email, '') as person, person.name, coalesce(person.department, '') as department,
       role, needs, array_to_string(basis, ', ') as basis, coalesce(shown_by, '') as "shownBy", coalesce(gap, '') as gap,
       coalesce(effect, '') as effect, competence.state, assessed_on::text as "assessedOn", coalesce(state_by_name, '') as "assessedBy",
       coalesce((select string_agg(action.reference || ': ' || description || ' (' || owner.name || ', ' || due_on || ', ' || replace(action.state, '_', ' ') || ')',
           E'\\n' order by action.id)
         from corrective_action action join person owner on owner.id = owner_id
         where belongs_to = 'competence:' || competence.id), '') as actions,
       coalesce((select string_agg(coalesce(address, file_name || ' (SHA-256 ' || sha256 || ')'), E'\\n' order by evidence.id)
         from evidence join evidence_revision revision on evidence_id = evidence.id
         where belongs_to = 'competence:' || competence.id and evidence.state <> 'rejected'
           and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id)), '') as evidence
     from competence join person on person.id = person_id order by competence.id`,
  );
  const fields = columns.map((column) =>
    column.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase()),
  );
  return { columns, rows: rows.map((row) => fields.map((each) => row[each] ?? '')) };
}
