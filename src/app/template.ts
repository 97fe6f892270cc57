/**
 * Embedded databases are begun as copies of a template, since to make one from nothing takes ten times as long as to open it.
 * One has the newest schema, one the documents of the sample company as well, and one its people and register: those lie some
 * days before and behind the one on which they are loaded, so that it serves on that day alone. `npm ci` makes all of them.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { isNewFolder, openEmbedded } from '../db/open.ts';
import { dayOf } from '../language/calendar.ts';

const kinds = ['empty', 'documents', 'samples'] as const;
export type TemplateKind = (typeof kinds)[number];

export interface TemplateOptions {
  /** When what begins from it begins. */
  at?: Date;
  /** The documents of the sample company are to get theirs, which is done as it is loaded. */
  vectors?: boolean;
  cache?: string;
  /** Hears what is being made now. */
  step?: (text: string) => void;
}

const root = join(import.meta.dirname, '../..');
/** Goes with the packages, and is writable for whoever installs them. */
const templateCache = join(root, 'node_modules/.cache/isma/templates');
/** What the content of a template comes from. Of libraries, the lock file names the version. */
const documentSources = [
  'migrations',
  'knowledge/guide',
  'knowledge/policies',
  'knowledge/search',
  'src/db',
  'src/knowledge',
  'src/app/load-samples.ts',
  'src/app/template.ts',
  'package-lock.json',
];
/** People and records come into being by the commands of all rooms. */
const sources: Record<TemplateKind, string[]> = {
  empty: documentSources,
  documents: documentSources,
  samples: ['migrations', 'knowledge', 'src', 'package-lock.json'],
};
/** Milliseconds after which a template of other sources is nobody's any more, and one that is unfinished was given up. */
const outdated = 3_600_000;
/** Milliseconds after which a template of another day is nobody's any more, wherever its people are. */
const past = 48 * 3_600_000;

/** When the register was loaded, and which day that was where its people are. */
const Loaded = z.object({ at: z.coerce.date(), days: z.record(z.string(), z.string()) });
const loadedFile = 'loaded.json';

/** The `postgres` of a template, or null where there is none of these sources, or of this day. */
export async function findTemplate(
  kind: TemplateKind,
  { at = new Date(), cache = templateCache }: TemplateOptions = {},
): Promise<string | null> {
  const folder = join(cache, await nameOf(kind), kind);
  if (kind !== 'samples') return (await isNewFolder(folder)) ? null : join(folder, 'postgres');
  for (const name of await readdir(folder).catch(() => []))
    if (await servesOn(at, join(folder, name))) return join(folder, name, 'postgres');
  return null;
}

/** Nothing in it lies behind `at`, and its days are those of `at` for everybody in it. One that is being removed serves nobody. */
async function servesOn(at: Date, folder: string): Promise<boolean> {
  const text = await readFile(join(folder, loadedFile), 'utf8').catch(() => null);
  if (text === null) return false;
  const loaded = Loaded.parse(JSON.parse(text));
  return loaded.at <= at && Object.entries(loaded.days).every(([zone, day]) => dayOf(at, zone) === day);
}

/** @throws Error where it cannot be made, as in a folder that is read-only */
export async function makeTemplate(kind: TemplateKind, options: TemplateOptions = {}): Promise<string> {
  const { at = new Date(), cache = templateCache } = options;
  const found = await findTemplate(kind, options);
  if (found !== null) return found;
  const name = await nameOf(kind);
  await mkdir(join(cache, name), { recursive: true });
  await removeOutdated(cache);
  const before = kinds[kinds.indexOf(kind) - 1];
  const template = before === undefined ? undefined : await makeTemplate(before, options);
  const unfinished = join(cache, `${name}.${randomUUID().slice(0, 8)}`);
  const place = join(cache, name, kind, ...(kind === 'samples' ? [randomUUID()] : []));
  try {
    const db = await openEmbedded({ folder: unfinished, template });
    try {
      options.step?.(steps[kind]);
      await fill(kind, db, at, unfinished);
    } finally {
      await db.close();
    }
    await lendToReaders(unfinished);
    await mkdir(join(place, '..'), { recursive: true });
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const made = await findTemplate(kind, options); // by another process meanwhile
    if (made !== null) return made;
    throw error;
  }
  return join(place, 'postgres');
}

const steps: Record<TemplateKind, string> = {
  empty: 'Making the tables…',
  documents: 'Reading the policies and the guide of the sample company…',
  samples: 'Filling the registers of the sample company…',
};

async function fill(kind: TemplateKind, db: Database, at: Date, folder: string): Promise<void> {
  if (kind === 'empty') {
    await migrate(db);
    return dropTemplates(db);
  }
  const { loadSampleDocuments, loadSampleRecords } = await import('./load-samples.ts');
  const { loadLexicon } = await import('../knowledge/lexicon.ts');
  if (kind === 'documents')
    return void (await loadSampleDocuments({ db, lexicon: loadLexicon(), embedder: null, clock: () => at }));
  await loadSampleRecords({ db, clock: () => at });
  const { rows } = await db.query(`select time_zone from person union select 'UTC'`);
  const days: Record<string, string> = {};
  for (const zone of rows.map(({ time_zone: zone }) => String(zone))) days[zone] = dayOf(at, zone);
  await writeFile(join(folder, loadedFile), JSON.stringify({ at, days }));
}

/** What PostgreSQL makes other databases from is half of what there is to copy, and nobody makes any in a folder of ours. */
async function dropTemplates(db: Database): Promise<void> {
  for (const name of ['template0', 'template1']) {
    await db.query(`alter database ${name} is_template false`);
    await db.query(`drop database ${name}`);
  }
}

/**
 * What a new database begins with: the template, which is made now where it is missing. The sample company may come without
 * people and register, which are then loaded as on any other day.
 *
 * @param say  hears at once that this takes a while
 * @returns undefined where there is none and none can be made: then the database itself is made from nothing
 */
export async function templateFor(
  kind: TemplateKind,
  say: (text: string) => void,
  options: TemplateOptions = {},
): Promise<string | undefined> {
  try {
    const begun = kind === 'samples' ? 'documents' : kind;
    const whole = options.vectors === true ? null : await findTemplate(kind, options);
    const found = whole ?? (await findTemplate(begun, options));
    if (found !== null) return found;
    say('Setting up for the first time, which takes up to a minute…');
    return await makeTemplate(begun, options);
  } catch {
    return undefined;
  }
}

/** Of one checkout and one state of its sources: documents are known by the folder that they came from. */
async function nameOf(kind: TemplateKind): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources[kind])
    for (const path of await filesIn(join(root, source)))
      hash
        .update(`${path}\0`)
        .update(await readFile(path))
        .update('\0');
  return `${await checkoutName()}-${hash.digest('hex').slice(0, 16)}`;
}

async function checkoutName(): Promise<string> {
  return createHash('sha256')
    .update(await realpath(root))
    .digest('hex')
    .slice(0, 8);
}

async function filesIn(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function removeOutdated(cache: string): Promise<void> {
  const checkout = await checkoutName();
  const names = await Promise.all(kinds.map(nameOf));
  for (const other of await readdir(cache))
    if (!names.includes(other) && other.startsWith(`${checkout}-`))
      await removeOlder(join(cache, other), outdated);
  const days = join(cache, await nameOf('samples'), 'samples');
  for (const day of await readdir(days).catch(() => [])) await removeOlder(join(days, day), past);
}

async function removeOlder(folder: string, age: number): Promise<void> {
  const { mtimeMs } = await stat(folder);
  if (Date.now() - mtimeMs > age) await rm(folder, { recursive: true, force: true });
}

/** Nothing in a template is secret, and it serves whoever runs the program; nobody else may change it. */
async function lendToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries)
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}
