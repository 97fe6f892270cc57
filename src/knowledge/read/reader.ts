/** Reads files in a thread of its own: a hostile PDF costs a time limit and its memory, never the program. */
import { Worker } from 'node:worker_threads';
import type { ReadDocument } from './read-document.ts';
import type { ReadRequest, ReadResponse } from './read-worker.ts';

/** Endings of the files that are documents; others in a folder are passed over. */
export const readableEndings = ['.md', '.markdown', '.docx', '.pdf', '.html', '.htm', '.pptx', '.txt'];

const timeLimit = 60_000;
const largestFile = 50 * 1024 * 1024;
const memoryLimitMb = 1_024;

export interface DocumentReader {
  /** @throws Error that says in words why the file cannot be read */
  read(name: string, bytes: Uint8Array): Promise<ReadDocument>;
  close(): Promise<void>;
}

export function createDocumentReader(): DocumentReader {
  let worker: Worker | null = null;

  async function stop() {
    await worker?.terminate();
    worker = null;
  }

  return {
    async read(name, bytes) {
      if (bytes.length > largestFile)
        throw new Error(`it has ${Math.round(bytes.length / 1024 / 1024)} MB; at most 50 MB are read`);
      worker ??= new Worker(new URL('./read-worker.ts', import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
      });
      const response = await answerOf(worker, { name, bytes });
      if (response === null) await stop();
      if (response === null)
        throw new Error(`reading it took over ${timeLimit / 1000} seconds or ${memoryLimitMb} MB of memory`);
      if ('problem' in response) throw new Error(response.problem);
      return response.document;
    },
    close: stop,
  };
}

function answerOf(worker: Worker, request: ReadRequest): Promise<ReadResponse | null> {
  return new Promise((resolve) => {
    function settle(response: ReadResponse | null) {
      clearTimeout(timer);
      worker.off('message', settle).off('error', fail).off('exit', fail);
      resolve(response);
    }
    const fail = () => settle(null);
    const timer = setTimeout(fail, timeLimit);
    worker.on('message', settle).on('error', fail).on('exit', fail);
    worker.postMessage(request);
  });
}
