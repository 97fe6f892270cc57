/** ZIP archives that we make: names that no computer takes for more than a name, and files as they are. */
import { createHash } from 'node:crypto';
import { Zip, ZipDeflate, ZipPassThrough, zipSync, type Zippable } from 'fflate';

/** Bytes that an entry costs beside its content and twice its name: its two headers and the field of its time. */
const entryCost = 128;

/** Files by their path in the archive, from `safeName` each part of it. What was packed before is kept as it is. */
export function archiveBytes(files: ReadonlyMap<string, Uint8Array>, at: Date): Uint8Array {
  const entries = [...files].map(([path, bytes]) => [path, [bytes, { level: 0, mtime: at }]] as const);
  return zipSync(Object.fromEntries(entries) as Zippable);
}

/** Bytes that a file takes in the archive, at most. */
export function sizeInArchive(path: string, size: number): number {
  return size + 2 * Buffer.byteLength(path) + entryCost;
}

/** What an archive of the plain kind can hold. */
export const archiveLimits = { bytes: 0xffffffff - 64 * 1024 * 1024, files: 65_000 };

export interface ArchiveWriter {
  /** Bytes that went out so far. */
  readonly bytes: number;
  /**
   * One file after another, each as it comes: nothing of it is held.
   *
   * @param packed  whether it is made smaller: what was packed before is not
   */
  add(
    path: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    packed: boolean,
  ): Promise<{ sha256: string; size: number }>;
  /** @returns the SHA-256 of the archive, and its bytes */
  end(): Promise<{ sha256: string; bytes: number }>;
}

/** @param write  waited for before more is made, so that no more is held than a piece */
export function openArchive(write: (piece: Uint8Array) => Promise<void>, at: Date): ArchiveWriter {
  const whole = createHash('sha256');
  let bytes = 0;
  let made: Uint8Array[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, piece) => {
    failed ??= error;
    made.push(piece);
  });
  const pass = async () => {
    if (failed !== null) throw failed;
    const pieces = made;
    made = [];
    for (const piece of pieces) {
      whole.update(piece);
      bytes += piece.length;
      await write(piece);
    }
  };
  return {
    get bytes() {
      return bytes;
    },
    async add(path, content, packed) {
      const entry = packed ? new ZipDeflate(path, { level: 3 }) : new ZipPassThrough(path);
      entry.mtime = at;
      zip.add(entry);
      const hash = createHash('sha256');
      let size = 0;
      for await (const piece of content) {
        hash.update(piece);
        size += piece.length;
        entry.push(piece);
        await pass();
      }
      entry.push(new Uint8Array(0), true);
      await pass();
      return { sha256: hash.digest('hex'), size };
    },
    async end() {
      zip.end();
      await pass();
      return { sha256: whole.digest('hex'), bytes };
    },
  };
}
