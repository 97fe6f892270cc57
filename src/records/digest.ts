/** What managers were told of their people: overdue for long, and what of it is resolved since. Owns `digest`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { selectByRole } from './person.ts';

const OverdueItem = z.object({
  personId: z.number(),
  name: z.string(),
  record: z.string(),
  text: z.string(),
  dueOn: z.string(),
});
export type OverdueItem = z.infer<typeof OverdueItem>;

const Digest = z.object({
  personId: z.number(),
  day: z.string(),
  items: z.array(OverdueItem),
  resolved: z.array(OverdueItem),
});
export type Digest = z.infer<typeof Digest>;

/** The last one of each. */
export function selectLastDigests(tx: Queryable, people: readonly number[]): Promise<Digest[]> {
  return selectAll(
    tx,
    Digest,
    'select distinct on (person_id) person_id, day, items, resolved from digest where person_id = any($1) order by person_id, day desc',
    [people],
  );
}

/** Of a message to somebody, if it has one. */
export function selectDigestIn(tx: Queryable, nudgeId: number): Promise<Digest | null> {
  return selectOptional(tx, Digest, 'select person_id, day, items, resolved from digest where nudge_id = $1', [nudgeId]); // prettier-ignore
}

export async function insertDigest(tx: Queryable, { personId, day, items, resolved }: Digest, nudgeId: number): Promise<void> {
  await tx.query(
    'insert into digest (person_id, nudge_id, day, items, resolved) values ($1, $2, $3, $4, $5)',
    [personId, nudgeId, day, toJsonb(items), toJsonb(resolved)],
  );
} // prettier-ignore

const Report = z.object({
  managerId: z.number(),
  id: z.number(),
  name: z.string(),
  timeZone: z.string(),
  locale: z.string(),
  region: z.string().nullable(),
});
export type Report = z.infer<typeof Report>;

/** Whose delays these managers hear of: of those who report to them, and the ISMS manager of everybody who has no manager here. */
export async function selectAnsweredFor(tx: Queryable, managers: readonly number[]): Promise<Report[]> {
  const [first, second] = (await selectByRole(tx, 'isms_manager')).map(({ id }) => id);
  return selectAll(
    tx,
    Report,
    `select * from (select coalesce(manager.id, case when person.id = $2 then $3 else $2 end) as manager_id,
       person.id, person.name, person.time_zone, person.locale, person.region
     from person left join person manager on manager.id = person.manager_id and manager.active and manager.id <> person.id
     where person.active) as report where manager_id = any($1) order by manager_id, id`,
    [managers, first ?? null, second ?? null],
  );
}

export async function forgetDigests(tx: Queryable, before: string): Promise<void> {
  await tx.query('delete from digest where day < $1', [before]);
}
