/** A database of its own for each measurement: on the server where TEST_DATABASE_URL names one, and embedded in a new folder. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded, openServer } from '../../src/db/open.ts';

export type Kind = 'PostgreSQL' | 'PGlite';

export interface BenchDatabase {
  kind: Kind;
  /** Address of the server's database; null for the embedded one. */
  url: string | null;
  /** As the product opens it. */
  db: Database;
  /** As a peer opens it: without the product's settings of a session. */
  peerDb: Database;
  /** One connection that waits as long as a bulk load takes. */
  loadDb: Database;
  /** For another process: on the server beside this one, and embedded in its place. @returns its address or folder */
  handOver(): Promise<string>;
  drop(): Promise<void>;
}

export const serverUrl = process.env.TEST_DATABASE_URL ?? '';
const longest = 600_000;

const all: Kind[] = ['PostgreSQL', 'PGlite'];

/** Both, or those that BENCH_ON names, as `BENCH_ON=PostgreSQL`. */
export const kinds = all.filter(
  (kind) =>
    (process.env.BENCH_ON ?? all.join()).split(',').includes(kind) && (kind === 'PGlite' || serverUrl !== ''),
);

if (serverUrl === '')
  process.stderr.write(
    'TEST_DATABASE_URL is not set: only the embedded database is measured. To measure PostgreSQL too, name a server with pgvector: TEST_DATABASE_URL=postgres://…\n',
  );

export function createBenchDatabase(kind: Kind): Promise<BenchDatabase> {
  return kind === 'PGlite' ? embedded() : server();
}

async function embedded(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'isma-bench-'));
  const db = await openEmbedded({ folder });
  await migrate(db);
  let open = true;
  // Its one session is shared, and so are that session's settings.
  return {
    kind: 'PGlite',
    url: null,
    db,
    peerDb: db,
    loadDb: db,
    async handOver() {
      await db.close();
      open = false;
      return folder;
    },
    async drop() {
      if (open) await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function server(): Promise<BenchDatabase> {
  const name = `isma_bench_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const admin = await openServer(serverUrl);
  await admin.query(`create database ${name}`);
  await admin.close();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = await openServer(url.href);
  await migrate(db);
  const plain = { connectionString: url.href, max: 1, query_timeout: longest };
  const peerDb = createDatabase({ embedded: false, config: plain });
  await peerDb.query("set hnsw.ef_search = 40; set hnsw.iterative_scan = 'off'"); // pgvector's own, whatever the product sets
  const loadDb = createDatabase({ embedded: false, config: plain });
  return {
    kind: 'PostgreSQL',
    url: url.href,
    db,
    peerDb,
    loadDb,
    handOver: async () => url.href,
    async drop() {
      for (const each of [db, peerDb, loadDb]) await each.close();
      const again = await openServer(serverUrl);
      await again.query(`drop database if exists ${name} with (force)`);
      await again.close();
    },
  };
}
