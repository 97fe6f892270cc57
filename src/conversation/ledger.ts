/**
 * The ledger of what became of each message: planned, sending, sent; unknown when nobody can tell whether the platform has it;
 * failed for good. A row belongs to whoever claimed it last: what an earlier one still finds out changes nothing.
 */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional, toJsonb } from '../db/rows.ts';
import { Reply, Via, type ReplyParts } from './contract.ts';
import { clockPlatform, owedFor } from './outbox.ts';

/** A send that says nothing for this long was cut off. */
const lease = "interval '30 seconds'";
/** Seconds: a platform that is away for long is asked every two minutes, and what is owed for days at last every quarter of an hour. */
const longestPause = 'least(greatest(120, extract(epoch from now() - outbox.planned_at)::float8 / 20), 900)';

const ToDeliver = z.object({
  id: z.number(),
  deliveryId: z.string(),
  inboxId: z.number(),
  platform: z.string().nullable(),
  address: z.string().nullable(),
  channel: z.string().nullable(),
  personId: z.number().nullable(),
  ephemeralTo: z.string().nullable(),
  reply: Reply,
  attempts: z.number(),
  /** Grows with each claim, so that it tells whoever has the row from all who had it. */
  claims: z.number(),
  problem: z.string().nullable(),
  /** The platform that the conversation came from: where a message to another person is tried first. */
  origin: z.string(),
  /** True for what is said where the input came from. */
  inPlace: z.boolean(),
  via: Via,
  /** Receipt of the message that this takes the place of. */
  edits: z.string().nullable(),
  draft: z.string().nullable(),
  /** True when nobody knows what became of an earlier send, so that it must be looked up before any other. */
  inDoubt: z.boolean(),
  /** Seconds for which that has been so, as far as anybody has noticed. */
  doubtfulFor: z.number(),
  /** How often the platform has said since then that it does not have it. */
  looks: z.number(),
  /** Its time is over: this try is the last. */
  late: z.boolean(),
  /** It says what was missed. */
  isAboutMissed: z.boolean(),
  insisted: z.boolean(),
  /** An edit that is let go where it cannot be made. */
  quiet: z.boolean(),
});
export type ToDeliver = z.infer<typeof ToDeliver>;

/**
 * A message that this process's platforms can take. What a job says to a person, which belongs to no platform yet, is for
 * whoever has a door to them; for one who was never seen anywhere, for anybody.
 */
export const isDeliverable = `coalesce(candidate.platform, source.platform) = any($1)
  and (candidate.platform is not null or source.platform <> '${clockPlatform}'
       or (select coalesce(bool_or(platform = any($1)), true) from identity
         where person_id = candidate.person_id))`;

/** Messages go in their order; one that has long waited, or been in doubt, to be sent again holds up the next no more. */
const holdsUp = `(earlier.state = 'planned' and (earlier.attempts < 6 or earlier.run_after <= now())
  or earlier.state = 'sending' and (earlier.looks < 3 or earlier.lease_until < now()))`;

/** Takes the oldest delivery that is due; those to one channel or person go one after the other. */
export function claimDelivery(tx: Queryable, platforms: readonly string[]): Promise<ToDeliver | null> {
  return selectOptional(
    tx,
    ToDeliver,
    `with due as (
       select candidate.id, candidate.state from outbox candidate
       join inbox source on source.id = candidate.inbox_id
       where ${isDeliverable}
         and (candidate.state = 'planned' and candidate.run_after <= now() or candidate.state = 'sending'
           and candidate.lease_until < now())
         and not exists (select from outbox earlier
           where earlier.id < candidate.id and earlier.state in ('planned', 'sending')
             and (earlier.channel = candidate.channel or earlier.person_id = candidate.person_id)
             and ${holdsUp})
       order by candidate.id limit 1 for update of candidate skip locked
     )
     update outbox set state = 'sending', lease_until = now() + ${lease}, claims = claims + 1,
       attempts = outbox.attempts + (due.state = 'planned')::integer
     from due, inbox where outbox.id = due.id and inbox.id = outbox.inbox_id
     returning outbox.id, outbox.delivery_id, outbox.inbox_id, outbox.platform, outbox.address,
       outbox.channel, outbox.person_id, outbox.whisper_to as ephemeral_to, outbox.reply, outbox.attempts,
       outbox.claims, outbox.problem, inbox.platform as origin,
       (outbox.address = inbox.address and outbox.person_id is null) is true as in_place,
       coalesce(inbox.input -> 'via', '{}') as via,
       case when outbox.edits is not null then (select coalesce(outbox.receipt, target.receipt)
         from outbox target where target.id = outbox.edits) end as edits,
       case when outbox.ordinal = 0 and outbox.edits is null and outbox.whisper_to is null
         and outbox.address = inbox.address and outbox.person_id is null then inbox.draft end as draft,
       (due.state = 'sending' and outbox.address is not null) as in_doubt,
       coalesce(extract(epoch from now() - outbox.doubtful_since), 0)::float8 as doubtful_for, outbox.looks,
       outbox.give_up_at <= now() as late, outbox.missed_inputs is not null as is_about_missed,
       outbox.insisted, outbox.quiet`,
    [platforms],
  );
}

type Taken = Pick<ToDeliver, 'id' | 'claims'>;
const isOurs = "outbox.id = $1 and outbox.claims = $2 and outbox.state = 'sending'";

/** Right before it is sent. @returns false where another has taken it meanwhile: then it is theirs to send */
export async function renewDelivery(tx: Queryable, { id, claims }: Taken): Promise<boolean> {
  return changed(
    await tx.query(
      `update outbox set lease_until = now() + ${lease} where ${isOurs} and lease_until > now()`,
      [id, claims],
    ),
  );
}

/** The address once it is found, so that every later attempt and look-up uses the same. */
export async function fixAddress(
  tx: Queryable,
  { id, claims }: Taken,
  platform: string,
  address: string,
  channel: string,
): Promise<void> {
  await tx.query(`update outbox set platform = $3, address = $4, channel = $5 where ${isOurs}`, [
    id,
    claims,
    platform,
    address,
    channel,
  ]);
}

/** The platform has it: that holds whoever has the row by now, so that nobody sends it again. */
export async function markSent(tx: Queryable, { id }: Taken, receipt: string): Promise<void> {
  await tx.query(
    `update outbox set state = 'sent', receipt = $2, problem = null, ended_at = now(), lease_until = null,
       doubtful_since = null
     where id = $1 and state <> 'sent'`,
    [id, receipt],
  );
}

/** The platform has it for certain not: it is tried again, after a pause that doubles and is never the same for two. */
export async function replan(tx: Queryable, { id, claims }: Taken, problem: string): Promise<void> {
  await tx.query(
    `update outbox set state = 'planned', problem = $3, lease_until = null, doubtful_since = null, looks = 0,
       run_after = now()
         + make_interval(secs => least(2 ^ least(attempts, 12), ${longestPause}) * (0.5 + random()))
     where ${isOurs}`,
    [id, claims, problem],
  );
}

/**
 * Nobody knows yet whether the platform has it: it is asked again.
 *
 * @param saidNo  whether it has said now that it does not have it
 */
export async function lookAgain(
  tx: Queryable,
  { id, claims }: Taken,
  { seconds, saidNo, problem }: { seconds: number; saidNo: boolean; problem: string },
): Promise<void> {
  await tx.query(
    `update outbox set doubtful_since = coalesce(doubtful_since, now()), looks = looks + $3::integer,
       problem = $4, lease_until = now() + make_interval(secs => $5)
     where ${isOurs}`,
    [id, claims, saidNo ? 1 : 0, problem, seconds],
  );
}

/** An operator takes it upon themselves that somebody sees it twice; as a delivery of its own, and once. */
export async function sendDespiteDoubt(tx: Queryable, { id, claims }: Taken, problem: string): Promise<void> {
  await tx.query(
    `update outbox set state = 'planned', problem = $3, lease_until = null, run_after = now(),
       doubtful_since = null, looks = 0, insisted = false, delivery_id = gen_random_uuid() where ${isOurs}`,
    [id, claims, problem],
  );
}

/** @returns whether the channel is to be left alone now; the delivery then waits until that is over, and the try does not count */
export async function waitForChannel(
  tx: Queryable,
  { id, claims }: Taken,
  platform: string,
  channel: string,
  problem: string,
): Promise<boolean> {
  return changed(
    await tx.query(
      `update outbox set state = 'planned', problem = $5, lease_until = null, attempts = attempts - 1,
         run_after = channel_pause.until
       from channel_pause where ${isOurs} and channel_pause.platform = $3 and channel_pause.channel = $4
         and until > now()`,
      [id, claims, platform, channel, problem],
    ),
  );
}

/** Planned anew, as a message of its own or to wherever else the person can be reached. */
export async function planAnew(
  tx: Queryable,
  { id, claims }: Taken,
  what: 'message' | 'address',
  problem: string,
): Promise<void> {
  await tx.query(
    `update outbox set state = 'planned', problem = $3, lease_until = null, run_after = now(),
       doubtful_since = null, looks = 0, edits = null, receipt = null${
         what === 'address' ? ', platform = null, address = null, channel = null' : ''
       } where ${isOurs}`,
    [id, claims, problem],
  );
}

/** A word to where the input came from about a delivery that it caused, unless that was for the very person who is there. */
export async function planWord(
  tx: Queryable,
  { inboxId, personId }: ToDeliver,
  reply: ReplyParts,
): Promise<void> {
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, reply, owed, give_up_at)
     select inbox.id, (select max(ordinal) + 1 from outbox where inbox_id = inbox.id), inbox.platform,
       inbox.address, coalesce((select channel from outbox where inbox_id = inbox.id
         and address = inbox.address limit 1), inbox.address), $2, true, now() + interval '${owedFor}'
     from inbox where id = $1 and address is not null
       and not exists (select from identity where person_id = $3 and platform = inbox.platform
         and user_id = inbox.input -> 'sender' ->> 'user')`,
    [inboxId, toJsonb(Reply.parse(reply)), personId],
  );
}

/**
 * The end of it, which `isma status` shows: `failed` for what was certainly not delivered, `unknown` where nobody can tell, so that
 * it is never sent again by itself.
 *
 * @returns false where another has taken it meanwhile
 */
export async function markLost(
  tx: Queryable,
  { id, claims }: Taken,
  state: 'failed' | 'unknown' | 'withdrawn',
  problem: string,
): Promise<boolean> {
  return changed(
    await tx.query(
      `update outbox set state = $3, problem = $4, ended_at = now(), lease_until = null where ${isOurs}`,
      [id, claims, state, problem],
    ),
  );
}

function changed({ rowCount }: { rowCount: number | null }): boolean {
  return (rowCount ?? 0) > 0;
}
