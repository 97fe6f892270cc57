/** One folder, one process: a second is refused by name, and a killed one leaves nothing that stands in the way. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/db/folder-lock.ts';
import { openEmbedded } from '../../src/db/open.ts';

const lockModule = join(import.meta.dirname, '../../src/db/folder-lock.ts');

describe('a data folder', () => {
  let folder: string;
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-lock-'));
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
    await rm(folder, { recursive: true, force: true });
  });

  /** Another process that has the folder open until it is killed. */
  async function heldByAnother(): Promise<ChildProcess> {
    const code = `const { lockFolder } = await import(process.argv[1]); await lockFolder(process.argv[2]); process.stdout.write('held'); process.stdin.resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, lockModule, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  it('that another process has open is refused, naming that process and what to do', async () => {
    const child = await heldByAnother();

    await expect(lockFolder(folder)).rejects.toThrow(
      `The data folder ${folder} is in use by process ${child.pid}. Close it first, or give this one another folder with --data.`,
    );
    await expect(openEmbedded({ folder })).rejects.toThrow(`in use by process ${child.pid}`);
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${child.pid}`);
  });

  it('is the same folder by another name', async () => {
    const child = await heldByAnother();
    const alias = `${folder}-alias`;
    await symlink(folder, alias);

    await expect(lockFolder(alias)).rejects.toThrow(`in use by process ${child.pid}`);
    await rm(alias);
  });

  it('of a killed process can be opened at once', async () => {
    const child = await heldByAnother();
    child.kill('SIGKILL');
    await once(child, 'exit');

    const lock = await lockFolder(folder);

    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    await lock.release();
  });

  it('is free again once it is closed, and holds no trace of the lock', async () => {
    const first = await lockFolder(folder);
    await first.release();

    const second = await lockFolder(folder);
    await second.release();

    expect(await readdir(folder)).toEqual([]);
  });

  it('is given to exactly one of many that start at once, also over a dead lock', async () => {
    const child = await heldByAnother();
    child.kill('SIGKILL');
    await once(child, 'exit');

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));

    const held = tries.filter((tried) => tried.status === 'fulfilled');
    expect(held.length).toBe(1);
    for (const tried of held) await tried.value.release();
  });

  it('with a path too long for a socket is locked all the same', async () => {
    const deep = join(folder, 'a'.repeat(90), 'b'.repeat(90));
    await mkdir(deep, { recursive: true });

    const lock = await lockFolder(deep);

    await expect(lockFolder(deep)).rejects.toThrow('in use by process');
    await lock.release();
  });
});
