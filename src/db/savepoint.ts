/** Part of a transaction that is taken back alone when it fails. */
import type { Queryable } from './database.ts';

export async function savepoint<T>(tx: Queryable, work: () => Promise<T>): Promise<T> {
  await tx.query('savepoint part');
  try {
    const result = await work();
    await tx.query('release savepoint part');
    return result;
  } catch (error) {
    await tx.query('rollback to savepoint part').then(() => tx.query('release savepoint part'));
    throw error;
  }
}
