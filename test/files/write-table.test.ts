/** No cell that we write is a formula, in whichever country's spreadsheet it is opened, and what is read back is what was written. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableBytes } from '../../src/files/write-table.ts';
import { readTable } from '../../src/files/read-table.ts';

/** Pieces of which hostile cells are made; records hold no blanks at their ends. */
const pieces = [
  '=',
  '+',
  '-',
  '@',
  '＝',
  '＠',
  ';',
  ',',
  '\t',
  '\n',
  ' ',
  "'",
  '"',
  'a',
  "cmd|'/c calc'!A0",
  '\u00A0',
];
const cell = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('').trim());

/** Every part that a spreadsheet could take for a cell: whatever it holds for a separator, and however it reads the quotes. */
function cellsOf(csv: string): string[] {
  const parts: string[] = [];
  for (const separator of [';', '\t']) {
    // As if quotes meant nothing.
    parts.push(...csv.split(new RegExp(`[${separator}\r\n]`)));
    // As if they did, where they begin a cell.
    let cell = '';
    let quoted = false;
    for (const [at, sign] of [...csv].entries()) {
      if (sign === '"' && (quoted || cell === '')) quoted = !quoted && csv[at - 1] !== '"';
      else if (!quoted && (sign === separator || sign === '\n' || sign === '\r')) {
        parts.push(cell);
        cell = '';
      } else cell += sign;
    }
    parts.push(cell);
  }
  return parts;
}

describe('a table as CSV', () => {
  let folder: string;

  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'isma-table-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['a;=1+1', 'a;＝1+1', 'done; "=cmd|\'/c calc\'!A0"', 'first\n@SUM(A1)', 'tab\t-2', ';+1'])(
    'has no formula behind a semicolon, a line or a tab: %j',
    async (value) => {
      const csv = String(await tableBytes('csv', { columns: ['what'], rows: [['x', value]] }));

      expect(cellsOf(csv).filter((part) => /^["\s]*[=+\-@＝＋－＠]/.test(part))).toEqual([]);
    },
  );

  it('has none anywhere, whatever its cells hold, and gives them back', async () => {
    const path = join(folder, 'table.csv');
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 4 }), async (cells) => {
        const csv = await tableBytes('csv', { columns: cells.map((_each, at) => `c${at}`), rows: [cells, ['end', ...cells.slice(1)]] });
        await writeFile(path, csv);

        expect(cellsOf(String(csv).slice(1)).filter((part) => /^["\s]*[=+\-@＝＋－＠]/.test(part))).toEqual([]);
        const { rows } = await readTable(path);
        const [first] = cells.some((each) => each !== '') ? rows : [{ cells: cells.map(() => '') }];
        expect(first?.cells).toEqual(cells);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  }); // prettier-ignore
});
