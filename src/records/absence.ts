/** When people are away, as they said or a list of the organisation says, and until when they put things off. Owns `absence` and `snooze`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';

const Absence = z.object({ personId: z.number(), fromDay: z.string(), untilDay: z.string() });
export type Absence = z.infer<typeof Absence>;

/** Those that are not over by a day, of each of the people. */
export function selectAbsences(tx: Queryable, people: readonly number[], from: string): Promise<Absence[]> {
  return selectAll(
    tx,
    Absence,
    'select person_id, from_day, until_day from absence where person_id = any($1) and until_day >= $2 order by from_day',
    [people, from],
  );
}

export async function selectAbsence(tx: Queryable, personId: number, day: string): Promise<Absence | null> {
  const absences = await selectAbsences(tx, [personId], day);
  return absences.find(({ fromDay }) => fromDay <= day) ?? null;
}

/** One that begins on the same day takes the place of the one before. */
export async function noteAbsence(
  tx: Queryable,
  { personId, fromDay, untilDay }: Absence,
  by: 'person' | 'import',
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into absence (person_id, from_day, until_day, said_by, said_at) values ($1, $2, $3, $4, $5)
     on conflict (person_id, from_day) do update
       set until_day = excluded.until_day, said_by = excluded.said_by, said_at = excluded.said_at`,
    [personId, fromDay, untilDay, by, at],
  );
}

/** They are back on that day: what had begun ends the day before. */
export async function endAbsence(tx: Queryable, personId: number, day: string): Promise<void> {
  await tx.query('delete from absence where person_id = $1 and from_day = $2', [personId, day]);
  await tx.query(
    'update absence set until_day = $2::date - 1 where person_id = $1 and from_day < $2 and until_day >= $2',
    [personId, day],
  );
}

const Snooze = z.object({ personId: z.number(), untilDay: z.string() });

export function selectSnoozes(tx: Queryable, people: readonly number[]): Promise<z.infer<typeof Snooze>[]> {
  return selectAll(tx, Snooze, 'select person_id, until_day from snooze where person_id = any($1)', [people]);
}

/** @param untilDay  the first day on which they hear of what is open again; null for now */
export async function snooze(tx: Queryable, personId: number, untilDay: string | null, at: Date): Promise<void> {
  if (untilDay === null) await tx.query('delete from snooze where person_id = $1', [personId]);
  else
    await tx.query(
      `insert into snooze (person_id, until_day, said_at) values ($1, $2, $3)
       on conflict (person_id) do update set until_day = excluded.until_day, said_at = excluded.said_at`,
      [personId, untilDay, at],
    );
} // prettier-ignore

export async function forgetAbsences(tx: Queryable, before: string): Promise<void> {
  await tx.query('delete from absence where until_day < $1', [before]);
  await tx.query('delete from snooze where until_day < $1', [before]);
}
