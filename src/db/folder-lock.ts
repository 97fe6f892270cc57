/** One folder, one process: PGlite itself lets two processes write one folder, and loses what they wrote. */
import { createHash, randomUUID } from 'node:crypto';
import { link, realpath, rename, rm } from 'node:fs/promises';
import { createServer, createConnection, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../errors.ts';

/** Longest path of a unix socket that every system takes, in bytes. */
const longestSocketPath = 100;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Hold a listening unix socket as the lock: the kernel stops answering on it the moment the process dies, `kill -9`
 * included, where a pid file would stay behind and lie (in a container every process may have the same pid).
 *
 * @throws OperatorError naming the process that holds the folder.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const name = await lockPath(folder);

  for (let attempt = 0; attempt < 5; attempt += 1) {
    const own = `${name}.${randomUUID().slice(0, 8)}`;
    const server = await listen(own);
    try {
      await link(own, name); // atomic: of two that start at once, one gets the name
      await rm(own, { force: true });
      return {
        async release() {
          await rm(name, { force: true });
          await closed(server);
        },
      };
    } catch (error) {
      await closed(server);
      await rm(own, { force: true });
      if (!isCode(error, 'EEXIST')) throw error;
    }
    await refuseOrRemove(folder, name);
  }
  throw new OperatorError(
    `The data folder ${folder} could not be locked: other processes are starting on it. Try again.`,
  );
}

/** A lock that nobody answers on was left by a killed process: take it away, but give back one that turns out alive. */
async function refuseOrRemove(folder: string, name: string): Promise<void> {
  const aside = `${name}.${randomUUID().slice(0, 8)}.old`;
  const holder =
    (await holderOf(name)) ?? (await moved(name, aside).then((done) => (done ? holderOf(aside) : null)));
  if (holder !== null) {
    await link(aside, name).catch(() => undefined);
    await rm(aside, { force: true });
    throw new OperatorError(
      `The data folder ${folder} is in use by ${holder}. Close it first, or give this one another folder with --data.`,
    );
  }
  await rm(aside, { force: true });
}

async function lockPath(folder: string): Promise<string> {
  const real = await realpath(folder);
  const inside = join(real, 'isma.lock');
  if (Buffer.byteLength(inside) <= longestSocketPath - 13) return inside;
  return join(tmpdir(), `isma-${createHash('sha256').update(real).digest('hex').slice(0, 16)}.lock`);
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

function holderOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const socket = createConnection(path);
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (data) => (said += data.toString()));
    socket.on('error', () => resolve(null));
    socket.on('close', (failed) => resolve(failed ? null : said || 'another process'));
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

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
