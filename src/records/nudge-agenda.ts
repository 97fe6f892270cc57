/**
 * When what is open for a person is looked at next. Owns `nudge_agenda`: everybody who works here has a row, which a trigger of
 * `person` writes. Whoever gives somebody something to do, or ends it, has it looked at.
 */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { selectSetting } from './setting.ts';

/** Once what else comes in the next minutes has been gathered. */
export async function lookSoon(tx: Queryable, people: readonly number[], now: Date): Promise<void> {
  const { gatherMinutes } = await selectSetting(tx, 'nudges');
  await tx.query(
    `insert into nudge_agenda (person_id, look_at) select distinct id, $2::timestamptz from unnest($1::integer[]) as id order by 1
     on conflict (person_id) do update set look_at = least(nudge_agenda.look_at, excluded.look_at)`,
    [people, new Date(now.getTime() + gatherMinutes * 60_000)],
  );
}

/** Whoever comes back to a demonstration on a later day sees what they would be told then; on the first they are greeted with it. */
export async function lookNow(tx: Queryable, email: string, now: Date): Promise<void> {
  await tx.query(
    `update nudge_agenda set look_at = '-infinity' from sample_company
     where person_id = (select id from person where email = $1 and active) and loaded_at < $2::timestamptz - interval '20 hours'`,
    [email, now],
  );
}

const Looked = z.object({
  id: z.number(),
  active: z.boolean(),
  timeZone: z.string(),
  locale: z.string(),
  region: z.string().nullable(),
  /** Whether anybody reports to them, or they stand in for managers who are not there. */
  hasPeople: z.boolean(),
  digestOn: z.string().nullable(),
});
export type Looked = z.infer<typeof Looked>;

const looked = `select person.id, person.active, person.time_zone, person.locale, person.region, agenda.digest_on,
    'isms_manager' = any(person.roles)
      or exists (select from person report where report.manager_id = person.id and report.active) as has_people
  from nudge_agenda agenda join person on person.id = agenda.person_id`;

/** Those whose time has come, a batch of them. Nobody else gets them until the caller's transaction ends. */
export function takeDue(tx: Queryable, now: Date, most: number): Promise<Looked[]> {
  return selectAll(
    tx,
    Looked,
    `${looked} where agenda.look_at <= $1 order by agenda.look_at limit $2 for update of agenda skip locked`,
    [now, most],
  );
}

/** Nobody else looks at them until the caller's transaction ends. */
export function lockLooked(tx: Queryable, people: readonly number[]): Promise<Looked[]> {
  return selectAll(
    tx,
    Looked,
    `${looked} where person.id = any($1) order by person.id for update of agenda`,
    [people],
  );
}

export interface Next {
  personId: number;
  /** Null for nobody's time any more. */
  lookAt: Date | null;
  /** The day for which their people were looked at. */
  digestOn: string | null;
}

/** In any order: the caller has the rows. */
export async function lookNext(tx: Queryable, next: readonly Next[]): Promise<void> {
  await tx.query(
    `update nudge_agenda set look_at = coalesce(fresh.look_at, 'infinity'), digest_on = coalesce(fresh.digest_on, nudge_agenda.digest_on)
     from unnest($1::integer[], $2::timestamptz[], $3::date[]) as fresh(person_id, look_at, digest_on)
     where nudge_agenda.person_id = fresh.person_id`,
    [
      next.map(({ personId }) => personId),
      next.map(({ lookAt }) => lookAt),
      next.map(({ digestOn }) => digestOn),
    ],
  );
}
