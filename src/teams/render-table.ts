/** A table as Teams shows it; one with many columns as a list, since a narrow screen has no room for them. */
import type { Table } from '../conversation/contract.ts';
import type { z } from 'zod';
import { shortened } from '../conversation/plain-text.ts';
import { richText, type Element } from './card-parts.ts';
import type { Measure } from './limits.ts';

/** Columns that are still readable on a telephone. */
const mostColumns = 4;

export function renderTable({ columns, rows }: z.infer<typeof Table>, measure: Measure): Element[] {
  const shown = rows.slice(0, measure.rows);
  const left = rows.length - shown.length;
  return [
    ...(columns.length <= mostColumns ? grid(columns, shown, measure) : list(columns, shown, measure)),
    ...(left > 0
      ? [
          richText([
            { text: `${left} more ${left === 1 ? 'row is' : 'rows are'} not shown here.`, subtle: true },
          ]),
        ]
      : []),
  ];
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
      columns: columns.map(() => ({ width: 1 })),
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
    items: named.map((column, index) =>
      richText([
        { text: `${shortened(column, 60)}: `, subtle: true },
        { text: shortened(cells[index] ?? '–', measure.cell), bold: index === 0 },
      ]),
    ),
  }));
}
