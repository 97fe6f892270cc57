/** One folder, one process: a second is refused by name, and a killed one leaves nothing that stands in the way. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/db/folder-lock.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { OperatorError } from '../../src/errors.ts';

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
  async function heldByAnother({ path = folder, temporary = tmpdir() } = {}): Promise<ChildProcess> {
    const code = `const { lockFolder } = await import(process.argv[1]); await lockFolder(process.argv[2]); process.stdout.write('held'); process.stdin.resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, lockModule, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: temporary },
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

  describe('with a path that is too long for a socket', () => {
    let deep: string;

    beforeEach(async () => {
      deep = join(folder, 'a'.repeat(90), 'b'.repeat(110));
      await mkdir(deep, { recursive: true });
    });

    it('is refused to a process that keeps its temporary files elsewhere', async () => {
      const temporary = join(folder, 'else');
      await mkdir(temporary);
      const child = await heldByAnother({ path: deep, temporary });

      await expect(lockFolder(deep)).rejects.toThrow(`in use by process ${child.pid}`);
      await expect(openEmbedded({ folder: deep })).rejects.toThrow(`in use by process ${child.pid}`);
    });

    it('is refused under a short name too, and leaves no trace once it is closed', async () => {
      const alias = join(folder, 'alias');
      await symlink(deep, alias);
      const lock = await lockFolder(alias);

      await expect(lockFolder(deep)).rejects.toThrow(`in use by process ${process.pid}`);
      await lock.release();

      const again = await lockFolder(deep);
      await again.release();
      expect(await readdir(deep)).toEqual([]);
    });

    it('is locked by a process whose own folder for temporary files has too long a path, or is not there', async () => {
      for (const temporary of [deep, '/no/such/folder']) {
        const child = await heldByAnother({ path: deep, temporary });

        await expect(lockFolder(deep)).rejects.toThrow(`in use by process ${child.pid}`);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    });
  });

  it('whose lock is looked at just when another process takes it is held by one process alone', async () => {
    const child = await heldByAnother();
    await rename(join(folder, 'isma.lock'), join(folder, 'isma.lock.12345678.old'));

    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${child.pid}`);

    expect(await readdir(folder)).toEqual(['isma.lock.12345678.old']);
  });

  it.runIf(process.getuid?.() === 0)('is refused to somebody who may not ask who holds it', async () => {
    const shared = await mkdtemp('/tmp/isma-lock-'); // where others come, too
    await chmod(shared, 0o777);
    const held = await lockFolder(shared);
    await chmod(join(shared, 'isma.lock'), 0o700);
    const code = `process.setuid(65534); const { lockFolder } = await import(process.argv[1]); await lockFolder(process.argv[2]).then(() => console.log('held'), (error) => console.log(error.message));`;

    const args = ['--input-type=module', '-e', code, lockModule, shared];
    const { stdout } = await promisify(execFile)(process.execPath, args);

    expect(stdout).toContain('in use by another process');
    expect(await readdir(shared)).toEqual(['isma.lock']);
    await held.release();
    await rm(shared, { recursive: true });
  });

  it('that cannot be made or written says which, and what to set', async () => {
    await writeFile(join(folder, 'file'), '');

    const opening = openEmbedded({ folder: join(folder, 'file', 'data') });

    await expect(opening).rejects.toThrow(OperatorError);
    await expect(opening).rejects.toThrow(
      /The data folder .*file\/data cannot be made: ENOTDIR.* Set DATA_DIR/,
    );
  });
});
