/** Builds syntax trees for formats that have no Markdown of their own. */
import type { Heading, Paragraph, Table } from 'mdast';

declare module 'mdast' {
  interface HeadingData {
    /** Where the reader found it: the page of a PDF or the number of a slide. */
    page?: number;
  }
  interface ParagraphData {
    page?: number;
  }
}

export function heading(depth: 1 | 2 | 3 | 4 | 5 | 6, text: string, page?: number): Heading {
  return { type: 'heading', depth, children: [{ type: 'text', value: text }], ...pageData(page) };
}

export function paragraph(text: string, page?: number): Paragraph {
  return { type: 'paragraph', children: [{ type: 'text', value: text }], ...pageData(page) };
}

export function table(rows: string[][]): Table {
  return {
    type: 'table',
    children: rows.map((cells) => ({
      type: 'tableRow',
      children: cells.map((value) => ({ type: 'tableCell', children: [{ type: 'text', value }] })),
    })),
  };
}

/** A line of plain text that is plainly a numbered heading, as «3.2 Personal devices»; its depth is that of its number. */
export function numberedHeading(line: string): { depth: 2 | 3 | 4 | 5 | 6; text: string } | null {
  const found = /^(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\p{Lu}[^.;:!?]{1,80})$/u.exec(line.trim());
  const number = found?.[1];
  if (number === undefined) return null;
  return { depth: Math.min(number.split('.').length + 1, 6) as 2 | 3 | 4 | 5 | 6, text: line.trim() };
}

function pageData(page: number | undefined): { data?: { page: number } } {
  return page === undefined ? {} : { data: { page } };
}
