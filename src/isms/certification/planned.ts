/** Audits of the certification body that are planned, from their own records. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { certificationSql } from './rules.ts';

const Planned = z.object({
  reference: z.string(),
  kind: z.string(),
  plannedFrom: z.string(),
  plannedUntil: z.string(),
});
export type PlannedVisit = z.infer<typeof Planned>;

/** The next one first. */
export function selectPlannedVisits(tx: Queryable, { id }: { id: number }): Promise<PlannedVisit[]> {
  return selectAll(
    tx,
    Planned,
    `select reference, kind, planned_from, planned_until from audit
     where kind <> 'internal' and state in ('planned', 'prepared', 'in_progress') and ${certificationSql('audit.id')} = $1
     order by planned_from, id`,
    [id],
  );
}
