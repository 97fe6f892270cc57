/** The doctor on the database: reached or not, extensions, schema and keys; it looks and changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstallations } from '../../src/conversation/installation.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { createServerDatabase, givenDataFolder, hasServer, keepEmbeddedOpen } from '../support/databases.ts';
import { examine, key, service } from '../support/doctor-stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'isma-doctor-'));
beforeAll(() => keepEmbeddedOpen());
afterAll(() => rmSync(folder, { recursive: true }));

describe('the doctor on the database', () => {
  it('hears of a server that is not there', async () => {
    const { ok, text } = await examine({
      ...service,
      DATABASE_URL: 'postgres://isma:hunter22@127.0.0.1:1/isma',
    });

    expect(ok).toBe(false);
    expect(text).toContain('wrong    Database: 127.0.0.1:1/isma was not reached: nobody listens there');
  });

  it('hears of a folder that cannot be one, and of one that another process has open', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const used = join(folder, 'used');
    await givenDataFolder(used);
    const db = await openEmbedded({ folder: used });
    await db.query('drop schema public cascade');
    await db.query('create schema public');

    const blocked = await examine({ DATA_DIR: join(file, 'data') });
    const busy = await examine({ DATA_DIR: used });
    await db.close();
    const free = await examine({ DATA_DIR: used });

    expect(blocked.text).toContain('cannot be written');
    expect(busy.text).toContain('warn     Database: embedded, and open in another process');
    expect(free.text).toContain('for one process, survives its being killed, not a power cut');
    expect(free.text).toContain('warn     Database: it is still empty');
  });

  it('names the sample company: wrong where the service is to run, to be looked at where it may be tried', async () => {
    const DATA_DIR = join(folder, 'sample');
    await givenDataFolder(DATA_DIR);
    const db = await openEmbedded({ folder: DATA_DIR });
    await db.query('insert into sample_company (loaded_at) values (now())');
    await db.close();

    const refused = await examine({ DATA_DIR });
    const allowed = await examine({ DATA_DIR, SAMPLE_COMPANY: 'allowed' });
    const none = await examine({ DATA_DIR: join(folder, 'none') });

    expect(refused.text).toMatch(
      /wrong {4}Database: the sample company is in it.*\n.*demo remove" takes it out, and only it/,
    );
    expect(allowed.text).toMatch(/warn {5}Database: the sample company is in it, and SAMPLE_COMPANY=allowed/);
    expect(none.text).not.toContain('sample company');
  });

  describe.skipIf(!hasServer)('on a server', () => {
    it('finds version, extensions and schema well, and changes nothing', async () => {
      const { db, url, drop } = await createServerDatabase();
      try {
        const { text } = await examine({ DATABASE_URL: url });

        expect(text).toMatch(/ok {7}Database: PostgreSQL \d+ at [\w.:]+\/isma_test_\w+ answers/);
        expect(text).toMatch(/ok {7}Database: pgvector 0\.\S+ is there/);
        expect(text).toMatch(/ok {7}Database: pg_trgm \S+ is there/);
        expect(text).toMatch(/ok {7}Database: all \d+ migrations are applied/);
      } finally {
        await db.close();
        await drop();
      }
    });

    it('hears of migrations that wait, were changed, or come from a newer version', async () => {
      const { db, url, drop } = await createServerDatabase();
      try {
        await db.query("delete from migration where name = '0010_installations.sql'");
        await db.query("update migration set sha256 = 'x' where name = '0001_extensions.sql'");
        await db.query("insert into migration (name, sha256) values ('9999_later.sql', 'x')");

        const { ok, text } = await examine({ DATABASE_URL: url });

        expect(ok).toBe(false);
        expect(text).toContain('warn     Database: 1 migration waits: 0010_installations.sql');
        expect(text).toContain(
          'wrong    Database: migrations/0001_extensions.sql was changed after it was applied',
        );
        expect(text).toContain('warn     Database: it was brought further by a newer version');
      } finally {
        await db.close();
        await drop();
      }
    });

    it('says whose people are ours where no workspace is listed: the first that was seen', async () => {
      const { db, url, drop } = await createServerDatabase();
      const oauth = {
        DATABASE_URL: url,
        SLACK_SIGNING_SECRET: 'made-up',
        SLACK_CLIENT_ID: '1.2',
        SLACK_CLIENT_SECRET: 'made-up',
        ENCRYPTION_KEY: key,
      };
      try {
        const none = await examine(oauth);
        await createInstallations(db, [key], () => new Date()).isFirst('slack', 'T-FIRST');
        const first = await examine(oauth);
        const listed = await examine({ ...oauth, SLACK_ALLOWED_WORKSPACES: 'T-OURS' });

        expect(none.text).toContain('warn     Database: no Slack workspace is ours yet');
        expect(first.text).toContain(
          'warn     Database: the Slack workspace T-FIRST is ours, since it was the first',
        );
        expect(listed.text).not.toContain('is ours');
      } finally {
        await db.close();
        await drop();
      }
    });

    it('hears of tokens whose key is gone, or old', async () => {
      const { db, url, drop } = await createServerDatabase();
      const other = Buffer.from('fedcba9876543210fedcba9876543210').toString('base64');
      try {
        await createInstallations(db, [other], () => new Date()).save('slack', 'T1', 'made-up');

        const lost = await examine({ DATABASE_URL: url, ENCRYPTION_KEY: key });
        const old = await examine({ DATABASE_URL: url, ENCRYPTION_KEY: key, ENCRYPTION_OLD_KEYS: other });
        const well = await examine({ DATABASE_URL: url, ENCRYPTION_KEY: other });

        expect(lost.text).toMatch(
          /wrong {4}Database: the tokens of 1 workspaces are encrypted with the key [0-9a-f]{8}/,
        );
        expect(old.text).toContain('isma -- keys rotate');
        expect(well.text).toContain('ok       Database: the tokens of 1 workspaces can be decrypted');
      } finally {
        await db.close();
        await drop();
      }
    });

    it('hears of a database that was never made', async () => {
      const url = new URL(process.env.TEST_DATABASE_URL ?? '');
      url.pathname = '/isma_never_made';

      const { text } = await examine({ DATABASE_URL: url.href });

      expect(text).toContain('has no such database: create it first');
    });
  });
});
