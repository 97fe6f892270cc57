/** Something that a test does again and again while it waits. */
import { setTimeout as pause } from 'node:timers/promises';

/** Repeats `repeated`, whose failures do not matter, until `work` has ended. Nothing of it is under way afterwards. */
export async function meanwhile<T>(work: Promise<T>, repeated: () => Promise<unknown>): Promise<T> {
  let over = false;
  const repeating = (async () => {
    while (!over) {
      await repeated().catch(() => undefined);
      await pause(100);
    }
  })();
  try {
    return await work;
  } finally {
    over = true;
    await repeating;
  }
}
