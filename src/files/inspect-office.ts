/** Whether a part of an Office file would run something or fetch something as soon as it is opened. */
import { Refusal } from '../errors.ts';

/** Bytes of the largest part of an office file that is read as text: a sheet of some 100,000 rows. */
const largestPart = 24 * 1024 * 1024;
/** Characters of the longest tag whose attributes matter: an address has 2,000 at most. */
const longestTag = 8_000;

const programs = 'which can be a program, and programs cannot be kept as evidence';
const without = 'Save it without (or as PDF), and attach that.';

/** By name: controls, and objects of other programs. */
const activeParts: [RegExp, string][] = [
  [/(^|\/)activeX\//i, `an ActiveX control, ${programs}`],
  [/(^|\/)(?:oleObject\d*|embeddedObject\d*)\.[^/]*$/i, `an object of another program (OLE), ${programs}`],
  [/(^|\/)webextensions?\//i, `an add-in, ${programs}`],
  [/(^|\/)connections\.xml$/i, 'a connection that fetches data from elsewhere'],
  [
    /^Object [^/]*\/.*\.bin$|^ObjectReplacements\/.*\.(?:exe|js)$/i,
    `an object of another program (OLE), ${programs}`,
  ],
];

/** Relationships of an OOXML part that load or run what they point to, by the end of their type. */
const activeRelations =
  /\/(?:oleObject|control|activeXControlBinary|aFChunk|frame|subDocument|vbaProject|wordVbaData|webextension|webextensiontaskpanes|attachedToolbars|keyMapCustomizations|xlMacrosheet|xlIntlMacrosheet|ddeLink)$/i;
/** Fields of Word that run or fetch: the first word of what stands between their braces. */
const activeFields =
  /^\s*(?:DDE(?:AUTO)?|INCLUDE(?:TEXT|PICTURE)?|IMPORT|LINK|DATABASE|RD|HTMLACTIVEX|HTMLCONTROL)\b/i;
/** `QUOTE 68 68 69` writes DDE without saying it. */
const spelledField = /\bQUOTE\s+(?:\d{2,3}\s+){2,}\d{2,3}/i;
/** Functions of Excel that fetch or run. */
const activeFunctions =
  /(?:^|[^A-Z0-9_.])(?:_XLFN\.)?(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|FOPEN|SQL\.REQUEST|STOCKHISTORY)\s*\(/i;
/** `cmd|'/c calc'!A0` */
const ddeFormula =
  /(?:[A-Z_][\w.]{0,60}|'[^']{1,100}') {0,20}\| {0,20}(?:'[^']{0,400}'|[\w.\\:$]{1,100}) {0,20}!/i;
const activeTags =
  /<(?:\w+:)?(?:ddeLink|oleLink|dde-connection|dde-source|dde-link|event-listener|object-ole|plugin|applet|floating-frame|script-data|chart-dde|database-source-query|database-source-sql|database-source-table|webPr)\b/;

/** @throws Refusal in words for whoever attached it */
export function refuseActivePart(shown: string, part: string, content: Uint8Array): void {
  const refuse = (what: string) => {
    throw new Refusal(`${shown} holds ${what}. ${without}`);
  };
  const named = activeParts.find(([name]) => name.test(part));
  if (named !== undefined) refuse(named[1]);
  if (!/\.(?:xml|rels|vml|rdf)$/i.test(part) && !looksLikeMarkup(content)) return;
  if (content.length > largestPart)
    throw new Refusal(`${shown} holds a part that is too large to be looked into. Attach it as PDF or CSV.`);
  const text = markupOf(content);
  if (text === null) return refuse('a part that I cannot read, and so cannot look into');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) refuse('markup that defines its own words, as programs hide');
  if (activeTags.test(text)) refuse(`a part that runs or fetches something, ${programs}`);
  refuseActiveTags(text, refuse);
}

function looksLikeMarkup(content: Uint8Array): boolean {
  const begin = Buffer.from(content.subarray(0, 64))
    .toString('latin1')
    .replace(/[\u0000\u00EF\u00BB\u00BF\u00FE\u00FF\s]/g, '');
  return begin.startsWith('<');
}

/** As a reader takes it: one encoding, no comments, signs for what stands for signs. @returns null for other encodings than Office writes */
function markupOf(content: Uint8Array): string | null {
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch {
    return null;
  }
  const declared = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/i.exec(
    text.slice(0, 400),
  )?.[1];
  if (
    text.includes('\u0000') ||
    (declared !== undefined && !/^(?:utf-?8|utf-?16(?:le|be)?|us-ascii|ascii)$/i.test(declared))
  )
    return null;
  return withoutParts(
    withoutParts(withoutParts(text, '<!--', '-->'), '<?', '?>'),
    '<![CDATA[',
    ']]>',
    (inner) => inner.replaceAll('<', ' '),
  );
}

/** All that stands between such signs taken out, or kept without them; an end that never comes is the text's. */
function withoutParts(
  text: string,
  open: string,
  close: string,
  kept: (inner: string) => string = () => '',
): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, from)) {
    const end = text.indexOf(close, at + open.length);
    parts.push(text.slice(from, at), kept(text.slice(at + open.length, end < 0 ? text.length : end)));
    from = end < 0 ? text.length : end + close.length;
  }
  return from === 0 ? text : parts.join('') + text.slice(from);
}

/** The signs that stand for others. */
function plain(text: string): string {
  return text
    .replace(/&#x([\da-f]{1,6});/gi, (_, hex: string) => signOf(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,7});/g, (_, number: string) => signOf(Number(number)))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => named.get(name) ?? '');
}

const named = new Map(Object.entries({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }));

function signOf(point: number): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : '';
}

interface Tag {
  /** Without the prefix of its namespace. */
  name: string;
  whole: string;
  /** Up to the next tag. */
  words: string;
}

/** All tags in order, each looked at once. */
function* tagsOf(text: string): Generator<Tag> {
  let at = text.indexOf('<');
  while (at >= 0) {
    const end = endOfTag(text, at + 1);
    const next = text.indexOf('<', end);
    const whole = text.slice(at, end);
    const name = /^<(?:[\w-]{1,40}:)?([\w-]{1,60})/.exec(whole)?.[1] ?? '';
    yield { name, whole, words: text.slice(end, next < 0 ? text.length : next) };
    at = next;
  }
}

function endOfTag(text: string, from: number): number {
  const sign = /[>"']/g;
  sign.lastIndex = from;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] === '>') return found.index + 1;
    const close = text.indexOf(found[0], found.index + 1);
    if (close < 0) return text.length;
    sign.lastIndex = close + 1;
  }
  return text.length;
}

/** Attributes of a tag, without the prefix of their namespace. */
function attributesOf(whole: string): Map<string, string> {
  return new Map(
    [...whole.matchAll(/([\w.-]{1,60})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g)].map(
      ([, name = '', double, single]) => [name.toLowerCase(), plain(double ?? single ?? '')],
    ),
  );
}

type Refuse = (what: string) => void;

/** Relations, fields, formulas, and whatever points somewhere. */
function refuseActiveTags(text: string, refuse: Refuse): void {
  let field = '';
  for (const { name, whole, words } of tagsOf(text)) {
    const isWatched = watched.has(name) || whole.includes('href');
    if (!isWatched) continue;
    if (whole.length > longestTag) return refuse('a tag that is too long to be looked into');
    if (name === 'Relationship') refuseRelation(attributesOf(whole), refuse);
    // What a field says may be split over many runs, up to the sign that begins, parts or ends it.
    else if (name === 'instrText' || name === 'delInstrText') field += plain(words);
    else if (name === 'fldChar') {
      refuseField(field, refuse);
      field = '';
    } else if (name === 'fldSimple') refuseField(attributesOf(whole).get('instr') ?? '', refuse);
    else if (watched.has(name)) refuseFormula(plain(words), refuse);
    else refuseReference(whole, refuse);
  }
  refuseField(field, refuse);
}

const watched = new Set(
  'Relationship fldChar instrText delInstrText fldSimple f formula formula1 formula2 definedName'.split(' '),
);

function refuseRelation(attributes: ReadonlyMap<string, string>, refuse: Refuse): void {
  const type = attributes.get('type') ?? '';
  const target = attributes.get('target') ?? '';
  if (activeRelations.test(type)) refuse(`a part that runs something, ${programs}`);
  const external = attributes.get('targetmode')?.trim().toLowerCase() === 'external';
  // A link is followed by whoever clicks it; everything else is fetched when the file is opened.
  if (!external || /\/hyperlink$/i.test(type) || !isElsewhere(target)) return;
  const what = /\/attachedTemplate$/i.test(type) ? 'a template' : 'something';
  refuse(`${what} that is fetched from elsewhere when it is opened`);
}

/** Another machine: an address, or a share. A file of the own disk, as templates and linked tables mostly are, is not. */
function isElsewhere(target: string): boolean {
  const path = target.trim().replaceAll('\\', '/');
  if (/^(?:file:\/{2,3})?[a-z]:\//i.test(path) || /^file:\/\/\/(?!\/)/i.test(path)) return false;
  return /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(path);
}

function refuseField(field: string, refuse: Refuse): void {
  if (activeFields.test(field) || spelledField.test(field))
    refuse('a field that runs or fetches something when it is opened');
}

function refuseFormula(formula: string, refuse: Refuse): void {
  const bare = formula.replace(/"[^"]*"/g, '""');
  if (activeFunctions.test(bare) || ddeFormula.test(bare)) refuse('a formula that runs or fetches something');
}

/** OpenDocument: whatever points elsewhere and is no link to be clicked is fetched. */
function refuseReference(whole: string, refuse: Refuse): void {
  if (!whole.includes('xlink:href') || /^<(?:text:a|draw:a|office:a|form:)/.test(whole)) return;
  if (isElsewhere(attributesOf(whole).get('href') ?? ''))
    refuse('something that is fetched from elsewhere when it is opened');
}
