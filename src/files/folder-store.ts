/** Files in a folder of this machine. Nobody reads half a file: it is written beside its place, made to last, and then named. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FileStore } from './store.ts';

export function createFolderStore(folder: string): FileStore {
  const root = resolve(folder);
  /** Two levels of folders, so that none of them holds more names than a file system likes. */
  const pathOf = (sha256: string) => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);

  return {
    async put(sha256, bytes) {
      const path = pathOf(sha256);
      const parent = dirname(path);
      await mkdir(parent, { recursive: true, mode: 0o700 });
      const draft = join(parent, `.${randomUUID()}`);
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      // A name lasts once its folder is on the disk, and a folder once the one above it is.
      for (const each of [parent, dirname(parent), root]) await syncFolder(each);
    },
    async get(sha256) {
      try {
        return await readFile(pathOf(sha256));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
        throw new Error(`file ${sha256} is not in the folder of evidence`, { cause });
      }
    },
    async delete(sha256) {
      await rm(pathOf(sha256), { force: true });
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
