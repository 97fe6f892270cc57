/** What people write into the cells of any table that is imported, read as values. Each reader throws a Refusal that says what is wrong and what to write. */
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { lastOfMonth } from '../language/calendar.ts';
import { bothInWords, dayOfItself, isInDoubt, writtenDay } from '../language/written-day.ts';
import { words } from '../language/vocabulary.ts';

export type Reader<T> = (text: string) => T;

/** A cell that may be empty. */
export function maybe<T>(read: Reader<T>) {
  return z.string().transform((text, context): T | null => {
    if (text === '') return null;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

export function must<T>(read: Reader<T>) {
  return maybe(read).transform((value, context): T => {
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: 'is missing' });
    return z.NEVER;
  });
}

export function readText(most: number): Reader<string> {
  return (text) => {
    if (text.length <= most) return text;
    throw new Refusal(`has ${text.length} characters; at most ${most} are kept`);
  };
}

/**
 * A day in ISO of what can only be that day: 2026-11-24, 24.11.2026, 11/24/2026, 24 Nov 2026; a time behind it is left out. Which of two
 * numbers is the month its column tells, before this is asked: see import-dates.ts.
 */
export function readDay(text: string): string {
  const written = writtenDay(text);
  const day = written === null ? null : dayOfItself(written);
  if (day !== null) return day;
  if (written !== null && isInDoubt(written))
    throw new Refusal(`«${shortly(text)}» may be ${bothInWords(written)}; write it as 2026-02-28`);
  throw new Refusal(`«${shortly(text)}» is no date; ${adviceFor(text)}`);
}

/** The last day of a month that has fewer; what to do with the bare number that a workbook keeps for a day. */
function adviceFor(text: string): string {
  const [year, month] = /^\d{4}/.test(text) ? text.split(/[-./]/) : text.split(/[-./]/).toReversed();
  if (/^[345]\d{4}(?:\.\d+)?$/.test(text))
    return 'give its column the format of a date, or write it as 2026-02-28';
  const isMonth = /^\d{4}$/.test(year ?? '') && Number(month) >= 1 && Number(month) <= 12;
  return isMonth ? `write ${lastOfMonth(Number(year), Number(month))}` : 'write it as 2026-02-28';
}

const doubtful = '01/02/2026';

/** Whether it reads days: only such a column cannot tell 1 February from 2 January. */
export function readsDays(cell: z.ZodType): boolean {
  const said = cell.safeParse(doubtful).error?.issues[0]?.message;
  return said?.startsWith(`«${doubtful}» may be`) ?? false;
}

/** By e-mail address, or by the whole name where one person alone has it. */
export function readPerson<Known extends { email: string | null; name: string }>(
  people: readonly Known[],
): Reader<Known> {
  return (text) => {
    const said = text.toLowerCase();
    const byEmail = people.find(({ email }) => email?.toLowerCase() === said);
    const byName = people.filter(({ name }) => name.toLowerCase() === said);
    const person = byEmail ?? byName[0];
    if (byEmail === undefined && byName.length > 1)
      throw new Refusal(
        `«${shortly(text)}» is the name of ${byName.length} people; write the e-mail address`,
      );
    if (person !== undefined) return person;
    throw new Refusal(
      `«${shortly(text)}» is nobody that I know; write the e-mail address of a person, whom "isma people import" adds`,
    );
  };
}

/** The same, by their id. */
export function readPersonId(
  people: readonly { id: number; email: string | null; name: string }[],
): Reader<number> {
  const read = readPerson(people);
  return (text) => read(text).id;
}

/** One of these words; others are read as what a list of words says that they mean. */
export function readChoice<const Choice extends string>(
  choices: readonly Choice[],
  meant?: { is(said: string): string | null },
): Reader<Choice> {
  const words = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
  return (text) => {
    const said = words(meant?.is(text) ?? text);
    const found = choices.find((choice) => words(choice) === said);
    if (found !== undefined) return found;
    throw new Refusal(`«${shortly(text)}» is none of ${choices.join(', ')}`);
  };
}

/** 97.5, 97,5 or 97.5 %; 1,250,000 and 1.250,00 as people group them. */
export function readNumber(text: string): number {
  const bare = text.replace(/[\s%'’]/g, '');
  const [first, ...others] = [...bare].filter((sign) => sign === '.' || sign === ',');
  const isOne = others.length === 0;
  if (first === ',' && isOne && /^-?[1-9]\d{0,2},\d{3}$/.test(bare))
    throw new Refusal(
      `«${shortly(text)}» may be ${bare.replace(',', '')} or ${Number(bare.replace(',', '.'))}; write one of these`,
    );
  const last = others.at(-1) ?? first;
  const isDecimal = isOne || last !== first;
  const [whole, part] =
    last !== undefined && isDecimal
      ? [bare.slice(0, bare.lastIndexOf(last)), bare.slice(bare.lastIndexOf(last) + 1)]
      : [bare, ''];
  const number = Number(`${whole.replace(/[.,]/g, '')}${part === '' ? '' : `.${part}`}`);
  if (/^-?\d(.*\d)?$/.test(bare) && Number.isFinite(number)) return number;
  throw new Refusal(`«${shortly(text)}» is no number; write it as 97.5`);
}

const yesOrNo = words('cells/yes or no');

export function readYesNo(text: string): boolean {
  const said = yesOrNo.is(text);
  if (said !== null) return said === 'yes';
  throw new Refusal(`«${shortly(text)}» is neither yes nor no`);
}

export function readWhole(least: number, most: number): Reader<number> {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new Refusal(`«${shortly(text)}» is no whole number from ${least} to ${most}`);
  };
}

/** 80, 80 %, or 0.8, which is what a workbook holds for 80 %. */
export function readPercent(text: string): number {
  const bare = text.replace(/\s*%$/, '');
  const share = bare === text && /^0\.\d+$/.test(text);
  return readWhole(0, 100)(share ? String(Math.round(Number(text) * 100)) : bare);
}

export function shortly(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
