/** Each migration runs once, in order, and stays as it was when it ran. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openServer } from '../../src/db/open.ts';
import { createServerDatabase, describeOnDatabases, hasServer } from '../support/databases.ts';

const names = readdirSync(join(import.meta.dirname, '../../migrations')).sort();

describeOnDatabases('a migration', (test) => {
  it('is applied once: a second run changes nothing', async () => {
    const again = await migrate(test.db);

    expect(again).toEqual([]);
    const { rows } = await test.db.query('select name from migration order by name');
    expect(rows.map((row) => row.name)).toEqual(names);
  });

  it('that was edited after it ran is refused, with what to do', async () => {
    const undone = test.db.transaction(async (tx) => {
      await tx.query("update migration set sha256 = 'another' where name = $1", [names[1]]);
      await expect(migrate(test.db)).rejects.toThrow(
        `Migration ${names[1]} was edited after this database applied it. Put the file back as it was, and write the change as a new migration.`,
      );
      throw new Error('undo');
    });

    await expect(undone).rejects.toThrow('undo');
  });

  it('that fails is named, and nothing of the run is kept', async () => {
    const undone = test.db.transaction(async (tx) => {
      await tx.query('delete from migration where name = $1', [names[3]]);
      await tx.query('savepoint before');
      await expect(migrate(test.db)).rejects.toThrow(
        `Migration ${names[3]} failed: relation "person" already exists. Nothing was changed.`,
      );
      await tx.query('rollback to before');
      throw new Error('undo');
    });

    await expect(undone).rejects.toThrow('undo');
    expect(await migrate(test.db)).toEqual([]);
  });
});

describe.skipIf(!hasServer)('two processes that start on a new database at once', () => {
  it('migrate it once', async () => {
    const { db, url, drop } = await createServerDatabase();
    await db.query('drop schema public cascade; create schema public');
    const other = await openServer(url);

    const applied = await Promise.all([migrate(db), migrate(other)]);

    expect(applied.toSorted((left, right) => left.length - right.length)).toEqual([[], names]);
    await Promise.all([db.close(), other.close()]);
    await drop();
  });
});

describe('a server that is not there', () => {
  it('is named without its password, with the setting to look at', async () => {
    const opening = openServer('postgres://isma:secret@127.0.0.1:1/isma');

    await expect(opening).rejects.toThrow(
      /The database at 127\.0\.0\.1:1\/isma cannot be reached: .*Check DATABASE_URL\./,
    );
    await expect(opening).rejects.not.toThrow('secret');
  });
});
