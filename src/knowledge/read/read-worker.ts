/** The thread that `reader.ts` gives files to. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { readDocument } from './read-document.ts';
import type { ReadRequest, ReadResponse } from './reader.ts';

parentPort?.on('message', ({ name, bytes }: ReadRequest) => {
  readDocument(name, bytes).then(
    (document) => parentPort?.postMessage({ document } satisfies ReadResponse),
    (error: unknown) => parentPort?.postMessage({ problem: messageOf(error) } satisfies ReadResponse),
  );
});
