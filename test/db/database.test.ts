/** One transaction a piece of work, however it is nested; conflicts are tried again, mistakes are not. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { describeOnDatabases } from '../support/databases.ts';

describeOnDatabases('a transaction', (test) => {
  beforeEach(() => test.db.query('create table thing (n integer primary key)'));
  afterEach(() => test.db.query('drop table thing'));

  const things = async () => (await test.db.query('select n from thing order by n')).rows.map((row) => row.n);
  const fail = (code: string) =>
    `do $$ begin raise exception 'made to fail' using errcode = '${code}'; end $$`;

  it('is kept whole, or not at all', async () => {
    const undone = test.db.transaction(async (tx) => {
      await tx.query('insert into thing values (1)');
      throw new Error('no');
    });

    await expect(undone).rejects.toThrow('no');
    expect(await things()).toEqual([]);
  });

  it('inside another joins it, and so does a query of the database itself', async () => {
    const undone = test.db.transaction(async (tx) => {
      await tx.query('insert into thing values (1)');
      await test.db.transaction((inner) => inner.query('insert into thing values (2)'));
      await test.db.query('insert into thing values (3)');
      expect(await things()).toEqual([1, 2, 3]);
      throw new Error('no');
    });

    await expect(undone).rejects.toThrow('no');
    expect(await things()).toEqual([]);
  });

  it('that is done lets the next one begin afresh', async () => {
    await test.db.transaction((tx) => tx.query('insert into thing values (1)'));
    const second = test.db.transaction(async (tx) => {
      await tx.query('insert into thing values (2)');
      throw new Error('no');
    });

    await expect(second).rejects.toThrow('no');
    expect(await things()).toEqual([1]);
  });

  it.each(['40001', '40P01'])(
    'is run again after a conflict (%s), and leaves what the last run did',
    async (code) => {
      let runs = 0;

      const result = await test.db.transaction(async (tx) => {
        runs += 1;
        await tx.query('insert into thing values ($1)', [runs]);
        if (runs < 3) await tx.query(fail(code));
        return 'done';
      });

      expect([result, runs, await things()]).toEqual(['done', 3, [3]]);
    },
  );

  it('is given up after three conflicts', async () => {
    let runs = 0;

    const failing = test.db.transaction(async (tx) => {
      runs += 1;
      await tx.query(fail('40001'));
    });

    await expect(failing).rejects.toThrow('made to fail');
    expect(runs).toBe(3);
  });

  it.each(['23505', '42P01', 'P0001', '22P02'])('is not run again after a mistake (%s)', async (code) => {
    let runs = 0;

    const failing = test.db.transaction(async (tx) => {
      runs += 1;
      await tx.query(fail(code));
    });

    await expect(failing).rejects.toThrow('made to fail');
    expect(runs).toBe(1);
  });

  it('runs again alone: one that it joined is not run twice by itself', async () => {
    let inner = 0;
    let outer = 0;

    await test.db.transaction(async () => {
      outer += 1;
      await test.db.transaction(async (tx) => {
        inner += 1;
        if (inner === 1) await tx.query(fail('40001'));
      });
    });

    expect([outer, inner]).toEqual([2, 2]);
  });

  it('that collides with another is run again, and sees what the other did', async () => {
    await test.db.query('insert into thing values (1)');
    const raise = () =>
      test.db.transaction(async (tx) => {
        await tx.query('set transaction isolation level repeatable read');
        const { rows } = await tx.query('select n from thing');
        await pause(50);
        await tx.query('update thing set n = $1', [Number(rows[0]?.n) + 1]);
      });

    await Promise.all([raise(), raise(), raise()]);

    expect(await things()).toEqual([4]);
  });

  it('that only reads sees nothing of what others write meanwhile, where that does not keep them waiting, and can write nothing', async () => {
    const [begun, wrote] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const counted = async (tx: Queryable) => (await tx.query('select n from thing')).rowCount;
    const reading = test.db.snapshot(async (db) => {
      const first = await counted(db);
      begun.resolve(undefined);
      await wrote.promise;
      return [first, await counted(db), await db.transaction(counted), await db.snapshot(counted)];
    });
    await begun.promise;
    await test.db.query('insert into thing values (1)');
    wrote.resolve(undefined);

    expect(await reading).toEqual(test.db.embedded ? [0, 1, 1, 1] : [0, 0, 0, 0]);
    const writing = () => test.db.snapshot((db) => db.query('insert into thing values (2)'));
    if (!test.db.embedded) await expect(writing()).rejects.toThrow('read-only');
    expect(await things()).toEqual([1]);
  });

  it('that failed gives its connection back: many of them starve nobody', async () => {
    const failing = Array.from({ length: 30 }, () =>
      test.db.transaction((tx) => tx.query('select 1/0')).catch(() => 'failed'),
    );

    expect(new Set(await Promise.all(failing))).toEqual(new Set(['failed']));
    expect(await things()).toEqual([]);
  });

  it('that asks again and again is read once by the embedded database, and anew by a connection that replaces a lost one', async () => {
    const add = 'insert into thing values ($1)';
    const kept = async () => (await test.db.query('select from pg_prepared_statements where statement = $1', [add])).rowCount;

    await test.db.query(add, [1]);
    await test.db.transaction((tx) => tx.query(add, [2]));
    const before = await kept();
    await expect(test.db.query(add, [2])).rejects.toThrow('duplicate'); // after an error the pool takes another connection
    const after = await kept();
    await test.db.query(add, [3]);

    expect([before, after]).toEqual(test.db.embedded ? [1, 0] : [0, 0]);
    expect(await things()).toEqual([1, 2, 3]);
  }); // prettier-ignore

  it('gives days as days and counts as numbers, wherever this machine stands', async () => {
    const { rows } = await test.db.query(
      "select date '2026-03-01' as day, count(*) as count, 2.50::numeric as price from thing",
    );

    expect(rows).toEqual([{ day: '2026-03-01', count: 0, price: 2.5 }]);
  });
});
