/** How far a long command has come, on standard error: one line that changes where a person looks, now and then one elsewhere. */
import { signOf, startHeartbeat, type Heartbeat, type Line } from './heartbeat.ts';

export function showProgress(done: number, total: number, name: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${done} of ${total} · ${name}`);
  else if (done === total || done % 50 === 0) process.stderr.write(`${done} of ${total}\n`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
}

/** Milliseconds between two signs of life: nobody should have to ask whether anything still happens. */
const signOfLife = 1000;

export interface Waiting {
  /** What is being done from now on. */
  say: (text: string) => void;
  end: () => void;
}

/** Standard error, or what stands in for it. */
export type Screen = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> & { fd: number };

/**
 * Says what is being done until it ends, and that it goes on: by the seconds where a person looks, by dots elsewhere.
 *
 * @param slow  this thread will be busy for seconds at a time, as it is once more than the first is said
 */
export function beginWaiting(
  first: string,
  { slow = false, stderr = process.stderr }: { slow?: boolean; stderr?: Screen } = {},
): Waiting {
  const begun = Date.now();
  const columns = stderr.isTTY ? stderr.columns || 80 : null;
  let line: Line = { text: first, begun, columns };
  let heart: Heartbeat | null = null;
  /** Dots of this thread, and all that stood when the last line was ended. */
  let own = 0;
  let before = 0;
  const dots = () => own + (heart?.beats() ?? 0);
  const endDots = () => {
    if (columns === null && dots() > before) stderr.write('\n');
    before = dots();
  };
  const show = () => void stderr.write(columns === null ? `${line.text}\n` : signOf(line, Date.now()));
  const quicken = () => {
    clearInterval(timer);
    heart ??= startHeartbeat(stderr.fd, signOfLife, line);
    heart.say(line);
  };
  const timer = setInterval(() => {
    own += 1;
    stderr.write(signOf(line, Date.now()));
  }, signOfLife).unref();
  show();
  if (slow) quicken();
  return {
    say(text) {
      line = { ...line, text };
      endDots();
      show();
      quicken();
    },
    end() {
      clearInterval(timer);
      heart?.stop();
      if (columns === null) endDots();
      else stderr.write('\r\u001B[K');
    },
  };
}
