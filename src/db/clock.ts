/** One time for all processes of a database: its own, however far the clock of the machine that one of them runs on is off. */
import type { Database } from './database.ts';

/** How often it is asked how late it is, in milliseconds: clocks are set, and drift. */
const askedEvery = 600_000;

/**
 * What is due is decided by this clock, and leases and pauses by the database's `now()`: so both are the same.
 *
 * @param machine  milliseconds of this machine
 */
export async function databaseClock(
  db: Pick<Database, 'query'>,
  machine: () => number = Date.now,
): Promise<() => Date> {
  let ahead = 0;
  async function ask(): Promise<void> {
    const begun = machine();
    const { rows } = await db.query('select extract(epoch from clock_timestamp())::float8 * 1000 as ms');
    ahead = Number(rows[0]?.ms) - (begun + machine()) / 2;
  }
  await ask();
  // Where it cannot be asked now, what was known holds.
  setInterval(() => void ask().catch(() => undefined), askedEvery).unref();
  return () => new Date(machine() + ahead);
}
