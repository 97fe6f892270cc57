/** How the time of some work grows with its input, in CPU time of this thread, so that a loaded machine changes nothing. */

/** Microseconds below which a time says nothing. */
const floor = 1_000;

/**
 * How many times longer `work` takes for a size eight times as large: about 8 where it is linear, 64 and more where it is not.
 * Each is the quickest of three runs.
 */
export function growth(size: number, work: (size: number) => unknown): number {
  work(Math.ceil(size / 4)); // compiled before it is measured
  const quickest = (of: number) => Math.min(...[1, 2, 3].map(() => cpuTime(() => work(of))));
  const small = Math.max(quickest(size), floor);
  return cpuTime(() => work(size * 8)) / small;
}

/** What `growth` may be at most where nothing is worse than linear: generous, for collections of garbage and cold caches. */
export const linear = 30;

function cpuTime(work: () => unknown): number {
  const begun = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(begun);
  return user + system;
}
