/** How far a long command has come, on standard error: one line that changes where a person looks, now and then one elsewhere. */

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

/** Says what is being done until it ends, and that it goes on: by the seconds where a person looks, by dots elsewhere. */
export function beginWaiting(first: string, stderr: NodeJS.WriteStream = process.stderr): Waiting {
  const begun = Date.now();
  let now = first;
  let dots = 0;
  const draw = () => {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    // Longer than the screen is wide, it would be drawn below itself each time.
    const text = now.slice(0, Math.max(0, (stderr.columns || 80) - 7));
    stderr.write(`\r\u001B[K${text}${seconds === 0 ? '' : ` ${seconds} s`}`);
  };
  const endDots = () => {
    if (dots > 0) stderr.write('\n');
    dots = 0;
  };
  const say = (text: string) => {
    now = text;
    if (stderr.isTTY) return draw();
    endDots();
    stderr.write(`${text}\n`);
  };
  const timer = setInterval(() => {
    if (stderr.isTTY) return draw();
    dots += 1;
    stderr.write('.');
  }, signOfLife).unref();
  say(first);
  return {
    say,
    end() {
      clearInterval(timer);
      if (stderr.isTTY) stderr.write('\r\u001B[K');
      else endDots();
    },
  };
}
