/** The commands of `isma`, as people type them: many in this process, and one in a process of its own where that is what is tested. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const root = join(import.meta.dirname, '../..');
/** No .env of the developer's lies in it. */
const emptyFolder = mkdtempSync(join(tmpdir(), 'isma-nothing-'));

export interface Ran {
  /** What the process ends with: 0 where all went well. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs one command in this process, whose standard streams and environment are its own meanwhile: one at a time.
 *
 * @param columns  of the screen that a person sits at; without it, the lines come from a pipe
 */
export async function runHere(
  args: readonly string[],
  input = '',
  env: Record<string, string> = {},
  columns: number | null = null,
): Promise<Ran> {
  const { runCommand } = await import('../../src/cli.ts');
  const output = { stdout: '', stderr: '' };
  const before = { env: process.env, folder: process.cwd() };
  const streams = (['stdout', 'stderr'] as const).map((name) => {
    const { write } = process[name];
    process[name].write = (chunk: Uint8Array | string) => {
      output[name] += chunk.toString();
      return true;
    };
    return () => (process[name].write = write);
  });
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
  const typed = Object.assign(Readable.from([input]), columns === null ? {} : { isTTY: true });
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => typed });
  const screen = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
  Object.assign(process.stdout, { isTTY: columns !== null, columns });
  process.env = { PATH: before.env.PATH, TMPDIR: before.env.TMPDIR, ...env };
  process.chdir(emptyFolder);
  try {
    await runCommand(args);
    return { code: Number(process.exitCode ?? 0), ...output };
  } finally {
    for (const requeue of streams) requeue();
    Object.defineProperty(process, 'stdin', stdin);
    Object.assign(process.stdout, screen);
    process.env = before.env;
    process.chdir(before.folder);
    process.exitCode = undefined;
  }
}

export interface Started {
  child: ChildProcessWithoutNullStreams;
  /** What it has said so far. */
  output: { stdout: string; stderr: string };
  ended: Promise<Ran>;
}

/** Starts a program of ours as an operator does. */
export function startProcess(
  script: 'src/cli.ts' | 'src/main.ts',
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Started {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: emptyFolder,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, NODE_COMPILE_CACHE: compileCache, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, output, ended };
}

/** What processes of tests compiled, kept from one to the next and from run to run. */
export const compileCache = join(root, 'node_modules/.cache/isma-tests/compiled');
