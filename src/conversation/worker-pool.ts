/** Loops that share one kind of work: one of them looks every half second, and whoever finds something rouses another. */
import { describeError, type Log } from '../log.ts';

/** How often a process looks for what another has stored, in milliseconds; its own it hears of at once. */
const idlePause = 500;

export interface WorkerPool {
  start(): void;
  /** There may be something to do: one that sleeps looks. */
  rouse(): void;
  /** Finishes what is under way. */
  stop(): Promise<void>;
}

export interface WorkerPoolOptions {
  size: number;
  /**
   * Takes the next piece of work and does it.
   *
   * @param taken  called once it is taken: another may look whether there is more
   * @returns whether there was anything to do
   */
  step(taken: () => void): Promise<boolean>;
  /** Something was done, which may be work for others. */
  done(): void;
  log: Log;
}

export function createWorkerPool({ size, step, done, log }: WorkerPoolOptions): WorkerPool {
  const loops: Promise<void>[] = [];
  const sleepers: (() => void)[] = [];
  /** One of the sleepers has the clock. */
  let watched = false;
  /** Called while nobody slept: whoever goes to sleep next looks once more. */
  let called = false;
  let stopping = false;

  function rouse() {
    const wake = sleepers.at(-1);
    if (wake === undefined) called = true;
    else wake();
  }

  async function sleep(): Promise<void> {
    if (called) {
      called = false;
      return;
    }
    const watches = !watched;
    watched = true;
    await new Promise<void>((resolve) => {
      const timer = watches ? setTimeout(wake, idlePause) : undefined;
      sleepers.push(wake);
      function wake() {
        clearTimeout(timer);
        sleepers.splice(sleepers.indexOf(wake), 1);
        if (watches) watched = false;
        resolve();
      }
    });
  }

  /** @param looks  at once; the others are roused by whoever finds something */
  async function loop(looks: boolean): Promise<void> {
    if (!looks) await sleep();
    while (!stopping) {
      const worked = await step(rouse).catch((error: unknown) => {
        log.error(describeError(error), 'a worker failed; it goes on');
        return false;
      });
      if (worked) done();
      else if (!stopping) await sleep();
    }
  }

  return {
    start() {
      for (let count = 0; count < size; count += 1) loops.push(loop(count === 0));
    },
    rouse,
    async stop() {
      stopping = true;
      while (sleepers.length > 0) rouse();
      await Promise.all(loops);
    },
  };
}
