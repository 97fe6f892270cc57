/** The evidence of records as files in a folder, for an operator: each under a safe name, with an index that holds its SHA-256. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OpenedDatabase } from '../app/open-app.ts';
import { evidenceBytes, indexColumns, indexRow, selectPlaced } from '../dialogue/evidence-files.ts';
import { messageOf, OperatorError } from '../errors.ts';
import { createFileStore } from '../files/open-store.ts';
import { writeTable, type Table } from '../files/write-table.ts';

export interface WrittenEvidence {
  /** Files that lie there now. */
  written: number;
  /** Those that the store did not give. */
  lost: number;
}

/**
 * One file after the other, however large all of it is.
 *
 * @param records  references by their names in the log
 * @throws OperatorError for a folder that holds something already, or cannot be written to
 */
export async function writeEvidence(
  { db, config, log }: Pick<OpenedDatabase, 'db' | 'config' | 'log'>,
  records: ReadonlyMap<string, string>,
  folder: string,
): Promise<WrittenEvidence> {
  const store = { files: createFileStore(config.files), log };
  const index: Table['rows'][number][] = [];
  let written = 0;
  let lost = 0;
  await prepare(folder);
  for (const each of await selectPlaced(db, records)) {
    const bytes = each.path === null ? null : await evidenceBytes(store, each.piece);
    if (each.path === null) index.push(indexRow(each, 'an address, of which no copy is kept'));
    else if (bytes === null) {
      lost += 1;
      index.push(indexRow(each, 'not here: the store of evidence did not give it'));
    } else {
      const path = join(folder, each.path);
      await write(path, bytes);
      written += 1;
      index.push(indexRow(each));
    }
  }
  await writeTable(join(folder, 'index.csv'), { columns: indexColumns, rows: index });
  return { written, lost };
}

async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readdir(folder)).length === 0) return;
  } catch (cause) {
    throw new OperatorError(`${folder} cannot be written to: ${messageOf(cause)}`, { cause });
  }
  throw new OperatorError(
    `${folder} holds something already. Name a folder for the evidence that is empty or new.`,
  );
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new OperatorError(`${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
