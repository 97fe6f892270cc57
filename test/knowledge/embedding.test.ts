/** Vectors: only of new texts, never of two embedders at once, and never a reason to keep a document out. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ingest } from '../../src/knowledge/ingest.ts';
import { search } from '../../src/knowledge/search.ts';
import { activateEmbedder, type ActiveEmbedder } from '../../src/knowledge/search-index.ts';
import { createEmbedder } from '../../src/model/embedding.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { testEmbedder } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { lexicon, reader } from '../support/shared.ts';

const now = new Date('2026-11-24T09:00:00Z');
const policy = (...rules: string[]) =>
  `# Door Policy\n\n${rules.map((rule, index) => `## ${index + 1} Rule\n\n${rule}\n\n`).join('')}`;

describeOnDatabases('vectors', (test) => {
  let modelServer: ModelServer;
  let embedder: ActiveEmbedder;
  let folder: string;

  beforeAll(async () => {
    modelServer = await startModelServer();
  });
  afterAll(() => modelServer.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-vectors-'));
    embedder = await testEmbedder(test.db, modelServer);
    modelServer.embeddings('work');
    modelServer.embeddedTexts.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (files: Record<string, string> = {}, using: ActiveEmbedder | null = embedder) =>
    Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text))).then(() =>
      ingest({ db: test.db, lexicon, embedder: using, folder, now, actor: 'system:test', reader }),
    );
  const ask = (question: string, using: ActiveEmbedder | null = embedder) =>
    search(test.db, lexicon, {
      question,
      reader: { audiences: ['everyone'] },
      now,
      limit: 5,
      embedder: using,
    });
  const vectors = async () =>
    (
      await test.db.query(
        'select embedder.name, count(*) as n from section_vector join embedder on embedder.id = embedder_id group by 1 order by 1',
      )
    ).rows.map((row) => `${String(row.name).split('/')[1]}: ${String(row.n)}`);

  it('are made of each section with the path that leads to it', async () => {
    const report = await run({ 'a.md': policy('Lock doors.', 'Shut windows.') });

    expect(report.embedded).toBe(2);
    expect(modelServer.embeddedTexts).toEqual([
      'Door Policy > 1 Rule\nLock doors.',
      'Door Policy > 2 Rule\nShut windows.',
    ]);
  });

  it('are made of nothing where nothing has changed', async () => {
    await run({ 'a.md': policy('Lock doors.', 'Shut windows.') });
    modelServer.embeddedTexts.length = 0;

    const report = await run();

    expect(report).toMatchObject({ unchanged: 1, embedded: 0 });
    expect(modelServer.embeddedTexts).toEqual([]);
  });

  it('are made anew only of the sections that have changed', async () => {
    await run({ 'a.md': policy('Lock doors.', 'Shut windows.', 'Carry the badge.') });
    modelServer.embeddedTexts.length = 0;

    const report = await run({ 'a.md': policy('Lock doors.', 'Shut all windows.', 'Carry the badge.') });

    expect(report.embedded).toBe(1);
    expect(modelServer.embeddedTexts).toEqual(['Door Policy > 2 Rule\nShut all windows.']);
    expect(await vectors()).toEqual(['test-embedding: 3']);
  });

  it('are made once of one text in two places', async () => {
    const report = await run({ 'a.md': '# D\n\nLock doors.', 'b.md': '# D\n\nLock doors.' });

    expect(report.embedded).toBe(1);
    expect(await vectors()).toEqual(['test-embedding: 2']);
  });

  it('of a long section are made in parts, each with its path, and one section is found once', async () => {
    await run({ 'a.md': policy(`${'Doors are locked every evening by the last person. '.repeat(60)}`) });

    const parts = modelServer.embeddedTexts.slice();
    const { passages } = await ask('who locks doors every evening?');

    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every((text) => text.startsWith('Door Policy > 1 Rule\n'))).toBe(true);
    expect(passages).toHaveLength(1);
  });

  it('are not made of drafts', async () => {
    const report = await run({ 'a.md': `---\nstatus: draft\n---\n${policy('Lock doors.')}` });

    expect(report).toMatchObject({ added: ['a.md'], embedded: 0 });
    expect(modelServer.embeddedTexts).toEqual([]);
  });

  it('of an archived document are gone with it', async () => {
    await run({ 'a.md': policy('Lock doors.') });
    await rm(join(folder, 'a.md'));

    await run();

    expect(await vectors()).toEqual([]);
  });

  it('that cannot be made keep no document out: it is found by its words, and the next run completes it', async () => {
    modelServer.embeddings('fail');

    const down = await run({ 'a.md': policy('Lock doors.'), 'b.md': '# W\n\nShut windows.' });
    const found = await ask('lock doors', null);
    modelServer.embeddings('work');
    const up = await run();

    expect(down).toMatchObject({ added: ['a.md', 'b.md'], failed: [], embedded: 0 });
    expect(down.embeddingProblem).toContain('The embedding model test-embedding failed');
    expect(found.passages[0]?.body).toBe('Lock doors.');
    expect(up).toMatchObject({ unchanged: 2, embedded: 2, embeddingProblem: null });
    expect((await ask('lock doors')).passages[0]?.vectorRank).not.toBeNull();
  });

  it('that fail at the second document leave both documents stored and the first with its vectors', async () => {
    let calls = 0;
    const failing: ActiveEmbedder = {
      ...embedder,
      embed(texts) {
        calls += 1;
        return calls === 1 ? embedder.embed(texts) : Promise.reject(new Error('the embedder is gone'));
      },
    };

    const report = await run({ 'a.md': policy('Lock doors.'), 'b.md': '# W\n\nShut windows.' }, failing);

    expect(report).toMatchObject({
      added: ['a.md', 'b.md'],
      failed: [],
      embedded: 1,
      embeddingProblem: 'the embedder is gone',
    });
    expect(await vectors()).toEqual(['test-embedding: 1']);
    expect((await ask('shut windows', null)).passages[0]?.body).toBe('Shut windows.');
  });

  it('of another embedder are made of everything again, and never compared with the old ones', async () => {
    await run({ 'a.md': policy('Lock doors.', 'Shut windows.') });
    const other = await testEmbedder(test.db, modelServer, 'other-embedding');
    const before = await ask('lock doors', other);
    modelServer.embeddedTexts.length = 0;

    const report = await run({}, other);

    expect(before.passages.every((passage) => passage.vectorRank === null)).toBe(true);
    expect(report).toMatchObject({ unchanged: 1, embedded: 2 });
    expect(await vectors()).toEqual(['other-embedding: 2', 'test-embedding: 2']);
    const after = await ask('lock doors', other);
    expect(after.passages.filter((passage) => passage.vectorRank !== null)).toHaveLength(2);
  });

  it('come back for nothing when the first embedder comes back', async () => {
    await run({ 'a.md': policy('Lock doors.') });
    await run({}, await testEmbedder(test.db, modelServer, 'other-embedding'));
    modelServer.embeddedTexts.length = 0;

    const report = await run();

    expect(report.embedded).toBe(0);
    expect(modelServer.embeddedTexts).toEqual([]);
  });

  it('of another size than was said are no vectors: the documents go in by their words, and the operator is told', async () => {
    const wrong = await activateEmbedder(
      test.db,
      createEmbedder({ baseUrl: modelServer.url, apiKey: 'test', model: 'small', dimensions: 32 }),
    );

    const report = await run({ 'a.md': policy('Lock doors.') }, wrong);

    expect(report.embeddingProblem).toContain(
      'expected 1 vectors of 32 numbers, got 1 of 64; set EMBEDDING_DIMENSIONS',
    );
    expect(await vectors()).toEqual([]);
    expect((await ask('lock doors', wrong)).passages[0]?.body).toBe('Lock doors.');
  });

  it('fail for a question alone: it is answered by words, and says why', async () => {
    await run({ 'a.md': policy('Lock doors.') });
    modelServer.embeddings('fail');

    const result = await ask('lock doors');

    expect(result.vectorProblem).toContain('The embedding model test-embedding failed');
    expect(result.passages).toMatchObject([{ body: 'Lock doors.', vectorRank: null }]);
  });
});
