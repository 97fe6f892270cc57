/**
 * People of the organisation. Owns `person`. Roles come from an import or an admin only. Whether somebody works here is `active`
 * and nothing else: the gate, every list and every choice of somebody ask it, and leaving.ts ends it on the day.
 */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import { OperatorError } from '../errors.ts';

export const roles = ['employee', 'action_owner', 'manager', 'isms_manager', 'auditor', 'admin'] as const;

export const Person = z.object({
  id: z.number(),
  email: z.string().nullable(),
  name: z.string(),
  department: z.string().nullable(),
  roles: z.array(z.enum(roles)),
  groups: z.array(z.string()),
  timeZone: z.string(),
  locale: z.string(),
});
export type Person = z.infer<typeof Person>;

export const personColumns =
  'person.id, person.email, person.name, person.department, person.roles, person.groups, person.time_zone, person.locale';

/** Until the caller's transaction ends nobody else changes people, so that of two at once neither takes the last admin away. */
export async function lockPeople(tx: Queryable): Promise<void> {
  await tx.query('lock table person in share row exclusive mode');
}

/** Roles that somebody must have: without them nobody could give rights, or lead the ISMS. */
export const neededRoles = ['admin', 'isms_manager'] as const;

/** Who has a needed role now, where nobody would have it after a change: their names. */
export interface LastOnes {
  role: (typeof neededRoles)[number];
  names: string[];
}

/** @param before  those who are here now @param after  those who are here after the change */
export function lastOnes(
  before: readonly { name: string; roles: readonly string[] }[],
  after: readonly { roles: readonly string[] }[],
): LastOnes[] {
  return neededRoles.flatMap((role) => {
    const has = ({ roles: own }: { roles: readonly string[] }) => own.includes(role);
    const names = before.filter(has).map(({ name }) => name);
    return names.length > 0 && !after.some(has) ? [{ role, names }] : [];
  });
}

/** «nobody would be admin any more». */
export function nobodyWouldBe({ role }: LastOnes): string {
  return `nobody would be ${role === 'admin' ? 'admin' : 'ISMS manager'} any more`;
}

/** @throws OperatorError naming them */
export function refuseLastOnes([last]: readonly LastOnes[]): void {
  if (last === undefined) return;
  const { names, role } = last;
  throw new OperatorError(
    `Nothing was changed: ${nobodyWouldBe(last)}. ${names.join(' and ')} ${names.length === 1 ? 'is the last' : 'are the last'}; give somebody else the role «${role}» first.`,
  );
}

export function selectPerson(tx: Queryable, id: number): Promise<Person> {
  return selectOne(tx, Person, `select ${personColumns} from person where id = $1`, [id]);
}

const Place = z.object({ title: z.string().nullable(), manager: z.string().nullable(), reports: z.number() });

/** Their job, whom they report to, and how many report to them. */
export function describePerson(tx: Queryable, id: number): Promise<z.infer<typeof Place>> {
  return selectOne(
    tx,
    Place,
    `select person.title, manager.name as manager,
       (select count(*) from person report where report.manager_id = person.id and report.active) as reports
     from person left join person manager on manager.id = person.manager_id and manager.active
     where person.id = $1`,
    [id],
  );
}

/** Active people whose manager somebody is, by name. */
export function selectReports(tx: Queryable, managerId: number): Promise<Person[]> {
  return selectAll(
    tx,
    Person,
    `select ${personColumns} from person where manager_id = $1 and active order by name, id`,
    [managerId],
  );
}

/** Everybody who works here, by name. */
export function selectWorking(tx: Queryable): Promise<Person[]> {
  return selectAll(tx, Person, `select ${personColumns} from person where active order by name, id`);
}

const KnownByEmail = Person.extend({ active: z.boolean() });
export type KnownByEmail = z.infer<typeof KnownByEmail>;

/** Everybody with an address, whether or not they still work here, by that address. */
export async function selectKnownByEmail(tx: Queryable): Promise<Map<string, KnownByEmail>> {
  const people = await selectAll(
    tx,
    KnownByEmail,
    `select ${personColumns}, person.active from person where email is not null`,
  );
  return new Map(people.map((person) => [person.email ?? '', person]));
}

/** Null for who reports to nobody who works here. */
export function selectManagerOf(tx: Queryable, personId: number): Promise<Person | null> {
  return selectOptional(
    tx,
    Person,
    `select ${personColumns} from person join person report on report.manager_id = person.id
     where report.id = $1 and person.active`,
    [personId],
  );
}

export async function selectNamesHere(tx: Queryable): Promise<string[]> {
  const people = await selectAll(tx, Person.pick({ name: true }), 'select name from person where active');
  return people.map(({ name }) => name);
}

/** By id; who is not known is left out. */
export async function selectPeople(tx: Queryable, ids: readonly number[]): Promise<Map<number, Person>> {
  const people = await selectAll(tx, Person, `select ${personColumns} from person where id = any($1)`, [ids]);
  return new Map(people.map((person) => [person.id, person]));
}

/** By id; who is not known is left out. */
export async function selectNames(tx: Queryable, ids: readonly number[]): Promise<Map<number, string>> {
  const people = await selectAll(
    tx,
    Person.pick({ id: true, name: true }),
    'select id, name from person where id = any($1)',
    [ids],
  );
  return new Map(people.map(({ id, name }) => [id, name]));
}

/** Of whoever works here or ever did. */
export async function selectNamesOfAll(tx: Queryable): Promise<string[]> {
  const people = await selectAll(tx, Person.pick({ name: true }), 'select name from person');
  return people.map(({ name }) => name);
}

const AtWork = Person.pick({ id: true, name: true, department: true, roles: true }).extend({
  title: z.string().nullable(),
});

/** Everybody who works here, with what they do. */
export function selectAtWork(tx: Queryable): Promise<z.infer<typeof AtWork>[]> {
  return selectAll(
    tx,
    AtWork,
    'select id, name, department, roles, title from person where active order by id',
  );
}

/** SQL that is true for somebody who works here. @param person  SQL for an id, or for null, which is nobody */
export const isHereSql = (person: string) =>
  `exists (select from person here where here.id = ${person} and here.active)`;

/** Those of them who work here, in the order given. */
export async function whoAreHere(tx: Queryable, ids: readonly (number | null)[]): Promise<number[]> {
  const here = await selectAll(
    tx,
    z.object({ id: z.number() }),
    'select id from person where active and id = any($1)',
    [ids.filter((id) => id !== null)],
  );
  return ids.flatMap((id) => (id !== null && here.some((person) => person.id === id) ? [id] : []));
}

export async function isHere(tx: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await tx.query('select from person where id = $1 and active', [id]);
  return (rowCount ?? 0) > 0;
}

export async function selectOptionalByEmail(tx: Queryable, email: string | null): Promise<Person | null> {
  if (email === null) return null;
  return selectOptional(tx, Person, `select ${personColumns} from person where email = $1 and active`, [
    email.toLowerCase(),
  ]);
}

/** Active people whom these words name: an e-mail address, a mention of that platform, or a name or a part of it. */
export function selectPeopleNamed(tx: Queryable, platform: string, words: string): Promise<Person[]> {
  const mentioned = /^<@([^<>|\s]+)(?:\|[^<>]*)?>$/.exec(words)?.[1] ?? null;
  const name = words
    .replace(/<\/?at>/g, '')
    .replace(/^@/, '')
    .trim()
    .toLowerCase();
  return selectAll(
    tx,
    Person,
    `select ${personColumns} from person
     where active and (email = $1 or position(' ' || $1 || ' ' in ' ' || lower(name) || ' ') > 0
       or exists (select from identity where person_id = person.id and platform = $2 and user_id = $3))
     order by lower(name) <> $1, name, id limit 10`,
    [name, platform, mentioned],
  );
}

/** Active people with a role, the one who has had it longest first. */
export function selectByRole(tx: Queryable, role: (typeof roles)[number]): Promise<Person[]> {
  return selectAll(
    tx,
    Person,
    `select ${personColumns} from person where $1 = any(roles) and active order by id`,
    [role],
  );
}

/** A time zone that this machine knows, or null. */
export function validZone(zone: string | null): string | null {
  if (zone === null) return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return null;
  }
}
