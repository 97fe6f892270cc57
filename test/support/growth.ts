/** How the time of some work grows with its input, in CPU time of this thread, so that a loaded machine changes nothing. */

/** Microseconds that a measurement adds up to: the system counts this time in steps of some thousands. */
const measured = 24_000;

/** What `growth` may be at most where nothing is worse than linear: generous, for collections of garbage and cold caches. */
export const linear = 30;

/**
 * How many times longer `work` takes for a size eight times as large: about 8 where it is linear, 64 and more where it is not. What
 * seems to be worse is measured anew, since other work takes our caches away.
 */
export function growth(size: number, work: (size: number) => unknown): number {
  let least = Infinity;
  for (let tries = 0; tries < 8 && least >= linear; tries += 1)
    least = Math.min(least, cpuTime(() => work(size * 8)) / cpuTime(() => work(size)));
  return least;
}

/** Microseconds of one run; short work is done many times. */
export function cpuTime(work: () => unknown): number {
  work(); // compiled before it is measured
  const begun = process.threadCpuUsage();
  for (let runs = 1; ; runs += 1) {
    work();
    const { user, system } = process.threadCpuUsage(begun);
    if (user + system >= measured) return (user + system) / runs;
  }
}
