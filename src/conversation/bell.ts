/** Tells whoever waits in this process that something has ended, so that nobody asks the database again and again meanwhile. */

export interface Bell {
  ring(): void;
  /** Resolves once `ended` holds, which is asked at each ring and, since other processes end things too, every so often. */
  until(ended: () => Promise<boolean>): Promise<void>;
}

/** How often what another process may have ended is looked for, in milliseconds. */
const elsewherePause = 100;

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  let rung = 0;

  /** A ring between the question and the wait for the next one counts as well. */
  function ringAfter(before: number): Promise<void> {
    if (rung !== before) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(wake, elsewherePause);
      waiting.add(wake);
      function wake() {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      }
    });
  }

  return {
    ring() {
      rung += 1;
      for (const wake of waiting) wake();
    },
    async until(ended) {
      for (;;) {
        const before = rung;
        if (await ended()) return;
        await ringAfter(before);
      }
    },
  };
}
