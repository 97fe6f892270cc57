/** PDF through unpdf, a tenth of what LangChain's loader brings: headings are told by their size or number, pages kept. */
import type { Root, RootContent } from 'mdast';
import { getDocumentProxy } from 'unpdf';
import { heading, numberedHeading, paragraph } from './tree.ts';

/** A policy of more pages is no policy; the limit keeps a hostile file from running for hours. */
const mostPages = 2_000;

/** A line is a heading when its letters are this much taller than those of the running text. */
const headingRatio = 1.15;

interface Line {
  text: string;
  size: number;
  page: number;
  /** Distance from the line above, in units of the letters' size; large at the start of a paragraph. */
  gap: number;
}

interface TextItem {
  str: string;
  transform: number[];
  width: number;
}

export async function readPdf(bytes: Uint8Array): Promise<Root> {
  const pdf = await getDocumentProxy(bytes);
  if (pdf.numPages > mostPages)
    throw new Error(`it has ${pdf.numPages} pages; at most ${mostPages} are read`);

  const pages: Line[][] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    pages.push(
      linesOf(
        items.filter((item) => 'str' in item),
        number,
      ),
    );
  }
  const lines = withoutRunningHeads(pages).flat();
  if (lines.length === 0)
    throw new Error('it holds no text, only pictures; run text recognition (OCR) over it first');
  return { type: 'root', children: blocksOf(lines) };
}

function linesOf(items: TextItem[], page: number): Line[] {
  const rows: { y: number; size: number; items: TextItem[] }[] = [];
  for (const item of items) {
    if (item.str.trim() === '') continue;
    const y = item.transform[5] ?? 0;
    const size = Math.abs(item.transform[3] ?? 0) || Math.abs(item.transform[1] ?? 0) || 1;
    const row = rows.find((known) => Math.abs(known.y - y) < size * 0.4);
    if (row === undefined) rows.push({ y, size, items: [item] });
    else row.items.push(item);
  }

  rows.sort((upper, lower) => lower.y - upper.y);
  return rows.map((row, index) => ({
    text: joined(row.items, row.size),
    size: Math.round(row.size * 10) / 10,
    page,
    gap: index === 0 ? 0 : ((rows[index - 1]?.y ?? row.y) - row.y) / row.size,
  }));
}

/** Pieces of one line; a wide space between two is a table's column. */
function joined(items: TextItem[], size: number): string {
  const ordered = [...items].sort((left, right) => (left.transform[4] ?? 0) - (right.transform[4] ?? 0));
  let text = '';
  let end = 0;
  for (const { str, transform, width } of ordered) {
    const start = transform[4] ?? 0;
    if (text !== '' && start - end > size * 2) text += ' | ';
    else if (text !== '' && start - end > size * 0.15 && !/\s$/.test(text)) text += ' ';
    text += str;
    end = start + width;
  }
  return text.replace(/\s+/g, ' ').trim();
}

/** The same words at the top or the foot of most pages are no part of any section. */
function withoutRunningHeads(pages: Line[][]): Line[][] {
  if (pages.length < 3) return pages;
  const counts = new Map<string, number>();
  for (const lines of pages) {
    for (const key of new Set([lines.at(0), lines.at(-1)].map((line) => headKey(line))))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const repeated = (line: Line | undefined) => (counts.get(headKey(line)) ?? 0) > pages.length / 2;
  return pages.map((lines) =>
    lines.filter((line, index) => !((index === 0 || index === lines.length - 1) && repeated(line))),
  );
}

function headKey(line: Line | undefined): string {
  return line?.text.replace(/\d+/g, '#') ?? '';
}

function blocksOf(lines: Line[]): RootContent[] {
  const body = bodySize(lines);
  const sizes = [
    ...new Set(lines.map((line) => line.size).filter((size) => size > body * headingRatio)),
  ].sort((a, b) => b - a);
  const blocks: RootContent[] = [];
  let open: Line[] = [];

  function flush() {
    const first = open[0];
    if (first !== undefined) blocks.push(paragraph(open.map((line) => line.text).join('\n'), first.page));
    open = [];
  }

  for (const line of lines) {
    const level = sizes.indexOf(line.size);
    const numbered = numberedHeading(line.text);
    if (level >= 0 && line.text.length <= 150) {
      flush();
      blocks.push(heading(Math.min(level + 1, 6) as 1 | 2 | 3 | 4 | 5 | 6, line.text, line.page));
    } else if (numbered !== null && line.gap > 1.3) {
      flush();
      blocks.push(heading(numbered.depth, numbered.text, line.page));
    } else {
      if (line.gap > 1.7) flush();
      open.push(line);
    }
  }
  flush();
  return blocks;
}

/** The size that most characters are set in. */
function bodySize(lines: Line[]): number {
  const weight = new Map<number, number>();
  for (const { size, text } of lines) weight.set(size, (weight.get(size) ?? 0) + text.length);
  return [...weight].sort((left, right) => right[1] - left[1])[0]?.[0] ?? 1;
}
