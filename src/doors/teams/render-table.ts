/** A table as Teams shows it; as a list where a narrow screen would have to break its words. */
import { shortened } from '../../conversation/plain-text.ts';
import type { Table } from '../../conversation/contract.ts';
import type { z } from 'zod';
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

/** What comes first names the row; the rest runs on below it, each under the name of its column. */
function list(columns: string[], rows: string[][], measure: Measure): Element[] {
  return rows.map((cells) => {
    const cell = (at: number) => shortened(cells[at] ?? '', measure.cell);
    const named = columns.slice(0, 12).map((column, at) => ({ name: shortened(column, 60), cell: cell(at) }));
    const [first, ...rest] = named;
    const said = rest.filter((each) => each.cell !== '');
    return {
      type: 'Container',
      separator: true,
      spacing: 'medium',
      items: [
        richText([{ text: first === undefined || first.cell === '' ? '–' : first.cell, bold: true }], 'none'),
        ...(said.length === 0
          ? []
          : [
              richText(
                said.flatMap(({ name, cell: value }, at) => [
                  { text: `${at === 0 ? '' : ' · '}${name}: `, subtle: true },
                  { text: value },
                ]),
              ),
            ]),
      ],
    };
  });
}
