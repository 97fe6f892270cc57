/** Evidence in a folder and in a bucket: the same rules for both, and what each does when something fails. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createS3Store } from '../../src/files/s3-store.ts';
import { sha256Of, type FileStore } from '../../src/files/store.ts';
import { createFileStore } from '../../src/files/open-store.ts';
import { s3Bucket, s3Key, s3Region, startS3, type S3Server } from '../support/s3-server.ts';

const report = Buffer.from('The firewall was replaced on 20 November.\n');
const id = sha256Of(report);

let s3: S3Server;
let folder: string;
const bucket = () => ({ endpoint: s3.url, bucket: s3Bucket, region: s3Region, ...s3Key });

beforeAll(async () => {
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'isma-store-'));
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await rm(join(folder, 'evidence'), { recursive: true, force: true });
  s3.objects.clear();
  for (const list of [s3.asked, s3.faults]) list.length = 0;
});

describe.each<[string, () => { store: FileStore; kept(): Promise<string[]>; damage(): Promise<unknown> }]>([
  [
    'a folder',
    () => ({
      store: createFileStore({ kind: 'folder', folder: join(folder, 'evidence') }),
      kept: () => filesIn(join(folder, 'evidence')),
      damage: () => writeFile(join(folder, 'evidence', id.slice(0, 2), id.slice(2, 4), id), 'another report'),
    }),
  ],
  [
    'a bucket',
    () => ({
      store: createFileStore({ kind: 's3', ...bucket() }),
      kept: async () => [...s3.objects.keys()].map((path) => path.split('/').at(-1) ?? ''),
      damage: async () => s3.objects.set(`/${s3Bucket}/evidence/${id}`, Buffer.from('another report')),
    }),
  ],
])('evidence in %s', (_kind, open) => {
  it('is given back as it was kept, however often it was, and is gone once deleted', async () => {
    const { store, kept } = open();
    const large = Buffer.alloc(3_000_000, 'sixteen letters.');

    for (const bytes of [report, report, large]) await store.put(sha256Of(bytes), bytes);
    const [small, big] = await Promise.all([store.get(id), store.get(sha256Of(large))]);

    expect([Buffer.from(small).equals(report), Buffer.from(big).equals(large)]).toEqual([true, true]);
    expect((await kept()).sort()).toEqual([id, sha256Of(large)].sort());
    await store.delete(id);
    await store.delete(id);
    await expect(store.get(id)).rejects.toThrow(/is not in the/);
    expect(await kept()).toEqual([sha256Of(large)]);
  });

  it('is kept under its own content alone: another’s id, a path and a word are refused, and nothing is touched', async () => {
    const { store, kept } = open();

    await expect(store.put('0'.repeat(64), report)).rejects.toThrow('not those of file 0000');
    for (const wrong of ['', '../../etc/passwd', id.toUpperCase(), `${id}/..`, id.slice(1), `${id}\n`]) {
      await expect(store.put(wrong, report)).rejects.toThrow('no SHA-256');
      await expect(store.get(wrong)).rejects.toThrow('no SHA-256');
      await expect(store.delete(wrong)).rejects.toThrow('no SHA-256');
    }

    expect(await kept()).toEqual([]);
    expect(s3.asked).toEqual([]);
  });

  it('is not given back when something else lies in its place', async () => {
    const { store, damage } = open();
    await store.put(id, report);
    await damage();

    await expect(store.get(id)).rejects.toThrow('it is damaged');
  });
});

describe('a folder of evidence', () => {
  it('is for its owner alone, two levels deep, and holds nothing unfinished', async () => {
    const store = createFileStore({ kind: 'folder', folder: join(folder, 'evidence') });
    await Promise.all([store.put(id, report), store.put(id, report)]);

    const names = await readdir(join(folder, 'evidence', id.slice(0, 2), id.slice(2, 4)));
    const { mode } = await stat(join(folder, 'evidence', id.slice(0, 2), id.slice(2, 4), id));

    expect(names).toEqual([id]);
    expect((mode & 0o777).toString(8)).toBe('600');
  });

  it('says so when it cannot be written', async () => {
    await writeFile(join(folder, 'a-file'), '');

    await expect(
      createFileStore({ kind: 'folder', folder: join(folder, 'a-file') }).put(id, report),
    ).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

describe('a bucket of evidence', () => {
  it('is asked again while the service is busy, slow, silent or gone, and never without end', async () => {
    const store = createS3Store(bucket(), { timeout: 1_500, firstPause: 1 });

    s3.faults.push('busy', 'breaks off', 'hangs');
    await store.put(id, report);
    expect(s3.asked).toEqual(['PUT busy', 'PUT breaks off', 'PUT hangs', 'PUT 200']);

    s3.faults.push('slow down', 'busy', 'busy', 'busy');
    await expect(store.get(id)).rejects.toThrow('the storage of evidence answered 503');
    expect(s3.asked.slice(4)).toEqual(['GET slow down', 'GET busy', 'GET busy', 'GET busy']);
  });

  it('refuses a wrong secret, a wrong region and another bucket, and the message names settings, never the secret', async () => {
    const wrong = [
      { secretAccessKey: 'hunter22' },
      { region: 'eu-other-1' },
      { accessKeyId: 'AKIAOTHER' },
    ].map((change) => createS3Store({ ...bucket(), ...change }));
    const elsewhere = createS3Store({ ...bucket(), bucket: 'another-bucket' });

    for (const store of wrong) {
      const problem = await store.put(id, report).catch((error: Error) => error.message);
      expect(problem).toMatch(/refuses us \(403\): S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_REGION/);
      expect(problem).not.toContain('hunter22');
    }
    await expect(elsewhere.put(id, report)).rejects.toThrow('answered 404 for the bucket another-bucket');
    expect(s3.objects.size).toBe(0);
  });

  it('is not followed to where it redirects', async () => {
    s3.faults.push('redirects');

    await expect(createS3Store(bucket()).get(id)).rejects.toThrow('answered 307 for the bucket');
    expect(s3.asked).toEqual(['GET redirects']);
  });
});

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
