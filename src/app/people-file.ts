/** Reads people from a CSV or XLSX file, as a payroll or a directory exports it, and says what taking them over would change. */
import { extname } from 'node:path';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { maybe, readDay } from '../dialogue/import-cells.ts';
import { readDayColumn } from '../dialogue/import-dates.ts';
import { OperatorError } from '../errors.ts';
import {
  importPeople,
  planPeople,
  type ImportedPerson,
  type PeoplePlan,
} from '../isms/person/people-import.ts';
import { isRegion } from '../language/holidays.ts';
import type { DateOrder } from '../language/written-day.ts';
import { roles, validZone } from '../records/person.ts';
import { readTable } from '../files/read-table.ts';

const text = z.string().trim();
/** A comma parts only where nothing else does: a group may be called «Sales, EMEA». */
const list = text.transform((cell) =>
  cell
    .split(/[;|\n]/.test(cell) ? /[;|\n]/ : ',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const optional = text.transform((cell) => cell || null);
/** An empty cell leaves it as it is, or as it is for everybody. */
const orAsIs = text.transform((cell) => cell || undefined);

/** Our columns, each with what its cells may hold. */
const columns = {
  email: text.toLowerCase().pipe(z.email('must be an e-mail address')),
  name: text.min(1, 'is missing'),
  department: optional,
  title: optional,
  manager: text.transform((cell) => cell.toLowerCase() || null),
  roles: list
    .pipe(z.array(z.enum(roles, `must be among ${roles.join(', ')}`)))
    .transform((names) => (names.length === 0 ? ['employee' as const] : names)),
  groups: list.transform((names) => names.map((name) => name.toLowerCase())),
  time_zone: orAsIs.refine(
    (zone) => zone === undefined || validZone(zone) !== null,
    'must be a time zone such as Europe/Berlin',
  ),
  locale: orAsIs,
  region: text
    .toUpperCase()
    .transform((cell) => cell || null)
    .refine(
      (cell) => cell === null || isRegion(cell),
      'must be a country or a part of one such as DE or DE-HH',
    ),
  left: maybe(readDay),
};
type Column = keyof typeof columns;
/** What directories and payrolls call them, as Entra and Workday do. */
const otherNames: Record<string, Column> = {
  e_mail: 'email',
  mail: 'email',
  work_email: 'email',
  email_work: 'email',
  primary_work_email: 'email',
  email_address: 'email',
  e_mail_adresse: 'email',
  user_principal_name: 'email',
  userprincipalname: 'email',
  upn: 'email',
  display_name: 'name',
  displayname: 'name',
  preferred_name: 'name',
  legal_name: 'name',
  full_name: 'name',
  worker: 'name',
  employee_name: 'name',
  departmentname: 'department',
  supervisory_organization: 'department',
  abteilung: 'department',
  job_title: 'title',
  jobtitle: 'title',
  business_title: 'title',
  position: 'title',
  manager_email: 'manager',
  manager_work_email: 'manager',
  manager_upn: 'manager',
  manager_name: 'manager',
  worker_s_manager: 'manager',
  reports_to: 'manager',
  supervisor: 'manager',
  timezone: 'time_zone',
  left_on: 'left',
  termination_date: 'left',
  employeeleavedatetime: 'left',
  country: 'region',
};
/** Read only where no other column means the same: a directory has them beside the one that people go by. */
const lesser = [
  'user_principal_name',
  'userprincipalname',
  'upn',
  'legal_name',
  'preferred_name',
  'manager_name',
  'employee_name',
];

export interface PeopleReport extends Omit<PeoplePlan, 'faults'> {
  /** Headings that mean nothing here. */
  unread: string[];
  /** How the first days on which somebody leaves were read, in words. */
  days: string[];
  /** It is neither UTF-8 nor UTF-16, so that its letters were guessed. */
  guessed: boolean;
  written: boolean;
}

/**
 * All or nothing.
 *
 * @throws OperatorError naming each wrong line and what was expected, or who would be the last admin
 */
export async function importPeopleFile(
  db: Database,
  path: string,
  actor: string,
  now: Date,
  { apply = true, dates = null }: { apply?: boolean; dates?: DateOrder | null } = {},
): Promise<PeopleReport> {
  const { people, lines, ...read } = await readPeople(path, dates);
  return db.transaction(async (tx) => {
    const { faults, ...plan } = await planPeople(tx, people);
    refuse(
      path,
      faults.map((fault) => `line ${lines.get(fault.email)}: ${fault.text}`),
    );
    if (apply) await importPeople(tx, people, actor, now);
    return { ...plan, ...read, written: apply };
  });
}

async function readPeople(path: string, dates: DateOrder | null) {
  const { header, rows, encoding } = await readTable(path, { guess: true });
  const named = columnsOf(header.cells);
  const unread = header.cells.filter((heading, at) => named[at] === null && heading !== '');
  for (const [at, column] of named.entries())
    if (column !== null && named.indexOf(column) !== at)
      throw new OperatorError(`${path} has two columns that mean ${column}. Remove one of them.`);
  if (!named.includes('email'))
    throw new OperatorError(
      `${path} lacks the column email, by which people are known. Its first row must name the columns.`,
    );
  const leftAt = named.indexOf('left');
  const leaving = rows.map(({ line, cells }) => ({ line, text: cells[leftAt] ?? '' }));
  const left = readDayColumn(header.cells[leftAt] ?? 'left', leaving, dates, {
    always: extname(path).toLowerCase() === '.xlsx',
  });
  const problems = left.faults.map(({ line, text: said }) => `line ${line}: ${said}`);
  const people: ImportedPerson[] = [];
  const lines = new Map<string, number>();
  for (const [row, { line, cells }] of rows.entries()) {
    const problem = (said: string) => problems.push(`line ${line}: ${said}`);
    if (cells.slice(header.cells.length).some((cell) => cell !== '')) {
      problem(`it has ${cells.length} cells, and there are ${header.cells.length} columns`);
      continue;
    }
    const values: Partial<Record<Column, unknown>> = {};
    for (const [at, column] of named.entries()) {
      if (column === null) continue;
      const day = at === leftAt && leaving[row] !== undefined ? left.days.get(leaving[row]) : undefined;
      const parsed = columns[column].safeParse(day ?? cells[at] ?? '');
      if (parsed.success) values[column] = parsed.data;
      else for (const { message } of parsed.error.issues) problem(`${column} ${message}`);
    }
    const { time_zone: timeZone, left: leftOn, ...rest } = values;
    const person = { ...rest, timeZone, leftOn } as ImportedPerson;
    const { email } = person;
    if (email === undefined) continue;
    if (lines.has(email)) problem(`${email} stands there twice`);
    if (person.manager === email) problem(`${email} cannot be their own manager`);
    lines.set(email, line);
    people.push(person);
  }
  refuse(path, problems);
  const days = left.shown === null ? [] : [left.shown];
  return { people, lines, unread, days, guessed: encoding === 'windows-1252' };
}

function columnsOf(headings: readonly string[]): (Column | null)[] {
  const meant = headings.map((heading) => columnOf(nameOf(heading)));
  return headings.map((heading, at) => {
    const column = meant[at] ?? null;
    const isLesser = (each: string) => lesser.includes(nameOf(each));
    const better = headings.some(
      (other, place) => place !== at && meant[place] === column && !isLesser(other),
    );
    return isLesser(heading) && better ? null : column;
  });
}

function nameOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}

function columnOf(name: string): Column | null {
  return Object.hasOwn(columns, name) ? (name as Column) : (otherNames[name] ?? null);
}

function refuse(path: string, problems: readonly string[]): void {
  if (problems.length > 0)
    throw new OperatorError(
      `Nobody was imported from ${path}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
}
