/** Where the bytes of evidence lie: each file under the SHA-256 of its content, so that none is kept twice and none is changed unseen. */
import { createHash } from 'node:crypto';
import { createFolderStore } from './folder-store.ts';
import { createS3Store, type S3Options } from './s3-store.ts';

export interface FileStore {
  /**
   * Keeps the bytes; doing it again changes nothing. Once it returns they are there to stay.
   *
   * @throws Error where the bytes are not those of the id, or could not be kept
   */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** @throws Error where there is no such file, or what lies there is not what was kept */
  get(sha256: string): Promise<Uint8Array>;
  /** A file that is gone already is no error. */
  delete(sha256: string): Promise<void>;
}

export type FilesConfig = { kind: 'folder'; folder: string } | ({ kind: 's3' } & S3Options);

export function createFileStore(config: FilesConfig): FileStore {
  const store = config.kind === 'folder' ? createFolderStore(config.folder) : createS3Store(config);
  return {
    async put(sha256, bytes) {
      assertId(sha256);
      if (sha256Of(bytes) !== sha256) throw new Error(`these bytes are not those of file ${sha256}`);
      await store.put(sha256, bytes);
    },
    async get(sha256) {
      assertId(sha256);
      const bytes = await store.get(sha256);
      if (sha256Of(bytes) !== sha256) throw new Error(`file ${sha256} is not what was kept: it is damaged`);
      return bytes;
    },
    async delete(sha256) {
      assertId(sha256);
      await store.delete(sha256);
    },
  };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An id becomes part of a path. */
function assertId(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('that is no SHA-256');
}
