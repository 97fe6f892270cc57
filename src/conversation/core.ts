/**
 * The core that every door stands on: takes inputs from the inbox, runs each turn, commits what it did together with what it
 * says, and delivers that from the outbox. One process or several on one database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describeError } from '../log.ts';
import { isColleague, suggestionsTo } from './admit.ts';
import { createBell } from './bell.ts';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';
import { deliverNext } from './deliver.ts';
import { claimInput, type Ours } from './claim-input.ts';
import { isQuiet, isSettled, isSettledAt, receive, takeBackAll } from './inbox.ts';
import { introduceNext } from './introduce.ts';
import { keepDueJobs } from './jobs.ts';
import { lanes, type Lane } from './lanes.ts';
import { clockPlatform, selectLastAnswer, selectRecentReplies, selectShown } from './outbox.ts';
import { readOutgoingFile } from './outgoing-file.ts';
import type { Core, CoreOptions, Delivery } from './port.ts';
import { runInput } from './run.ts';

/** Inputs that need nobody but the database, and those that wait for a file or a vector, that one process works on at once. */
const quickAtOnce = 4;
const outsideAtOnce = 4;
/** Messages to different addresses that one process sends at once: one that hangs holds up no other. */
const deliveriesAtOnce = 4;
/** People whom a platform is asked about at once: it may take its time, and holds up only others whom nobody knows yet. */
const introductionsAtOnce = 2;
/** How often a process looks for jobs whose time has come, in milliseconds. */
const jobsPause = 60_000;

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
  const { workflows, takesJobs = true, watchesClock = true } = options;
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

  function runnersOf(lane: Lane, size: number): WorkerPool {
    // Whose turn it is, is counted from what is under way: two that look at once would count alike.
    const inTurn = oneAtATime();
    return createWorkerPool({
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
  const runners: Record<Lane, WorkerPool> = {
    quick: runnersOf('quick', quickAtOnce),
    outside: runnersOf('outside', outsideAtOnce),
    model: runnersOf('model', options.modelTurnsAtOnce),
  };
  const introducers = createWorkerPool({
    size: asked.length === 0 ? 0 : introductionsAtOnce,
    step: (taken) => introduceNext(options, ours, taken),
    done() {
      runners.quick.rouse();
      bell.ring();
    },
    log,
  });
  const deliverers = createWorkerPool({
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
    suggestions: (sender) => suggestionsTo(options, sender),
    shown: async (platform, address, receipt) =>
      (await selectShown(db, platform, address, receipt))?.reply ?? null,
    settled: (inputId, signal) =>
      bell.until(async () => signal?.aborted === true || (await isSettled(db, inputId))),
    quiet: () => bell.until(() => isQuiet(db, ours)),
    runDue,
    readFile: (id) => readOutgoingFile(db, id),
    async answered(platform, address, signal) {
      await bell.until(async () => signal.aborted || (await isSettledAt(db, platform, address)));
      return selectLastAnswer(db, platform, address);
    },
    recentReplies: (platform, address) => selectRecentReplies(db, platform, address),
    async start() {
      if (db.embedded) await takeBackAll(db);
      introducers.start();
      for (const lane of lanes) runners[lane].start();
      deliverers.start();
      if (jobs.length > 0 && watchesClock) watching = watchClock();
    },
    async stop() {
      stopping = true;
      stopped.abort();
      await Promise.all([introducers, ...Object.values(runners), deliverers].map((pool) => pool.stop()));
      await watching;
    },
  };
}
