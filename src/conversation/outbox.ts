/**
 * What is to be said, and the ledger of what became of it: planned, sending, sent; unknown when nobody can tell whether the
 * platform has it; failed for good. Owns `outbox`.
 */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { Reply, type Addressed, type Context } from './contract.ts';

/** A send that says nothing for this long is taken for one whose outcome nobody knows. */
const lease = "interval '30 seconds'";
const mostSends = 5;

/** Plans the replies of one input, inside its transaction. */
export async function planReplies(
  tx: Queryable,
  { inputId, platform, place, person }: Pick<Context, 'inputId' | 'platform' | 'place' | 'person'>,
  said: Addressed[],
): Promise<void> {
  const rows = said.map(({ to, reply }, ordinal) => {
    const here = to === 'place' || (to === 'asker' && place.audience === 'direct');
    return {
      ordinal,
      platform: here ? platform : null,
      address: here ? place.address : null,
      personId: here ? null : typeof to === 'object' ? to.personId : person.id,
      reply: Reply.parse(reply),
    };
  });
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, person_id, reply)
     select $1, ordinal, platform, address, "personId", reply
     from jsonb_to_recordset($2::jsonb) as fresh(ordinal integer, platform text, address text, "personId" integer, reply jsonb)
     on conflict (inbox_id, ordinal) do nothing`,
    [inputId, toJsonb(rows)],
  );
}

const ToDeliver = z.object({
  id: z.number(),
  deliveryId: z.string(),
  inboxId: z.number(),
  platform: z.string().nullable(),
  address: z.string().nullable(),
  personId: z.number().nullable(),
  reply: Reply,
  attempts: z.number(),
  /** The platform that the conversation came from: where a message to another person is tried first. */
  origin: z.string(),
  /** True when an earlier send was cut off, so that it must be looked up before any other. */
  cutOff: z.boolean(),
});
export type ToDeliver = z.infer<typeof ToDeliver>;

/** Takes the oldest delivery that is due; those to one address or person go one after the other. */
export function claimDelivery(tx: Queryable, platforms: readonly string[]): Promise<ToDeliver | null> {
  return selectOptional(
    tx,
    ToDeliver,
    `with due as (
       select candidate.id, candidate.state from outbox candidate join inbox source on source.id = candidate.inbox_id
       where coalesce(candidate.platform, source.platform) = any($1)
         and (candidate.state = 'planned' and candidate.run_after <= now() or candidate.state = 'sending' and candidate.lease_until < now())
         and not exists (select from outbox earlier where earlier.id < candidate.id and earlier.state in ('planned', 'sending')
                         and (earlier.address = candidate.address or earlier.person_id = candidate.person_id))
       order by candidate.id limit 1 for update of candidate skip locked
     )
     update outbox set state = 'sending', lease_until = now() + ${lease}, attempts = outbox.attempts + case when due.state = 'planned' then 1 else 0 end
     from due, inbox where outbox.id = due.id and inbox.id = outbox.inbox_id
     returning outbox.id, outbox.delivery_id, outbox.inbox_id, outbox.platform, outbox.address, outbox.person_id, outbox.reply, outbox.attempts, inbox.platform as origin,
       due.state = 'sending' as cut_off`,
    [platforms],
  );
}

/** The address once it is found, so that every later attempt and look-up uses the same. */
export async function fixAddress(
  tx: Queryable,
  id: number,
  platform: string,
  address: string,
): Promise<void> {
  await tx.query('update outbox set platform = $2, address = $3 where id = $1', [id, platform, address]);
}

export async function markSent(tx: Queryable, id: number, receipt: string): Promise<void> {
  await tx.query(
    "update outbox set state = 'sent', receipt = $2, problem = null, ended_at = now(), lease_until = null where id = $1",
    [id, receipt],
  );
}

/** Tried again after a pause, until it was tried often enough. */
export async function replan(tx: Queryable, { id, attempts }: ToDeliver, problem: string): Promise<void> {
  if (attempts >= mostSends) return markFailed(tx, id, problem);
  await tx.query(
    "update outbox set state = 'planned', problem = $2, lease_until = null, run_after = now() + make_interval(secs => $3) where id = $1",
    [id, problem, 2 ** attempts * (0.5 + Math.random())],
  );
}

export async function markFailed(tx: Queryable, id: number, problem: string): Promise<void> {
  await tx.query(
    "update outbox set state = 'failed', problem = $2, ended_at = now(), lease_until = null where id = $1",
    [id, problem],
  );
}

/** Nobody can tell whether it arrived: never sent again by itself, and shown to the operator by `isma status`. */
export async function markUnknown(tx: Queryable, id: number, problem: string): Promise<void> {
  await tx.query(
    "update outbox set state = 'unknown', problem = $2, ended_at = now(), lease_until = null where id = $1",
    [id, problem],
  );
}

export async function selectRecentReplies(
  tx: Queryable,
  platform: string,
  address: string,
): Promise<Reply[]> {
  const rows = await selectAll(
    tx,
    z.object({ reply: Reply }),
    "select reply from outbox where platform = $1 and address = $2 and state in ('sent', 'unknown') order by ended_at desc, id desc limit 20",
    [platform, address],
  );
  return rows.map((row) => row.reply);
}
