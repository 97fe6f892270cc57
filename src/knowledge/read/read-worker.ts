/** The thread that `reader.ts` gives files to. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { readDocument, type ReadDocument } from './read-document.ts';

export interface ReadRequest {
  name: string;
  bytes: Uint8Array;
}

export type ReadResponse = { document: ReadDocument } | { problem: string };

parentPort?.on('message', ({ name, bytes }: ReadRequest) => {
  readDocument(name, bytes).then(
    (document) => parentPort?.postMessage({ document } satisfies ReadResponse),
    (error: unknown) => parentPort?.postMessage({ problem: messageOf(error) } satisfies ReadResponse),
  );
});
