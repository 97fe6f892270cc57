/** What people write into the cells of a register, read as values. Each reader throws a Refusal that says what is wrong and what to write. */
import { Refusal } from '../../../errors.ts';
import { actionStates } from '../../../isms/corrective-action/corrective-action.ts';
import type { KnownPerson } from '../../../isms/register/transfer.ts';
import {
  causeMethods,
  grades,
  nonconformityStates,
  sources,
} from '../../../isms/nonconformity/nonconformity.ts';
import { results } from '../../../isms/nonconformity/effectiveness.ts';
import { plain, words } from '../../../language/vocabulary.ts';
import { parseReference } from '../../../records/reference.ts';

export type Reader<T> = (text: string) => T;

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

/** An instant in ISO with its zone, or a day, which stands for its beginning in UTC. */
export function readInstant(text: string): Date {
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const date = new Date(instant ? text : `${readDay(text)}T00:00:00Z`);
  if (Number.isNaN(date.getTime()))
    throw new Refusal(`«${shortly(text)}» is no date; write it as 2026-02-28`);
  return date;
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

const yesOrNo = words('cells/yes or no');

export function readYesNo(text: string): boolean {
  const said = yesOrNo.is(text);
  if (said !== null) return said === 'yes';
  throw new Refusal(`«${shortly(text)}» is neither yes nor no`);
}

export function readLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** NC-2024-007, also written NC-2024-7. */
export function readReference(prefix: 'NC' | 'CA'): Reader<string> {
  return (text) => {
    const said = parseReference(text);
    if (said?.prefix === prefix && said.year !== null)
      return `${prefix}-${said.year}-${String(said.number).padStart(3, '0')}`;
    throw new Refusal(
      `«${shortly(text)}» is no reference; write ${prefix}-2024-007: ${prefix}, year, number`,
    );
  };
}

/** References of similar non-conformities, between commas, semicolons or on lines of their own. */
export function readSimilar(text: string): string[] {
  const parts = text.split(/[,;\n]/).map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const reference = readReference('NC')(part.replace(/\s*\(same cause\)$/i, ''));
      return /\(same cause\)$/i.test(part) ? `${reference} (same cause)` : reference;
    })
    .toSorted();
}

/** By e-mail address, or by the whole name where one person alone has it. */
export function readPerson(people: readonly KnownPerson[]): Reader<KnownPerson> {
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

/** One of our values by its name, or by what else people write for it. */
function readWord<T extends string>(list: string, values: readonly T[]): Reader<T> {
  const known = words(`cells/${list}`);
  return (text) => {
    const said = plain(text);
    const value = values.find((each) => each.replaceAll('_', ' ') === said) ?? known.is(said);
    if (value !== null) return value as T;
    throw new Refusal(`«${shortly(text)}» is not known; write one of ${values.join(', ')}`);
  };
}

export const readGrade = readWord('grade', grades);
export const readSource = readWord('source', sources);
export const readNonconformityState = readWord('nonconformity state', [
  ...nonconformityStates,
  'in_progress' as const,
]);
export const readActionState = readWord('action state', actionStates);
export const readCauseMethod = readWord('cause method', causeMethods);
export const readResult = readWord('result', results);
export const readDecision = readWord('decision', ['accepted', 'declined'] as const);

function shortly(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
