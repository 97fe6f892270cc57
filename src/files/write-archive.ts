/** ZIP archives that we make: names that no computer takes for more than a name, and files as they are. */
import { zipSync, type Zippable } from 'fflate';

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
