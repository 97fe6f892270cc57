/** What people write into the cells of any table that is imported, read as values. Each reader throws a Refusal that says what is wrong and what to write. */
import { z } from 'zod';
import { Refusal } from '../errors.ts';

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

/** 2026-11-24, 24.11.2026 or 24/11/2026, as a day in ISO; the day of a workbook's cell that has a time too. */
export function readDay(text: string): string {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:T[\d:.]+Z)?$/.exec(text);
  const local = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text);
  const [year, month, day] = iso !== null ? iso.slice(1) : local !== null ? local.slice(1).toReversed() : [];
  if (year === undefined || month === undefined || day === undefined)
    throw new Refusal(`«${shortly(text)}» is no date; write it as 2026-02-28`);
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)) return dayOf(date);
  const last = new Date(Date.UTC(Number(year), Number(month), 0));
  const isMonth = Number(month) >= 1 && Number(month) <= 12;
  throw new Refusal(`«${text}» is no date; write ${isMonth ? dayOf(last) : 'it as 2026-02-28'}`);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
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
