/** Time and memory from starting the demo to its first answer: in a new folder, and again in the same one. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duration, printTable, progress, ratio } from './measure.ts';

const root = join(import.meta.dirname, '../..');
const question = 'How many days a week can I work from home?\n';
const laterStarts = 3;
/** Whoever tries it for the first time waits this long at most, and later this long, in milliseconds. */
const firstTarget = 10_000;
const laterTarget = 3_000;

/** The embedded database alone, opened and asked once: the floor under our own start. */
const peerProgram = `
  const { PGlite } = await import('@electric-sql/pglite');
  const { vector } = await import('@electric-sql/pglite-pgvector');
  const db = await PGlite.create({ dataDir: process.argv[1], extensions: { vector } });
  await db.query('create extension if not exists vector');
  process.stdout.write('ready\\n');
  process.stdin.resume();
  process.stdin.on('end', () => db.close());
`;

interface Started {
  ms: number;
  peakMegabytes: number;
}

export async function benchStart(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'isma-bench-start-'));
  const ours = () => start(['src/cli.ts', 'demo', '--json', '--data', join(folder, 'isma')], '"text"');
  const peer = () => start(['--input-type=module', '-e', peerProgram, join(folder, 'peer')], 'ready');
  const rows: string[][] = [];
  const row = (label: string, own: Started, other: Started, target: number) =>
    rows.push([label, duration(own.ms), `${own.peakMegabytes} MB`, duration(other.ms), `${other.peakMegabytes} MB`,
      ratio(own.ms, other.ms), own.ms < target ? 'met' : 'MISSED', duration(target)]); // prettier-ignore
  try {
    progress('start: new folder');
    row('new folder', await ours(), await peer(), firstTarget);
    for (let time = 1; time <= laterStarts; time += 1) {
      progress(`start: again, ${time} of ${laterStarts}`);
      row(`again ${time}`, await ours(), await peer(), laterTarget);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  printTable(
    'Start: from the command to the first answer without a model, against PGlite alone with no table in it',
    ['', 'first answer', 'peak memory', 'peer', 'peak memory', 'ours/peer', '', 'target'],
    rows,
    ['In the new folder, ours also reads, splits and indexes the whole sample company.'],
  );
}

/** Starts Node, asks one question, and ends it after the first line that holds `sign`. */
async function start(parameters: string[], sign: string): Promise<Started> {
  const begun = performance.now();
  const child = spawn(process.execPath, parameters, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir() },
  });
  let peak = 0;
  const polling = setInterval(() => {
    void peakOf(child.pid).then((kilobytes) => (peak = Math.max(peak, kilobytes)));
  }, 20);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  child.stdin.write(question);
  try {
    const ms = await new Promise<number>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes(sign)) resolve(performance.now() - begun);
      });
      child.once('exit', (code) =>
        reject(new Error(`It ended with ${code} before it answered: ${said}${complaint}`)),
      );
    });
    child.stdin.end();
    await ended;
    return { ms, peakMegabytes: Math.round(peak / 1_024) };
  } finally {
    clearInterval(polling);
    child.kill();
  }
}

/** Kilobytes of memory that a process has held at most; the kernel keeps count, so no peak falls between two looks. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
