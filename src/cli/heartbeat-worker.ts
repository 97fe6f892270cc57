/** The thread of heartbeat.ts. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { signOf, takeTurn, type Line } from './heartbeat.ts';

const { state, fd, pause, line } = workerData as { state: Int32Array; fd: number; pause: number; line: Line };
let now = line;

parentPort?.on('message', (next: Line) => (now = next));

setInterval(() => {
  if (!takeTurn(state)) return;
  try {
    writeSync(fd, signOf(now, Date.now()));
    Atomics.add(state, 1, 1);
  } catch {
    // Whoever does not read fast enough sees the next one.
  } finally {
    Atomics.store(state, 0, 0);
  }
}, pause);
