/** Reminders: one message a person and day, what made it due, what became of it. Owns `nudge` and `nudge_item`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import { declareStates } from './states.ts';

type State = 'planned' | 'held' | 'sent' | 'delivered' | 'failed' | 'done' | 'escalated' | 'stopped';

const byItself = (to: State) => ({ to, by: null });
const [hold, plan, send, deliver, fail, finish, escalate, stop] = [
  byItself('held'),
  byItself('planned'),
  byItself('sent'),
  byItself('delivered'),
  byItself('failed'),
  byItself('done'),
  byItself('escalated'),
  byItself('stopped'),
];

/** Held for quiet hours, leave, the week's budget or a snooze. Done: nothing of it is open any more. */
export const nudgeStates = declareStates<State, { state: State }, void>('planned', {
  planned: { hold, send, finish },
  held: { plan, finish },
  sent: { deliver, fail, escalate, finish, stop },
  delivered: { escalate, finish, stop },
  failed: { escalate, finish, stop },
  escalated: { finish, stop },
  done: {},
  stopped: {},
});
const inStates = (move: string) => nudgeStates.from(move).map((state) => `'${state}'`).join(', '); // prettier-ignore

export interface Held {
  personId: number;
  /** Where they are, on which it is looked at again. */
  day: string;
  for: string;
}

/** What is due has to wait. */
export async function holdNudges(tx: Queryable, held: readonly Held[], at: Date): Promise<void> {
  if (held.length === 0) return;
  await waitOn(tx, held, 'held', at);
}

/** A job is about to send it. */
export function planNudges(tx: Queryable, planned: readonly Omit<Held, 'for'>[], at: Date): Promise<void> {
  return planned.length === 0
    ? Promise.resolve()
    : waitOn(tx, planned.map((each) => ({ ...each, for: null })), 'planned', at); // prettier-ignore
}

/** Whoever has one that waits has no other. */
async function waitOn(
  tx: Queryable,
  waiting: readonly { personId: number; day: string; for: string | null }[],
  state: 'planned' | 'held',
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into nudge (person_id, day, held_for, state, state_at)
     select fresh.*, $4, $5 from unnest($1::integer[], $2::date[], $3::text[]) as fresh
     on conflict (person_id) where state in ('planned', 'held') do update
       set day = excluded.day, state = excluded.state, held_for = excluded.held_for, state_at = excluded.state_at`,
    [
      waiting.map(({ personId }) => personId),
      waiting.map(({ day }) => day),
      waiting.map((each) => each.for),
      state,
      at,
    ],
  );
}

/** Nothing is due any more of what waited. */
export async function dropWaiting(tx: Queryable, people: readonly number[], at: Date): Promise<void> {
  await tx.query(
    `update nudge set state = 'done', state_at = $2, held_for = null where person_id = any($1) and state in ('planned', 'held')`,
    [people, at],
  );
}

export interface SentItem {
  record: string;
  step: number | null;
  dueOn: string | null;
}

/** @returns its id. @throws Error for a day that has had its message: nobody gets a second */
export async function noteSent(
  tx: Queryable,
  { personId, day, inputId, items }: { personId: number; day: string; inputId: number; items: readonly SentItem[] },
  at: Date,
): Promise<number> {
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into nudge (person_id, day, state, state_at, input_id, sent_at) values ($1, $2, 'planned', $3, $4, $3)
     on conflict (person_id) where state in ('planned', 'held') do update
       set day = $2, held_for = null, state_at = $3, input_id = $4, sent_at = $3
     returning id`,
    [personId, day, at, inputId],
  );
  await tx.query("update nudge set state = 'sent' where id = $1", [id]);
  await tx.query(
    `insert into nudge_item (nudge_id, person_id, record, step, due_on, sent_at)
     select $1, $2, record, step, due_on, $3 from unnest($4::text[], $5::integer[], $6::date[]) as item(record, step, due_on)`,
    [
      id,
      personId,
      at,
      items.map(({ record }) => record),
      items.map(({ step }) => step),
      items.map(({ dueOn }) => dueOn),
    ],
  );
  return id;
} // prettier-ignore

/** What became of the messages, as the outbox says: it is kept here past the outbox's retention. */
export async function noteDeliveries(tx: Queryable): Promise<void> {
  await tx.query(
    `update nudge set
       state = case when nudge.state <> 'sent' then nudge.state when outbox.state = 'sent' then 'delivered'
         when outbox.state = 'withdrawn' then 'done' else 'failed' end,
       delivered_at = case when outbox.state = 'sent' then outbox.ended_at end,
       problem = case when outbox.state <> 'sent' then coalesce(outbox.problem, outbox.state) end
     from outbox where outbox.inbox_id = nudge.input_id and outbox.ordinal = 0 and outbox.state not in ('planned', 'sending')
       and nudge.delivered_at is null and nudge.problem is null and nudge.sent_at is not null`,
  );
}

/** Inputs whose messages are about nothing but these records, as far as nobody has said what became of them. */
export async function selectInputsAbout(tx: Queryable, records: readonly string[]): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ inputId: z.number() }),
    `select input_id from nudge join nudge_item item on item.nudge_id = nudge.id
     where nudge.sent_at is not null and delivered_at is null and problem is null and nudge.id in (select nudge_id from nudge_item where record = any($1))
     group by nudge.id having bool_and(item.record = any($1))`,
    [records],
  );
  return rows.map(({ inputId }) => inputId);
}

/** Their messages were never sent: what they were about counts as never told. */
export async function forgetTold(tx: Queryable, inputs: readonly number[]): Promise<void> {
  await tx.query('delete from nudge_item using nudge where nudge.id = nudge_id and input_id = any($1)', [
    inputs,
  ]);
}

const Told = z.object({
  personId: z.number(),
  record: z.string(),
  step: z.number().nullable(),
  dueOn: z.string().nullable(),
  at: z.date(),
});

/** What each of them was last told of these records. */
export function selectTold(tx: Queryable, people: readonly number[], records: readonly string[]): Promise<z.infer<typeof Told>[]> {
  return selectAll(
    tx,
    Told,
    `select distinct on (person_id, record) person_id, record, step, due_on, sent_at as at from nudge_item
     where record = any($2) and person_id = any($1) order by person_id, record, nudge_id desc`,
    [people, records],
  );
} // prettier-ignore

const SentOn = z.object({ personId: z.number(), day: z.string() });

/** Local days from one on, on which a message was sent to them. */
export function selectSentOn(tx: Queryable, people: readonly number[], from: string): Promise<z.infer<typeof SentOn>[]> {
  return selectAll(
    tx,
    SentOn,
    'select person_id, day from nudge where person_id = any($1) and day >= $2 and sent_at is not null',
    [people, from],
  );
} // prettier-ignore

const Open = z.object({ id: z.number(), personId: z.number(), records: z.array(z.string()) });

/** Messages of theirs of which something may still be open. */
export function selectOpenNudges(tx: Queryable, people: readonly number[]): Promise<z.infer<typeof Open>[]> {
  return selectAll(
    tx,
    Open,
    `select id, person_id, array(select record from nudge_item where nudge_id = nudge.id) as records from nudge
     where person_id = any($1) and state in (${inStates('stop')})`,
    [people],
  );
}

export async function endNudges(tx: Queryable, ids: readonly number[], state: 'done' | 'stopped', at: Date): Promise<void> {
  if (ids.length > 0)
    await tx.query(`update nudge set state = $2, state_at = $3 where id = any($1) and state in (${inStates('stop')})`, [ids, state, at]);
} // prettier-ignore

/** Their managers have heard of these records. */
export async function escalateNudges(tx: Queryable, overdue: readonly { personId: number; record: string }[], at: Date): Promise<void> {
  await tx.query(
    `update nudge set state = 'escalated', state_at = $3 from nudge_item item, unnest($1::integer[], $2::text[]) as overdue(person_id, record)
     where item.nudge_id = nudge.id and item.person_id = overdue.person_id and item.record = overdue.record
       and nudge.state in (${inStates('escalate')})`,
    [overdue.map(({ personId }) => personId), overdue.map(({ record }) => record), at],
  );
} // prettier-ignore

const Card = z.object({ id: z.number(), inputId: z.number(), day: z.string() });

/** The last message to somebody, while they may still act on it. */
export function selectLastNudge(tx: Queryable, personId: number, from: string): Promise<z.infer<typeof Card> | null> {
  return selectOptional(
    tx,
    Card,
    'select id, input_id, day from nudge where person_id = $1 and day >= $2 and sent_at is not null order by day desc limit 1',
    [personId, from],
  );
} // prettier-ignore
