/** The samples of all audits as a table, for `isma export audit-samples`. */
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Table } from '../../files/write-table.ts';

const columns = ['audit', 'title', 'requirement', 'population', 'size', 'of_total', 'chosen_by', 'items', 'result', 'taken_by', 'taken_at'] as const; // prettier-ignore

export async function sampleTable(db: Database): Promise<Table> {
  const rows = await selectAll(
    db,
    z.record(z.string(), z.union([z.string(), z.number()])),
    `select audit.reference as audit, audit.title, requirement, population, size, coalesce(of_total::text, '') as of_total, chosen_by, items,
       coalesce(result, '') as result, taken_by_name as taken_by, to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as taken_at
     from audit_sample join audit on audit.id = audit_id order by audit_sample.id`,
  );
  const fields = columns.map((column) =>
    column.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase()),
  );
  return { columns, rows: rows.map((row) => fields.map((each) => row[each] ?? '')) };
}
