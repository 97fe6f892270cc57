/**
 * What is to be said, and the ledger of what became of it: planned, sending, sent; unknown when nobody can tell whether the
 * platform has it; failed for good. Owns `outbox`.
 */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { parseActionId, Reply, Via, type Addressed, type Place, type ReplyParts } from './contract.ts';

/** A send that says nothing for this long is taken for one whose outcome nobody knows. */
const lease = "interval '30 seconds'";
/** For how long after the input its answer is of use. */
export const ofUse = '1 hour';
const mostSends = 5;
const mostUnsent = 10;
/** Seconds. */
const longestPause = 300;
const longestRetryAfter = 3_600;

/** What the clock brings stands in the inbox under this name, beside the platforms. */
export const clockPlatform = 'clock';

/** An input whose replies are planned: what of it decides where they go. */
export interface Speaking {
  inputId: number;
  platform: string;
  place: Place;
  /** Null for somebody who is no person of ours. */
  personId: number | null;
  /** The platform's id of the person. */
  user: string;
  /** Receipt of the card whose button was pressed. */
  card: string | null;
  /** The message whose place the first reply takes: the answer to words that were edited since. */
  edits: number | null;
  channelOf(address: string): string;
}

interface Planned {
  to: 'here' | 'whisper' | { personId: number };
  reply: ReplyParts;
  edits: { id: number; receipt: string | null } | null;
}

/** Plans the replies of one input, inside its transaction. */
export async function planReplies(tx: Queryable, speaking: Speaking, said: Addressed[]): Promise<void> {
  const { inputId, platform, place, user, channelOf } = speaking;
  const planned: Planned[] = [];
  for (const addressed of said) planned.push(await plan(tx, speaking, addressed, planned.length === 0));
  await insert(
    tx,
    inputId,
    planned.map(({ to, reply, edits }) => {
      const here = to === 'here' || to === 'whisper';
      return {
        platform: here ? platform : null,
        address: here ? place.address : null,
        channel: here ? channelOf(place.address) : null,
        personId: here ? null : to.personId,
        whisperTo: to === 'whisper' ? user : null,
        edits: edits?.id ?? null,
        receipt: edits?.receipt ?? null,
        reply,
      };
    }),
  );
}

/** Plans what a job says, inside its transaction. @throws Error for what is for no person: a job has no place and no asker */
export async function planForPeople(
  tx: Queryable,
  inputId: number,
  said: readonly Addressed[],
): Promise<void> {
  await insert(
    tx,
    inputId,
    said.map(({ to, reply }) => {
      if (typeof to === 'string') throw new Error(`A job may speak to people only, not to the ${to}.`);
      return { ...nowhereYet, personId: to.personId, reply };
    }),
  );
}

interface Fresh {
  platform: string | null;
  address: string | null;
  channel: string | null;
  personId: number | null;
  whisperTo: string | null;
  edits: number | null;
  receipt: string | null;
  reply: ReplyParts;
}

const nowhereYet = {
  platform: null,
  address: null,
  channel: null,
  whisperTo: null,
  edits: null,
  receipt: null,
};

async function insert(tx: Queryable, inputId: number, planned: readonly Fresh[]): Promise<void> {
  const rows = planned.map((fresh, ordinal) => ({ ...fresh, ordinal, reply: Reply.parse(fresh.reply) }));
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, person_id, whisper_to, edits, receipt, reply)
     select $1, ordinal, platform, address, channel, "personId", "whisperTo", edits, receipt, reply
     from jsonb_to_recordset($2::jsonb) as fresh(ordinal integer, platform text, address text, channel text, "personId" integer, "whisperTo" text,
       edits bigint, receipt text, reply jsonb)
     on conflict (inbox_id, ordinal) do nothing`,
    [inputId, toJsonb(rows)],
  );
}

async function plan(
  tx: Queryable,
  { platform, place, personId, card, edits }: Speaking,
  { to, reply, settles, replacesCard }: Addressed,
  isFirst: boolean,
): Promise<Planned> {
  if (typeof to === 'object') return { to, reply, edits: null };
  const direct = place.audience === 'direct';
  const onCard = settles !== undefined || replacesCard === true;
  if (onCard && card !== null && (direct || to === 'place')) {
    const shown = await selectShown(tx, platform, place.address, card);
    if (shown !== null)
      return {
        to: 'here',
        reply: replacesCard === true ? reply : settled(shown.reply, reply, settles ?? []),
        edits: { id: shown.id, receipt: card },
      };
  }
  if (to === 'asker' && !direct) {
    const inPassing = onCard || reply.form != null || reply.notice === 'refused';
    return { to: inPassing || personId === null ? 'whisper' : { personId }, reply, edits: null };
  }
  return { to: 'here', reply, edits: isFirst && edits !== null ? { id: edits, receipt: null } : null };
}

/** The card as it was, without the buttons that are done with, and with what became of it. */
function settled(card: Reply, { text }: ReplyParts, commands: readonly string[]): ReplyParts {
  const stays = ({ id }: { id: string }) => !commands.includes(parseActionId(id).command);
  return { ...card, buttons: card.buttons.filter(stays), note: text };
}

const Shown = z.object({ id: z.number(), reply: Reply });

/** What a message of ours says now, whichever edit of it came last; nothing once its words are past their retention. */
export function selectShown(
  tx: Queryable,
  platform: string,
  address: string,
  receipt: string,
): Promise<z.infer<typeof Shown> | null> {
  return selectOptional(
    tx,
    Shown,
    `select id, reply from outbox where platform = $1 and address = $2 and receipt = $3 and state in ('planned', 'sending', 'sent', 'unknown')
       and reply <> '{"text": ""}'
     order by id desc limit 1`,
    [platform, address, receipt],
  );
}

/** The input that caused a message of ours. */
export async function selectCause(tx: Queryable, platform: string, receipt: string): Promise<number | null> {
  const row = await selectOptional(
    tx,
    z.object({ inboxId: z.number() }),
    'select inbox_id from outbox where platform = $1 and receipt = $2 order by id limit 1',
    [platform, receipt],
  );
  return row?.inboxId ?? null;
}

const ToDeliver = z.object({
  id: z.number(),
  deliveryId: z.string(),
  inboxId: z.number(),
  platform: z.string().nullable(),
  address: z.string().nullable(),
  personId: z.number().nullable(),
  whisperTo: z.string().nullable(),
  reply: Reply,
  attempts: z.number(),
  /** The platform that the conversation came from: where a message to another person is tried first. */
  origin: z.string(),
  /** True for what is said where the input came from. */
  inPlace: z.boolean(),
  via: Via,
  /** Receipt of the message that this takes the place of. */
  edits: z.string().nullable(),
  draft: z.string().nullable(),
  /** True when an earlier send was cut off, so that it must be looked up before any other. */
  cutOff: z.boolean(),
});
export type ToDeliver = z.infer<typeof ToDeliver>;

/**
 * A message that this process's platforms can take. What a job says to a person, which belongs to no platform yet, is for
 * whoever has a door to them; for one who was never seen anywhere, for anybody.
 */
export const isDeliverable = `coalesce(candidate.platform, source.platform) = any($1)
  and (candidate.platform is not null or source.platform <> '${clockPlatform}'
       or (select coalesce(bool_or(platform = any($1)), true) from identity where person_id = candidate.person_id))`;

/** Takes the oldest delivery that is due; those to one channel or person go one after the other. */
export function claimDelivery(tx: Queryable, platforms: readonly string[]): Promise<ToDeliver | null> {
  return selectOptional(
    tx,
    ToDeliver,
    `with due as (
       select candidate.id, candidate.state from outbox candidate join inbox source on source.id = candidate.inbox_id
       where ${isDeliverable}
         and (candidate.state = 'planned' and candidate.run_after <= now() or candidate.state = 'sending' and candidate.lease_until < now())
         and not exists (select from outbox earlier where earlier.id < candidate.id and earlier.state in ('planned', 'sending')
                         and (earlier.channel = candidate.channel or earlier.person_id = candidate.person_id))
       order by candidate.id limit 1 for update of candidate skip locked
     )
     update outbox set state = 'sending', lease_until = now() + ${lease}, attempts = outbox.attempts + case when due.state = 'planned' then 1 else 0 end
     from due, inbox where outbox.id = due.id and inbox.id = outbox.inbox_id
     returning outbox.id, outbox.delivery_id, outbox.inbox_id, outbox.platform, outbox.address, outbox.person_id, outbox.whisper_to, outbox.reply, outbox.attempts,
       inbox.platform as origin, (outbox.address = inbox.address and outbox.person_id is null) is true as in_place, coalesce(inbox.input -> 'via', '{}') as via,
       case when outbox.edits is not null then (select coalesce(outbox.receipt, target.receipt) from outbox target where target.id = outbox.edits) end as edits,
       case when outbox.ordinal = 0 and outbox.edits is null and outbox.whisper_to is null and outbox.address = inbox.address and outbox.person_id is null then inbox.draft end as draft,
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
  channel: string,
): Promise<void> {
  await tx.query('update outbox set platform = $2, address = $3, channel = $4 where id = $1', [
    id,
    platform,
    address,
    channel,
  ]);
}

export async function markSent(tx: Queryable, id: number, receipt: string): Promise<void> {
  await tx.query(
    "update outbox set state = 'sent', receipt = $2, problem = null, ended_at = now(), lease_until = null where id = $1",
    [id, receipt],
  );
}

/** Tried again after a pause, until it was tried often enough. */
export async function replan(
  tx: Queryable,
  { id, attempts }: ToDeliver,
  problem: string,
  most = mostSends,
): Promise<void> {
  if (attempts >= most) return markFailed(tx, id, problem);
  await tx.query(
    "update outbox set state = 'planned', problem = $2, lease_until = null, run_after = now() + make_interval(secs => $3) where id = $1",
    [id, problem, Math.min(2 ** attempts, longestPause) * (0.5 + Math.random())],
  );
}

/** The platform has it for certain not, and is down for now: it is tried for about a quarter of an hour. */
export function replanUnsent(tx: Queryable, item: ToDeliver, problem: string): Promise<void> {
  return replan(tx, item, problem, mostUnsent);
}

/** A platform's wish to be left alone for so many seconds, which every process keeps to, after a restart too. */
export async function keepPause(
  tx: Queryable,
  platform: string,
  channel: string,
  seconds: number,
): Promise<void> {
  await tx.query(
    `insert into channel_pause (platform, channel, until) values ($1, $2, now() + make_interval(secs => $3))
     on conflict (platform, channel) do update set until = greatest(channel_pause.until, excluded.until)`,
    [platform, channel, Math.min(seconds, longestRetryAfter)],
  );
}

export async function isPaused(tx: Queryable, platform: string, channel: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from channel_pause where platform = $1 and channel = $2 and until > now()',
    [platform, channel],
  );
  return (rowCount ?? 0) > 0;
}

/** Nothing goes to this channel for so many seconds, by any process; the delivery waits, and the try does not count. */
export async function pauseChannel(
  tx: Queryable,
  { id }: ToDeliver,
  platform: string,
  channel: string,
  seconds: number,
): Promise<void> {
  await keepPause(tx, platform, channel, seconds);
  await waitForChannel(tx, id, platform, channel, 'the platform asked to wait');
}

/** @returns whether the channel is to be left alone now; the delivery then waits until that is over */
export async function waitForChannel(
  tx: Queryable,
  id: number,
  platform: string,
  channel: string,
  problem: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update outbox set state = 'planned', problem = $4, lease_until = null, attempts = attempts - 1, run_after = channel_pause.until
     from channel_pause where outbox.id = $1 and channel_pause.platform = $2 and channel_pause.channel = $3 and until > now()`,
    [id, platform, channel, problem],
  );
  return (rowCount ?? 0) > 0;
}

/** Planned anew, as a message of its own or to wherever else the person can be reached. */
export async function planAnew(
  tx: Queryable,
  { id }: ToDeliver,
  what: 'message' | 'address',
  problem: string,
): Promise<void> {
  await tx.query(
    `update outbox set state = 'planned', problem = $2, lease_until = null, run_after = now(), edits = null, receipt = null${
      what === 'address' ? ', platform = null, address = null, channel = null' : ''
    } where id = $1`,
    [id, problem],
  );
}

/** A word to where the input came from about a delivery that it caused, unless that was for the very person who is there. */
export async function planWord(
  tx: Queryable,
  { inboxId, personId }: ToDeliver,
  reply: ReplyParts,
): Promise<void> {
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, reply)
     select inbox.id, (select max(ordinal) + 1 from outbox where inbox_id = inbox.id), inbox.platform, inbox.address,
       coalesce((select channel from outbox where inbox_id = inbox.id and address = inbox.address limit 1), inbox.address), $2
     from inbox where id = $1 and address is not null
       and not exists (select from identity where person_id = $3 and platform = inbox.platform and user_id = inbox.input -> 'sender' ->> 'user')`,
    [inboxId, toJsonb(Reply.parse(reply)), personId],
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
