/** Tables as CSV or XLSX files that a spreadsheet opens: whole or not at all, and with no cell that it would run. */
import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { messageOf, OperatorError } from '../errors.ts';

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** A table of which no more is held than a part. */
export interface TableInParts {
  columns: readonly string[];
  parts: AsyncIterable<Table['rows']>;
}

/** Characters of one cell that a spreadsheet takes. */
const longestCell = 32_767;
/** What a spreadsheet takes for the beginning of a formula, also behind blanks and apostrophes, and in wide letters. */
const formula = /^(?:["'\s]*[=+\-@＝＋－＠]|'*[\t\r\n])/;
const formulaSigns = new Set('=+-@＝＋－＠');
/** Where a new cell begins for a spreadsheet of another country: a German one parts at semicolons, and then reads our quotes otherwise. */
const parting = new Set(';\t\r\n');
/** What no XML document may hold. */
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/**
 * @param force  replaces a file that is there
 * @throws OperatorError for another kind of file, one that is there, or a folder that cannot be written to
 */
export async function writeTable(path: string, table: Table, { force = false } = {}): Promise<void> {
  const kind = extname(path).toLowerCase();
  if (kind !== '.csv' && kind !== '.xlsx')
    throw new OperatorError(`${path} is neither CSV nor XLSX. End its name with .csv or .xlsx.`);
  await writeWhole(path, await tableBytes(kind === '.csv' ? 'csv' : 'xlsx', table), { force });
}

/** As `writeTable`, with the bytes of the file. */
export async function writeWhole(path: string, bytes: Uint8Array, { force = false } = {}): Promise<void> {
  const unfinished = join(dirname(path), `.${randomUUID()}.unfinished`);
  try {
    await writeFile(unfinished, bytes, { mode: 0o600 });
    await (force ? rename(unfinished, path) : link(unfinished, path));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new OperatorError(
        `${path} is there already. Choose another name, or say --force to replace it.`,
        { cause },
      );
    throw new OperatorError(`${path} cannot be written: ${messageOf(cause)}`, { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The file's whole content. @throws OperatorError for what XLSX does not take */
export async function tableBytes(format: 'csv' | 'xlsx', table: Table): Promise<Buffer> {
  return format === 'csv' ? csvOf(table) : xlsxOf(table);
}

/**
 * Behind a byte order mark, without which Excel reads UTF-8 in its country's old encoding. Cells are made safe here: what the writer
 * has for it sees neither formulas behind blanks nor those behind another country's separators.
 */
async function csvOf({ columns, rows }: Table): Promise<Buffer> {
  return csvPart([columns, ...rows], true);
}

/** Some rows of a CSV file that is written part by part. @param first  whether the file begins with them: its columns */
export async function csvPart(
  rows: readonly (readonly (string | number)[])[],
  first: boolean,
): Promise<Buffer> {
  const cells = rows.map((row) => row.map((cell) => partedSafely(shown(cell))));
  const { stringify } = await import('csv-stringify/sync');
  return Buffer.from(
    stringify(cells, { bom: first, quoted: true, quoted_empty: true, record_delimiter: 'windows' }),
  );
}

/** A day, at midnight in UTC, which is how a workbook keeps days; null for other text. */
function dayIn(text: string): Date | null {
  if (!/^(?:19|20)\d{2}-\d{2}-\d{2}$/.test(text)) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : null;
}

/**
 * Days are days, so that a spreadsheet sorts and filters them. Every other text is typed as text, so that none runs here. The
 * apostrophe stands there all the same: a workbook that somebody saves
 * as CSV loses its types.
 */
async function xlsxOf({ columns, rows }: Table): Promise<Buffer> {
  const cells = rows.map((row) =>
    row.map((cell) => {
      if (typeof cell === 'number') return { value: cell, type: Number };
      const day = dayIn(cell);
      if (day !== null) return { value: day, type: Date, format: 'yyyy-mm-dd' };
      const text = shown(cell)
        .replace(notXml, '\uFFFD')
        .replace(/_(?=x[\dA-F]{4}_)/gi, '_x005F_');
      if (text.length > longestCell)
        throw new OperatorError(
          `A cell has ${text.length} characters, more than XLSX takes. Write CSV instead.`,
        );
      return text === '' ? null : { value: text, type: String };
    }),
  );
  const heading = columns.map((name) => ({ value: name, type: String, fontWeight: 'bold' as const }));
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  return writeXlsxFile([heading, ...cells], { stickyRowsCount: 1 }).toBuffer();
}

function shown(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const text = cell.toWellFormed().replaceAll('\r\n', '\n');
  return formula.test(text) ? `'${text}` : text;
}

/** The text behind the apostrophe that `writeTable`, or a careful colleague, put before it. */
export function withoutApostrophe(text: string): string {
  return text.startsWith("'") && formula.test(text.slice(1)) ? text.slice(1) : text;
}

/** An apostrophe wherever a part of the text would be a formula, were it parted there. */
function partedSafely(text: string): string {
  if (!/[;\t\r\n]/.test(text)) return text;
  const leads = leadsToFormula(text);
  return eachSign(text, (sign, at) => (parting.has(sign) && leads[at + 1] === true ? `${sign}'` : sign));
}

/** What `writeTable` was given for a cell of CSV. */
export function withoutPartingApostrophes(text: string): string {
  const leads = leadsToFormula(text);
  const isOurs = (sign: string, at: number) =>
    sign === "'" && parting.has(text[at - 1] ?? '') && leads[at + 1] === true;
  return eachSign(text, (sign, at) => (isOurs(sign, at) ? '' : sign));
}

function eachSign(text: string, change: (sign: string, at: number) => string): string {
  return Array.from({ length: text.length }, (_, at) => change(text[at] ?? '', at)).join('');
}

/** Of each place, whether nothing but blanks, quotes and apostrophes stand between it and what begins a formula. */
function leadsToFormula(text: string): boolean[] {
  const leads = Array.from({ length: text.length + 1 }, () => false);
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const sign = text[at] ?? '';
    leads[at] = formulaSigns.has(sign) || (leads[at + 1] === true && /["'\s]/.test(sign));
  }
  return leads;
}
