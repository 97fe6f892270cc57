/** The days of a file's columns, each column read in one order of day and month: that of the cells that can only be read one way, else the one that was asked for. */
import { OperatorError } from '../errors.ts';
import { dayInWords } from '../language/calendar.ts';
import {
  bothInWords,
  dateOrders,
  isInDoubt,
  orderOf,
  writtenDay,
  type DateOrder,
  type WrittenDay,
} from '../language/written-day.ts';
import { shortly } from './import-cells.ts';

export interface DayCell {
  line: number;
  text: string;
}

interface Written extends DayCell {
  cell: DayCell;
  day: WrittenDay;
}

export interface ReadColumn {
  /** The cells as days in ISO; what is not here stays as it stands, for the column's reader to judge. */
  days: ReadonlyMap<DayCell, string>;
  faults: { line: number; text: string }[];
  /** How the first were read, in words; null where nothing was to be read. */
  shown: string | null;
}

/** How many are shown. */
const first = 3;

/**
 * @param asked   for columns that do not tell
 * @param always  shows also what can be read one way only, as the days of a workbook
 */
export function readDayColumn(
  heading: string,
  cells: readonly DayCell[],
  asked: DateOrder | null,
  { always = false } = {},
): ReadColumn {
  const written = cells.flatMap((cell): Written[] => {
    const day = writtenDay(cell.text);
    return day === null ? [] : [{ ...cell, cell, day }];
  });
  const found = orderOf(written.map(({ day }) => day));
  const isUntold = found === 'unsaid' || found === 'contradicting';
  if (isUntold && asked === null)
    return { days: daysOf(written, 'day-first'), faults: [question(heading, written)], shown: null };
  const order = isUntold ? asked : found;
  const faults = order === null ? [] : written.flatMap((cell) => otherwise(heading, cell, order));
  return { days: daysOf(written, order), faults, shown: shownOf(heading, written, order, always) };
}

function daysOf(written: readonly Written[], order: DateOrder | null): Map<DayCell, string> {
  return new Map(
    written.flatMap(({ cell, text, day }) => {
      const iso = inOrder(day, order);
      return iso === null || isIso(text) ? [] : [[cell, iso] as const];
    }),
  );
}

function inOrder(written: WrittenDay, order: DateOrder | null): string | null {
  return order === 'month-first' ? written.monthFirst : written.dayFirst;
}

/** One for the whole column: the answer is the same for all its rows. */
function question(heading: string, written: readonly Written[]): { line: number; text: string } {
  const dayFirst = written.find(({ day }) => day.dayFirst !== null && day.monthFirst === null);
  const monthFirst = written.find(({ day }) => day.dayFirst === null && day.monthFirst !== null);
  const doubtful = written.find(({ day }) => isInDoubt(day));
  const answer = 'say --dates day-first or --dates month-first';
  if (dayFirst !== undefined && monthFirst !== undefined)
    return {
      line: monthFirst.line,
      text: `${heading}: «${shortly(monthFirst.text)}» has the month first, and «${shortly(dayFirst.text)}» on line ${dayFirst.line} the day; ${answer}, and write the others as 2026-02-28`,
    };
  return {
    line: doubtful?.line ?? 1,
    text: `${heading}: «${shortly(doubtful?.text ?? '')}» may be ${doubtful === undefined ? 'two days' : bothInWords(doubtful.day)}, and no date of this column tells which; ${answer}`,
  };
}

/** A cell that is no day in the order of its column, and would be in the other. */
function otherwise(heading: string, { line, text, day }: Written, order: DateOrder) {
  const other = order === 'day-first' ? day.monthFirst : day.dayFirst;
  if (inOrder(day, order) !== null || other === null) return [];
  return [
    {
      line,
      text: `${heading}: «${shortly(text)}» is no day where the ${order === 'day-first' ? 'day' : 'month'} comes first; write it as ${other}`,
    },
  ];
}

function shownOf(
  heading: string,
  written: readonly Written[],
  order: DateOrder | null,
  always: boolean,
): string | null {
  const shown = written.filter(({ text }) => always || !isIso(text));
  const cells = [...new Map(shown.map((cell) => [cell.text, cell])).values()];
  const read = cells.slice(0, first).flatMap(({ text, day }) => {
    const iso = inOrder(day, order);
    if (iso === null) return [];
    return [isIso(text) ? dayInWords(iso) : `«${shortly(text)}» is ${dayInWords(iso)}`];
  });
  if (read.length === 0) return null;
  return `${heading} is read as days${order === null ? '' : `, ${order}`}: ${read.join(', ')}${cells.length > read.length ? ', …' : ''}`;
}

function isIso(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(text);
}

/** What `--dates` says. @throws OperatorError */
export function dateOrderIn(said: string | undefined): DateOrder | null {
  if (said === undefined) return null;
  const order = dateOrders.find((each) => each === said);
  if (order !== undefined) return order;
  throw new OperatorError(`--dates takes ${dateOrders.join(' or ')}, not «${said}».`);
}
