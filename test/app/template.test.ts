/** New embedded databases begin as copies of a template, which saves time and is never needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSamples } from '../../src/app/load-samples.ts';
import { isEmpty } from '../../src/app/sample-company.ts';
import { findTemplate, makeTemplate, templateFor } from '../../src/app/template.ts';
import { prepare } from '../../src/cli/keeping.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { verifyRevisions } from '../../src/records/revision.ts';
import { createFileStore } from '../../src/files/open-store.ts';
import { keepEmbeddedOpen } from '../support/databases.ts';
import { silentLog, testConfig } from '../support/harness.ts';
import { lexicon } from '../support/shared.ts';
import { runHere } from '../support/terminal.ts';

let home: string;
/** Cannot be made, whoever runs the tests: a file lies where its folder would. */
let unwritable: string;
/** Kept apart from the one of this checkout, which may have been made today. */
let cache: string;
const loadedAt = new Date('2027-03-10T09:00:00Z');

beforeAll(async () => {
  await keepEmbeddedOpen();
  home = await mkdtemp(join(tmpdir(), 'isma-template-'));
  cache = join(home, 'cache');
  const ofCheckout = join(await makeTemplate('documents'), '../..');
  await cp(ofCheckout, join(cache, basename(ofCheckout)), { recursive: true });
  await writeFile(join(home, 'a file'), '');
  unwritable = join(home, 'a file', 'templates');
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('a template', () => {
  it('that is missing is made and that is said, once, and one of other sources is not used', async () => {
    const cache = join(home, 'missing');
    const said: string[] = [];
    const say = (text: string) => void said.push(text);

    const made = await templateFor('empty', say, { cache });
    const found = await templateFor('empty', say, { cache });

    expect(made).toBe(found);
    expect(said).toEqual([expect.stringContaining('for the first time')]);
    const [name = ''] = await readdir(cache);
    await rename(join(cache, name), join(cache, name.replace(/[0-9a-f]{16}$/, '0'.repeat(16))));
    expect(await findTemplate('empty', { cache })).toBeNull();
  });

  it('that cannot be kept stops nobody: what begins from it begins from nothing, and an install goes on', async () => {
    const said: string[] = [];

    const template = await templateFor('samples', (text) => said.push(text), { cache: unwritable });
    await prepare(unwritable);

    expect(template).toBeUndefined();
    expect(said).toHaveLength(1);
    expect(process.exitCode).toBeUndefined();
  });

  it('never fails an install, not even where the program itself does not run', async () => {
    await mkdir(join(home, 'broken'));
    await cp(join(import.meta.dirname, '../../package.json'), join(home, 'broken/package.json'));

    const child = spawn('npm', ['run', 'prepare'], { cwd: join(home, 'broken'), stdio: 'ignore' });

    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a database that begins as a copy', () => {
  it('has the newest schema, is private, and takes nothing from a copy that was cut off', async () => {
    const folder = join(home, 'fresh');
    await mkdir(join(folder, 'postgres.unfinished/base'), { recursive: true });

    const db = await openEmbedded({ folder, template: await makeTemplate('empty') });

    expect(await migrate(db)).toEqual([]);
    await db.close();
    expect(await readdir(folder)).toEqual(['postgres']);
    expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('of the documents of the sample company gets people and register by the day on which they are loaded', async () => {
    const now = new Date('2027-03-10T09:00:00Z');
    const folder = join(home, 'samples');
    const db = await openEmbedded({ folder, template: await makeTemplate('documents') });
    const files = createFileStore({ kind: 'folder', folder: join(folder, 'evidence') });
    const parts = { db, files, lexicon, embedder: null, model: null, log: silentLog };

    const begunEmpty = await isEmpty({ db });
    const reports = await loadSamples({ ...parts, config: testConfig, clock: () => now });

    expect(begunEmpty).toBe(true);
    expect(reports.map(({ added, changed }) => [...added, ...changed])).toEqual([[], []]);
    const { rows } = await db.query(
      'select max(identified_on) as newest, (select count(*) from person) as people from nonconformity',
    );
    const { faults } = await verifyAudit(db);
    await db.close();
    expect(rows[0]?.newest).toMatch(/^2027-0[23]-/);
    expect(rows[0]?.people).toBe(33);
    expect(faults).toEqual([]);
  });

  it('of the whole sample company has its register and an audit log that is whole, and nothing is loaded into it', async () => {
    const made = await makeTemplate('samples', { at: loadedAt, cache });
    const db = await openEmbedded({ folder: join(home, 'whole'), template: made });

    const { faults, entries } = await verifyAudit(db);
    const begunEmpty = await isEmpty({ db });
    const { rows } = await db.query('select max(identified_on) as newest from nonconformity');
    const revisions = await verifyRevisions(db);
    await db.close();

    expect(begunEmpty).toBe(false);
    expect(rows[0]?.newest).toMatch(/^2027-0[23]-/);
    expect(entries).toBeGreaterThan(100);
    expect([...faults, ...revisions]).toEqual([]);
  });

  it('of the whole sample company shows whoever types «npm run demo» what the README shows them first', async () => {
    const made = await makeTemplate('samples', { at: loadedAt, cache });
    const folder = join(home, 'first minute');
    const db = await openEmbedded({ folder, template: made });
    await db.query('update sample_company set loaded_at = $1', [loadedAt]); // its documents lay there before
    await db.close();
    const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
    const args = ['demo', '--data', folder, '--now', loadedAt.toISOString()];

    const { stdout } = await runHere(args, '2\n/quit\n', {}, 80);

    const screen = stdout.replace(/\u001B\[\d*[A-Za-z]|\r/g, '').replace(/ +$/gm, '');
    const shown = screen.replace('> 2\n/quit\n', '> 2\n').trim();
    expect(shown).toBe(/\$ npm run demo\n\n([^]*?)\n```/.exec(readme)?.[1]);
  });
});

describe('the template with the register of a day', () => {
  it.each([
    ['later on that day', '2027-03-10T20:00:00Z', true],
    ['until it ends where its people are, some of whom are ahead of UTC', '2027-03-10T22:59:00Z', true],
    ['not once another day has begun for one of them', '2027-03-10T23:00:00Z', false],
    ['not on the next day', '2027-03-11T09:00:00Z', false],
    ['not on the day before', '2027-03-09T12:00:00Z', false],
    ['not at an hour before it was loaded, for which its records lie ahead', '2027-03-10T08:59:00Z', false],
  ])('serves %s', async (_when, at, serves) => {
    const made = await makeTemplate('samples', { at: loadedAt, cache });

    const found = await findTemplate('samples', { at: new Date(at), cache });

    expect(found).toBe(serves ? made : null);
  });

  it.each([
    ['on any other day', { at: new Date('2027-03-11T09:00:00Z') }],
    ['where its documents are to get vectors', { at: loadedAt, vectors: true }],
  ])('is stood in for by the one with the documents %s, without a word', async (_where, options) => {
    const documents = await makeTemplate('documents', { cache });
    await makeTemplate('samples', { at: loadedAt, cache });
    const said: string[] = [];

    const template = await templateFor('samples', (text) => said.push(text), { ...options, cache });

    expect(template).toBe(documents);
    expect(said).toEqual([]);
  });

  it('may be made by several at once, and each gets one that is whole', async () => {
    const at = new Date('2027-03-12T09:00:00Z');

    const made = await Promise.all([1, 2].map(() => makeTemplate('samples', { at, cache })));

    expect(made).toContain(await findTemplate('samples', { at, cache }));
    for (const template of made) expect(await readdir(template)).toContain('PG_VERSION');
  });
});
