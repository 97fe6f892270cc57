/** Where the bytes of evidence lie: each file under the SHA-256 of its content, so that none is kept twice and none is changed unseen. */
import { createHash } from 'node:crypto';

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

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
