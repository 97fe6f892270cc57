/**
 * The core that every door stands on: takes inputs from the inbox, runs each turn, commits what it did together with what it
 * says, and delivers that from the outbox. One process or several on one database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Database, Queryable } from '../db/database.ts';
import { selectOptional } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import { describeError, type Log } from '../log.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { Budget } from './budget.ts';
import {
  parseActionId,
  type Action,
  type Addressed,
  type Answerer,
  type Context,
  type Outcome,
  type Person,
  type Port,
  type Reply,
  type Sender,
  type Turn,
  type Workflow,
} from './contract.ts';
import { deliverNext } from './deliver.ts';
import { appendHistory } from './history.ts';
import {
  claimInput,
  endInput,
  isQuiet,
  isSettled,
  leaseRenewal,
  LostLease,
  mostAttempts,
  receive,
  renewLease,
  retryInput,
  takeBackAll,
  type Claimed,
  type Envelope,
} from './inbox.ts';
import { planReplies, selectRecentReplies } from './outbox.ts';
import { routeTurn } from './route.ts';

/** Turns of different conversations that one process works on at once: each mostly waits for a model. */
const turnsAtOnce = 4;
/** Messages to different addresses that one process sends at once: one that hangs holds up no other. */
const deliveriesAtOnce = 4;
/** How often a process looks for what another has stored, in milliseconds; its own it hears of at once. */
const idlePause = 500;

/** People, as the core needs them; the records are elsewhere. */
export interface People {
  resolve(tx: Queryable, sender: Sender, now: Date): Promise<{ person: Person; newcomer: boolean }>;
  find(tx: Queryable, id: number): Promise<Person>;
  directAddresses(tx: Queryable, id: number): Promise<{ platform: string; address: string }[]>;
}

export interface CoreOptions {
  db: Database;
  ports: Port[];
  people: People;
  workflows: Workflow[];
  answerer: Answerer;
  model: LanguageModel | null;
  budget: Budget;
  clock: () => Date;
  log: Log;
}

export interface Core {
  /**
   * Store an event; when this returns, the platform may be told that we have it. @returns the input's id, or null when it was
   * known before, asks for nothing or was put aside
   */
  receive(envelope: Envelope): Promise<number | null>;
  /** Resolves once the input has reached its end and all that it said is delivered or given up. */
  settled(inputId: number): Promise<void>;
  /** Resolves once nothing of this process's platforms is left to run or to deliver. */
  quiet(): Promise<void>;
  /** The newest messages that were delivered to an address, newest first: what a person there can press. */
  recentReplies(platform: string, address: string): Promise<Reply[]>;
  start(): Promise<void>;
  /** Finishes what is running and takes no more. */
  stop(): Promise<void>;
}

export function createCore(options: CoreOptions): Core {
  const { db, log } = options;
  const platforms = options.ports.map((port) => port.platform);
  const loops: Promise<void>[] = [];
  const sleepers = new Set<() => void>();
  let stopping = false;

  function wake() {
    for (const rouse of sleepers) rouse();
    sleepers.clear();
  }

  async function loop(step: () => Promise<boolean>): Promise<void> {
    while (!stopping) {
      const worked = await step().catch((error: unknown) => {
        log.error(describeError(error), 'a worker failed; it goes on');
        return false;
      });
      if (worked) wake();
      else if (!stopping)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, idlePause);
          sleepers.add(() => {
            clearTimeout(timer);
            resolve();
          });
        });
    }
  }

  async function runNext(): Promise<boolean> {
    const claimed = await claimInput(db, platforms);
    if (claimed !== null) await runInput(options, claimed);
    return claimed !== null;
  }

  return {
    async receive(envelope) {
      const id = await receive(db, envelope);
      if (id !== null) wake();
      return id;
    },
    async settled(inputId) {
      while (!(await isSettled(db, inputId))) await pause(15);
    },
    async quiet() {
      while (!(await isQuiet(db, platforms))) await pause(15);
    },
    recentReplies: (platform, address) => selectRecentReplies(db, platform, address),
    async start() {
      if (db.embedded) await takeBackAll(db);
      for (let count = 0; count < turnsAtOnce; count += 1) loops.push(loop(runNext));
      for (let count = 0; count < deliveriesAtOnce; count += 1) loops.push(loop(() => deliverNext(options)));
    },
    async stop() {
      stopping = true;
      wake();
      await Promise.all(loops);
    },
  };
}

async function runInput(options: CoreOptions, claimed: Claimed): Promise<void> {
  const { db, log } = options;
  const heartbeat = setInterval(() => void renewLease(db, claimed).catch(() => undefined), leaseRenewal);
  try {
    if (claimed.attempts > mostAttempts) throw new Error('it was cut off too often');
    const context = await contextFor(options, claimed);
    await commit(options, claimed, context, await decide(options, claimed, context));
    log.info({ input: claimed.id, kind: claimed.input.kind, attempt: claimed.attempts }, 'input done');
  } catch (error) {
    if (error instanceof LostLease)
      log.warn({ input: claimed.id }, 'input was taken over by another process');
    else await giveBack(options, claimed, error);
  } finally {
    clearInterval(heartbeat);
  }
}

async function contextFor(
  { db, people, clock }: CoreOptions,
  { id, platform, input }: Claimed,
): Promise<Context> {
  const now = clock();
  return db.transaction(async (tx) => {
    const { person, newcomer } = await people.resolve(tx, input.sender, now);
    const last = await selectOptional(
      tx,
      z.object({ inboxId: z.number() }),
      "select inbox_id from outbox where address = $1 and state in ('sent', 'unknown') and inbox_id <> $2 order by ended_at desc, id desc limit 1",
      [input.place.address, id],
    );
    return {
      person,
      newcomer,
      place: input.place,
      platform,
      inputId: id,
      now,
      repliesTo: last?.inboxId ?? null,
    };
  });
}

async function decide(
  options: CoreOptions,
  { input }: Claimed,
  context: Context,
): Promise<{ outcome: Outcome; said: string | null }> {
  if (input.kind === 'turn') return { outcome: await routeTurn(options, context, input), said: input.text };
  const { command, values } = parseActionId(input.id);
  if (command === 'say') {
    const turn: Turn = {
      kind: 'turn',
      sender: input.sender,
      place: input.place,
      text: values.get('text') ?? '',
      attachments: [],
    };
    return { outcome: await routeTurn(options, context, turn), said: turn.text };
  }
  return { outcome: (tx) => runAction(options, tx, context, input), said: null };
}

async function runAction(
  { workflows }: CoreOptions,
  tx: Queryable,
  context: Context,
  { id, fields }: Action,
): Promise<Addressed[]> {
  const { command, values } = parseActionId(id);
  const handler = workflows.find(({ actions }) => Object.hasOwn(actions, command))?.actions[command];
  if (handler === undefined)
    throw new Refusal('That button belongs to an older message and does nothing any more. Ask me again.');
  return handler(tx, context, { fields, argument: (name) => values.get(name) ?? '' });
}

/** Records, audit entries, replies and the end of the input: one transaction. */
async function commit(
  { db }: CoreOptions,
  claimed: Claimed,
  context: Context,
  { outcome, said }: { outcome: Outcome; said: string | null },
): Promise<void> {
  const write = (replies: Outcome) =>
    db.transaction(async (tx) => {
      await endInput(tx, claimed, 'done');
      const addressed = await replies(tx);
      await planReplies(tx, context, addressed);
      const here = addressed.filter(
        ({ to }) => to === 'place' || (to === 'asker' && context.place.audience === 'direct'),
      );
      const spoken = [
        ...(said === null ? [] : [{ author: 'person' as const, text: said }]),
        ...here.map(({ reply }) => ({ author: 'isma' as const, text: reply.text })),
      ];
      await appendHistory(tx, context.place.address, context.now, spoken);
    });
  try {
    await write(outcome);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await write(async () => [{ to: 'asker', reply: { text: error.message, notice: 'refused' } }]);
  }
}

/** Runs again after a pause, or, after the last attempt, ends with a word to the person and one to the operator. */
async function giveBack(options: CoreOptions, claimed: Claimed, error: unknown): Promise<void> {
  const { db, log } = options;
  const problem = JSON.stringify(describeError(error));
  log.error({ input: claimed.id, attempt: claimed.attempts, ...describeError(error) }, 'input failed');
  if (claimed.attempts < mostAttempts) return retryInput(db, claimed, problem);

  // Where even the person cannot be made out there is nobody to tell; the input must end all the same.
  const context = await contextFor(options, claimed).catch(() => null);
  await db.transaction(async (tx) => {
    await endInput(tx, claimed, 'dead', problem);
    if (context === null) return;
    await planReplies(tx, context, [
      {
        to: 'asker',
        reply: {
          text: `Sorry, something broke on my side and I could not finish that. It is kept, and an operator can see it (number ${claimed.id}).`,
          notice: 'failed',
        },
      },
    ]);
  });
}
