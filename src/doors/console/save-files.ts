/** Files of a reply, put on this machine for whoever sits at the terminal. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Delivery } from '../../conversation/port.ts';

const folder = join(tmpdir(), 'isma-exports');
/** Milliseconds that a file lies there. */
const kept = 86_400_000;

/** @returns where each file lies, by its id */
export async function saveFiles({
  reply: { files, picture },
  enclosed,
}: Pick<Delivery, 'reply' | 'enclosed'>): Promise<ReadonlyMap<string, string>> {
  const saved = new Map<string, string>();
  if (enclosed === undefined) return saved;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await forgetOld();
  for (const { id, name } of [...files, ...(picture === null ? [] : [picture])]) {
    const bytes = enclosed.get(id);
    if (bytes === undefined) continue;
    const path = join(folder, `${id}${extname(name)}`);
    await writeFile(path, bytes, { mode: 0o600 });
    saved.set(id, path);
  }
  return saved;
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const written = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - written > kept) await rm(path, { force: true });
  }
}
