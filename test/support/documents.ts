/** Builds small real documents in code: Word and PowerPoint as zip archives, PDF by hand. */
import { strToU8, zipSync } from 'fflate';

type Cells = string[][];

export interface DocxBlock {
  /** Name of the paragraph's style, as `heading 1`. */
  style?: string;
  text?: string;
  /** Text that Word keeps and does not show. */
  hiddenText?: string;
  table?: Cells;
}

export function docx(blocks: DocxBlock[]): Uint8Array {
  const styles = [...new Set(blocks.flatMap((block) => block.style ?? []))];
  const idOf = (style: string) => style.replace(/\W/g, '');
  const run = (text: string, properties = '') =>
    `<w:r>${properties}<w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`;
  const body = blocks.map(({ style, text = '', hiddenText, table }) => {
    if (table !== undefined)
      return `<w:tbl>${table.map((row) => `<w:tr>${row.map((cell) => `<w:tc><w:p>${run(cell)}</w:p></w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`;
    const properties = style === undefined ? '' : `<w:pPr><w:pStyle w:val="${idOf(style)}"/></w:pPr>`;
    const hidden = hiddenText === undefined ? '' : run(hiddenText, '<w:rPr><w:vanish/></w:rPr>');
    return `<w:p>${properties}${run(text)}${hidden}</w:p>`;
  });
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
  return zipOf({
    '[Content_Types].xml': contentTypes([
      ['/word/document.xml', `${main}.document.main+xml`],
      ['/word/styles.xml', `${main}.styles+xml`],
    ]),
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'word/document.xml']]),
    'word/_rels/document.xml.rels': relationships([['rId1', 'styles', 'styles.xml']]),
    'word/styles.xml': `<w:styles ${wordSpace}>${styles.map((style) => `<w:style w:type="paragraph" w:styleId="${idOf(style)}"><w:name w:val="${style}"/></w:style>`).join('')}</w:styles>`,
    'word/document.xml': `<w:document ${wordSpace}><w:body>${body.join('')}</w:body></w:document>`,
  });
}

export interface Slide {
  title?: string;
  paragraphs?: string[];
  table?: Cells;
}

export function pptx(slides: Slide[]): Uint8Array {
  const shape = (paragraphs: string[], placeholder = '') =>
    `<p:sp><p:nvSpPr><p:nvPr>${placeholder}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs.map((text) => `<a:p><a:r><a:t>${escaped(text)}</a:t></a:r></a:p>`).join('')}</p:txBody></p:sp>`;
  const tableOf = (table: Cells) =>
    `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${table.map((row) => `<a:tr>${row.map((cell) => `<a:tc><a:txBody><a:p><a:r><a:t>${escaped(cell)}</a:t></a:r></a:p></a:txBody></a:tc>`).join('')}</a:tr>`).join('')}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`;
  const xmlOf = ({ title, paragraphs = [], table }: Slide) =>
    `<p:sld xmlns:p="urn:p" xmlns:a="urn:a"><p:cSld><p:spTree>${[
      title === undefined ? '' : shape([title], '<p:ph type="title"/>'),
      paragraphs.length === 0 ? '' : shape(paragraphs),
      table === undefined ? '' : tableOf(table),
    ].join('')}</p:spTree></p:cSld></p:sld>`;
  return zipOf(
    Object.fromEntries(slides.map((slide, index) => [`ppt/slides/slide${index + 1}.xml`, xmlOf(slide)])),
  );
}

export interface PdfLine {
  text: string;
  /** Height of the letters, in points; running text has 10. */
  size?: number;
  /** Distance from the top of the page, in points. */
  top: number;
}

/** One list of lines a page; a page without lines is as a scan is, nothing but a picture. */
export function pdf(pages: PdfLine[][]): Uint8Array {
  const objects: string[] = [];
  const first = 4;
  const kids = pages.map((_page, index) => `${first + index * 2} 0 R`).join(' ');
  objects[1] = '<< /Type /Catalog /Pages 2 0 R >>';
  objects[2] = `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`;
  objects[3] = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
  for (const [index, lines] of pages.entries()) {
    const content = lines
      .map(({ text, size = 10, top }) => `BT /F1 ${size} Tf 1 0 0 1 50 ${800 - top} Tm (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`)
      .join('\n'); // prettier-ignore
    objects[first + index * 2] =
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${first + index * 2 + 1} 0 R >>`;
    objects[first + index * 2 + 1] = `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
  }

  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  for (const [number, object] of objects.entries()) {
    if (number === 0) continue;
    offsets[number] = file.length;
    file += `${number} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  file += `xref\n0 ${objects.length}\n0000000000 65535 f \n${table.join('')}trailer\n<< /Size ${objects.length} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`;
  return strToU8(file, true);
}

/** An archive that unpacks to far more than it is. */
export function zipBomb(megabytes: number, name = 'word/document.xml'): Uint8Array {
  return zipSync({ [name]: new Uint8Array(megabytes * 1024 * 1024) }, { level: 9 });
}

/** The same archive, saying of each entry that it unpacks to `size` bytes. */
export function withClaimedSizes(zip: Uint8Array, size: number): Uint8Array {
  const lying = zip.slice();
  const view = new DataView(lying.buffer);
  for (let at = 0; at + 30 < lying.length; at += 1) {
    if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, size, true);
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
  }
  return lying;
}

export function zipOf(files: Record<string, string>): Uint8Array {
  // To compress nothing takes a millisecond each time.
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, [strToU8(text), { level: text === '' ? 0 : 6 }]]),
    ),
  );
}

const wordSpace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

function contentTypes(parts: [string, string][]): string {
  return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${parts.map(([name, type]) => `<Override PartName="${name}" ContentType="${type}"/>`).join('')}</Types>`;
}

function relationships(targets: [string, string, string][]): string {
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${targets.map(([id, type, target]) => `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`).join('')}</Relationships>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
