/** Reads the table of a CSV or XLSX file: its first sheet, its cells as text, each row with the line that it stands on. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { messageOf, OperatorError } from '../errors.ts';
import { readTexts } from './archive.ts';
import { withoutApostrophe, withoutPartingApostrophes } from './write-table.ts';

/** Bytes; a register of ten thousand records has less. */
const largestFile = 20 * 1024 * 1024;
const mostRows = 20_000;
const mostColumns = 200;

export interface TableRow {
  /** The line of the CSV file on which the row begins, or the row of the sheet; from 1. */
  line: number;
  cells: string[];
}

/** Of the text of a CSV file; a workbook says its own. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface ReadTable {
  encoding: Encoding;
  header: TableRow;
  rows: TableRow[];
}

/** Excel saves «Unicode text», with tabs, as .txt. */
const textKinds = ['.csv', '.txt', '.tsv'];

/**
 * @param guess  take what is neither UTF-8 nor UTF-16 for Windows-1252, as Excel saves «CSV» in Western Europe: only where
 *   somebody looks at the letters before they are written
 * @throws OperatorError naming the file and what to do
 */
export async function readTable(path: string, options: { guess?: boolean } = {}): Promise<ReadTable> {
  refuseOtherKinds(path);
  return readTableIn(path, await readWhole(path), options);
}

/** The same of a file that is at hand. @param path  what it is called, for what is said of it */
export async function readTableIn(path: string, bytes: Buffer, { guess = false } = {}): Promise<ReadTable> {
  const kind = refuseOtherKinds(path);
  const encoding = kind === '.xlsx' ? 'utf-8' : encodingOf(path, bytes, guess);
  const read =
    kind === '.xlsx'
      ? await rowsOfXlsx(path, bytes)
      : linesOfCsv(path, new TextDecoder(encoding).decode(bytes));
  const [header, ...rows] = read.filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (header === undefined) throw new OperatorError(`${path} is empty. Its first row names the columns.`);
  if (rows.length > mostRows || header.cells.length > mostColumns) throw tooLarge(path);
  return { header, rows, encoding };
}

function refuseOtherKinds(path: string): string {
  const kind = extname(path).toLowerCase();
  if (textKinds.includes(kind) || kind === '.xlsx') return kind;
  throw new OperatorError(`${path} is neither CSV nor XLSX. Save it as one of the two.`);
}

async function readWhole(path: string): Promise<Buffer> {
  const size = await stat(path).then(
    (found) => found.size,
    (cause: unknown) => {
      throw new OperatorError(`The file ${path} cannot be read: ${messageOf(cause)}`, { cause });
    },
  );
  if (size > largestFile) throw tooLarge(path);
  return readFile(path).catch((cause: unknown) => {
    throw new OperatorError(`The file ${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
}

function tooLarge(path: string, options: ErrorOptions = {}): OperatorError {
  return new OperatorError(
    `${path} is too large: at most ${largestFile / 1024 / 1024} MB, ${mostRows} rows and ${mostColumns} columns are read. Split it.`,
    options,
  );
}

function linesOfCsv(path: string, text: string): TableRow[] {
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: false,
    }) as unknown as typeof records;
  } catch (cause) {
    throw new OperatorError(`${path} is no CSV that can be read: ${messageOf(cause)}`, { cause });
  }
  return records.map(({ record }, index) => ({
    line: (records[index - 1]?.info.lines ?? 0) + 1,
    cells: record.map((cell) => cellText(withoutPartingApostrophes(cell))),
  }));
}

function encodingOf(path: string, bytes: Buffer, guess: boolean): Encoding {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return 'utf-16le';
  if (mark === 'feff') return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch (cause) {
    if (guess) return 'windows-1252';
    throw new OperatorError(
      `${path} is not in UTF-8, so its letters cannot be told. In Excel, save it as «CSV UTF-8» or as XLSX.`,
      { cause },
    );
  }
}

/** What stands most often in the first line: a comma, the semicolon of many countries' Excel, or a tab. */
function delimiterOf(text: string): string {
  const first =
    text
      .slice(0, 100_000)
      .split('\n', 1)[0]
      ?.replace(/"[^"]*"/g, '') ?? '';
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', ';', '\t'].toSorted((left, right) => count(right) - count(left))[0] ?? ',';
}

async function rowsOfXlsx(path: string, bytes: Buffer): Promise<TableRow[]> {
  try {
    const sheets = await readTexts(bytes, /^xl\/worksheets\/[^/]*\.xml$/);
    for (const sheet of sheets.values()) refuseFarCells(path, sheet);
    const { readSheet } = await import('read-excel-file/node');
    const rows: readonly (readonly unknown[])[] = await readSheet(bytes);
    return rows.map((cells, index) => ({ line: index + 1, cells: cells.map(cellText) }));
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError(
      `${path} is no workbook that can be read: ${messageOf(cause)}. Save it as XLSX once more, without a password.`,
      { cause },
    );
  }
}

/** A workbook of a few bytes may claim a cell in its last row, and its reader would fill all those before it. */
function refuseFarCells(path: string, sheet: string): void {
  for (const [, address = ''] of sheet.matchAll(/<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([^"']*)["']/g)) {
    const [, letters = '', row = ''] = /^([A-Z]{1,3})(\d{1,7})$/.exec(address) ?? [];
    if (letters === '') throw new Error(`it has a cell at «${address.slice(0, 20)}»`);
    if (Number(row) > mostRows + 1 || columnNumber(letters) > mostColumns) throw tooLarge(path);
  }
}

function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/** A date cell becomes its day, or the instant where it has a time. */
function cellText(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' ? withoutApostrophe(cell.replaceAll('\r\n', '\n').trim()).trim() : '';
}
