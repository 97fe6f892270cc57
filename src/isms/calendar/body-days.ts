/** Days that follow from a certificate: its body's visits to come, until when majors are verified, and its end. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Reader } from '../../records/record.ts';
import { certifications } from '../certification/certification.ts';
import { selectPlannedVisits } from '../certification/planned.ts';
import { selectCycle } from '../certification/rules.ts';
import { majorsUntil, visitsAhead } from '../certification/visits.ts';
import { readsAll } from '../register/access.ts';
import type { Dated } from './day.ts';

const Owner = z.object({ id: z.number(), name: z.string(), managerId: z.number().nullable() });

/** A visit whose audit is planned in its days stands in the calendar as that audit. */
export async function selectBodyDays(tx: Queryable, viewer: Reader | null): Promise<Dated[]> {
  const running = await certifications.selectWhere(tx, 'not state = any($1)', [certifications.ended]);
  const ids = running.map(({ ownerId }) => ownerId);
  const owners = await selectAll(tx, Owner, 'select id, name, manager_id from person where id = any($1)', [ids]);
  const days: Dated[] = [];
  for (const row of running) {
    const owner = owners.find(({ id }) => id === row.ownerId);
    const isSeen = viewer === null || readsAll(viewer) || viewer.id === owner?.id || viewer.id === owner?.managerId;
    if (!isSeen) continue;
    const cycle = await selectCycle(tx, row);
    const planned = await selectPlannedVisits(tx, row);
    const visits = visitsAhead(row, cycle);
    const majors = majorsUntil(row, cycle);
    const add = (kind: string, dueOn: string, opensOn: string | null = null, part?: string) =>
      days.push({
        kind, record: certifications.nameOf(row), reference: row.reference, title: row.body, opensOn, dueOn,
        personId: row.ownerId, person: owner?.name ?? null, ...(part === undefined ? {} : { part }),
      });
    for (const [at, { kind, opensOn, lastOn }] of visits.entries()) {
      const isPlanned = planned.some((audit) => audit.kind === kind && audit.plannedFrom >= opensOn && audit.plannedUntil <= lastOn);
      // Counted from the end, a visit keeps its number when those before it have been held.
      if (!isPlanned) add(`visit_${kind}`, lastOn, opensOn, String(visits.length - at));
    }
    if (majors !== null) add('majors_verified', majors);
    if (row.validUntil !== null) add('certificate_ends', row.validUntil);
  }
  return days;
} // prettier-ignore
