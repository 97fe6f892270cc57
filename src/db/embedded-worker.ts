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
