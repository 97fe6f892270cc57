/** ZIP archives that we make: names that no computer takes for more than a name, and files as they are. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { zipSync, type Zippable } from 'fflate';
import { ZipFile } from 'yazl';

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

export interface ArchiveWriter {
  /** Bytes that it has so far, with what of the last file may still be on its way. */
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

/** Bytes that the packing of one file holds back at most. */
const onItsWay = 512 * 1024;

/**
 * Of any size, and with any number of files: what does not fit the plain kind is written as Zip64, and only that, so that old
 * programs open the others.
 *
 * @param write  waited for before more is made, so that no more is held than a piece
 */
export function openArchive(write: (piece: Uint8Array) => Promise<void>, at: Date): ArchiveWriter {
  const whole = createHash('sha256');
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  let bytes = 0;
  const out = () => bytes + output.readableLength + output.writableLength;
  let file = { begun: 0, most: 0, source: new PassThrough() };
  let failed: Error | null = null;
  const fail = (cause: unknown) => {
    failed ??= cause instanceof Error ? cause : new Error('an archive was not written', { cause });
    file.source.destroy(failed);
    return failed;
  };
  const written = (async () => {
    for await (const piece of output as AsyncIterable<Uint8Array>) {
      whole.update(piece);
      bytes += piece.length;
      await write(piece);
    }
  })();
  written.catch(fail);
  zip.on('error', fail);
  return {
    get bytes() {
      return out() + Math.min(onItsWay, Math.max(0, file.begun + file.most - out()));
    },
    async add(path, content, packed) {
      if (failed !== null) throw failed;
      const source = new PassThrough();
      const through = finished(source);
      const own = { begun: this.bytes, most: 0, source };
      file = own;
      // It is taken up once the file before it is through.
      source.once('resume', () => (own.begun = out()));
      zip.addReadStream(source, path, { mtime: at, compressionLevel: packed ? 3 : 0 });
      const hash = createHash('sha256');
      let size = 0;
      try {
        for await (const piece of content) {
          hash.update(piece);
          size += piece.length;
          own.most = sizeInArchive(path, size);
          if (!source.write(piece)) await once(source, 'drain');
        }
        source.end();
        await through;
      } catch (error) {
        through.catch(() => undefined);
        throw fail(error);
      }
      return { sha256: hash.digest('hex'), size };
    },
    async end() {
      if (failed !== null) throw failed;
      zip.end();
      await written;
      return { sha256: whole.digest('hex'), bytes };
    },
  };
}
