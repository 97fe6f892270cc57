/** People from a list of the organisation: what it would change, and the change itself. Writes `person`; a column that the list does not have changes nothing. */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import { OperatorError } from '../../errors.ts';
import { endWhoLeft } from './leaving.ts';
import { lastOnes, lockPeople, refuseLastOnes, roles, type LastOnes } from '../../records/person.ts';

export type Role = (typeof roles)[number];

/** What is undefined was not in the list, and stays as it is. */
export interface ImportedPerson {
  email: string;
  name?: string;
  department?: string | null;
  title?: string | null;
  /** Address of somebody in the list, or here already. */
  manager?: string | null;
  roles?: Role[];
  groups?: string[];
  timeZone?: string;
  locale?: string;
  /** Of whose public holidays: DE, or DE-HH; null where it is worked out from the time zone. */
  region?: string | null;
  /** The first day on which they are not here any more; null for who is here, and for who comes back. */
  leftOn?: string | null;
}

const State = z.object({
  email: z.string(),
  name: z.string(),
  department: z.string().nullable(),
  title: z.string().nullable(),
  manager: z.string().nullable(),
  roles: z.array(z.enum(roles)),
  groups: z.array(z.string()),
  timeZone: z.string(),
  locale: z.string(),
  region: z.string().nullable(),
  leftOn: z.string().nullable(),
  active: z.boolean(),
});
type State = z.infer<typeof State>;
const Known = State.extend({ id: z.number() });

export interface FieldChange {
  field: string;
  from: string;
  to: string;
}

export interface PeoplePlan {
  added: { email: string; name: string; roles: readonly string[] }[];
  changed: { email: string; name: string; fields: FieldChange[] }[];
  unchanged: number;
  /** What makes the list wrong, by the address that it is about: while there is one, nothing is written. */
  faults: { email: string; text: string }[];
  /** The last who are admin or ISMS manager, where nobody would be after it; empty where somebody is. */
  lastOnes: LastOnes[];
}

interface Step {
  before: z.infer<typeof Known> | null;
  after: State;
  fields: FieldChange[];
}

/** What the list would change, with nothing written. */
export async function planPeople(tx: Queryable, people: readonly ImportedPerson[]): Promise<PeoplePlan> {
  return (await plan(tx, people)).report;
}

/**
 * Adds and changes people by their address, all or none; nobody is removed by being absent.
 *
 * @throws OperatorError for a list that is wrong, or after which nobody would be admin or ISMS manager
 */
export async function importPeople(
  tx: Queryable,
  people: readonly ImportedPerson[],
  actor: string,
  now: Date,
): Promise<PeoplePlan> {
  await lockPeople(tx);
  const { report, steps } = await plan(tx, people);
  if (report.faults.length > 0) throw new OperatorError(report.faults.map(({ text }) => text).join('\n'));
  refuseLastOnes(report.lastOnes);
  const ids = new Map<string, number>();
  for (const step of steps) ids.set(step.after.email, await write(tx, step));
  // Managers come last: one may stand in the list below the people that they manage.
  for (const { after, fields } of steps)
    if (fields.some(({ field }) => field === 'manager'))
      await tx.query(
        'update person set manager_id = (select id from person where email = $2) where email = $1',
        [after.email, after.manager],
      );
  await appendAudit(tx, ...steps.map((step) => eventOf(step, ids.get(step.after.email) ?? 0, actor, now)));
  await endWhoLeft(tx, now);
  return report;
}

async function plan(
  tx: Queryable,
  people: readonly ImportedPerson[],
): Promise<{ report: PeoplePlan; steps: Step[] }> {
  const known = await selectAll(
    tx,
    Known,
    `select person.id, person.email, person.name, person.department, person.title, manager.email as manager,
       person.roles, person.groups, person.time_zone, person.locale, person.region, person.left_on, person.active
     from person left join person manager on manager.id = person.manager_id where person.email is not null`,
  );
  const byEmail = new Map(known.map((person) => [person.email, person]));
  const listed = new Set(people.map(({ email }) => email));
  const named = byName([...people, ...known]);
  const report: PeoplePlan = { added: [], changed: [], unchanged: 0, faults: [], lastOnes: [] };
  const steps: Step[] = [];

  for (const listedPerson of people) {
    const { email } = listedPerson;
    const person = { ...listedPerson, ...managerOf(listedPerson, named, report.faults) };
    const { manager } = person;
    const before = byEmail.get(email) ?? null;
    if (manager != null && !listed.has(manager) && !byEmail.has(manager))
      report.faults.push({
        email,
        text: `the manager of ${email}, ${manager}, is neither in the file nor known here`,
      });
    if (before === null && person.name === undefined) {
      report.faults.push({ email, text: `name is missing, and nobody is known here as ${email}` });
      continue;
    }
    const after = merged(before, person);
    const fields = differing(before, after);
    if (before === null) report.added.push({ email, name: after.name, roles: after.roles });
    else if (fields.length > 0) report.changed.push({ email, name: after.name, fields });
    else report.unchanged += 1;
    if (before === null || fields.length > 0) steps.push({ before, after, fields });
  }

  const changed = new Map(steps.map(({ after }) => [after.email, after]));
  const afterwards = [...new Map<string, State>([...byEmail, ...changed]).values()];
  const isHere = (state: State) => state.active && state.leftOn === null;
  report.lastOnes = lastOnes(known.filter(isHere), afterwards.filter(isHere));
  return { report, steps };
}

/** Addresses by names in small letters: two people may share one. */
function byName(everybody: readonly Pick<ImportedPerson, 'email' | 'name'>[]): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { email, name } of everybody) {
    if (name === undefined) continue;
    const key = name.toLowerCase();
    named.set(key, (named.get(key) ?? new Set()).add(email));
  }
  return named;
}

/** By their name where no address is said: «Bob Birch», «Birch, Bob». */
function managerOf(
  { email, manager }: ImportedPerson,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  faults: PeoplePlan['faults'],
): Pick<ImportedPerson, 'manager'> {
  if (manager == null || manager.includes('@')) return manager === undefined ? {} : { manager };
  const said = manager.split(',').toReversed().map((part) => part.trim()).join(' ').toLowerCase(); // prettier-ignore
  const found = named.get(said) ?? new Set<string>();
  const [only] = found;
  if (only !== undefined && found.size === 1) return { manager: only };
  const text = found.size === 0 ? 'is the name of nobody in the file or known here' : `is the name of ${found.size} people`; // prettier-ignore
  faults.push({ email, text: `the manager of ${email}, ${manager}, ${text}; write the e-mail address` });
  return { manager: null };
}

/** What was given, over what is there. Who has left gets no rights by a list; who comes back begins with those that it gives. */
function merged(before: State | null, person: ImportedPerson): State {
  const base: State = before ?? {
    email: person.email,
    name: '',
    department: null,
    title: null,
    manager: null,
    roles: ['employee'],
    groups: [],
    timeZone: 'UTC',
    locale: 'en-GB',
    region: null,
    leftOn: null,
    active: true,
  };
  const given = Object.fromEntries(Object.entries(person).filter(([, value]) => value !== undefined));
  const after: State = { ...base, ...given, active: base.active || person.leftOn === null };
  if (after.active) return after;
  return { ...after, roles: base.roles, groups: base.groups };
}

const shownFields = {
  name: 'name', department: 'department', title: 'title', manager: 'manager', roles: 'roles', groups: 'groups', timeZone: 'time_zone',
  locale: 'locale', region: 'region', leftOn: 'left',
} as const; // prettier-ignore

function differing(before: State | null, after: State): FieldChange[] {
  const fields: FieldChange[] = [];
  for (const [field, shown] of Object.entries(shownFields)) {
    const [from, to] = [before, after].map((state) =>
      textOf(state?.[field as keyof typeof shownFields] ?? null),
    );
    if (from !== to) fields.push({ field: shown, from: from ?? '', to: to ?? '' });
  }
  // Ended by hand, with no day.
  if (before !== null && before.active !== after.active && !fields.some(({ field }) => field === 'left'))
    fields.push({ field: 'left', from: 'yes', to: '' });
  return fields;
}

/** Lists in one order, so that only another list is a change. */
function textOf(value: string | readonly string[] | null): string {
  return typeof value === 'string' ? value : (value ?? []).toSorted().join(', ');
}

async function write(tx: Queryable, { before, after }: Step): Promise<number> {
  const { email, name, department, title, groups, timeZone, locale, region, leftOn, active } = after;
  const values = [
    email,
    name,
    department,
    title,
    after.roles,
    groups,
    timeZone,
    locale,
    leftOn,
    active,
    region,
  ];
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    before === null
      ? `insert into person (email, name, department, title, roles, groups, time_zone, locale, left_on,
          active, region)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`
      : `update person set reads_until = case when $5 = '{auditor}'::text[] then reads_until end, name = $2, department = $3, title = $4, roles = $5, groups = $6, time_zone = $7,
          locale = $8, left_on = $9, active = $10, region = $11
         where email = $1 returning id`,
    values,
  );
  return id;
}

/** Names and addresses are in the table; the log says which fields changed, and of rights what they were. */
function eventOf({ before, after, fields }: Step, id: number, actor: string, at: Date): AuditEvent {
  const rights = ({ roles: held, groups, leftOn }: State) => ({ roles: held, groups, leftOn });
  const shared = { actor, record: `person:${id}`, at };
  if (before === null) return { ...shared, action: 'person.imported', detail: rights(after) };
  const changed = { fields: fields.map(({ field }) => field), was: rights(before) };
  return { ...shared, action: 'person.changed', detail: { ...rights(after), ...changed } };
}
