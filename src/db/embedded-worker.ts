/** Worker thread that runs PGlite and serves it on a unix socket, so that a long query never stalls the event loop. */
import {
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export interface EmbeddedWorkerData {
  /** Folder of the database, or null to keep it in memory. */
  dataFolder: string | null;
  socketPath: string;
  /** A dump of a data folder, or a data folder, to begin with when there is none yet. */
  template: string | null;
}

/** Sixteen megabytes each is the default: more than the rest of a new database, and copied with it. */
const smallSegments = '--wal-segsize=1';

/** PGlite lets everybody write the files in it. */
const privately = 0o700;

const { dataFolder, socketPath, template } = workerData as EmbeddedWorkerData;
if (parentPort === null)
  throw new Error('embedded-worker.ts is a worker thread and cannot be run by itself.');
const port = parentPort;

const isFolder = template !== null && statSync(template, { throwIfNoEntry: false })?.isDirectory() === true;
if (dataFolder !== null && isFolder) beginWith(template, dataFolder);
else if (dataFolder !== null) mkdirSync(dataFolder, { recursive: true, mode: privately });

const database = await PGlite.create({
  dataDir: dataFolder ?? 'memory://',
  extensions: { vector, pg_trgm },
  initDbStartParams: [smallSegments],
  startParams: [...PGlite.defaultStartParams, '-c', 'wal_recycle=off'],
  ...(template === null || isFolder ? {} : { loadDataDir: new Blob([readFileSync(template)]) }),
});
runWhole(database);
// One connection would be reset after an SQL error while its successor is already knocking.
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 4 });
await server.start();
port.postMessage('ready');

port.on('message', (message: unknown) => {
  void (async () => {
    if (message === 'dump') {
      const dump = await database.dumpDataDir('gzip');
      port.postMessage(new Uint8Array(await dump.arrayBuffer()));
      return;
    }
    await server.stop();
    await database.close();
    port.postMessage('closed');
    port.close();
  })();
});

/**
 * What makes one query, up to its `Sync`, goes to the database in one piece, and its answer comes back in one: piece by piece
 * each of them crosses the socket by itself and wakes the other side, which costs more than most queries.
 */
function runWhole(database: PGlite): void {
  const run = database.execProtocolRawStream.bind(database);
  const waits = new Set([...'PBDEC'].map((type) => type.charCodeAt(0)));
  let held: Uint8Array[] = [];
  database.execProtocolRawStream = async (message, options) => {
    const [type = 0] = message;
    // A connection begins with a length: what an earlier one left unfinished is not for this one.
    if (type === 0) held = [];
    held.push(message);
    if (waits.has(type)) return;
    const whole = Buffer.concat(held);
    held = [];
    const answer: Buffer[] = [];
    await run(whole, { ...options, onRawData: (part) => void answer.push(Buffer.from(part)) });
    options.onRawData(Buffer.concat(answer));
  };
}

/** A copy that does not come to its end leaves no half of a database: then it is made from nothing. */
function beginWith(template: string, folder: string): void {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    copyFolder(template, unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: privately });
  }
}

/** Where the file system can share what two files have in common, the copy takes no room. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: privately });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}
