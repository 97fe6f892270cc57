/** A machine whose clock is off does not decide what is due: the database does. */
import { expect, it } from 'vitest';
import { databaseClock } from '../../src/db/clock.ts';
import { describeOnDatabases } from '../support/databases.ts';

describeOnDatabases('the clock of a process', (test) => {
  it.each([-600_000, 0, 600_000])('is the database’s where its machine is %d ms off', async (off) => {
    const clock = await databaseClock(test.db, () => Date.now() + off);

    const { rows } = await test.db.query('select clock_timestamp() as now');
    const apart = clock().getTime() - (rows[0]?.now as Date).getTime();

    // So long at most as the two questions took.
    expect(Math.abs(apart)).toBeLessThan(60_000);
  });
});
