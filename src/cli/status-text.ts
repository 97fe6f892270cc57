/** What `isma status` prints: what waits, and what an operator should look at, each with its age, its reason and what to do. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';

/** Lines of one kind; the newest are shown. */
const most = 20;

const Count = z.object({ state: z.string(), n: z.number() });
const Row = z.object({
  id: z.number(),
  state: z.string(),
  problem: z.string().nullable(),
  /** Seconds since it came, or since it ended. */
  age: z.number(),
  tries: z.number(),
  /** Seconds until it is tried again, and until it is given up. */
  next: z.number().nullable(),
  left: z.number().nullable(),
});
type Row = z.infer<typeof Row>;
const Unreachable = z.object({ name: z.string(), platform: z.string(), since: z.date(), reason: z.string() });

const seconds = (interval: string) => `extract(epoch from ${interval})::float8`;

export async function statusText(tx: Queryable): Promise<string> {
  const [inbox, outbox] = [await counts(tx, 'inbox'), await counts(tx, 'outbox')];
  const waitingInputs = await selectAll(
    tx,
    Row,
    `select id, state, problem, ${seconds('now() - received_at')} as age, attempts as tries,
       ${seconds('run_after - now()')} as next, null as left
     from inbox where state in ('received', 'running') order by id limit ${most}`,
  );
  const waiting = await selectAll(
    tx,
    Row,
    `select id, state, problem, ${seconds('now() - planned_at')} as age, attempts as tries,
       ${seconds("case when state = 'planned' then run_after else lease_until end - now()")} as next,
       ${seconds('give_up_at - now()')} as left
     from outbox where state in ('planned', 'sending') order by id limit ${most}`,
  );
  const inputs = await selectAll(
    tx,
    Row,
    `select id, state, problem, ${seconds('now() - coalesce(ended_at, received_at)')} as age,
       attempts as tries, null as next, null as left
     from inbox where state in ('dead', 'quarantined') order by id desc limit ${most}`,
  );
  const deliveries = await selectAll(
    tx,
    Row,
    `select id, state, problem, ${seconds('now() - coalesce(ended_at, planned_at)')} as age,
       attempts as tries, null as next, null as left
     from outbox where state in ('unknown', 'failed') order by id desc limit ${most}`,
  );
  const use = await selectAll(
    tx,
    z.object({ calls: z.number(), tokens: z.number(), cost: z.number() }),
    `select coalesce(sum(calls), 0)::integer as calls,
       coalesce(sum(input_tokens + output_tokens), 0)::integer as tokens,
       coalesce(sum(cost), 0)::float8 as cost
     from model_use where used_on = current_date`,
  );
  const unreachable = await selectAll(
    tx,
    Unreachable,
    `select person.name, platform, unreachable_since as since, unreachable_reason as reason
     from identity join person on person.id = person_id where unreachable_since is not null
     order by unreachable_since desc limit ${most}`,
  );
  const lines = [
    `Taken in: ${inbox}`,
    `To deliver: ${outbox}`,
    ...use.map(
      ({ calls, tokens, cost }) =>
        `Language model today: ${calls} calls, ${tokens} tokens${cost > 0 ? `, cost ${cost.toFixed(4)}` : ''}`,
    ),
    ...waitingInputs.map((row) => waitLine('input', row)),
    ...waiting.map((row) => waitLine('delivery', row)),
    ...inputs.map((row) => endLine('input', row)),
    ...deliveries.map((row) => endLine('delivery', row)),
    ...unreachable.map(
      ({ name, platform, since, reason }) =>
        `  cannot be reached: ${name} on ${platform}, since ${since.toISOString().slice(0, 10)} (${reason})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

async function counts(tx: Queryable, table: 'inbox' | 'outbox'): Promise<string> {
  const rows = await selectAll(
    tx,
    Count,
    `select state, count(*) as n from ${table} group by state order by state`,
  );
  return rows.map(({ state, n }) => `${n} ${state}`).join(', ') || 'nothing yet';
}

function waitLine(kind: 'input' | 'delivery', { id, problem, age, tries, next, left }: Row): string {
  const parts = [
    `  ${kind} ${id} waits, ${span(age)} old`,
    ...(tries > 0 ? [`tried ${tries === 1 ? 'once' : `${tries} times`}`] : []),
    ...(next !== null && next > 0 ? [`next in ${span(next)}`] : []),
    ...(left === null ? [] : [left > 0 ? `given up in ${span(left)}` : 'the next try is the last']),
  ];
  return `${parts.join(', ')}${problem === null ? '' : `: ${problem}`}`;
}

function endLine(kind: 'input' | 'delivery', { id, state, problem, age }: Row): string {
  const again =
    state === 'quarantined'
      ? ''
      : state === 'unknown'
        ? ` (it may have arrived; isma resend ${kind} ${id} --even-twice)`
        : ` (isma resend ${kind} ${id})`;
  return `  ${kind} ${id} is ${state} for ${span(age)}: ${problem ?? 'no reason was kept'}${again}`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 36 * 3_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
