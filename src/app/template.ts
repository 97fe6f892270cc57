/**
 * Embedded databases are begun as copies of a template, since to make one from nothing takes ten times as long as to open it:
 * one with the newest schema, and one that holds the documents of the sample company as well. `npm ci` makes both.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { isNewFolder, openEmbedded } from '../db/open.ts';

export type TemplateKind = 'empty' | 'samples';

const root = join(import.meta.dirname, '../..');
/** Goes with the packages, and is writable for whoever installs them. */
const templateCache = join(root, 'node_modules/.cache/isma/templates');
/** What the content of a template comes from. Of libraries, the lock file names the version. */
const sources = [
  'migrations',
  'knowledge/guide',
  'knowledge/policies',
  'knowledge/search',
  'src/db',
  'src/knowledge',
  'src/app/load-samples.ts',
  'package-lock.json',
];
/** Milliseconds after which a template of other sources is nobody's any more, and one that is unfinished was given up. */
const outdated = 3_600_000;

/** The `postgres` of a template, or null where there is none of these sources. */
export async function findTemplate(kind: TemplateKind, cache = templateCache): Promise<string | null> {
  const folder = join(cache, await nameNow(), kind);
  return (await isNewFolder(folder)) ? null : join(folder, 'postgres');
}

/** @throws Error where it cannot be made, as in a folder that is read-only */
export async function makeTemplate(kind: TemplateKind, cache = templateCache): Promise<string> {
  const found = await findTemplate(kind, cache);
  if (found !== null) return found;
  const name = await nameNow();
  await mkdir(join(cache, name), { recursive: true });
  await removeOutdated(cache, name);
  const unfinished = join(cache, `${name}.${randomUUID().slice(0, 8)}`);
  try {
    const template = kind === 'samples' ? await makeTemplate('empty', cache) : undefined;
    const db = await openEmbedded({ folder: unfinished, template });
    try {
      await migrate(db);
      if (kind === 'samples') {
        const { loadSampleDocuments } = await import('./load-samples.ts');
        const { loadLexicon } = await import('../knowledge/lexicon.ts');
        const now = new Date();
        await loadSampleDocuments({ db, lexicon: loadLexicon(), embedder: null, clock: () => now });
      }
    } finally {
      await db.close();
    }
    await lendToReaders(unfinished);
    await rename(unfinished, join(cache, name, kind));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const made = await findTemplate(kind, cache); // by another process meanwhile
    if (made !== null) return made;
    throw error;
  }
  return join(cache, name, kind, 'postgres');
}

/**
 * What a new database begins with: the template, which is made now where it is missing.
 *
 * @param say  hears at once that this takes a while
 * @returns undefined where there is none and none can be made: then the database itself is made from nothing
 */
export async function templateFor(
  kind: TemplateKind,
  say: (text: string) => void,
  cache = templateCache,
): Promise<string | undefined> {
  try {
    const found = await findTemplate(kind, cache);
    if (found !== null) return found;
    say(
      'The first database on this machine is made, which takes some ten seconds; later ones are copies of it.',
    );
    return await makeTemplate(kind, cache);
  } catch {
    return undefined;
  }
}

/** Of one checkout and one state of its sources: documents are known by the folder that they came from. */
async function nameNow(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources)
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

async function removeOutdated(cache: string, name: string): Promise<void> {
  const checkout = await checkoutName();
  for (const other of await readdir(cache)) {
    if (other === name || !other.startsWith(`${checkout}-`)) continue;
    const { mtimeMs } = await stat(join(cache, other));
    if (Date.now() - mtimeMs > outdated) await rm(join(cache, other), { recursive: true, force: true });
  }
}

/** Nothing in a template is secret, and it serves whoever runs the program; nobody else may change it. */
async function lendToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries)
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}
