/** A table as Teams shows it; as a list where a narrow screen would have to break its words. */
import type { Table } from '../conversation/contract.ts';
import type { z } from 'zod';
import { shortened } from '../conversation/plain-text.ts';
import { richText, type Element } from './card-parts.ts';
import type { Measure } from './limits.ts';

/** Characters beside each other, in words that are not broken, that a telephone has room for. */
const mostBeside = 30;
/** Characters of a column that holds next to nothing. */
const narrowest = 4;

export function renderTable({ columns, rows }: z.infer<typeof Table>, measure: Measure): Element[] {
  const shown = rows.slice(0, measure.rows);
  const left = rows.length - shown.length;
  return [
    ...(fits(columns, shown) ? grid(columns, shown, measure) : list(columns, shown, measure)),
    ...(left > 0
      ? [
          richText([
            { text: `${left} more ${left === 1 ? 'row is' : 'rows are'} not shown here.`, subtle: true },
          ]),
        ]
      : []),
  ];
}

/** Columns are as wide as their longest word asks for. */
function widthOf(columns: string[], rows: string[][], at: number): number {
  const cells = [columns, ...rows].map((row) => row[at] ?? '');
  return Math.max(narrowest, ...cells.flatMap((cell) => cell.split(/\s+/)).map((word) => word.length));
}

function fits(columns: string[], rows: string[][]): boolean {
  const widths = columns.map((_column, at) => widthOf(columns, rows, at));
  return widths.reduce((sum, width) => sum + width, 0) <= mostBeside;
}

function grid(columns: string[], rows: string[][], measure: Measure): Element[] {
  const cell = (text: string, bold: boolean): Element => ({
    type: 'TableCell',
    items: [richText([{ text: shortened(text === '' ? '–' : text, measure.cell), bold }], 'none')],
  });
  const row = (cells: string[], bold = false): Element => ({
    type: 'TableRow',
    cells: columns.map((_column, index) => cell(cells[index] ?? '', bold)),
  });
  if (columns.length === 0) return [];
  return [
    {
      type: 'Table',
      spacing: 'medium',
      firstRowAsHeader: true,
      showGridLines: true,
      columns: columns.map((_column, at) => ({ width: widthOf(columns, rows, at) })),
      rows: [row(columns, true), ...rows.map((cells) => row(cells))],
    },
  ];
}

function list(columns: string[], rows: string[][], measure: Measure): Element[] {
  const named = columns.slice(0, 12);
  return rows.map((cells) => ({
    type: 'Container',
    separator: true,
    spacing: 'medium',
    items: named.flatMap((column, index) => {
      const cell = cells[index] ?? '';
      if (cell === '' && index > 0) return [];
      return richText([
        { text: `${shortened(column, 60)}: `, subtle: true },
        { text: shortened(cell === '' ? '–' : cell, measure.cell), bold: index === 0 },
      ]);
    }),
  }));
}
