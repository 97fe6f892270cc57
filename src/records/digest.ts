/** What managers were told: what of their people is overdue for long or resolved since, and what the week brings. Owns `digest` and `digest_wish`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { selectByRole } from './person.ts';
import { selectSetting } from './setting.ts';

const OverdueItem = z.object({
  personId: z.number(),
  name: z.string(),
  record: z.string(),
  text: z.string(),
  dueOn: z.string(),
});
export type OverdueItem = z.infer<typeof OverdueItem>;

const WeekLine = z.object({
  kind: z.string(),
  title: z.string(),
  dueOn: z.string(),
  name: z.string().nullable(),
});

/** What a week brings: each list whole, as it was when it was said. */
export const Week = z.object({
  day: z.string(),
  due: z.array(WeekLine),
  /** Became overdue in the week before. */
  late: z.array(WeekLine),
  /** Everything that is overdue. */
  overdue: z.number(),
  /** Facts of readiness, by their key; `of` where it is a share. */
  changes: z.array(z.object({ key: z.string(), now: z.string(), before: z.string() })),
});
export type Week = z.infer<typeof Week>;

const Digest = z.object({
  personId: z.number(),
  day: z.string(),
  items: z.array(OverdueItem),
  resolved: z.array(OverdueItem),
  week: Week.nullable(),
});
export type Digest = z.infer<typeof Digest>;

/** The last one of each. */
export function selectLastDigests(tx: Queryable, people: readonly number[]): Promise<Digest[]> {
  return selectAll(
    tx,
    Digest,
    'select distinct on (person_id) person_id, day, items, resolved, week from digest where person_id = any($1) order by person_id, day desc',
    [people],
  );
}

/** Of a message to somebody, if it has one. */
export function selectDigestIn(tx: Queryable, nudgeId: number): Promise<Digest | null> {
  return selectOptional(tx, Digest, 'select person_id, day, items, resolved, week from digest where nudge_id = $1', [nudgeId]); // prettier-ignore
}

export async function insertDigest(tx: Queryable, { personId, day, items, resolved, week }: Digest, nudgeId: number): Promise<void> {
  await tx.query(
    'insert into digest (person_id, nudge_id, day, items, resolved, week) values ($1, $2, $3, $4, $5, $6)',
    [personId, nudgeId, day, toJsonb(items), toJsonb(resolved), week === null ? null : toJsonb(week)],
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

const Wishing = z.object({ id: z.number(), roles: z.array(z.string()), timeZone: z.string() });

/** Those of them who want to hear of the week: as they said themselves, else by the setting. */
export async function selectWishing(tx: Queryable, people: readonly number[]): Promise<z.infer<typeof Wishing>[]> {
  const { ismsManager, managers } = await selectSetting(tx, 'digest.weekly');
  return selectAll(
    tx,
    Wishing,
    `select person.id, roles, time_zone
     from person left join digest_wish wish on wish.person_id = person.id
     where person.id = any($1) and coalesce(wish.wanted, case when 'isms_manager' = any(roles) then $2::boolean else $3::boolean end)`,
    [people, ismsManager, managers],
  );
} // prettier-ignore

export async function wishDigest(tx: Queryable, personId: number, wanted: boolean, at: Date): Promise<void> {
  await tx.query(
    `insert into digest_wish (person_id, wanted, said_at) values ($1, $2, $3)
     on conflict (person_id) do update set wanted = excluded.wanted, said_at = excluded.said_at`,
    [personId, wanted, at],
  );
}
