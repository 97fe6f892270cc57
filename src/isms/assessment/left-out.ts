/** Controls that the profile of the newest gap analysis leaves out whole. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';

/** By their numbers, with why. */
export async function selectLeftOut(tx: Queryable): Promise<Map<string, string>> {
  const rows = await selectAll(
    tx,
    z.object({ requirement: z.string(), reason: z.string() }),
    `select requirement, min(left_out) as reason from assessment_criterion
     where requirement like 'A.%' and assessment_id = (select max(id) from assessment where state in ('in_progress', 'in_review', 'final'))
     group by requirement having bool_and(left_out is not null)`,
  );
  return new Map(rows.map(({ requirement, reason }) => [requirement, reason]));
}
