/** People of the organisation. Owns `person`. Roles come from an import or an admin only. */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';

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

export function selectPerson(tx: Queryable, id: number): Promise<Person> {
  return selectOne(tx, Person, `select ${personColumns} from person where id = $1`, [id]);
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
    `select ${personColumns} from person where active and (email = $1 or position(' ' || $1 || ' ' in ' ' || lower(name) || ' ') > 0
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

export interface ImportedPerson {
  email: string;
  name: string;
  department: string | null;
  title: string | null;
  manager: string | null;
  roles: (typeof roles)[number][];
  groups: string[];
  timeZone: string;
  locale: string;
}

/** Adds and changes people by their e-mail address; nobody is removed by being absent. One transaction, audited. */
export async function importPeople(
  tx: Queryable,
  people: ImportedPerson[],
  actor: string,
  now: Date,
): Promise<{ added: number; changed: number; unchanged: number }> {
  const counts = { added: 0, changed: 0, unchanged: 0 };
  const events: AuditEvent[] = [];
  const states: { person: ImportedPerson; id: number; fresh: boolean; changed: boolean }[] = [];
  for (const person of people) {
    const before = await selectOptional(
      tx,
      z.object({ id: z.number(), said: z.string() }),
      `select id, ${said} as said from person where email = $1`,
      [person.email],
    );
    const after = await selectOne(
      tx,
      z.object({ id: z.number(), said: z.string() }),
      `insert into person (email, name, department, title, roles, groups, time_zone, locale, manager_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, (select id from person where email = $9))
       on conflict (email) do update set name = excluded.name, department = excluded.department, title = excluded.title, roles = excluded.roles,
         groups = excluded.groups, time_zone = excluded.time_zone, locale = excluded.locale, active = true
       returning id, ${said} as said`,
      [
        person.email,
        person.name,
        person.department,
        person.title,
        person.roles,
        person.groups,
        person.timeZone,
        person.locale,
        person.manager,
      ],
    );
    states.push({ person, id: after.id, fresh: before === null, changed: before?.said !== after.said });
  }
  // Managers come last: one may stand in the file below the people that they manage.
  for (const { person, id, fresh, changed } of states) {
    const { rowCount } = await tx.query(
      'update person set manager_id = manager.id from (select (select id from person where email = $2) as id) manager where email = $1 and manager_id is distinct from manager.id',
      [person.email, person.manager],
    );
    if (!changed && rowCount === 0) {
      counts.unchanged += 1;
      continue;
    }
    counts[fresh ? 'added' : 'changed'] += 1;
    events.push({
      actor,
      action: fresh ? 'person.imported' : 'person.changed',
      record: `person:${id}`,
      detail: { roles: person.roles, groups: person.groups },
      at: now,
    });
  }
  await appendAudit(tx, ...events);
  return counts;
}

/** Everything that an import may change but the manager, as one text to compare. */
const said = "concat_ws('|', name, department, title, roles::text, groups::text, time_zone, locale, active)";

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
