/** Opens the store of evidence that the settings name, and holds every file against its id. */
import { createFolderStore } from './folder-store.ts';
import { createS3Store, type S3Options } from './s3-store.ts';
import { sha256Of, type FileStore } from './store.ts';

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

/** An id becomes part of a path. */
function assertId(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('that is no SHA-256');
}
