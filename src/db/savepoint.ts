/** Part of a transaction that is taken back alone: when it fails, or in any case. */
import type { Queryable } from './database.ts';

/** What fails leaves nothing. */
export async function savepoint<T>(tx: Queryable, work: () => Promise<T>): Promise<T> {
  await tx.query('savepoint part');
  try {
    const result = await work();
    await tx.query('release savepoint part');
    return result;
  } catch (error) {
    await takeBack(tx);
    throw error;
  }
}

/** Shows what would come of it; nothing of it stays. */
export async function trial<T>(tx: Queryable, work: () => Promise<T>): Promise<T> {
  await tx.query('savepoint part');
  try {
    return await work();
  } finally {
    await takeBack(tx);
  }
}

async function takeBack(tx: Queryable): Promise<void> {
  await tx.query('rollback to savepoint part');
  await tx.query('release savepoint part');
}
