/** Time limits of calls to a platform; they hold for a process that was frozen meanwhile too. */

/** Milliseconds. */
export interface Timing {
  /** A platform that says nothing for this long has given an unknown outcome. Below the lease of a claimed delivery. */
  sendTimeout: number;
  /** After a request was given up it may still take effect for so long: proxies hold one for half a minute, and twice that is believed. */
  settling: number;
}

const usual: Timing = { sendTimeout: 15_000, settling: 60_000 };

/** What a test has shortened, and the rest as it is. */
export function timingOf({ timing }: { timing?: Partial<Timing> }): Timing {
  return { ...usual, ...timing };
}

/** When nobody waits any more, as milliseconds of the clock. */
const endings = new WeakMap<AbortSignal, number>();

/** @param work  is told by the signal when nobody waits for it any more, so that it stops what it began */
export async function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limit = usual.sendTimeout,
): Promise<T> {
  const stop = new AbortController();
  endings.set(stop.signal, Date.now() + limit);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const late = new Error(`the platform said nothing for ${limit / 1000} seconds`);
      reject(late);
      stop.abort(late);
    }, limit);
  });
  return Promise.race([work(stop.signal), timeout]).finally(() => clearTimeout(timer));
}

/**
 * To be called right before each request. A process that was frozen finds answers waiting before its timers have run: the clock
 * alone tells it that somebody else has its work by now.
 *
 * @throws Error once nobody waits any more
 */
export function throwIfOver(signal: AbortSignal): void {
  signal.throwIfAborted();
  if (Date.now() >= (endings.get(signal) ?? Infinity)) throw new Error('nobody waits for this call any more');
}
