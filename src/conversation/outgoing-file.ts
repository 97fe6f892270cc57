/** Files that we made, on their way to a person, where every process can read them. Owns `outgoing_file`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOne, selectOptional } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import type { OutgoingFile, Reply } from './contract.ts';

/** Bytes: beside each message's own row they lie in the database, and in each of its backups for as long. */
export const largestOutgoing = 20 * 1024 * 1024;
/** A platform may fetch a file days after it was offered; afterwards it is asked for again. */
const kept = '7 days';

/** @throws Refusal for one that is too large to be sent */
export async function keepOutgoingFile(
  tx: Queryable,
  name: string,
  bytes: Uint8Array,
): Promise<OutgoingFile> {
  const size = bytes.byteLength;
  if (size > largestOutgoing)
    throw new Refusal(
      `That file would have ${Math.ceil(size / 1024 / 1024)} MB, and I can send ${largestOutgoing / 1024 / 1024}. Ask for a part of it, such as one status or one person.`,
    );
  const { id } = await selectOne(
    tx,
    z.object({ id: z.string() }),
    'insert into outgoing_file (bytes) values ($1) returning id',
    [Buffer.from(bytes.buffer, bytes.byteOffset, size)],
  );
  return { name, id, size };
}

/** @returns null for one whose time is over */
export async function readOutgoingFile(tx: Queryable, id: string): Promise<Uint8Array | null> {
  const row = await selectOptional(
    tx,
    z.object({ bytes: z.instanceof(Uint8Array) }),
    'select bytes from outgoing_file where id::text = $1',
    [id],
  );
  return row?.bytes ?? null;
}

/** What a reply brings along, by id; what is gone is missing. */
export async function readEnclosed(
  tx: Queryable,
  { files, picture }: Reply,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const enclosed = new Map<string, Uint8Array>();
  for (const { id } of [...files, ...(picture === null ? [] : [picture])]) {
    const bytes = await readOutgoingFile(tx, id);
    if (bytes !== null) enclosed.set(id, bytes);
  }
  return enclosed;
}

/** @param before  when the words of that time go too */
export async function forgetOutgoingFiles(tx: Queryable, before: Date): Promise<void> {
  await tx.query(`delete from outgoing_file where kept_at < greatest($1, now() - interval '${kept}')`, [
    before,
  ]);
}
