/** Before all tests: databases with the newest schema to begin from, and one folder for everything that a run leaves behind. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Database } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded, openServer } from '../../src/db/open.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of a dump of an embedded database. */
    template: string;
    /** What the names of all databases of this run on the server begin with; the one to copy is named by it alone. */
    serverTemplate: string;
  }
}

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/isma-tests');

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const template = await embeddedTemplate();
  const serverUrl = process.env.TEST_DATABASE_URL ?? '';
  const serverTemplate = `isma_test_${randomUUID().slice(0, 8)}`;
  if (serverUrl !== '') await createServerTemplate(serverUrl, serverTemplate);
  provide('template', template);
  provide('serverTemplate', serverTemplate);

  // Workers end without a word, so what they and their processes left is removed here.
  const before = process.env.TMPDIR;
  const folder = await mkdtemp(join(tmpdir(), 'isma-test-'));
  process.env.TMPDIR = folder;
  return async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true, force: true });
    if (serverUrl !== '') await dropAll(serverUrl, serverTemplate);
  };
}

/** Made once for each state of the migrations: to make one takes eight seconds of CPU. */
async function embeddedTemplate(): Promise<string> {
  const template = join(cache, `template-${await fingerprint()}.tar.gz`);
  const kept = await readdir(cache).catch(() => []);
  if (kept.some((name) => join(cache, name) === template)) return template;

  await mkdir(cache, { recursive: true });
  const db = await openEmbedded({ folder: null });
  await migrate(db);
  const unfinished = join(cache, `${randomUUID()}.unfinished`);
  await writeFile(unfinished, await db.dump());
  await db.close();
  await rename(unfinished, template);
  return template;
}

/** Of everything that the template is made from. */
async function fingerprint(): Promise<string> {
  const migrations = (await readdir(join(root, 'migrations'))).sort().map((name) => join('migrations', name));
  const hash = createHash('sha256');
  for (const name of [...migrations, 'src/db/embedded-worker.ts', 'package-lock.json'])
    hash.update(`${name}\0`).update(await readFile(join(root, name)));
  return hash.digest('hex').slice(0, 16);
}

async function createServerTemplate(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, (admin) => admin.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await onServer(url.href, migrate);
}

async function dropAll(serverUrl: string, prefix: string): Promise<void> {
  await onServer(serverUrl, async (admin) => {
    const { rows } = await admin.query('select datname from pg_database where starts_with(datname, $1)', [
      prefix,
    ]);
    for (const { datname } of rows)
      await admin.query(`drop database if exists ${String(datname)} with (force)`);
  });
}

async function onServer(url: string, work: (db: Database) => Promise<unknown>): Promise<void> {
  const db = await openServer(url);
  await work(db).finally(() => db.close());
}
