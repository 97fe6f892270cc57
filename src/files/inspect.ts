/** What a file is, told by its content and never by its name, and whether it may be kept as evidence; if not, why, in words. */
import { Refusal } from '../errors.ts';
import { createRoom, readIndex, UnsafeArchive, unpack, type Entry, type Room } from './archive.ts';
import { refuseName } from './file-names.ts';
import { refuseActivePart } from './inspect-office.ts';
import { refuseRunningPdf } from './inspect-pdf.ts';
import { sha256Of } from './store.ts';

export interface InspectLimits {
  /** Bytes of the largest file that is taken. */
  most: number;
}

export interface Inspected {
  mediaType: string;
  /** Bytes. */
  size: number;
  sha256: string;
}

const instead = 'Attach a PDF, picture, Office or text file.';

/** A file in an archive in an archive: an office file in a zip, with a table in it. Deeper than that nobody looks. */
const deepest = 2;

/** @throws Refusal in words for whoever attached it; nothing of the file is kept then */
export async function inspectFile(
  name: string,
  bytes: Uint8Array,
  { most }: InspectLimits,
): Promise<Inspected> {
  const shown = displayName(name);
  if (bytes.length === 0) throw new Refusal(`${shown} is empty. Attach it again once it has content.`);
  if (bytes.length > most)
    throw new Refusal(
      `${shown} is larger than the ${Math.floor(most / 1024 / 1024)} MB that a file may have here. Attach a smaller one, or a link to it.`,
    );
  const mediaType = await typeOf(shown, bytes, createRoom(), 0);
  refuseName(name, shown);
  return { mediaType, size: bytes.length, sha256: sha256Of(bytes) };
}

/** A name to show: without a path, without signs that cannot be seen or turn the writing about, and not endless. */
export function displayName(name: string): string {
  const last = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .split(/[/\\]/)
    .at(-1);
  const clean = (last ?? '').replace(/\s+/g, ' ').trim();
  if (/^\.*$/.test(clean)) return 'file';
  if (clean.length <= 120) return clean;
  const ending = /\.[^.\s]{1,10}$/.exec(clean)?.[0] ?? '';
  return `${clean.slice(0, 119 - ending.length).replace(/[\uD800-\uDBFF]$/, '')}…${ending}`;
}

const kept = new Set([
  'application/pdf',
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/heif',
]);
const programs = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/wasm',
  'application/java-vm',
  'application/x-google-chrome-extension',
  'application/x-rpm',
  'application/x-deb',
  'application/x.ms.shortcut',
  'application/vnd.android.package-archive',
  'application/x-shockwave-flash',
]);
const archives = new Set([
  'application/x-7z-compressed',
  'application/x-rar-compressed',
  'application/gzip',
  'application/x-bzip2',
  'application/x-xz',
  'application/zstd',
  'application/x-tar',
  'application/x-compress',
  'application/x-lzip',
  'application/x-lz4',
  'application/vnd.ms-cab-compressed',
  'application/x-apple-diskimage',
]);
/** Types that are written in plain letters, so that readable text may be one of them all the same. */
const writtenInLetters = new Set([
  'application/pdf',
  'application/rtf',
  'application/postscript',
  'application/eps',
]);

async function typeOf(name: string, bytes: Uint8Array, room: Room, depth: number): Promise<string> {
  if (startsWith(bytes, 0x50, 0x4b)) return typeOfZip(name, bytes, room, depth);
  if (startsWith(bytes, ...oldOffice)) throw new Refusal(whyNotOld(name, bytes));
  const text = readable(bytes);
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(bytes);
  const mediaType = found?.mime ?? null;
  if (text !== null && (mediaType === null || !writtenInLetters.has(mediaType)))
    return typeOfText(name, text);
  if (mediaType === 'application/pdf') await refuseRunningPdf(name, bytes);
  if (mediaType !== null && kept.has(mediaType)) return mediaType;
  throw new Refusal(whyNot(name, mediaType, found?.ext ?? null));
}

function whyNot(name: string, mediaType: string | null, ending: string | null): string {
  if (mediaType !== null && programs.has(mediaType))
    return `${name} is a program, and programs cannot be kept as evidence. ${instead}`;
  if (mediaType !== null && archives.has(mediaType))
    return `${name} is an archive that I cannot look into. Attach its files one by one, or as a ZIP.`;
  return ending === null
    ? `I cannot tell what ${name} is, so it is not kept. ${instead} Text must be UTF-8.`
    : `${name} is a file of the kind «${ending}», which is not kept as evidence. ${instead}`;
}

/** Readable text all the same that a spreadsheet, a browser or Windows takes for something to run or to fetch, whatever its name. */
const activeText =
  /^(?:ID;P|\[(?:InternetShortcut|Shell|Desktop Entry)\]|WEB\r?\n1\b|XLODBC\r?\n|QueryType=|REGEDIT4|Windows Registry Editor|screen mode id:|full address:)/i;
/** `=cmd|'/c calc'!A1` in a table. */
const ddeCell = /(?:^|[,;\t"\r\n]) {0,20}[=+@-] {0,20}[A-Z_][\w.]{0,60}\|[^\r\n!|]{0,400}![A-Z$]/i;
const isTable = /\.(?:csv|tsv|tab|prn)$/i;

/** Text, tables, mail and logs. What a browser would run is no evidence: a picture or a PDF of it is. */
function typeOfText(name: string, text: string): string {
  const begin = text.slice(0, 4_096).trimStart();
  if (begin.startsWith('#!') || activeText.test(begin) || (isTable.test(ownName(name)) && ddeCell.test(text)))
    throw new Refusal(`${name} is a program, and programs cannot be kept as evidence. ${instead}`);
  if (/^<[!?a-z]/i.test(begin))
    throw new Refusal(
      `${name} is a web page, a drawing or other markup, which can carry programs. Attach a PDF or a picture of it.`,
    );
  if (text.trim() === '') throw new Refusal(`${name} is empty. Attach it again once it has content.`);
  return 'text/plain';
}

/** Of a file in an archive, which is called «a.csv in all.zip». */
function ownName(name: string): string {
  return name.split(' in ')[0] ?? '';
}

/** @returns null for what is no text: other bytes than UTF-8, or signs that no text has; an escape colours logs */
function readable(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[\u0000-\u0008\u000E-\u001A\u001C-\u001F]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

const oldOffice = [0xd0, 0xcf, 0x11, 0xe0];

/** The box of older Office files, installers and saved mails; an office file with a password is put into one too. */
function whyNotOld(name: string, bytes: Uint8Array): string {
  return holds(bytes, 'EncryptedPackage')
    ? `${name} is protected with a password, so that nobody can look inside for programs. Attach it without one.`
    : `${name} has an older format that can carry programs. Save it as .docx, .xlsx, .pptx or PDF, and attach that.`;
}

// ---- Archives ----------------------------------------------------------------------------------------------------------

async function typeOfZip(name: string, bytes: Uint8Array, room: Room, depth: number): Promise<string> {
  try {
    const entries = readIndex(bytes, room);
    const office = await officeTypeOf(name, bytes, entries);
    if (office === null && depth > 0)
      throw new Refusal(
        `${name} is an archive inside another one. Attach its files one by one, or as one ZIP.`,
      );
    if (depth > deepest) throw new UnsafeArchive('holds archives in archives in archives');
    if (entries.length === 0) throw new UnsafeArchive('is an empty archive');
    for (const entry of entries) {
      const content = await unpack(bytes, entry, room);
      const inside = `${displayName(entry.name)} in ${name}`;
      if (office === null) await checkPacked(inside, entry, content, room);
      else await checkPart(inside, entry, content, room, depth);
    }
    return office ?? 'application/zip';
  } catch (error) {
    throw error instanceof UnsafeArchive ? new Refusal(`${name} ${error.message}.`) : error;
  }
}

/** Every file of an archive that somebody packed must be one that could have been attached by itself. */
async function checkPacked(name: string, entry: Entry, content: Uint8Array, room: Room): Promise<void> {
  // What macOS adds of its own: colours and positions of icons.
  const ofMac =
    startsWith(content, 0x00, 0x05, 0x16, 0x07) ||
    startsWith(content, 0x00, 0x00, 0x00, 0x01, 0x42, 0x75, 0x64, 0x31);
  if (content.length === 0 || (ofMac && /(^|\/)(\._[^/]*|\.DS_Store)$/.test(entry.name))) return;
  await typeOf(name, content, room, 1);
  refuseName(entry.name, name);
}

/** The parts of an office file are its own; only what can be opened by itself, or run, is looked at. */
async function checkPart(
  name: string,
  entry: Entry,
  content: Uint8Array,
  room: Room,
  depth: number,
): Promise<void> {
  if (startsWith(content, 0x50, 0x4b, 0x03, 0x04)) await typeOf(name, content, room, depth + 1);
  else if (startsWith(content, ...oldOffice))
    throw new Refusal(
      `${name} is another file packed into it, which may be a program. Attach it without that.`,
    );
  else if (readable(content.subarray(0, 512)) === null) {
    const { fileTypeFromBuffer } = await import('file-type');
    const mediaType = (await fileTypeFromBuffer(content))?.mime ?? '';
    if (programs.has(mediaType) || archives.has(mediaType)) throw new Refusal(whyNot(name, mediaType, null));
  }
  refuseActivePart(name, entry.name, content);
}

const mainParts: [part: string, mediaType: string][] = [
  ['wordprocessingml.document', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['spreadsheetml.sheet', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  [
    'presentationml.presentation',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
];
const openDocuments = ['text', 'spreadsheet', 'presentation'].map(
  (kind) => `application/vnd.oasis.opendocument.${kind}`,
);

/** @returns null for an archive that is no office file */
async function officeTypeOf(name: string, bytes: Uint8Array, entries: Entry[]): Promise<string | null> {
  const types = entries.find((entry) => entry.name === '[Content_Types].xml');
  const kind = entries.find((entry) => entry.name === 'mimetype');
  if (types === undefined && kind === undefined) return null;
  const macros = /(^|\/)vba(Project|Data)|(^|\/)macrosheets\/|^(Basic|Scripts)\//i;
  const text = types === undefined ? '' : await textIn(bytes, types);
  if (entries.some((entry) => macros.test(entry.name)) || /macroEnabled|vbaProject/i.test(text))
    throw new Refusal(
      `${name} carries macros, which are programs. Save it without them (.docx, .xlsx, .pptx), or as PDF.`,
    );
  const main = mainParts.find(([part]) => text.includes(`${part}.main+xml`));
  if (main !== undefined) return main[1];

  const declared = kind === undefined ? '' : (await textIn(bytes, kind)).trim();
  const manifest = entries.find((entry) => entry.name === 'META-INF/manifest.xml');
  if (openDocuments.includes(declared) && manifest !== undefined) {
    if (!(await textIn(bytes, manifest)).includes('encryption-data')) return declared;
    throw new Refusal(
      `${name} is protected with a password, so that nobody can look inside for programs. Attach it without one.`,
    );
  }
  throw new Refusal(
    `${name} is an Office file of a kind that is not kept. Save it as .docx, .xlsx, .pptx or PDF.`,
  );
}

/** The few parts that say what the whole is are small. */
async function textIn(bytes: Uint8Array, entry: Entry): Promise<string> {
  return new TextDecoder().decode(await unpack(bytes, entry, { bytes: 4 * 1024 * 1024, entries: 1 }));
}

/** Names inside the box of older Office files have two bytes a letter. */
function holds(bytes: Uint8Array, word: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(word, 'utf16le'));
}

function startsWith(bytes: Uint8Array, ...sign: number[]): boolean {
  return sign.every((byte, at) => bytes[at] === byte);
}
