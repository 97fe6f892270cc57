/** What may be kept as evidence, told by content; what may not, and in which words; and archives that were made to do harm. */
import { deflateRawSync } from 'node:zlib';
import { strToU8, zipSync, type Zippable } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { displayName, inspectFile } from '../../src/files/inspect.ts';
import { sha256Of } from '../../src/files/store.ts';

const limits = { most: 25 * 1024 * 1024 };
const text = (words: string) => strToU8(words);
const bytes = (hex: string, tail = 64) =>
  Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(tail, 0x81)]);
const utf16 = (words: string) => Buffer.from(words, 'utf16le');
const old = (words: string) => Buffer.concat([bytes('d0cf11e0a1b11ae1', 500), utf16(words)]);
const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const slides = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';

const types = (part: string) =>
  text(
    `<?xml version="1.0"?><Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.${part}.main+xml"/></Types>`,
  );
const office = (part: string, more: Zippable = {}) =>
  zipSync({ '[Content_Types].xml': types(part), 'word/document.xml': text('<w:document/>'), ...more });
const docx = office('wordprocessingml.document');
const xlsx = office('spreadsheetml.sheet');
const open = (kind: string, more: Zippable = {}) =>
  zipSync({
    mimetype: [text(`application/vnd.oasis.opendocument.${kind}`), { level: 0 }],
    'META-INF/manifest.xml': text('<manifest/>'),
    'content.xml': text('<office/>'),
    ...more,
  });
const pdf = text('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
const png = bytes(
  '89504e470d0a1a0a 0000000d49484452 0000000100000001080600000 01f15c489 0000000a49444154'
    .replaceAll(' ', '')
    .padEnd(120, '0'),
);
const exe = bytes('4d5a9000030000000400');

const kept: [name: string, content: Uint8Array, mediaType: string][] = [
  ['report.pdf', pdf, 'application/pdf'],
  ['a PDF without a name for it', bytes('255044462d312e370a25e2e3cfd30a'), 'application/pdf'],
  ['screen.png', png, 'image/png'],
  ['photo.jpg', bytes('ffd8ffe000104a46494600'), 'image/jpeg'],
  ['move.gif', bytes('474946383961 01000100'), 'image/gif'],
  ['photo.webp', bytes('52494646 24000000 57454250 56503820'), 'image/webp'],
  ['phone.heic', bytes('00000018 66747970 68656963 00000000 6d696631 68656963'), 'image/heic'],
  ['plan.docx', docx, word],
  ['plan.docx with a table in it', office('wordprocessingml.document', { 'word/embeddings/t.xlsx': xlsx }), word],
  ['list.xlsx', xlsx, sheet],
  ['deck.pptx', office('presentationml.presentation'), slides],
  ['letter.odt', open('text'), 'application/vnd.oasis.opendocument.text'],
  ['list.ods', open('spreadsheet'), 'application/vnd.oasis.opendocument.spreadsheet'],
  ['deck.odp', open('presentation'), 'application/vnd.oasis.opendocument.presentation'],
  ['leavers.csv', text('\uFEFFname;left on\r\nÄnne Müßig;2026-11-20\r\n'), 'text/plain'],
  ['notes.md', text('# Patched\n\n- vendor patch is in\n'), 'text/plain'],
  ['scan.json', text('{"hosts": 12}'), 'text/plain'],
  ['system.log', text('<34>Oct 11 22:14:15 fw-1 su: \u001B[31mfailed\u001B[0m\n'), 'text/plain'],
  ['answer.eml', text('From: omar@demo.example\r\nSubject: done\r\n\r\nThe patch is in.\r\n'), 'text/plain'],
  ['text that begins like a program', text('MZ is the vendor’s short name.'), 'text/plain'],
  ['all.zip', zipSync({ 'a/report.pdf': pdf, 'plan.docx': docx, 'b/': new Uint8Array(), '.DS_Store': bytes('0000000142756431'), '__MACOSX/._a': bytes('00051607') }), 'application/zip'],
]; // prettier-ignore

describe('a file', () => {
  it('is known by its content, whatever its name', async () => {
    for (const [name, content, mediaType] of kept)
      expect([name, await inspectFile(name, content, limits)]).toEqual([
        name,
        { mediaType, size: content.length, sha256: sha256Of(content) },
      ]);
  });

  const program =
    /is a program, and programs cannot be kept as evidence\. Attach a PDF, picture, Office or text file\.$/;
  it.each<[what: string, name: string, content: Uint8Array, words: RegExp]>([
    ['a program of Windows', 'report.exe', exe, /^report\.exe is a program, and programs cannot be kept as evidence\. Attach a PDF, picture, Office or text file\.$/],
    ['a program of Windows called a PDF', 'report.pdf', exe, program],
    ['a program of Linux', 'report', bytes('7f454c4602010100'), program],
    ['a program of macOS', 'report', bytes('cffaedfe07000001'), program],
    ['a shortcut of Windows', 'report.lnk', bytes('4c0000000114020000000000c000000000000046'), program],
    ['a script', 'notes.txt', text('\uFEFF#!/bin/sh\nrm -rf /\n'), program],
    ['text that Windows runs', 'notes.bat', text('@echo off\r\n'), /ends as what a computer runs or opens by itself \(\.bat\)/],
    ['a picture by the name of a program', 'holiday.exe', png, /\(\.exe\), and that cannot be kept as evidence/],
    ['a web page', 'page.txt', text('  <!DOCTYPE html><script>alert(1)</script>'), /can carry programs/],
    ['a drawing', 'logo.png', text('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), /can carry programs/],
    ['other markup', 'data.xml', text('<?xml version="1.0"?><a/>'), /can carry programs/],
    ['an old office file', 'plan.doc', old('WordDocument'), /has an older format.*Save it as \.docx/],
    ['an office file with a password', 'plan.docx', old('EncryptedPackage'), /is protected with a password, so that nobody can look inside/],
    ['a video', 'film.mp4', bytes('00000018 66747970 6d703432 00000000 6d703432'), /kind «mp4», which is not kept/],
    ['text of another encoding', 'list.csv', Buffer.from('Änne', 'latin1'), /cannot tell what list\.csv is.*Text must be UTF-8/],
    ['text with a hole in it', 'list.csv', text('a\u0000b'), /cannot tell what/],
    ['nothing at all', 'list.csv', new Uint8Array(), /^list\.csv is empty/],
    ['nothing but spaces', 'list.csv', text(' \r\n\t'), /is empty/],
    ['an archive of another kind', 'all.7z', bytes('377abcaf271c0004'), /archive that I cannot look into.*as a ZIP/],
    ['macros', 'plan.docm', office('wordprocessingml.document', { 'word/vbaProject.bin': bytes('d0cf11e0') }), /carries macros, which are programs/],
    ['macros under another name', 'plan.docx', office('wordprocessingml.document', { 'word/x.bin': text('x'), '[Content_Types].xml': text('application/vnd.ms-word.document.macroEnabled.main+xml') }), /carries macros/],
    ['macros of Excel 4', 'list.xlsx', office('spreadsheetml.sheet', { 'xl/macrosheets/sheet1.xml': text('<x/>') }), /carries macros/],
    ['macros of LibreOffice', 'letter.odt', open('text', { 'Basic/Standard/x.xml': text('<x/>') }), /carries macros/],
    ['an office file of another kind', 'plan.dotx', office('wordprocessingml.template'), /Office file of a kind that is not kept/],
    ['an open document with a password', 'letter.odt', open('text', { 'META-INF/manifest.xml': text('<encryption-data/>') }), /protected with a password/],
    ['a program in an office file', 'plan.docx', office('wordprocessingml.document', { 'word/media/image1.png': exe }), /^image1\.png in plan\.docx is a program/],
    ['a file packed into an office file', 'plan.docx', office('wordprocessingml.document', { 'word/embeddings/oleObject1.bin': old('\u0001Ole10Native') }), /^oleObject1\.bin in plan\.docx is another file packed into it/],
    ['an archive in an office file', 'plan.docx', office('wordprocessingml.document', { 'word/a.bin': zipSync({ 'a.txt': text('a') }) }), /archive inside another one/],
    ['a program in an archive', 'all.zip', zipSync({ 'ok.pdf': pdf, 'sub/run.pdf': exe }), /^run\.pdf in all\.zip is a program/],
    ['an archive in an archive', 'all.zip', zipSync({ 'inner.zip': zipSync({ 'a.txt': text('a') }) }), /^inner\.zip in all\.zip is an archive inside another one/],
    ['a program that hides as an icon of macOS', 'all.zip', zipSync({ '.DS_Store': exe }), /is a program/],
    ['an empty archive', 'all.zip', zipSync({}), /is an empty archive/],
  ])('that is %s is refused in plain words', async (_what, name, content, words) => {
    const refusal = await inspectFile(name, content, limits).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).message).toMatch(words);
  }); // prettier-ignore

  it('that is too large is refused with the limit', async () => {
    await expect(
      inspectFile('x.txt', Buffer.alloc(1024 * 1024 + 1, 'a'), { most: 1024 * 1024 }),
    ).rejects.toThrow('x.txt is larger than the 1 MB that a file may have here.');
  });
});

/** An archive whose parts say what a test wants them to say. */
function zip(files: { name: string; content?: Uint8Array; packed?: Uint8Array; claims?: number; method?: number; flags?: number; attributes?: number; localName?: string; at?: number; wide?: boolean }[], ends: { count?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content = text('words'), method = 8, flags = 0, attributes = 0, localName = name, ...rest } of files) {
    const packed = rest.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const size = rest.claims ?? content.length;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(Buffer.byteLength(localName), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(Math.min(size, 0xffffffff), 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(attributes, 38);
    central.writeUInt32LE(rest.at ?? offset, 42);
    const wide = Buffer.alloc(rest.wide === true ? 28 : 0);
    if (rest.wide === true) {
      wide.writeUInt32LE(0x00180001, 0);
      for (const [place, number] of [size, packed.length, offset].entries()) wide.writeBigUInt64LE(BigInt(number), 4 + place * 8);
      for (const place of [20, 24, 42]) central.writeUInt32LE(0xffffffff, place);
      central.writeUInt16LE(wide.length, 30);
    }
    centrals.push(central, Buffer.from(name), wide);
    locals.push(local, Buffer.from(localName), Buffer.from(packed));
    offset += 30 + Buffer.byteLength(localName) + packed.length;
  }
  const index = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(ends.count ?? files.length, 8);
  end.writeUInt16LE(ends.count ?? files.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, index, end]);
} // prettier-ignore

describe('an archive', () => {
  const zeros = Buffer.alloc(30 * 1024 * 1024);
  const bomb = deflateRawSync(zeros, { level: 9 });

  it.each<[what: string, content: () => Uint8Array, words: RegExp]>([
    ['says that it unpacks to far more', () => zip([{ name: 'a.txt', content: zeros }]), /would unpack to far more than a document holds/],
    ['unpacks to more than it says', () => zip([{ name: 'a.txt', packed: bomb, claims: 100 }]), /would unpack to far more/],
    ['unpacks to less than it says', () => zip([{ name: 'a.txt', claims: 100 }]), /is a damaged archive/],
    ['says more than four gigabytes', () => zip([{ name: 'a.txt', claims: 0xffffffff }]), /would unpack to far more/],
    ['says far more in its wide numbers', () => zip([{ name: 'a.txt', wide: true, claims: 2 ** 40 }]), /would unpack to far more/],
    ['holds more files than a person packs', () => zip(Array.from({ length: 5_001 }, (_each, n) => ({ name: `${n}`, method: 0 }))), /holds too many files/],
    ['says so in its index alone', () => zip([{ name: 'a.txt' }], { count: 60_000 }), /holds too many files/],
    ['counts what is not there', () => zip([{ name: 'a.txt' }], { count: 3 }), /is a damaged archive/],
    ['holds a bomb in an office file', () => zip([{ name: 'plan.docx', content: office('wordprocessingml.document', { 'word/media/x': [zeros, { level: 9 }] }), method: 0 }]), /would unpack to far more/],
    ['says the same bytes twice', () => zip([{ name: 'a.txt' }, { name: 'a.txt', at: 0 }]), /is a damaged archive/],
    ['leads upwards', () => zip([{ name: '../../etc/cron.d/x' }]), /names files outside itself/],
    ['leads upwards on Windows', () => zip([{ name: '..\\x' }]), /names files outside itself/],
    ['leads to the root', () => zip([{ name: '/etc/passwd' }]), /names files outside itself/],
    ['leads to a drive', () => zip([{ name: 'C:x' }]), /names files outside itself/],
    ['hides its ending', () => zip([{ name: 'a\u202Efdp.exe' }]), /names files outside itself/],
    ['has two names for one file', () => zip([{ name: 'a.txt', localName: 'a.exe' }]), /has two names for one file/],
    ['holds a link', () => zip([{ name: 'a.txt', attributes: 0xa1ff0000 }]), /holds links to other files/],
    ['has a password', () => zip([{ name: 'a.txt', flags: 1 }]), /is protected with a password/],
    ['is packed in another way', () => zip([{ name: 'a.txt', method: 12 }]), /packed in a way that I cannot read/],
    ['is cut off', () => zip([{ name: 'a.txt' }]).subarray(0, -30), /is a damaged archive/],
    ['is no deflate', () => zip([{ name: 'a.txt', packed: bytes('ffffffff') }]), /is a damaged archive/],
    ['is two letters', () => text('PK'), /is a damaged archive/],
  ])('that %s is refused', async (_what, content, words) => {
    const refusal = await inspectFile('all.zip', content(), limits).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).message).toMatch(words);
  }); // prettier-ignore

  it('with any of its bytes changed is taken or refused, and nothing breaks', async () => {
    const all = [docx, open('text'), zipSync({ 'a.txt': text('a'), 'b/c.pdf': pdf })];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (whole, changes) => {
        const changed = Uint8Array.from(whole);
        for (const [at, byte] of changes) changed[at % changed.length] = byte;

        const outcome = await inspectFile('x', changed, limits).catch((error: unknown) => error);

        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(Refusal);
      }),
      { numRuns: 300 },
    );
  }); // prettier-ignore

  it('of honest files is taken, whichever way they are packed', async () => {
    const content = zip([{ name: 'a.txt' }, { name: 'b/c.txt', method: 0 }, { name: 'wide.txt', wide: true }, { name: 'd.txt', content: text('word '.repeat(300_000)) }]);

    expect(await inspectFile('all.zip', content, limits)).toMatchObject({ mediaType: 'application/zip' });
  }); // prettier-ignore
});

describe('the name of a file', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\omar\\report.pdf', 'report.pdf'],
    ['a\u202Efdp.exe', 'a fdp.exe'],
    ['a\u0000\u001B[31mb\r\nc.txt', 'a [31mb c.txt'],
    ['Prüfbericht 2026.pdf', 'Prüfbericht 2026.pdf'],
    ['..', 'file'],
    ['', 'file'],
    ['x/', 'file'],
    [`${'a'.repeat(300)}.xlsx`, `${'a'.repeat(114)}….xlsx`],
  ])('%j is shown as %j', (name, shown) => {
    expect(displayName(name)).toBe(shown);
  });
});
