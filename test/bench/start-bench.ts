/** Time, CPU and memory from a command to its first word and its answer: in a new folder, again in the same one, and of commands that open none. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duration, printTable, progress, ratio } from './measure.ts';

const root = join(import.meta.dirname, '../..');
const question = 'How many days a week can I work from home?\n';
const newFolders = 2;
const laterStarts = 3;
/** How many times as long as the peer our first answer may take; at most, in MB, what it may hold; and milliseconds to the first word. */
const targets = { newFolder: 0.5, later: 2, megabytes: 700, word: 500 };
/** Seconds of CPU that the help of all commands may take. */
const helpTarget = 0.5;
/** Milliseconds after which no answer is waited for any more: where its looks have changed, `sign` never comes. */
const longestWait = 120_000;
/** Milliseconds of a tick of the kernel's count of CPU. */
const tick = 10;

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
const peerArguments = ['--input-type=module', '-e', peerProgram];

interface Started {
  /** Milliseconds until anything is on the screen. */
  word: number;
  ms: number;
  cpu: number;
  peakMegabytes: number;
}

export async function benchStart(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'isma-bench-start-'));
  const ours = (name: string, ...more: string[]) =>
    start(['src/cli.ts', 'demo', '--data', join(folder, `isma-${name}`), ...more], 'in force since');
  const peer = (name: string) => start([...peerArguments, join(folder, `peer-${name}`)], 'ready');
  const rows: string[][] = [];
  const row = (label: string, own: Started, other: Started, most: number) =>
    rows.push([label, duration(own.word), duration(own.ms), duration(own.cpu), `${own.peakMegabytes} MB`,
      duration(other.ms), duration(other.cpu), `${other.peakMegabytes} MB`, ratio(own.ms, other.ms), ratio(own.cpu, other.cpu),
      verdict(own, other, most)]); // prettier-ignore
  try {
    progress('start: what npm ci makes');
    await run(['src/cli.ts', 'prepare']);
    for (let time = 1; time <= newFolders; time += 1) {
      progress(`start: new folder, ${time} of ${newFolders}`);
      row(`new folder ${time}`, await ours(`${time}`), await peer(`${time}`), targets.newFolder);
    }
    progress('start: new folder on another day');
    row('another day', await ours('day', '--now', tomorrow()), await peer('day'), targets.newFolder);
    for (let time = 1; time <= laterStarts; time += 1) {
      progress(`start: again, ${time} of ${laterStarts}`);
      row(`again ${time}`, await ours('1'), await peer('1'), targets.later);
    }
    printTable(
      'Start: from the command to the first word and the first answer without a model, against PGlite alone with no table in it',
      ['', 'word', 'answer', 'CPU', 'memory', 'peer', 'CPU', 'memory', 'ours/peer', 'CPU', 'target'],
      rows,
      [
        `Targets: in a new folder at most ${targets.newFolder}× of the peer's time, later ${targets.later}×; under ${targets.megabytes} MB; the first word within ${targets.word} ms.`,
        'In a new folder both make a database: ours copies the template of `npm ci`, which has the register of the day; on another day people and register are loaded.',
      ],
    );
    progress('start: commands');
    await benchCommands(join(folder, 'isma-1'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tomorrow(): string {
  return new Date(Date.now() + 24 * 3_600_000).toISOString();
}

function verdict(own: Started, other: Started, most: number): string {
  const missed = [
    ...(own.ms / other.ms > most ? ['time'] : []),
    ...(own.peakMegabytes > targets.megabytes ? ['memory'] : []),
    ...(own.word > targets.word ? ['word'] : []),
  ];
  return missed.length === 0 ? 'met' : `MISSED: ${missed.join(', ')}`;
}

/** Commands that answer and end, against Node itself where they open no database, and PGlite alone where they do. */
async function benchCommands(folder: string): Promise<void> {
  const rows: string[][] = [];
  const row = (label: string, own: number, other: number, peer: string, met: boolean | null) =>
    rows.push([label, duration(own), duration(other), peer, ratio(own, other), met === null ? '' : met ? 'met' : 'MISSED']); // prettier-ignore
  const help = await run(['src/cli.ts', '--help']);
  row('isma --help', help, await run(['-e', '0']), 'Node', help < helpTarget * 1_000);
  const status = await run(['src/cli.ts', 'status', '--data', folder]);
  row(
    'isma status',
    status,
    await run([...peerArguments, folder.replace('isma-1', 'peer-1')]),
    'PGlite',
    null,
  );
  printTable(
    'Start: CPU of a command from its beginning to its end',
    ['', 'CPU', 'peer', '', 'ours/peer', 'target'],
    rows,
    [`Target: the help of all commands under ${helpTarget} s.`],
  );
}

const environment = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir() };

/** Starts Node, asks one question, and ends it after the first line that holds `sign`. */
async function start(parameters: string[], sign: string): Promise<Started> {
  const begun = performance.now();
  const child = spawn(process.execPath, parameters, { cwd: root, env: environment });
  let peak = 0;
  const polling = setInterval(() => {
    void peakOf(child.pid).then((kilobytes) => (peak = Math.max(peak, kilobytes)));
  }, 20);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let word = 0;
  let said = '';
  let complaint = '';
  let deadline: NodeJS.Timeout | undefined;
  child.stderr.on('data', (data: Buffer) => {
    word ||= performance.now() - begun;
    complaint += data.toString();
  });
  child.stdin.write(question);
  try {
    const ms = await new Promise<number>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => {
        word ||= performance.now() - begun;
        said += data.toString();
        if (said.includes(sign)) resolve(performance.now() - begun);
      });
      deadline = setTimeout(
        () => reject(new Error(`There is no «${sign}» in what it said: ${said}${complaint}`)),
        longestWait,
      );
      child.once('exit', (code) =>
        reject(new Error(`It ended with ${code} before it answered: ${said}${complaint}`)),
      );
    });
    const cpu = await cpuOf(child.pid);
    child.stdin.end();
    await ended;
    return { word, ms, cpu, peakMegabytes: Math.round(peak / 1_024) };
  } finally {
    clearInterval(polling);
    clearTimeout(deadline);
    child.kill();
  }
}

/** Runs Node to its end. @returns milliseconds of CPU, as it counts them itself when it ends */
async function run(parameters: string[]): Promise<number> {
  const counter = `import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(3, String((user + system) / 1000)); });`;
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(counter)}`, ...parameters], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  }); // prettier-ignore
  let counted = '';
  child.stdio[3]?.on('data', (data: Buffer) => (counted += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`node ${parameters.join(' ')} ended with ${code}`);
  return Number(counted);
}

/** Kilobytes of memory that a process has held at most; the kernel keeps count, so no peak falls between two looks. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
}

/** Milliseconds of CPU that a process has taken so far, all its threads together. */
async function cpuOf(pid: number | undefined): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tick;
}
