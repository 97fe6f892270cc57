/** Where the demonstration keeps its company: in a folder of its own, with nothing of a real company within its reach. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { demoConfig, demoFolderOf, isSamplePerson } from '../../src/app/sample-company.ts';
import { givenDataFolder, keepEmbeddedOpen } from '../support/databases.ts';
import { today } from '../support/harness.ts';
import { givenSampleCompany } from '../support/sample.ts';
import { lexicon } from '../support/shared.ts';
import { runHere } from '../support/terminal.ts';

describe('the demonstration', () => {
  it('keeps away from the database, the folder, the bucket and the platforms that are configured', () => {
    const config = readConfig({
      DATABASE_URL: 'postgres://isma@db.internal/isma',
      DATA_DIR: '/srv/isma/data/',
      S3_ENDPOINT: 'https://s3.example',
      S3_BUCKET: 'evidence',
      S3_ACCESS_KEY_ID: 'a',
      S3_SECRET_ACCESS_KEY: 'b',
    });

    expect(demoConfig(config, null)).toMatchObject({
      databaseUrl: null,
      dataFolder: '/srv/isma/data-demo',
      files: { kind: 'folder', folder: '/srv/isma/data-demo/evidence' },
      sampleCompany: 'allowed',
    });
  });

  it('has a folder whose name is another than that of real work, wherever that lies', () => {
    expect([demoFolderOf('data'), demoFolderOf('./data/'), demoFolderOf('/var/demo')]).toEqual([
      'data-demo',
      'data-demo',
      '/var/demo-demo',
    ]);
  });

  it('knows its people by their address', () => {
    expect(['Erin@Demo.Example ', 'erin@demo.example.org', 'demo.example@test.example'].map(isSamplePerson)).toEqual([true, false, false]);
  }); // prettier-ignore
});

describe('the commands, beside a folder of real work', () => {
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'isma-demo-'));
    await keepEmbeddedOpen();
    for (const folder of ['data-demo', 'empty']) await givenDataFolder(join(home, folder));
    const db = await openEmbedded({ folder: join(home, 'data-demo') });
    await givenSampleCompany(db, lexicon, today);
    await db.close();
    await writeFile(join(home, 'people.csv'), 'email,name\nalma@company.example,Alma Real\n');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  async function isma(args: string[], input = '', folder = 'data') {
    const { code, stdout, stderr } = await runHere(args, input, { DATA_DIR: join(home, folder) });
    return { code, output: stdout + stderr };
  }

  it('talk to the sample company where it is, and make nothing where real work will be', async () => {
    const { code, output } = await isma(['chat', '--as', 'erin@demo.example', '--json'], 'hello\n');

    expect(code, output).toBe(0);
    expect(output).toContain('"to":"erin@demo.example"');
    expect(await readdir(home)).not.toContain('data');
  });

  it('tell whoever talks to an empty database what to do, and load nothing into it', async () => {
    const { code, output } = await isma(['chat', '--as', 'alma@company.example'], 'hello\n', 'empty');

    expect(code).not.toBe(0);
    expect(output).toMatch(/There is nothing in the folder .*empty yet[\s\S]*npm run demo/);
  });

  it('take no real work in beside it, until it is taken out, which is shown first', async () => {
    const people = ['people', 'import', join(home, 'people.csv'), '--apply'];
    const refused = await isma(people, '', 'data-demo');
    const shown = await isma(['demo', 'remove'], '', 'data-demo');
    const removed = await isma(['demo', 'remove', '--yes'], '', 'data-demo');
    const taken = await isma(people, '', 'data-demo');

    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(
      /The sample company, Larkspur Robotics, is in the folder .*\n.*\n.*demo remove/,
    );
    expect(shown.output).toMatch(
      /would be taken out:[\s\S]*33 people[\s\S]*13 non-conformities[\s\S]*Say --yes/,
    );
    expect([shown.code, removed.code]).toEqual([0, 0]);
    expect(removed.output).toContain('The sample company is taken out.');
    expect(taken.code, taken.output).toBe(0);
  });
});
