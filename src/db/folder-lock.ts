/** One folder, one process: PGlite itself lets two processes write one folder, and loses what they wrote. */
import { randomUUID } from 'node:crypto';
import { link, lstat, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createServer, createConnection, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OperatorError, messageOf } from '../errors.ts';
import { longestSocketPath, makeSocketFolder, type SocketFolder } from './socket-folder.ts';

const lockName = 'isma.lock';
/** What a lock is called that somebody took aside to see whether its process lives. */
const asideEnding = '.old';
/** `isma.lock.12345678.old` */
const longestName = 22;

/** How often to try to give back a lock that was taken aside and turned out alive, with 20 ms between. */
const returnAttempts = 250;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Hold a listening unix socket as the lock: the kernel stops answering on it the moment the process dies, `kill -9`
 * included, where a pid file would stay behind and lie (in a container every process may have the same pid). It lies in the
 * folder itself, so that every name of the folder leads to it.
 *
 * @throws OperatorError naming the process that holds the folder, or why it cannot be locked
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let way: SocketFolder | null = null;
  try {
    const real = await realpath(folder);
    way = await shortWay(real);
    return await lockThrough(way.path, real, folder);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `The data folder ${folder} cannot be locked: ${messageOf(error)}. It must be a folder that this user may write, on a disk of this machine.`,
      { cause: error },
    );
  } finally {
    await way?.remove();
  }
}

/** A path to the folder that a socket's may begin with: its own, or a link to it; only binding and connecting need it. */
async function shortWay(real: string): Promise<SocketFolder> {
  if (Buffer.byteLength(real) + 1 + longestName <= longestSocketPath)
    return { path: real, remove: async () => {} };
  const { path, remove } = await makeSocketFolder(null);
  await symlink(real, join(path, 'f'));
  return { path: join(path, 'f'), remove };
}

async function lockThrough(way: string, real: string, folder: string): Promise<FolderLock> {
  const name = join(real, lockName);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const own = `${lockName}.${randomUUID().slice(0, 8)}`;
    const server = await listen(join(way, own));
    const { ino } = await lstat(join(real, own));
    const release = async () => {
      if ((await inodeOf(name)) === ino) await rm(name, { force: true });
      await closed(server);
    };
    try {
      await link(join(real, own), name); // atomic: of two that start at once, one gets the name
    } catch (error) {
      await closed(server);
      if (!isCode(error, 'EEXIST')) throw error;
      const holder = await aliveOrTakenAway(way, real);
      if (holder !== null) throw inUse(folder, holder);
      continue;
    } finally {
      await rm(join(real, own), { force: true });
    }
    const holder = await holderAside(way, real);
    if (holder === null) return { release };
    await release();
    throw inUse(folder, holder);
  }
  throw new OperatorError(
    `The data folder ${folder} could not be locked: other processes are starting on it. Try again.`,
  );
}

function inUse(folder: string, holder: string): OperatorError {
  return new OperatorError(
    `The data folder ${folder} is in use by ${holder}. Close it first, or give this one another folder with --data.`,
  );
}

/**
 * A lock that nobody answers on was left by a killed process: take it away. Between the look and the taking another process may
 * have put its own there, so what was taken aside is asked once more, and given back where it turns out alive; until then
 * whoever gets the name finds it aside.
 */
async function aliveOrTakenAway(way: string, real: string): Promise<string | null> {
  const name = join(real, lockName);
  const holder = await holderOf(join(way, lockName));
  if (holder !== null) return holder;
  const aside = `${lockName}.${randomUUID().slice(0, 8)}${asideEnding}`;
  if (!(await moved(name, join(real, aside)))) return null;
  const late = await holderOf(join(way, aside));
  if (late !== null) await requeue(join(real, aside), name);
  else await rm(join(real, aside), { force: true });
  return late;
}

async function requeue(aside: string, name: string): Promise<void> {
  for (let attempt = 0; attempt < returnAttempts; attempt += 1) {
    try {
      await link(aside, name);
      await rm(aside, { force: true });
      return;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) return;
      await pause(20);
    }
  }
}

/** Whoever lives behind a lock that is aside just now holds the folder; one that nobody answers on is cleared away. */
async function holderAside(way: string, real: string): Promise<string | null> {
  const names = (await readdir(real)).filter(
    (name) => name.startsWith(`${lockName}.`) && name.endsWith(asideEnding),
  );
  for (const name of names) {
    const holder = await holderOf(join(way, name));
    if (holder !== null) return holder;
    await rm(join(real, name), { force: true });
  }
  return null;
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`process ${process.pid}`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Only a socket that is not there or that nobody listens on has no holder: one that may not be asked has. */
function holderOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const socket = createConnection(path);
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (data) => (said += data.toString()));
    socket.on('error', (error) =>
      resolve(isCode(error, 'ENOENT') || isCode(error, 'ECONNREFUSED') ? null : 'another process'),
    );
    socket.on('close', () => resolve(said || 'another process'));
  });
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch {
    return false;
  }
}

async function inodeOf(path: string): Promise<number | null> {
  return (await lstat(path).catch(() => null))?.ino ?? null;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
