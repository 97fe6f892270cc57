/** Signs of life that go on while this thread compiles or reads, from a thread of their own. */
import { Worker } from 'node:worker_threads';

/** What is being done now. */
export interface Line {
  text: string;
  /** Milliseconds, when the first of it began. */
  begun: number;
  /** Of the screen; null where nobody looks at one. */
  columns: number | null;
}

export interface Heartbeat {
  /** How many there were. */
  beats: () => number;
  say: (line: Line) => void;
  /** None comes after it. */
  stop: () => void;
}

/** On a screen the line anew, never longer than the screen is wide, or it would be drawn below itself; elsewhere a dot. */
export function signOf({ text, begun, columns }: Line, now: number): string {
  if (columns === null) return '.';
  const seconds = Math.floor((now - begun) / 1000);
  return `\r\u001B[K${text.slice(0, Math.max(0, columns - 7))}${seconds === 0 ? '' : ` ${seconds} s`}`;
}

/**
 * @param fd     where it is written, past the streams of this thread, which may be busy
 * @param pause  milliseconds between two
 */
export function startHeartbeat(fd: number, pause: number, line: Line): Heartbeat {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./heartbeat-worker.ts', import.meta.url), {
    workerData: { state, fd, pause, line },
  });
  worker.unref();
  worker.on('error', () => undefined); // without it there is less to see, and nothing else
  return {
    beats: () => Atomics.load(state, 1),
    say: (next) => worker.postMessage(next),
    stop() {
      while (!takeTurn(state)); // what is being written just then ends first
      void worker.terminate();
    },
  };
}

/** One thread writes at a time. @param state  1 while one has its turn, and how many signs there were */
export function takeTurn(state: Int32Array): boolean {
  return Atomics.compareExchange(state, 0, 0, 1) === 0;
}
