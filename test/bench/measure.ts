/** Times, their percentiles, and the tables that they are printed in. */

export interface Times {
  p50: number;
  p99: number;
}

/** Milliseconds that `work` took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

export function summarise(times: number[]): Times {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Milliseconds, or seconds from a thousand of them on. */
export function duration(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${ms.toFixed(1)} ms`;
}

/** How many times the peer's time ours is: below 1 we are faster. */
export function ratio(ours: number, peer: number): string {
  return `${(ours / peer).toFixed(2)}×`;
}

export function printTable(title: string, columns: string[], rows: string[][], notes: string[] = []): void {
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  process.stdout.write(
    `\n${title}\n${line(columns)}\n${widths.map((width) => '─'.repeat(width)).join('  ')}\n`,
  );
  for (const row of rows) process.stdout.write(`${line(row)}\n`);
  for (const note of notes) process.stdout.write(`${note}\n`);
}

/** What a long run is doing, so that nobody takes it for stuck; the tables alone go to standard output. */
export function progress(text: string): void {
  process.stderr.write(`… ${text}\n`);
}
