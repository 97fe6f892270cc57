/**
 * Looks into a zip archive without trusting it, be it a document, a workbook or evidence: what it says of itself is checked first,
 * and what comes out is counted as it comes.
 */
import { promisify } from 'node:util';
import { constants, inflateRaw } from 'node:zlib';

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

/** Why an archive is not taken, to be said of it by name to whoever attached it. */
export class UnsafeArchive extends Error {
  override name = 'UnsafeArchive';
  /** The same for an operator, who has more at hand than to attach another. */
  readonly inDetail: string;

  constructor(message: string, inDetail = message) {
    super(message);
    this.inDetail = inDetail;
  }
}

const damaged = 'is a damaged archive';
const bomb = 'would unpack to far more than a document holds';
const tooMuch = 'which is too much to be a document';

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
  if (room.entries < 0)
    throw new UnsafeArchive('holds too many files', `would unpack in ${count} files, ${tooMuch}`);

  const entries: Entry[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw new UnsafeArchive(damaged);
    const nameLength = view.getUint16(at + 28, true);
    const extra = at + 46 + nameLength;
    const next = extra + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw new UnsafeArchive(damaged);
    const name = textOf(bytes.subarray(at + 46, extra));
    if (leadsOut(name)) throw new UnsafeArchive('names files outside itself', 'names a file outside itself');
    if ((view.getUint16(at + 8, true) & 1) === 1)
      throw new UnsafeArchive(
        'is protected with a password, so that nobody can look inside for programs. Attach it without one',
        'is protected with a password',
      );
    // The upper half of the attributes is the kind of file where the archive was made on Unix.
    if (view.getUint32(at + 38, true) >>> 28 === 0xa) throw new UnsafeArchive('holds links to other files');
    const [size = 0, packedSize = 0, begin = 0] = widened(
      view,
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
      { from: extra, until: extra + view.getUint16(at + 30, true) },
    );
    entries.push({ name, size, packedSize, method: view.getUint16(at + 10, true), at: begin });
    at = next;
  }

  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > room.bytes || unpacked > bytes.length * steepestRatio + alwaysFine)
    throw new UnsafeArchive(
      bomb,
      `would unpack to ${Math.round(unpacked / 1024 / 1024)} MB in ${count} files, ${tooMuch}`,
    );
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

/** Numbers that do not fit their four bytes stand in a field of their own; some writers put all of them there, however small. */
function widened(
  view: DataView,
  numbers: number[],
  { from, until }: { from: number; until: number },
): number[] {
  let at = from;
  while (at + 4 <= until && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  return numbers.map((number) => {
    if (number !== 0xffffffff || at + 8 > until) return number;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

/**
 * The files whose names match, of an archive whose content is read.
 *
 * @throws Error that says why it is not, in words that go on from the file's name: «it is a damaged archive»
 */
export async function unpackMatching(bytes: Uint8Array, matching: RegExp): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  try {
    const room = createRoom();
    for (const entry of readIndex(bytes, room))
      if (matching.test(entry.name)) files.set(entry.name, await unpack(bytes, entry, room));
  } catch (error) {
    throw error instanceof UnsafeArchive ? new Error(`it ${error.inDetail}`, { cause: error }) : error;
  }
  return files;
}

/** The same as UTF-8 text, in the order of the archive. */
export async function readTexts(bytes: Uint8Array, matching: RegExp): Promise<Map<string, string>> {
  const files = await unpackMatching(bytes, matching);
  return new Map([...files].map(([name, content]) => [name, textOf(content)]));
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

const inflateWithin = promisify(inflateRaw);

/** In a thread of its own, while other people are answered; the piece that is kept is one byte longer, so that it is never full. */
async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const limits = { maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size + 1, constants.Z_MIN_CHUNK) };
  const whole = await inflateWithin(packed, limits).catch((cause: unknown) => {
    const tooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw new UnsafeArchive(tooLong ? bomb : damaged);
  });
  if (whole.length !== size) throw new UnsafeArchive(damaged);
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
