/** Reads people from a CSV file: columns email and name, and any of department, title, manager, roles, groups, time_zone, locale. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Database } from './db/database.ts';
import { OperatorError, messageOf } from './errors.ts';
import { importPeople, roles, validZone } from './isms/person.ts';

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(/[;|]/)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const optional = z
  .string()
  .default('')
  .transform((text) => text.trim() || null);

const Row = z
  .object({
    email: z.string().trim().toLowerCase().pipe(z.email('must be an e-mail address')),
    name: z.string().trim().min(1, 'is missing'),
    department: optional,
    title: optional,
    manager: z
      .string()
      .default('')
      .transform((text) => text.trim().toLowerCase() || null),
    roles: list
      .pipe(z.array(z.enum(roles, `must be among ${roles.join(', ')}`)))
      .transform((names) => (names.length === 0 ? ['employee' as const] : names)),
    groups: list.transform((names) => names.map((name) => name.toLowerCase())),
    time_zone: z
      .string()
      .default('')
      .transform((text) => text.trim() || 'UTC')
      .refine((zone) => validZone(zone) !== null, 'must be a time zone such as Europe/Berlin'),
    locale: z
      .string()
      .default('')
      .transform((text) => text.trim() || 'en-GB'),
  })
  .transform(({ time_zone: timeZone, ...person }) => ({ ...person, timeZone }));

/** All or nothing. @throws OperatorError naming each wrong line and what was expected */
export async function importPeopleFile(
  db: Database,
  path: string,
  actor: string,
  now: Date,
): Promise<{ added: number; changed: number; unchanged: number }> {
  const source = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new OperatorError(`The file ${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  const people = parsePeople(source, path);
  return db.transaction((tx) => importPeople(tx, people, actor, now));
}

function parsePeople(source: string, path: string) {
  let records: Record<string, string>[];
  try {
    records = parse<Record<string, string>>(source, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      skip_empty_lines: true,
      trim: true,
      delimiter: [',', '\t'],
    });
  } catch (cause) {
    throw new OperatorError(`${path} is not a CSV file that can be read: ${messageOf(cause)}`, { cause });
  }
  const problems: string[] = [];
  const people = records.flatMap((record, index) => {
    const parsed = Row.safeParse(record);
    if (parsed.success) return [parsed.data];
    for (const { path: field, message } of parsed.error.issues)
      problems.push(`  line ${index + 2}: ${String(field[0] ?? 'row')} ${message}`);
    return [];
  });
  const known = new Set(people.map((person) => person.email));
  for (const [index, { email, manager }] of people.entries()) {
    if (people.findIndex((person) => person.email === email) !== index)
      problems.push(`  ${email} stands there twice`);
    if (manager === email) problems.push(`  ${email} cannot be their own manager`);
    if (manager !== null && !known.has(manager))
      problems.push(`  the manager of ${email}, ${manager}, is not in the file`);
  }
  if (problems.length > 0)
    throw new OperatorError(`Nobody was imported from ${path}:\n${problems.join('\n')}`);
  return people;
}
