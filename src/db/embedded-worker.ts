/** Worker thread that runs PGlite and serves it on a unix socket, so that a long query never stalls the event loop. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export interface EmbeddedWorkerData {
  /** Folder of the database, or null to keep it in memory. */
  dataFolder: string | null;
  socketPath: string;
  /** A dump of a data folder to begin with when there is none yet. */
  template: string | null;
}

const { dataFolder, socketPath, template } = workerData as EmbeddedWorkerData;
if (parentPort === null)
  throw new Error('embedded-worker.ts is a worker thread and cannot be run by itself.');
const port = parentPort;

const database = await PGlite.create({
  dataDir: dataFolder ?? 'memory://',
  extensions: { vector, pg_trgm },
  ...(template === null ? {} : { loadDataDir: new Blob([readFileSync(template)]) }),
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
