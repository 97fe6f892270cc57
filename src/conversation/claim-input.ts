/** Which input of the inbox is run next, by whom, and for how long it is theirs. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional } from '../db/rows.ts';
import { Action, Job, Turn, type Input } from './contract.ts';
import { lanes, type Lane, type NeedsLane } from './lanes.ts';
import { clockPlatform } from './outbox.ts';

/** A run that says nothing for this long is taken over by whoever is alive. */
const lease = "interval '20 seconds'";
export const leaseRenewal = 5_000;

const Claimed = z.object({
  id: z.number(),
  platform: z.string(),
  /** Grows with each claim, so that it tells this run from every other. */
  attempts: z.number(),
  failures: z.number(),
  cutOffs: z.number(),
  /** How often the platform could not say who the sender is. */
  waits: z.number(),
  lane: z.enum(lanes),
  input: z.discriminatedUnion('kind', [Turn, Action, Job]),
  /** Receipt of the draft that an earlier run of this input opened. */
  draft: z.string().nullable(),
  /** The input whose question it was seen to answer, before it went on in another lane. */
  answersInput: z.number().nullable(),
});
export type Claimed = z.infer<typeof Claimed>;
/** An input that a person caused. */
export type Asked = Claimed & { input: Input };

/** What one process takes on. */
export interface Ours {
  /** Those of its doors, and the clock where it takes jobs. */
  platforms: readonly string[];
  /** Names of the jobs that this version of us knows: another process may be newer, and they wait for it. */
  jobs: readonly string[];
  /** Those of the platforms that are asked who somebody is before their first input runs. */
  asked: readonly string[];
}

/** Whether a row of the inbox is for this process: $1 and $2 are its platforms and jobs. */
export const isOurs = `platform = any($1) and (platform <> '${clockPlatform}' or input ->> 'name' = any($2))`;

/** After three runs that were cut off each next one waits longer, to 5 minutes. */
const cutOffPause =
  'make_interval(secs => case when candidate.cut_offs < 3 then 0 else least(2 ^ candidate.cut_offs, 300) end)';

/** Whether a row of the inbox is from somebody whom no platform has named to us yet. */
const isStranger = (row: string) =>
  `(${row}.platform = any($3) and not ${row}.introduced and ${row}.input -> 'sender' is not null
    and not exists (select from identity where platform = ${row}.platform
      and tenant = ${row}.input -> 'sender' ->> 'tenant'
      and user_id = ${row}.input -> 'sender' ->> 'user'))`;

/** Under this name a platform's wish to be asked about nobody for a while is kept with the pauses of its channels. */
export const peoplePause = 'people of ';

/**
 * Inputs of one person that wait for somebody outside at once, in all processes: a person reads one answer at a time, and who
 * asks in forty threads leaves room for others. Processes that look at the same moment may each take one more.
 */
const mostOfOnePerson = 2;

/** How many inputs of the candidate's sender are under way in the candidate's lane. */
const underWay = `(select count(*) from inbox other
  where other.sender = candidate.sender and other.lane = candidate.lane
    and other.state = 'running' and other.lease_until > now())`;

/**
 * Takes the next input of a lane that is due; those of one conversation and lane go one after the other. Counted before it runs.
 * What is quick goes in the order in which it came, people before jobs. Where there is waiting, people take turns: next is
 * whoever has the least under way, then whoever was not served for the longest time.
 *
 * @param whose  strangers are asked after by their own workers, so that a platform that cannot say holds up nobody else
 */
export function claimInput(
  tx: Queryable,
  { platforms, jobs, asked }: Ours,
  whose: 'strangers' | Lane,
): Promise<Claimed | null> {
  const takesTurns = whose === 'outside' || whose === 'model';
  const mine =
    whose === 'strangers'
      ? `${isStranger('candidate')}
         and not exists (select from channel_pause where platform = candidate.platform and until > now()
           and channel = '${peoplePause}' || (candidate.input -> 'sender' ->> 'tenant'))`
      : `candidate.lane = '${whose}'
         and not ${isStranger('candidate')}${takesTurns ? ` and ${underWay} < ${mostOfOnePerson}` : ''}`;
  const alike =
    whose === 'strangers' ? '' : ` and earlier.lane = candidate.lane and not ${isStranger('earlier')}`;
  const order = takesTurns
    ? `${underWay}, (select max(taken_at) from inbox served
        where served.sender = candidate.sender) nulls first, candidate.id`
    : `candidate.platform = '${clockPlatform}', candidate.id`;
  return selectOptional(
    tx,
    Claimed,
    `update inbox set state = 'running', attempts = attempts + 1,
       cut_offs = cut_offs + (state = 'running')::integer, lease_until = now() + ${lease}
       ${takesTurns ? ', taken_at = now()' : ''}
     where id = (
       select candidate.id from inbox candidate
       where ${isOurs} and ${mine}
         and (candidate.state = 'received' and candidate.run_after <= now() or candidate.state = 'running'
           and candidate.lease_until < now() - ${cutOffPause})
         and not exists (select from inbox earlier where earlier.address = candidate.address
           and earlier.id < candidate.id and earlier.state in ('received', 'running')${alike})
       order by ${order} limit 1 for update of candidate skip locked
     ) returning id, platform, attempts, failures, cut_offs, waits, lane, input, draft, answers_input`,
    [platforms, jobs, asked],
  );
}

/** What was begun in one lane needs another: it is run there from its beginning, and this was no failure. */
export async function changeLane(
  tx: Queryable,
  { id, attempts }: Claimed,
  { lane, asked }: Pick<NeedsLane, 'lane' | 'asked'>,
): Promise<void> {
  await tx.query(
    `update inbox set lane = $3, answers_input = $4, state = 'received', lease_until = null
     where id = $1 and attempts = $2 and state = 'running'`,
    [id, attempts, lane, asked],
  );
}

/** @returns false where it is no longer this run's: its author took it back, or another process has it */
export async function renewLease(tx: Queryable, { id, attempts }: Claimed): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update inbox set lease_until = now() + ${lease} where id = $1 and state = 'running' and attempts = $2`,
    [id, attempts],
  );
  return rowCount === 1;
}
