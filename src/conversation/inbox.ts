/** What platforms brought and the clock brings, kept before it is acknowledged and worked on after. Owns `inbox`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../db/rows.ts';
import { isOurs, type Asked, type Claimed, type Ours } from './claim-input.ts';
import { Input, Job, Retraction, type DueJob, type InputParts, type Sender } from './contract.ts';
import { isDeliverable } from './ledger.ts';
import { clockPlatform, ofUse } from './outbox.ts';

/** Events of over this many bytes are no message of a person. */
const largestEvent = 512 * 1024;

/** Runs of one input that may fail before it is put aside for an operator. */
export const mostFailures = 3;
/**
 * Runs that may be cut off, by a kill or a crash, before it counts as what kills us. Kills come to a few; with the growing
 * pause an input that ends every process takes about an hour to get here, and the rest is done in between.
 */
export const mostCutOffs = 20;

export interface Envelope {
  platform: string;
  /** The platform's own id of this event: the same event delivered again changes nothing. */
  eventId: string;
  /** The event as it came, kept only when we cannot make sense of it. */
  raw: Uint8Array;
  /** Makes a turn, an action or a retraction of it; null for an event that nobody is to answer. */
  read(): InputParts | null;
}

const Received = z.object({ id: z.number() });

/**
 * Store an event. When this returns, the platform may be told that we have it.
 *
 * @returns the id of the stored input, or null when it was there before or asks for nothing
 */
export async function receive(tx: Queryable, envelope: Envelope): Promise<number | null> {
  const { input, problem } = understand(envelope);
  if (input === null && problem === null) return null;
  if (input?.kind === 'retraction') {
    await withdraw(tx, envelope.platform, storable(input.messageId), null);
    return null;
  }
  const turn = input?.kind === 'turn' ? input : null;
  const messageId = turn === null || turn.messageId === null ? null : storable(turn.messageId);
  const row = await selectOptional(
    tx,
    Received,
    `insert into inbox (platform, event_id, address, raw, input, state, problem, message_id, revision, sender)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict do nothing returning id`,
    [envelope.platform, keyOf(envelope.eventId), input === null ? null : storable(input.place.address), problem === null ? null : envelope.raw.subarray(0, largestEvent),
      input === null ? null : toJsonb(input), problem === null ? 'received' : 'quarantined', problem, messageId, storable(turn?.revision ?? ''),
      input === null ? null : storable([envelope.platform, input.sender.tenant, input.sender.user].join('/'))], // prettier-ignore
  );
  if (row !== null && messageId !== null && turn?.revision != null)
    await withdraw(tx, envelope.platform, messageId, row.id);
  return problem === null ? (row?.id ?? null) : null;
}

/**
 * Keep what is due, each once for ever by its key: one that is there, waiting, done or dead, stays as it is. In the order of
 * the keys, so that two processes that find the same at once wait for each other in one order.
 *
 * @returns the ids of the new inputs
 */
export async function keepJobs(tx: Queryable, due: readonly DueJob[]): Promise<number[]> {
  const rows = due.map(({ key, name, values }) => ({
    key: keyOf(key),
    input: Job.parse({ kind: 'job', name, values }),
  }));
  const kept = await selectAll(
    tx,
    Received,
    `insert into inbox (platform, event_id, input, state)
     select '${clockPlatform}', key, input, 'received'
     from jsonb_to_recordset($1::jsonb) as due(key text, input jsonb)
     where not exists (select from inbox where platform = '${clockPlatform}' and event_id = key) order by key
     on conflict do nothing returning id`,
    [toJsonb(rows)],
  );
  return kept.map(({ id }) => id);
}

/**
 * What was not answered yet is not answered any more: a turn that waits or runs ends, and what it planned to say stays unsaid.
 * Two statements, one after the other: a turn that commits between them is seen by the second.
 *
 * @param before  only what came before this input, the newer words of the same message
 */
async function withdraw(
  tx: Queryable,
  platform: string,
  messageId: string,
  before: number | null,
): Promise<void> {
  const which = 'platform = $1 and message_id = $2 and ($3::bigint is null or id < $3)';
  await tx.query(
    `update inbox set state = 'done', problem = '${withdrawn}', ended_at = now(), lease_until = null
     where ${which} and state in ('received', 'running')`,
    [platform, messageId, before],
  );
  await tx.query(
    `update outbox set state = 'withdrawn', ended_at = now()
     where state = 'planned' and missed_inputs is null and inbox_id in (select id from inbox where ${which})`,
    [platform, messageId, before],
  );
}

const withdrawn = 'withdrawn by its author';

export async function isWithdrawn(tx: Queryable, inputId: number): Promise<boolean> {
  const row = await selectOptional(
    tx,
    z.object({ problem: z.string().nullable() }),
    'select problem from inbox where id = $1',
    [inputId],
  );
  return row?.problem === withdrawn;
}

const Earlier = z.object({
  problem: z.string().nullable(),
  outboxId: z.number().nullable(),
  unsaid: z.boolean(),
  answered: z.boolean(),
});

/**
 * What became of the earlier words of a message that was edited.
 *
 * @returns `run` for words that nobody answered; the outbox row that answered them, to be edited; or `leave` where they were no
 *   question, so that their edit is none either
 */
export async function earlierAnswer(
  tx: Queryable,
  { id, platform, input }: Asked,
): Promise<'run' | 'leave' | { edits: number }> {
  if (input.kind !== 'turn' || input.revision === null || input.messageId === null) return 'run';
  const earlier = await selectOptional(
    tx,
    Earlier,
    `select inbox.problem, said.id as outbox_id, coalesce(said.state = 'withdrawn', false) as unsaid,
       coalesce(jsonb_array_length(said.reply -> 'citations') > 0
         or said.reply ->> 'notice' = 'not-covered', false) as answered
     from inbox left join outbox said on said.inbox_id = inbox.id and said.ordinal = 0
       and said.address = inbox.address and said.state <> 'failed'
     where inbox.platform = $1 and message_id = $2 and inbox.id < $3
     order by (inbox.problem = $4) is true, inbox.id desc limit 1`,
    [platform, storable(input.messageId), id, withdrawn],
  );
  if (earlier === null || earlier.unsaid || earlier.problem === withdrawn) return 'run';
  return earlier.answered && earlier.outboxId !== null ? { edits: earlier.outboxId } : 'leave';
}

/** A poison event is kept aside with the reason; sending it again would not mend it. */
function understand({ raw, read }: Envelope): { input: Input | Retraction | null; problem: string | null } {
  if (raw.byteLength > largestEvent)
    return { input: null, problem: `it has ${raw.byteLength} bytes; at most ${largestEvent} are read` };
  try {
    const input = read();
    if (input === null) return { input: null, problem: null };
    return {
      input: input.kind === 'retraction' ? Retraction.parse(input) : Input.parse(input),
      problem: null,
    };
  } catch (error) {
    return { input: null, problem: problemOf(error) };
  }
}

/** Where it is wrong, not what it says: the message of a parser quotes the event. */
function problemOf(error: unknown): string {
  if (!(error instanceof z.ZodError))
    return `it could not be read (${error instanceof Error ? error.name : 'unknown'})`;
  return `it does not fit at ${error.issues.map((issue) => issue.path.join('.')).join(', ')}`.slice(0, 500);
}

/** An id that no index would take is kept as its hash: it still tells the same event from another. */
function keyOf(eventId: string): string {
  const id = storable(eventId);
  return id.length <= 500 ? id : createHash('sha256').update(id).digest('hex');
}

/** Ends an input inside the transaction of what it did. @throws Error when another process has taken it over meanwhile */
export async function endInput(
  tx: Queryable,
  { id, attempts }: Claimed,
  state: 'done' | 'dead',
  problem: string | null = null,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update inbox set state = $3, problem = $4, ended_at = now(), lease_until = null
     where id = $1 and attempts = $2 and state = 'running'`,
    [id, attempts, state, problem],
  );
  if (rowCount !== 1) throw new LostLease(`Input ${id} was taken over by another process.`);
}

/** Somebody else runs this input now: whatever this run would write is theirs to write. */
export class LostLease extends Error {
  override name = 'LostLease';
}

/** Gives an input that failed back, to run again after a pause that doubles: 2, 4, 8 seconds. */
export async function retryInput(
  tx: Queryable,
  { id, attempts, failures }: Claimed,
  problem: string,
): Promise<void> {
  await tx.query(
    `update inbox set state = 'received', failures = failures + 1,
       run_after = now() + make_interval(secs => $3), lease_until = null, problem = $4
     where id = $1 and attempts = $2 and state = 'running'`,
    [id, attempts, 2 ** (failures + 1), problem],
  );
}

/**
 * Gives back an input whose sender the platform cannot name now; that counts as no failure, and ends after an hour, in which
 * its answer is of use.
 *
 * @param seconds  until it is tried again
 * @returns whether it waits: not where it is too old, or another process has it
 */
export async function postponeInput(
  tx: Queryable,
  { id, attempts }: Claimed,
  seconds: number,
  problem: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update inbox set state = 'received', waits = waits + 1, run_after = now() + make_interval(secs => $3),
       lease_until = null, problem = $4
     where id = $1 and attempts = $2 and state = 'running' and fresh_since > now() - interval '${ofUse}'`,
    [id, attempts, seconds, problem],
  );
  return rowCount === 1;
}

/** What the platform says of the sender: it holds for this input and for all that wait from the same person. */
export async function introduceSender(
  tx: Queryable,
  { id, attempts, platform, input: { sender } }: Asked,
  facts: Partial<Sender>,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update inbox set state = 'received', run_after = now(), lease_until = null, problem = null
     where id = $1 and attempts = $2 and state = 'running'`,
    [id, attempts],
  );
  if (rowCount !== 1) throw new LostLease(`Input ${id} was taken over by another process.`);
  await tx.query(
    `update inbox set introduced = true,
       input = jsonb_set(input, '{sender}', (input -> 'sender') || $4::jsonb)
     where state = 'received' and platform = $1 and input -> 'sender' ->> 'tenant' = $2
       and input -> 'sender' ->> 'user' = $3`,
    [platform, sender.tenant, sender.user, toJsonb(facts)],
  );
}

/** Kept at once, so that whoever finishes the turn finds the draft; null once it was taken away. */
export async function keepDraft(tx: Queryable, inputId: number, receipt: string | null): Promise<void> {
  await tx.query('update inbox set draft = $2 where id = $1', [inputId, receipt]);
}

/** For an embedded database, which nobody else can have open: what was running when the process died runs again now. */
export async function takeBackAll(tx: Queryable): Promise<void> {
  await tx.query(
    "update inbox set lease_until = least(lease_until, now() - interval '1 second') where state = 'running'",
  );
  await tx.query(
    "update outbox set lease_until = least(lease_until, now() - interval '1 second') where state = 'sending'",
  );
}

/** Whether an input has reached its end and everything that it said is delivered or given up. */
export async function isSettled(tx: Queryable, inputId: number): Promise<boolean> {
  const row = await selectOptional(
    tx,
    z.object({ open: z.boolean() }),
    `select exists (select from inbox where id = $1 and state in ('received', 'running'))
         or exists (select from outbox where inbox_id = $1 and state in ('planned', 'sending')) as open`,
    [inputId],
  );
  return row?.open !== true;
}

/** Whether nothing that came from there is left to run, or to be said there. */
export async function isSettledAt(tx: Queryable, platform: string, address: string): Promise<boolean> {
  const { open } = await selectOne(
    tx,
    z.object({ open: z.boolean() }),
    `select exists (select from inbox where platform = $1 and address = $2 and state in ('received', 'running'))
         or exists (select from outbox where platform = $1 and address = $2
                    and state in ('planned', 'sending')) as open`,
    [platform, address],
  );
  return !open;
}

/** Whether nothing that this process takes on is left to run or to deliver, now or after a pause. */
export async function isQuiet(tx: Queryable, { platforms, jobs }: Ours): Promise<boolean> {
  const row = await selectOptional(
    tx,
    z.object({ open: z.boolean() }),
    `select exists (select from inbox where ${isOurs} and state in ('received', 'running'))
         or exists (select from outbox candidate join inbox source on source.id = candidate.inbox_id
                    where ${isDeliverable} and candidate.state in ('planned', 'sending')) as open`,
    [platforms, jobs],
  );
  return row?.open !== true;
}
