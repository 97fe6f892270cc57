/** Each column of days is read in one order, which its own cells tell; where they do not, it is asked and never guessed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { maybe, must, readDay, readText } from '../../src/dialogue/import-cells.ts';
import { dateOrderIn, readDayColumn } from '../../src/dialogue/import-dates.ts';
import { readRecordFile } from '../../src/dialogue/import-file.ts';
import { writeTable } from '../../src/files/write-table.ts';
import type { DateOrder } from '../../src/language/written-day.ts';

const days = z.array(z.string());
const Column = z.object({ 'what': z.string(), 'cells': days, 'order': z.string().nullable(), 'read': days.optional(), 'day-first': days.optional(), 'month-first': days.optional() }); // prettier-ignore
const columns = z
  .array(Column)
  .parse(
    parse(await readFile(join(import.meta.dirname, '../fixtures/registers/columns-of-days.yaml'), 'utf8')),
  );

function read(cells: readonly string[], asked: DateOrder | null = null) {
  const listed = cells.map((text, at) => ({ line: at + 2, text }));
  const { days: of, ...rest } = readDayColumn('Due', listed, asked);
  return { read: listed.map((cell) => of.get(cell) ?? cell.text), ...rest };
}

const told = columns.filter(({ order }) => order !== 'unsaid');
const untold = columns.filter(({ order }) => order === 'unsaid');

it.each(told)('a column of days is read by itself: $what', ({ cells, order, read: right }) => {
  const { read: found, faults, shown } = read(cells);

  expect(faults).toEqual([]);
  expect(found).toEqual(right);
  expect(shown).toContain(`Due is read as days${order === null ? '' : `, ${order}`}: «${cells[0]}» is `);
});

it.each(untold)('a column that does not tell is asked about, and read as is said: $what', (column) => {
  const { faults, shown } = read(column.cells);

  expect(shown).toBeNull();
  expect(faults).toHaveLength(1);
  expect(faults[0]?.text).toContain('say --dates day-first or --dates month-first');
  for (const order of ['day-first', 'month-first'] as const) {
    expect(read(column.cells, order)).toMatchObject({ read: column[order], faults: [] });
    expect(read(column.cells, order).shown).toContain(`, ${order}: «`);
  }
});

it('a column that contradicts itself is asked about, and then names each cell that is no day', () => {
  const cells = ['24/11/2026', '12/01/2026', '11/25/2026'];

  expect(read(cells).faults).toEqual([
    {
      line: 4,
      text: 'Due: «11/25/2026» has the month first, and «24/11/2026» on line 2 the day; say --dates day-first or --dates month-first, and write the others as 2026-02-28',
    },
  ]);
  expect(read(cells, 'day-first')).toMatchObject({
    read: ['2026-11-24', '2026-01-12', '11/25/2026'],
    faults: [
      { line: 4, text: 'Due: «11/25/2026» is no day where the day comes first; write it as 2026-11-25' },
    ],
  });
});

it('a column that tells is not read otherwise because another was asked about', () => {
  expect(read(['11/24/2026', '12/01/2026'], 'day-first')).toMatchObject({
    read: ['2026-11-24', '2026-12-01'],
    faults: [],
  });
});

it('shows the first days in words', () => {
  expect(read(['12/01/2026', '03/04/2027', '11/24/2026', '11/25/2026']).shown).toBe(
    'Due is read as days, month-first: «12/01/2026» is 1 December 2026, «03/04/2027» is 4 March 2027, «11/24/2026» is 24 November 2026, …',
  );
});

it.each([
  ['01/02/2026', '«01/02/2026» may be 1 February 2026 or 2 January 2026'],
  ['30.02.2026', '«30.02.2026» is no date; write 2026-02-28'],
  ['2026-04-31', '«2026-04-31» is no date; write 2026-04-30'],
  ['46023', '«46023» is no date; give its column the format of a date, or write it as 2026-02-28'],
  ['soon', '«soon» is no date; write it as 2026-02-28'],
  ['13/13/2026', '«13/13/2026» is no date; write it as 2026-02-28'],
  ['Q4 2026', '«Q4 2026» is no date'],
  ['24 Nov', '«24 Nov» is no date'],
])('of a cell alone «%s» is refused', (text, words) => {
  expect(() => readDay(text)).toThrow(words);
});

it('takes no other order', () => {
  expect(dateOrderIn(undefined)).toBeNull();
  expect(dateOrderIn('month-first')).toBe('month-first');
  expect(() => dateOrderIn('us')).toThrow('--dates takes day-first or month-first, not «us»');
});

describe('a file', () => {
  const schema = z
    .object({ reference: must(readText(40)), dueOn: must(readDay).describe('due'), heldOn: maybe(readDay), note: maybe(readText(99)) })
    .transform((row) => row); // prettier-ignore
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-days-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads each column in its own order, leaves words alone, and asks once for all rows', async () => {
    const path = join(folder, 'own.csv');
    await writeFile(path, 'Reference,Due,Held on,Note\nA,12/01/2026,02.10.2026,12/01/2026\nB,11/24/2026,,\n');
    const doubtful = join(folder, 'doubtful.csv');
    await writeFile(doubtful, `Reference,Due\n${[1, 2, 3, 4].map((n) => `${n},0${n}/12/2026`).join('\n')}\n`);

    const file = await readRecordFile(path, schema, null);
    const asked = await readRecordFile(doubtful, schema, null);
    const answered = await readRecordFile(doubtful, schema, 'day-first');

    expect(file.faults).toEqual([]);
    expect(file.rows.map(({ record }) => record)).toEqual([
      { reference: 'A', dueOn: '2026-12-01', heldOn: '2026-10-02', note: '12/01/2026' },
      { reference: 'B', dueOn: '2026-11-24', heldOn: null, note: null },
    ]);
    expect(file.days).toEqual([
      'Due is read as days, month-first: «12/01/2026» is 1 December 2026, «11/24/2026» is 24 November 2026',
      'Held on is read as days, day-first: «02.10.2026» is 2 October 2026',
    ]);
    expect(asked.faults).toHaveLength(1);
    expect(asked.faults[0]?.text).toContain('may be 1 December 2026 or 12 January 2026');
    expect(answered.rows.map(({ record }) => record.dueOn)).toEqual(['2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04']); // prettier-ignore
  });

  it('that is a workbook has days as days, out as in', async () => {
    const path = join(folder, 'days.xlsx');
    const rows = [
      ['A', '2026-12-01', '1999-12-31', 'on 2026-12-01'],
      ['B', '2027-03-28', '', '2026-02-30'],
    ];
    await writeTable(path, { columns: ['reference', 'due_on', 'held_on', 'note'], rows });
    const { readSheet } = await import('read-excel-file/node');
    const cells = await readSheet(await readFile(path));

    const file = await readRecordFile(path, schema, null);

    expect(cells[1]).toEqual(['A', new Date('2026-12-01'), new Date('1999-12-31'), 'on 2026-12-01']);
    expect(file.rows.map(({ record }) => Object.values(record))).toEqual([
      ['A', '2026-12-01', '1999-12-31', 'on 2026-12-01'],
      ['B', '2027-03-28', null, '2026-02-30'],
    ]);
    expect(file.days[0]).toBe('due_on is read as days: 1 December 2026, 28 March 2027');
  });
});
