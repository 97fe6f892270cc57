/** What platforms brought, kept before it is acknowledged and worked on after. Owns `inbox`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional, storable, toJsonb } from '../db/rows.ts';
import { Input } from './contract.ts';

/** Events of over this many bytes are no message of a person. */
const largestEvent = 512 * 1024;

/** A run that says nothing for this long is taken over by whoever is alive. */
const lease = "interval '20 seconds'";
export const leaseRenewal = 5_000;

/** Runs of one input, counted before each, after which it is put aside for an operator. */
export const mostAttempts = 3;

export interface Envelope {
  platform: string;
  /** The platform's own id of this event: the same event delivered again changes nothing. */
  eventId: string;
  /** The event as it came, kept only when we cannot make sense of it. */
  raw: Uint8Array;
  /** Makes a turn or an action of it; null for an event that nobody is to answer. */
  read(): Input | null;
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
  const row = await selectOptional(
    tx,
    Received,
    `insert into inbox (platform, event_id, address, raw, input, state, problem) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (platform, event_id) do nothing returning id`,
    [envelope.platform, keyOf(envelope.eventId), input === null ? null : storable(input.place.address), problem === null ? null : envelope.raw.subarray(0, largestEvent),
      input === null ? null : toJsonb(input), problem === null ? 'received' : 'quarantined', problem], // prettier-ignore
  );
  return problem === null ? (row?.id ?? null) : null;
}

/** A poison event is kept aside with the reason; sending it again would not mend it. */
function understand({ raw, read }: Envelope): { input: Input | null; problem: string | null } {
  if (raw.byteLength > largestEvent)
    return { input: null, problem: `it has ${raw.byteLength} bytes; at most ${largestEvent} are read` };
  try {
    const input = read();
    return { input: input === null ? null : Input.parse(input), problem: null };
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

const Claimed = z.object({ id: z.number(), platform: z.string(), attempts: z.number(), input: Input });
export type Claimed = z.infer<typeof Claimed>;

/** Takes the oldest input that is due; those of one conversation go one after the other. Counted before it runs. */
export function claimInput(tx: Queryable, platforms: readonly string[]): Promise<Claimed | null> {
  return selectOptional(
    tx,
    Claimed,
    `update inbox set state = 'running', attempts = attempts + 1, lease_until = now() + ${lease}
     where id = (
       select candidate.id from inbox candidate
       where candidate.platform = any($1)
         and (candidate.state = 'received' and candidate.run_after <= now() or candidate.state = 'running' and candidate.lease_until < now())
         and not exists (select from inbox earlier where earlier.address = candidate.address and earlier.id < candidate.id
                         and earlier.state in ('received', 'running'))
       order by candidate.id limit 1 for update skip locked
     ) returning id, platform, attempts, input`,
    [platforms],
  );
}

export async function renewLease(tx: Queryable, { id, attempts }: Claimed): Promise<void> {
  await tx.query(
    `update inbox set lease_until = now() + ${lease} where id = $1 and state = 'running' and attempts = $2`,
    [id, attempts],
  );
}

/** Ends an input inside the transaction of what it did. @throws Error when another process has taken it over meanwhile */
export async function endInput(
  tx: Queryable,
  { id, attempts }: Claimed,
  state: 'done' | 'dead',
  problem: string | null = null,
): Promise<void> {
  const { rowCount } = await tx.query(
    "update inbox set state = $3, problem = $4, ended_at = now(), lease_until = null where id = $1 and attempts = $2 and state = 'running'",
    [id, attempts, state, problem],
  );
  if (rowCount !== 1) throw new LostLease(`Input ${id} was taken over by another process.`);
}

/** Somebody else runs this input now: whatever this run would write is theirs to write. */
export class LostLease extends Error {
  override name = 'LostLease';
}

/** Gives an input back, to run again after a pause that doubles: 2, 4, 8 seconds. */
export async function retryInput(tx: Queryable, { id, attempts }: Claimed, problem: string): Promise<void> {
  await tx.query(
    `update inbox set state = 'received', run_after = now() + make_interval(secs => $3), lease_until = null, problem = $4
     where id = $1 and attempts = $2 and state = 'running'`,
    [id, attempts, 2 ** attempts, problem],
  );
}

/** For an embedded database, which nobody else can have open: what was running when the process died runs again now. */
export async function takeBackAll(tx: Queryable): Promise<void> {
  await tx.query("update inbox set lease_until = now() - interval '1 second' where state = 'running'");
  await tx.query("update outbox set lease_until = now() - interval '1 second' where state = 'sending'");
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

/** Whether nothing of these platforms is left to run or to deliver, now or after a pause. */
export async function isQuiet(tx: Queryable, platforms: readonly string[]): Promise<boolean> {
  const row = await selectOptional(
    tx,
    z.object({ open: z.boolean() }),
    `select exists (select from inbox where platform = any($1) and state in ('received', 'running'))
         or exists (select from outbox join inbox on inbox.id = outbox.inbox_id
                    where coalesce(outbox.platform, inbox.platform) = any($1) and outbox.state in ('planned', 'sending')) as open`,
    [platforms],
  );
  return row?.open !== true;
}
