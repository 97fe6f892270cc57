/** How far a long command has come, on standard error: one line that changes where a person looks, now and then one elsewhere. */

export function showProgress(done: number, total: number, name: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${done} of ${total} · ${name}`);
  else if (done === total || done % 50 === 0) process.stderr.write(`${done} of ${total}\n`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
}
