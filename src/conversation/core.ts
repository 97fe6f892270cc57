/**
 * The core that every door stands on: takes inputs from the inbox, runs each turn, commits what it did together with what it
 * says, and delivers that from the outbox. One process or several on one database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Queryable } from '../db/database.ts';
import { describeError, type Log } from '../log.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { isColleague } from './admit.ts';
import { createBell } from './bell.ts';
import type { Budget } from './budget.ts';
import type { Answerer, Person, Reply, Sender, Workflow } from './contract.ts';
import { createCrew, type Crew } from './crew.ts';
import { deliverNext } from './deliver.ts';
import { claimInput, type Ours } from './claim-input.ts';
import { isQuiet, isSettled, receive, takeBackAll, type Envelope } from './inbox.ts';
import { introduceNext } from './introduce.ts';
import { keepDueJobs } from './jobs.ts';
import { lanes, type Lane } from './lanes.ts';
import { clockPlatform, selectRecentReplies, selectShown } from './outbox.ts';
import { readOutgoingFile } from './outgoing-file.ts';
import type { Delivery, Port } from './port.ts';
import { runInput } from './run.ts';
import type { Timing } from './time-limit.ts';

/** Inputs that need nobody but the database, and those that wait for a file or a vector, that one process works on at once. */
const quickAtOnce = 4;
const outsideAtOnce = 4;
/** Messages to different addresses that one process sends at once: one that hangs holds up no other. */
const deliveriesAtOnce = 4;
/** People whom a platform is asked about at once: it may take its time, and holds up only others whom nobody knows yet. */
const introductionsAtOnce = 2;
/** How often a process looks for jobs whose time has come, in milliseconds. */
const jobsPause = 60_000;

/** People, as the core needs them; the records are elsewhere. */
export interface People {
  /** What is known of somebody before their platform is asked; `outside` where it said last that they are no colleague. */
  standing(tx: Queryable, sender: Sender): Promise<'unknown' | 'known' | 'look-again' | 'outside'>;
  /** What the platform says now of somebody who is known; `unsaid` where it cannot say, and is asked again in a while. */
  noteLook(tx: Queryable, sender: Sender, said: 'colleague' | 'outside' | 'unsaid', at: Date): Promise<void>;
  /** @returns null for who has left */
  resolve(tx: Queryable, sender: Sender, now: Date): Promise<{ person: Person; newcomer: boolean } | null>;
  /** False for who has left: nothing is said to them, and nothing is theirs to do. */
  isHere(tx: Queryable, id: number): Promise<boolean>;
  find(tx: Queryable, id: number): Promise<Person>;
  /** Where the person can be reached, the newest first. */
  directAddresses(tx: Queryable, id: number): Promise<{ platform: string; address: string }[]>;
  isUnreachable(tx: Queryable, platform: string, address: string): Promise<boolean>;
  markUnreachable(tx: Queryable, platform: string, address: string, reason: string, at: Date): Promise<void>;
}

export interface CoreOptions {
  db: Database;
  ports: Port[];
  people: People;
  workflows: Workflow[];
  answerer: Answerer;
  model: LanguageModel | null;
  budget: Budget;
  /** Turns that wait for the model at once in this process. */
  modelTurnsAtOnce: number;
  clock: () => Date;
  log: Log;
  /** Waits that a test shortens. */
  timing?: Partial<Timing>;
  /** False for a process that shows a shared database from the side, perhaps at another time: it leaves jobs to the service. */
  takesJobs?: boolean;
}

export interface Core {
  /**
   * Store an event; when this returns, the platform may be told that we have it. @returns the input's id, or null when it was
   * known before, asks for nothing or was put aside
   *
   * @param take  is offered each message that this input has for its own place before it is posted; `true` means that the door
   *   has shown it itself, as in a dialog that waits for its answer. It is asked until `release`.
   */
  receive(envelope: Envelope, take?: (delivery: Delivery) => boolean): Promise<number | null>;
  /** Nobody waits for an answer to this input any more: everything is posted. */
  release(inputId: number): void;
  /** Whether somebody is a colleague of ours: to be asked before anything is shown that is no answer to a stored input. */
  admits(sender: Sender): Promise<boolean>;
  /** What a message of ours shows now, if it was sent to this address. */
  shown(platform: string, address: string, receipt: string): Promise<Reply | null>;
  /** Resolves once the input has reached its end and all that it said is delivered or given up, or nobody asks any more. */
  settled(inputId: number, signal?: AbortSignal): Promise<void>;
  /** Resolves once nothing of this process's platforms is left to run or to deliver. */
  quiet(): Promise<void>;
  /**
   * Looks for jobs whose time has come and keeps them to be run; every process does so each minute. `options.clock()` of
   * whichever process looks first decides the time, not the database's clock: where it is fast, a job comes early by as much.
   *
   * @throws Error after all workflows were asked, where one of them failed
   */
  runDue(): Promise<void>;
  /** The bytes of a file that we made, which a door may be asked for after its message; null where it is gone. */
  readFile(id: string): Promise<Uint8Array | null>;
  /** The newest messages that were delivered to an address, newest first: what a person there can press. */
  recentReplies(platform: string, address: string): Promise<Reply[]>;
  start(): Promise<void>;
  /** Finishes what is running and takes no more. */
  stop(): Promise<void>;
}

function oneAtATime() {
  let before: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work);
    before = mine.catch(() => undefined);
    return mine;
  };
}

export function createCore(options: CoreOptions): Core {
  const { db, log } = options;
  const { workflows, takesJobs = true } = options;
  const jobs = takesJobs ? workflows.flatMap((workflow) => Object.keys(workflow.jobs ?? {})) : [];
  const platforms = options.ports.map((port) => port.platform);
  if (jobs.length > 0) platforms.push(clockPlatform);
  const asked = options.ports.filter((port) => port.profile !== undefined).map((port) => port.platform);
  const ours: Ours = { platforms, jobs, asked };
  const stopped = new AbortController();
  /** Doors that wait for the answer to an input of theirs, in a dialog that is still open. */
  const takers = new Map<number, (delivery: Delivery) => boolean>();
  let stopping = false;
  /** Rung when a turn, an introduction or a delivery has come to an end here. */
  const bell = createBell();

  function offer(inputId: number, delivery: Delivery): boolean {
    return takers.get(inputId)?.(delivery) === true;
  }

  function runnersOf(lane: Lane, size: number): Crew {
    // Whose turn it is, is counted from what is under way: two that look at once would count alike.
    const inTurn = oneAtATime();
    return createCrew({
      size,
      async step(taken) {
        const claimed = await inTurn(() => claimInput(db, ours, lane));
        if (claimed === null) return false;
        taken();
        const elsewhere = await runInput(options, claimed);
        if (elsewhere !== null) runners[elsewhere].rouse();
        return true;
      },
      done() {
        deliverers.rouse();
        bell.ring();
      },
      log,
    });
  }
  const runners: Record<Lane, Crew> = {
    quick: runnersOf('quick', quickAtOnce),
    outside: runnersOf('outside', outsideAtOnce),
    model: runnersOf('model', options.modelTurnsAtOnce),
  };
  const introducers = createCrew({
    size: asked.length === 0 ? 0 : introductionsAtOnce,
    step: (taken) => introduceNext(options, ours, taken),
    done() {
      runners.quick.rouse();
      bell.ring();
    },
    log,
  });
  const deliverers = createCrew({
    size: deliveriesAtOnce,
    step: (taken) => deliverNext(options, platforms, offer, taken),
    done() {
      runners.quick.rouse();
      bell.ring();
    },
    log,
  });
  let watching: Promise<void> | null = null;

  async function runDue(): Promise<void> {
    if (jobs.length === 0) return;
    try {
      await keepDueJobs(options);
    } finally {
      runners.quick.rouse();
    }
  }

  async function watchClock(): Promise<void> {
    while (!stopping) {
      await runDue().catch((error: unknown) =>
        log.error(describeError(error), 'jobs that may be due were not found'),
      );
      await pause(jobsPause, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    async receive(envelope, take) {
      const id = await receive(db, envelope);
      if (id !== null && take !== undefined) takers.set(id, take);
      if (id !== null) {
        runners.quick.rouse();
        introducers.rouse();
      }
      return id;
    },
    release: (inputId) => void takers.delete(inputId),
    admits: (sender) => isColleague(options, sender),
    shown: async (platform, address, receipt) =>
      (await selectShown(db, platform, address, receipt))?.reply ?? null,
    settled: (inputId, signal) =>
      bell.until(async () => signal?.aborted === true || (await isSettled(db, inputId))),
    quiet: () => bell.until(() => isQuiet(db, ours)),
    runDue,
    readFile: (id) => readOutgoingFile(db, id),
    recentReplies: (platform, address) => selectRecentReplies(db, platform, address),
    async start() {
      if (db.embedded) await takeBackAll(db);
      introducers.start();
      for (const lane of lanes) runners[lane].start();
      deliverers.start();
      if (jobs.length > 0) watching = watchClock();
    },
    async stop() {
      stopping = true;
      stopped.abort();
      await Promise.all([introducers, ...Object.values(runners), deliverers].map((crew) => crew.stop()));
      await watching;
    },
  };
}
