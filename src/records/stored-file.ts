/**
 * Which files the store of evidence holds. Owns table `stored_file`. The row comes before the bytes and goes with them: remember
 * a file in a transaction of its own, then put its bytes, then refer to it from a proposal; forget it and delete its bytes in one.
 */
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { z } from 'zod';

export interface StoredFile {
  sha256: string;
  /** Bytes. */
  size: number;
  /** By its content, never by its name. */
  mediaType: string;
}

/** Of a file that is there already the time is renewed, which keeps it from being forgotten as unused meanwhile. */
export async function rememberFile(
  tx: Queryable,
  { sha256, size, mediaType }: StoredFile,
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into stored_file (sha256, size, media_type, stored_at) values ($1, $2, $3, $4)
     on conflict (sha256) do update set stored_at = greatest(stored_file.stored_at, excluded.stored_at)`,
    [sha256, size, mediaType, at],
  );
}

/** No evidence keeps it, and no card that can still be confirmed would. */
const unused = `stored_at < $1
  and not exists (select from evidence_revision where evidence_revision.sha256 = stored_file.sha256)
  and not exists (select from proposal where state = 'shown' and stored_file.sha256 = any (proposal.files))`;

/** @param before  files that were brought later may belong to a card in the making: leave an hour at least */
export async function selectUnusedFiles(tx: Queryable, before: Date, limit = 100): Promise<string[]> {
  const rows = await selectAll(
    tx,
    z.object({ sha256: z.string() }),
    `select sha256 from stored_file where ${unused} order by stored_at, sha256 limit $2`,
    [before, limit],
  );
  return rows.map(({ sha256 }) => sha256);
}

/**
 * Whoever brings the same file meanwhile waits for the end of this transaction, or is seen here: delete the bytes before it ends.
 *
 * @returns false where it is in use by now, brought again, or forgotten already
 */
export async function forgetFile(tx: Queryable, sha256: string, before: Date): Promise<boolean> {
  const { rowCount } = await tx.query(`delete from stored_file where ${unused} and sha256 = $2`, [
    before,
    sha256,
  ]);
  return rowCount === 1;
}
