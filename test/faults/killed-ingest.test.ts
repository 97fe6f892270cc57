/** Fault 28: an ingest that is killed half-way leaves every document with one live version, and the next run completes it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { createServerDatabase, hasServer } from '../support/databases.ts';
import { givenPeople, startHarness } from '../support/harness.ts';
import { lostThings } from '../support/lost-things.ts';
import { until } from './doors.ts';

describe.skipIf(!hasServer)('an ingest that is killed half-way (skipped without TEST_DATABASE_URL)', () => {
  let server: Awaited<ReturnType<typeof createServerDatabase>>;
  let folder: string;
  const documents = 60;

  beforeEach(async () => {
    server = await createServerDatabase();
    folder = await mkdtemp(join(tmpdir(), 'isma-reindex-'));
    await givenPeople(server.db);
  });
  afterEach(async () => {
    await server.db.close();
    await server.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function writeAll(version: number) {
    for (let index = 10; index < 10 + documents; index += 1)
      await writeFile(join(folder, `lost-${index}.md`), lostThings(version, `POL-${index}`));
  }
  function startIngest() {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), 'ingest', folder], {
      env: { PATH: process.env.PATH, DATABASE_URL: server.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return { child, exited: once(child, 'exit') };
  }
  const live = async (db: Database) =>
    (
      await db.query(
        `select version, count(*)::integer as n, count(distinct document_id)::integer as documents,
           (select count(distinct version_id)::integer from posting) as indexed
         from document_version where status = 'published' group by version order by version`,
      )
    ).rows;

  it('leaves every document with one live version, and the next run completes it', async () => {
    await writeAll(1);
    const [firstCode] = (await startIngest().exited) as [number];
    expect(firstCode).toBe(0);
    await writeAll(2);

    const { child, exited } = startIngest();
    await until('some are new', async () => {
      const { rows } = await server.db.query("select count(*)::integer as n from document_version where version = '2.0'");
      return Number(rows[0]?.n) >= 5;
    }); // prettier-ignore
    child.kill('SIGKILL');
    await exited;

    const between = await live(server.db);
    expect(between.map((row) => row.version)).toEqual(['1.0', '2.0']);
    expect(between.reduce((sum, row) => sum + Number(row.documents), 0)).toBe(documents);
    for (const row of between) expect(row.n).toBe(row.documents);
    expect(between[0]?.indexed).toBe(documents);
    const isma = await startHarness({ db: server.db });
    const [answer] = await isma.say('erin@test.example', 'What do I do with a lost phone?');
    await isma.stop();
    expect(answer?.reply.citations.length).toBeGreaterThan(0);
    for (const { version, quote } of answer?.reply.citations ?? [])
      expect(quote).toContain(`within ${parseInt(version)} hours`);

    const [code] = (await startIngest().exited) as [number];

    expect(code).toBe(0);
    expect(await live(server.db)).toEqual([{ version: '2.0', n: documents, documents, indexed: documents }]);
    expect((await verifyAudit(server.db)).faults).toEqual([]);
  });
});
