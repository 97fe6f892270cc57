/** Opens the database that the configuration names: a PostgreSQL server, or the embedded one in a folder. */
import { mkdir, readdir } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { OperatorError, messageOf } from '../errors.ts';
import { createDatabase, type Database } from './database.ts';
import type { EmbeddedWorkerData } from './embedded-worker.ts';
import { lockFolder } from './folder-lock.ts';
import { makeSocketFolder } from './socket-folder.ts';

/** @throws OperatorError when the server does not answer, saying which one (never its password). */
export async function openServer(url: string): Promise<Database> {
  const db = createDatabase({ embedded: false, config: { connectionString: url } });
  try {
    await db.query('select 1');
    return db;
  } catch (cause) {
    await db.close();
    const { host, pathname } = new URL(url);
    throw new OperatorError(
      `The database at ${host}${pathname} cannot be reached: ${messageOf(cause)}. Check DATABASE_URL.`,
      { cause },
    );
  }
}

/**
 * To compile PostgreSQL a second time, so that it runs faster, takes two seconds of CPU and half a gigabyte for its parser alone; to
 * look through all of its code before it runs takes an eighth of a start, most of it for what is never called.
 */
const quickStart = [
  '--liftoff-only',
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
  '--wasm-lazy-validation',
];

export interface EmbeddedOptions {
  /** Folder of the data; null keeps everything in memory. */
  folder: string | null;
  /** What a database that does not exist yet begins with: path of a dump (see `dump`), or of the `postgres` in a folder that is closed. */
  template?: string | undefined;
  /** The process ends soon: it is to start quickly and hold little, rather than to run fast for long. */
  shortLived?: boolean;
}

export interface EmbeddedDatabase extends Database {
  /** True when this call created it. */
  readonly fresh: boolean;
  /** The whole database as one compressed file, which `template` takes. */
  dump(): Promise<Uint8Array>;
}

/** @throws OperatorError when another process has the folder open, or it cannot be written. */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const ready = await startEmbedded(options);
  return ready();
}

/**
 * Starts the thread in which the database opens.
 *
 * @returns what waits until it is open
 * @throws OperatorError when another process has the folder open, or it cannot be written.
 */
export async function startEmbedded({
  folder,
  template,
  shortLived = false,
}: EmbeddedOptions): Promise<() => Promise<EmbeddedDatabase>> {
  const dataFolder = folder === null ? null : join(resolve(folder), 'postgres');
  if (folder !== null) await makeFolder(folder);
  const lock = folder === null ? null : await lockFolder(folder);
  const fresh = dataFolder === null || !(await hasFiles(dataFolder));

  const socketFolder = await makeSocketFolder(folder).catch(async (error: unknown) => {
    await lock?.release();
    throw error;
  });
  const workerData: EmbeddedWorkerData = {
    dataFolder,
    socketPath: join(socketFolder.path, '.s.PGSQL.5432'),
    template: fresh ? (template ?? null) : null,
  };
  // Before the thread starts and not in it: what Node keeps compiled is of no use under other flags.
  if (shortLived) for (const flag of quickStart) setFlagsFromString(flag);
  const worker = beginThread(workerData);
  async function releaseAll() {
    await socketFolder.remove();
    await lock?.release();
  }

  const started = said(worker, 'ready').catch(async (cause: unknown) => {
    await releaseAll();
    throw new OperatorError(
      `The embedded database in ${folder ?? 'memory'} did not start: ${messageOf(cause)}. If the folder was copied or filled by another version, give a new one with --data.`,
      { cause },
    );
  });
  started.catch(() => undefined); // whoever waits for it hears of it

  return async () => {
    await started;
    return connect(worker, { socketFolder: socketFolder.path, fresh, onClosed: releaseAll });
  };
}

/** A thread keeps what it compiled only where it is told so before it loads anything. */
function beginThread(workerData: EmbeddedWorkerData): Worker {
  const kept = getCompileCacheDir();
  const keep =
    kept === undefined ? '' : `require('node:module').enableCompileCache(${JSON.stringify(dirname(kept))});`;
  const program = JSON.stringify(new URL('./embedded-worker.ts', import.meta.url));
  return new Worker(`${keep} import(${program});`, { eval: true, workerData });
}

interface Connection {
  socketFolder: string;
  fresh: boolean;
  /** Runs once the thread has ended. */
  onClosed: () => Promise<void>;
}

function connect(worker: Worker, { socketFolder, fresh, onClosed }: Connection): EmbeddedDatabase {
  const db = createDatabase({
    embedded: true,
    config: {
      host: socketFolder,
      port: 5432,
      user: 'postgres',
      database: 'postgres',
      idleTimeoutMillis: 0,
    },
    async onClose() {
      const closing = said(worker, 'closed');
      worker.postMessage('close');
      await closing;
      await worker.terminate();
      await onClosed();
    },
  });
  return Object.assign(db, {
    fresh,
    dump() {
      const dumping = said(worker, null);
      worker.postMessage('dump');
      return dumping as Promise<Uint8Array>;
    },
  });
}

/** The worker's next message, which must be `expected` unless that is null. */
function said(worker: Worker, expected: string | null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.ref();
    worker.once('message', (message: unknown) => {
      worker.off('error', reject);
      if (expected !== null) worker.unref();
      if (expected === null || message === expected) resolve(message);
      else reject(new Error(`expected "${expected}" from the database's thread`));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the database's thread ended with code ${code}`)));
  });
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new OperatorError(
      `The data folder ${folder} cannot be made: ${messageOf(cause)}. Set DATA_DIR, or --data, to one that this user may write.`,
      { cause },
    );
  });
}

/** True where a database would be made. */
export async function isNewFolder(folder: string): Promise<boolean> {
  return !(await hasFiles(join(folder, 'postgres')));
}

async function hasFiles(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.length > 0;
}
