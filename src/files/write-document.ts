/** Reports as Word files for readers who have never seen Isma: headings, words, facts, tables and pictures, with pages numbered. */
import type { IParagraphOptions, Paragraph, Table as DocxTable } from 'docx';
import type { Picture } from './canvas.ts';
import type { Table } from './write-table.ts';

export type Block =
  | { heading: string; level?: 1 | 2 | 3 }
  | { text: string; bold?: boolean }
  | { points: readonly string[] }
  | { facts: readonly { label: string; value: string }[] }
  | {
      table: Table;
      /** Shares of the page's width, a column each; without them all are alike. */ widths?: readonly number[];
    }
  | { picture: Picture; alt: string };

export interface WrittenDocument {
  title: string;
  /** Below the title: for whom, as of when. */
  subtitle: string;
  /** `en`, `de`: what a spelling checker goes by. */
  language: string;
  /** At the foot of each page, beside its number. */
  foot: string;
  blocks: readonly Block[];
}

/** Pixels between the margins of a page, across and down. */
const pageWidth = 640;
const pageHeight = 900;
/** Twentieths of a point between the margins, and of a margin. */
const textWidth = 9_900;
const margin = 1_000;
/** What no XML document may hold. */
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** @returns a DOCX */
export async function documentBytes({
  title,
  subtitle,
  language,
  foot,
  blocks,
}: WrittenDocument): Promise<Buffer> {
  const docx = await import('docx');
  const run = (text: string, rest = {}) =>
    new docx.TextRun({ text: text.toWellFormed().replace(notXml, '\uFFFD'), ...rest });
  const paragraph = (text: string, options: IParagraphOptions = {}, rest = {}): Paragraph =>
    new docx.Paragraph({
      ...options,
      children: text.split('\n').map((line, index) => run(line, index > 0 ? { ...rest, break: 1 } : rest)),
    });
  const levels = {
    1: docx.HeadingLevel.HEADING_1,
    2: docx.HeadingLevel.HEADING_2,
    3: docx.HeadingLevel.HEADING_3,
  };

  function tableOf(
    rows: readonly (readonly (string | number)[])[],
    heading: 'row' | 'column',
    widths: readonly number[] = (rows[0] ?? []).map(() => 1),
  ): DocxTable {
    const all = widths.reduce((sum, width) => sum + width, 0);
    const cell = (value: string | number, bold: boolean) =>
      new docx.TableCell({
        margins: { top: 60, bottom: 60, left: 90, right: 90 },
        children: [paragraph(String(value), {}, { bold, size: 18 })],
      });
    return new docx.Table({
      width: { size: textWidth, type: docx.WidthType.DXA },
      layout: docx.TableLayoutType.FIXED,
      columnWidths: widths.map((width) => Math.round((textWidth * width) / all)),
      rows: rows.map(
        (row, at) =>
          new docx.TableRow({
            ...(heading === 'row' && at === 0 && { tableHeader: true }),
            cantSplit: true,
            children: row.map((value, index) => cell(value, heading === 'row' ? at === 0 : index === 0)),
          }),
      ),
    });
  }

  function written(block: Block): (Paragraph | DocxTable)[] {
    if ('heading' in block)
      return [paragraph(block.heading, { heading: levels[block.level ?? 1], keepNext: true })];
    if ('text' in block)
      return [paragraph(block.text, { spacing: { after: 120 } }, { bold: block.bold ?? false })];
    if ('points' in block) return block.points.map((point) => paragraph(point, { bullet: { level: 0 } }));
    if ('facts' in block) {
      if (block.facts.length === 0) return [];
      return [
        tableOf(
          block.facts.map(({ label, value }) => [label, value]),
          'column',
        ),
        paragraph(''),
      ];
    }
    if ('table' in block)
      return [tableOf([block.table.columns, ...block.table.rows], 'row', block.widths), paragraph('')];
    const scale = Math.min(1, pageWidth / block.picture.size.width, pageHeight / block.picture.size.height);
    return [
      new docx.Paragraph({
        children: [
          new docx.ImageRun({
            type: 'png',
            data: block.picture.bytes,
            transformation: {
              width: block.picture.size.width * scale,
              height: block.picture.size.height * scale,
            },
            altText: { title: block.alt.slice(0, 250), description: block.alt, name: 'picture' },
          }),
        ],
      }),
    ];
  }

  const file = new docx.Document({
    title,
    description: subtitle,
    creator: 'Isma',
    styles: { default: { document: { run: { font: 'Calibri', size: 21, language: { value: language } } } } },
    sections: [
      {
        properties: { page: { margin: { top: margin, bottom: margin, left: margin, right: margin } } },
        footers: {
          default: new docx.Footer({
            children: [
              new docx.Paragraph({
                children: [
                  run(`${foot} · `),
                  new docx.TextRun({
                    children: [docx.PageNumber.CURRENT, ' / ', docx.PageNumber.TOTAL_PAGES],
                  }),
                ],
              }),
            ],
          }),
        },
        children: [
          paragraph(title, { heading: docx.HeadingLevel.TITLE }),
          paragraph(subtitle, { spacing: { after: 240 } }, { color: '666666' }),
          ...blocks.flatMap(written),
        ],
      },
    ],
  });
  return docx.Packer.toBuffer(file);
}
