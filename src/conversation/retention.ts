/** Empties what people wrote once it has served: rows stay, for the ledger and its unique keys; their words go. */
import type { Queryable } from '../db/database.ts';
import { forgetOutgoingFiles } from './outgoing-file.ts';

export async function forgetMessages(tx: Queryable, before: Date): Promise<void> {
  await tx.query('delete from message where at < $1', [before]);
  await tx.query(
    `update inbox set input = null, raw = null
     where ended_at < $1 and state in ('done', 'dead') and input is not null`,
    [before],
  );
  await tx.query("delete from inbox where received_at < $1 and state = 'quarantined'", [before]);
  await forgetOutgoingFiles(tx, before);
  await tx.query('delete from channel_pause where until < now()');
  await tx.query(`update outbox set reply = '{"text": ""}' where ended_at < $1 and reply <> '{"text": ""}'`, [
    before,
  ]);
}
