/** Looks into a zip archive without trusting it: what it says of itself is checked first, and what comes out is counted as it comes. */
import { setImmediate as breathe } from 'node:timers/promises';
import { Inflate } from 'fflate';

/** What may come out of one attached file, archives inside it included. */
export interface Room {
  /** Bytes that may still be unpacked. */
  bytes: number;
  entries: number;
}

/** Unpacked, in bytes: an office file of the largest size that is taken, full of pictures, stays well below. */
const largestUnpacked = 200 * 1024 * 1024;
const mostEntries = 5_000;
/** Text packs up to about 20 to 1; far beyond that, an archive was made to explode. */
const steepestRatio = 200;
/** Bytes that even a small archive may unpack to, whatever its ratio. */
const alwaysFine = 1024 * 1024;

export function createRoom(): Room {
  return { bytes: largestUnpacked, entries: mostEntries };
}

/** Why an archive is not taken, to be said of it by name. */
export class UnsafeArchive extends Error {
  override name = 'UnsafeArchive';
}

const damaged = 'is a damaged archive';
const bomb = 'would unpack to far more than a document holds';
const encrypted =
  'is protected with a password, so that nobody can look inside for programs. Attach it without one';

export interface Entry {
  name: string;
  /** Bytes, as the archive says. */
  size: number;
  packedSize: number;
  method: number;
  /** Where its own header begins. */
  at: number;
}

/**
 * The files that the archive's index lists, once nothing in it is suspicious.
 *
 * @throws UnsafeArchive for too much, names that lead out of it, links, passwords, overlaps and an index that is not its own
 */
export function readIndex(bytes: Uint8Array, room: Room): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  // 65,535 and 4 GB stand for numbers that only a far larger archive needs.
  if (count === 0xffff || start === 0xffffffff) throw new UnsafeArchive(bomb);
  room.entries -= count;
  if (room.entries < 0) throw new UnsafeArchive('holds too many files');

  const entries: Entry[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw new UnsafeArchive(damaged);
    const nameLength = view.getUint16(at + 28, true);
    const name = textOf(bytes.subarray(at + 46, at + 46 + nameLength));
    if (leadsOut(name)) throw new UnsafeArchive('names files outside itself');
    if ((view.getUint16(at + 8, true) & 1) === 1) throw new UnsafeArchive(encrypted);
    // The upper half of the attributes is the kind of file where the archive was made on Unix.
    if (view.getUint32(at + 38, true) >>> 28 === 0xa) throw new UnsafeArchive('holds links to other files');
    entries.push({
      name,
      size: view.getUint32(at + 24, true),
      packedSize: view.getUint32(at + 20, true),
      method: view.getUint16(at + 10, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }

  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > room.bytes || unpacked > bytes.length * steepestRatio + alwaysFine)
    throw new UnsafeArchive(bomb);
  let free = 0;
  for (const entry of entries.toSorted((left, right) => left.at - right.at)) {
    const header = entry.at + 30;
    if (entry.at < free || contentAt(view, entry) + entry.packedSize > start)
      throw new UnsafeArchive(damaged);
    if (textOf(bytes.subarray(header, header + view.getUint16(entry.at + 26, true))) !== entry.name)
      throw new UnsafeArchive('has two names for one file');
    free = contentAt(view, entry) + entry.packedSize;
  }
  return entries.filter(({ name }) => !name.endsWith('/'));
}

/**
 * One file of the archive, never more than the archive said it was.
 *
 * @throws UnsafeArchive where more comes out, or less, or it is packed in a way that nobody uses for documents
 */
export async function unpack(bytes: Uint8Array, entry: Entry, room: Room): Promise<Uint8Array> {
  const begin = contentAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), entry);
  const packed = bytes.subarray(begin, begin + entry.packedSize);
  room.bytes -= entry.size;
  if (room.bytes < 0) throw new UnsafeArchive(bomb);
  if (entry.method === 0) {
    if (entry.packedSize !== entry.size) throw new UnsafeArchive(damaged);
    return packed;
  }
  if (entry.method !== 8) throw new UnsafeArchive('is packed in a way that I cannot read');
  return inflate(packed, entry.size);
}

/** Bytes that are unpacked at once: from so few, not more than some 16 MB can come before they are counted. */
const step = 16 * 1024;

async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let length = 0;
  let ended = false;
  const inflater = new Inflate((piece, final) => {
    if (length + piece.length > size) throw new UnsafeArchive(bomb);
    whole.set(piece, length);
    length += piece.length;
    ended ||= final;
  });
  for (let at = 0; at < packed.length; at += step) {
    try {
      inflater.push(packed.subarray(at, at + step), at + step >= packed.length);
    } catch (error) {
      throw error instanceof UnsafeArchive ? error : new UnsafeArchive(damaged);
    }
    // Other people are answered meanwhile.
    if ((at / step) % 16 === 15) await breathe();
  }
  if (!ended || length !== size) throw new UnsafeArchive(damaged);
  return whole;
}

/** The end record stands last, with nothing but its own comment behind it. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at -= 1)
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  throw new UnsafeArchive(damaged);
}

function contentAt(view: DataView, { at }: Entry): number {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== 0x04034b50) throw new UnsafeArchive(damaged);
  return at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Absolute, upwards, with the separators or the drives of Windows, or with characters that hide what it is. */
function leadsOut(name: string): boolean {
  return (
    name === '' ||
    /^[/\\]|\\|^[a-z]:|[\u0000-\u001F\u007F\u202A-\u202E\u2066-\u2069]/i.test(name) ||
    name.split('/').includes('..')
  );
}
