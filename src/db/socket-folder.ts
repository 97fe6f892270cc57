/** A private folder whose path is short: the path of a unix socket may have some 100 bytes, a data folder's can have more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError, messageOf } from '../errors.ts';

/** Longest path of a unix socket that every system takes, in bytes. */
export const longestSocketPath = 100;
/** Bytes that stay for a name inside the folder. */
const roomForName = 30;

export interface SocketFolder {
  path: string;
  remove(): Promise<void>;
}

/**
 * Only this user can enter it.
 *
 * @param dataFolder  tried last, as where the system's folder for temporary files is read-only; null where there is none
 * @throws OperatorError where none of the places is short enough and can be written
 */
export async function makeSocketFolder(dataFolder: string | null): Promise<SocketFolder> {
  const places = [...new Set([tmpdir(), '/tmp', ...(dataFolder === null ? [] : [dataFolder])])];
  const failures: string[] = [];
  for (const place of places) {
    const prefix = join(place, 'isma-');
    if (Buffer.byteLength(prefix) + 6 + roomForName > longestSocketPath) {
      failures.push(`${place}: its path is too long`);
      continue;
    }
    try {
      const path = await mkdtemp(prefix);
      return { path, remove: () => rm(path, { recursive: true, force: true }) };
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new OperatorError(
    `The embedded database needs a folder for its sockets, and none could be made:\n${failures.map((line) => `  ${line}`).join('\n')}\n` +
      `Set TMPDIR to a folder that this user may write, with a path of at most ${longestSocketPath - roomForName - 12} bytes.`,
  );
}
