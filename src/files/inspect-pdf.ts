/**
 * Whether a PDF would run something, by its own objects: each is read where it begins, names as readers read them and packed
 * objects unpacked. Every byte is looked at once, and what cannot be looked into is not taken.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { Refusal } from '../errors.ts';

const unpack = promisify(inflate);

/** Names that only programs need: script, starting something, files inside, players of media, forms that are programs, forms that send. */
const running = new Map([
  ['JavaScript', 'script'],
  ['JS', 'script'],
  ['Launch', 'a command that starts a program'],
  ['EmbeddedFile', 'another file packed into it'],
  ['EmbeddedFiles', 'another file packed into it'],
  ['FileAttachment', 'another file packed into it'],
  ['RichMedia', 'media that can carry programs'],
  ['RichMediaContent', 'media that can carry programs'],
  ['Rendition', 'media that can carry programs'],
  ['OnInstantiate', 'media that can carry programs'],
  ['XFA', 'a form that can carry programs'],
  ['ImportData', 'a form that fetches data'],
  ['SubmitForm', 'a form that sends data'],
  ['GoToE', 'a link into a file packed into it'],
]);

/** Bytes that all packed objects of one file may unpack to: those of a book of 1,000 pages are some 20 MB. */
const mostUnpacked = 64 * 1024 * 1024;
/** How often the bytes of a file may be read: objects lie beside each other, so that once is enough but for what was made to cost. */
const mostReadings = 8;
/** Bytes after which other people have their turn. */
const breath = 1024 * 1024;

/** @throws Refusal in words for whoever attached it */
export async function refuseRunningPdf(shown: string, bytes: Uint8Array): Promise<void> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const budget = { read: mostReadings * whole.length + breath, unpacked: mostUnpacked };
  let last = 0;
  for (const at of beginnings(whole)) {
    if (at - last > breath) {
      last = at;
      await breathe();
    }
    const object = readObject(whole, at, budget);
    refuseIfRunning(shown, object);
    if (budget.read < 0) throw unreadable(shown);
    if (object.packed) await lookInto(shown, whole, object, budget);
  }
}

interface Budget {
  /** Bytes that may still be read. */
  read: number;
  unpacked: number;
}

interface Found {
  /** All names in it, at whatever depth. */
  names: Set<string>;
  /** Names and simple values of the dictionary itself. */
  entries: Map<string, string>;
  /** How its stream is packed, the last step first. */
  filters: string[];
  /** Other objects lie packed in its stream. */
  packed: boolean;
  /** Where the object ends; a stream's bytes follow. */
  end: number;
}

/** Behind every `obj` and `trailer`, wherever it stands: readers find objects by their address, also inside what looks like text. */
function* beginnings(whole: Buffer): Generator<number> {
  for (const word of ['obj', 'trailer']) {
    for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + word.length))
      if (whole.toString('latin1', Math.max(0, at - 3), at) !== 'end') yield at + word.length;
  }
}

const white = new Set([0, 9, 10, 12, 13, 32]);
const signs = new Set([...'()<>[]{}/%'].map((sign) => sign.charCodeAt(0)));
const code = (sign: string) => sign.charCodeAt(0);

/** One object: a value, or a dictionary with all that is in it. */
function readObject(whole: Buffer, from: number, budget: Budget): Found {
  const names = new Set<string>();
  const entries = new Map<string, string>();
  const filters: string[] = [];
  const open: string[] = [];
  let listed = '';
  let key: string | null = null;
  let at = from;
  const value = (text: string) => {
    if (open.length !== 1 || open[0] !== '<<') return;
    if (key === null && text.startsWith('/')) key = text.slice(1);
    else if (key !== null) {
      if (!entries.has(key)) entries.set(key, text);
      if (isFilter(key) && text.startsWith('/')) filters.push(text.slice(1));
      listed = key;
      key = null;
    }
  };
  do {
    while (white.has(whole[at] ?? -1)) at += 1;
    const byte = whole[at];
    if (byte === undefined) break;
    if (byte === code('%')) at = endOfLine(whole, at);
    else if (byte === code('/')) {
      const name = readName(whole, at + 1);
      names.add(name.text);
      if (open.length === 2 && open[1] === '[' && isFilter(listed)) filters.push(name.text);
      value(`/${name.text}`);
      at = name.end;
    } else if (byte === code('(')) {
      at = endOfString(whole, at);
      value('()');
    } else if (byte === code('<') && whole[at + 1] === code('<')) {
      value('<<');
      open.push('<<');
      at += 2;
    } else if (byte === code('>') && whole[at + 1] === code('>')) {
      if (open.at(-1) === '<<') open.pop();
      at += 2;
    } else if (byte === code('[')) {
      value('[');
      open.push('[');
      at += 1;
    } else if (byte === code(']')) {
      if (open.at(-1) === '[') open.pop();
      at += 1;
    } else if (byte === code('<')) {
      const end = whole.indexOf('>', at);
      value('()');
      at = end < 0 ? whole.length : end + 1;
    } else if (signs.has(byte)) at += 1;
    else {
      const start = at;
      while (at < whole.length && !white.has(whole[at] ?? 0) && !signs.has(whole[at] ?? 0)) at += 1;
      // Of a reference, «7 0 R», the second and third word come without a name before them.
      value(whole.toString('latin1', start, Math.min(at, start + 20)));
    }
  } while (open.length > 0);
  budget.read -= at - from;
  return { names, entries, filters, packed: entries.has('First') && entries.has('N'), end: at };
}

/** A name as readers take it: `#61` is a letter. */
function readName(whole: Buffer, from: number): { text: string; end: number } {
  let at = from;
  while (at < whole.length && !white.has(whole[at] ?? 0) && !signs.has(whole[at] ?? 0)) at += 1;
  const text = whole
    .toString('latin1', from, Math.min(at, from + 400))
    .replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { text, end: at };
}

function endOfLine(whole: Buffer, from: number): number {
  let at = from;
  while (at < whole.length && whole[at] !== 10 && whole[at] !== 13) at += 1;
  return at;
}

function endOfString(whole: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < whole.length; at += 1) {
    if (whole[at] === code('\\')) at += 1;
    else if (whole[at] === code('(')) depth += 1;
    else if (whole[at] === code(')') && (depth -= 1) === 0) return at + 1;
  }
  return whole.length;
}

function refuseIfRunning(shown: string, { names, entries }: Found): void {
  for (const name of names) {
    const what = running.get(name);
    if (what !== undefined)
      throw new Refusal(
        `${shown} holds ${what}, and programs cannot be kept as evidence. Print it as a PDF once more, and attach that.`,
      );
  }
  if (entries.has('Encrypt'))
    throw new Refusal(
      `${shown} is protected, so that nobody can look inside for programs. Attach it without protection, or print it as a PDF once more.`,
    );
}

function unreadable(shown: string): Refusal {
  return new Refusal(
    `${shown} is packed so that nobody can look inside for programs. Print it as a PDF once more, and attach that.`,
  );
}

function isFilter(key: string): boolean {
  return key === 'Filter' || key === 'F';
}

/** Where the bytes of a stream begin behind its dictionary; null where none follows. */
function streamAt(whole: Buffer, from: number): number | null {
  let at = from;
  while (white.has(whole[at] ?? -1) || whole[at] === code('%'))
    at = whole[at] === code('%') ? endOfLine(whole, at) : at + 1;
  if (whole.toString('latin1', at, at + 6) !== 'stream') return null;
  at += 6;
  if (whole[at] === 13) at += 1;
  return whole[at] === 10 ? at + 1 : at;
}

/** What follows the packed bytes is left alone. @returns null for more than there is room for, and what is no deflate */
async function unpackedFrom(packed: Buffer, budget: Budget): Promise<Buffer | null> {
  if (budget.unpacked <= 0) return null;
  const text = await unpack(packed, { maxOutputLength: budget.unpacked }).catch(() => null);
  budget.unpacked -= text?.length ?? 0;
  return text;
}

/** The objects in a stream, each where its list says that it begins. */
async function lookInto(
  shown: string,
  whole: Buffer,
  { names, entries, filters, end }: Found,
  budget: Budget,
): Promise<void> {
  if (budget.read < 0) throw unreadable(shown);
  const start = streamAt(whole, end);
  if (start === null) return;
  const [filter, ...others] = filters;
  const isPlain = filter === undefined && !entries.has('Filter');
  const isDeflated =
    (filter === 'FlateDecode' || filter === 'Fl') && others.length === 0 && !names.has('Predictor');
  if ((!isPlain && !isDeflated) || entries.has('F')) throw unreadable(shown);
  const packed = whole.subarray(start);
  const text = isPlain ? packed : await unpackedFrom(packed, budget);
  if (text === null) throw unreadable(shown);
  if (isDeflated) budget.read += mostReadings * text.length;
  const first = Number(entries.get('First'));
  const count = Number(entries.get('N'));
  if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || first > text.length)
    throw unreadable(shown);
  const places = text.toString('latin1', 0, first).match(/\d+/g) ?? [];
  for (let index = 1; index < Math.min(places.length, 2 * count); index += 2) {
    refuseIfRunning(shown, readObject(text, first + Number(places[index]), budget));
    if (budget.read < 0) throw unreadable(shown);
    if (index % 2_000 === 1) await breathe();
  }
}
