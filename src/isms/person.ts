/** People and who platforms say that they are. Owns `person` and `identity`. Roles come from an import or an admin only. */
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

const columns =
  'person.id, person.email, person.name, person.department, person.roles, person.groups, person.time_zone, person.locale';

/** A verified identity, as a door passes it on. */
export interface VerifiedIdentity {
  platform: string;
  tenant: string;
  user: string;
  name: string | null;
  email: string | null;
  timeZone: string | null;
  locale: string | null;
  directAddress: string | null;
}

/**
 * The person behind a verified identity; one never seen before is welcomed as an employee. An identity is bound to the
 * person with its verified e-mail address, and stays bound.
 */
export async function resolvePerson(
  tx: Queryable,
  identity: VerifiedIdentity,
  now: Date,
): Promise<{ person: Person; newcomer: boolean }> {
  const { platform, tenant, user, directAddress } = identity;
  const known = await selectOptional(
    tx,
    Person,
    `update identity set seen_at = $4, direct_address = coalesce($5, direct_address), unreachable_since = null, unreachable_reason = null from person
     where person.id = identity.person_id and platform = $1 and tenant = $2 and user_id = $3 returning ${columns}`,
    [platform, tenant, user, now, directAddress],
  );
  if (known !== null) return { person: known, newcomer: false };

  const person = (await selectOptionalByEmail(tx, identity.email)) ?? (await welcome(tx, identity, now));
  await tx.query(
    `insert into identity (platform, tenant, user_id, person_id, direct_address, seen_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (platform, tenant, user_id) do nothing`,
    [platform, tenant, user, person.id, directAddress, now],
  );
  await appendAudit(tx, {
    actor: `person:${person.id}`,
    action: 'identity.bound',
    record: `person:${person.id}`,
    detail: { platform, tenant, user },
    at: now,
  });
  return { person, newcomer: true };
}

async function welcome(
  tx: Queryable,
  { email, name, timeZone, locale, user }: VerifiedIdentity,
  now: Date,
): Promise<Person> {
  const person = await selectOne(
    tx,
    Person,
    `insert into person (email, name, time_zone, locale) values ($1, $2, $3, $4)
     on conflict (email) do update set email = excluded.email returning ${columns}`,
    [
      email?.toLowerCase() ?? null,
      name ?? email?.split('@')[0] ?? user,
      validZone(timeZone) ?? 'UTC',
      locale ?? 'en-GB',
    ],
  );
  await appendAudit(tx, {
    actor: `person:${person.id}`,
    action: 'person.welcomed',
    record: `person:${person.id}`,
    detail: { roles: person.roles },
    at: now,
  });
  return person;
}

export function selectPerson(tx: Queryable, id: number): Promise<Person> {
  return selectOne(tx, Person, `select ${columns} from person where id = $1`, [id]);
}

export async function selectOptionalByEmail(tx: Queryable, email: string | null): Promise<Person | null> {
  if (email === null) return null;
  return selectOptional(tx, Person, `select ${columns} from person where email = $1 and active`, [
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
    `select ${columns} from person where active and (email = $1 or position(' ' || $1 || ' ' in ' ' || lower(name) || ' ') > 0
       or exists (select from identity where person_id = person.id and platform = $2 and user_id = $3))
     order by lower(name) <> $1, name, id limit 10`,
    [name, platform, mentioned],
  );
}

/** Active people with a role, the one who has had it longest first. */
export function selectByRole(tx: Queryable, role: (typeof roles)[number]): Promise<Person[]> {
  return selectAll(tx, Person, `select ${columns} from person where $1 = any(roles) and active order by id`, [
    role,
  ]);
}

/** Where direct messages reach this person, as far as we know, newest first. */
export async function selectDirectAddresses(
  tx: Queryable,
  personId: number,
): Promise<{ platform: string; address: string }[]> {
  return selectAll(
    tx,
    z.object({ platform: z.string(), address: z.string() }),
    `select platform, direct_address as address from identity
     where person_id = $1 and direct_address is not null and unreachable_since is null order by seen_at desc`,
    [personId],
  );
}

/** The platform's final word that nothing reaches them there: they left, or blocked us. It holds until they write again. */
export async function markUnreachable(
  tx: Queryable,
  platform: string,
  address: string,
  reason: string,
  at: Date,
): Promise<void> {
  const marked = await selectAll(
    tx,
    z.object({ personId: z.number() }),
    `update identity set unreachable_since = $3, unreachable_reason = $4
     where platform = $1 and direct_address = $2 and unreachable_since is null returning person_id`,
    [platform, address, at, reason],
  );
  await appendAudit(
    tx,
    ...marked.map(({ personId }) => ({
      actor: 'system:delivery',
      action: 'person.unreachable',
      record: `person:${personId}`,
      detail: { platform, reason },
      at,
    })),
  );
}

export async function isUnreachable(tx: Queryable, platform: string, address: string): Promise<boolean> {
  const { rows } = await tx.query(
    'select from identity where platform = $1 and direct_address = $2 and unreachable_since is not null',
    [platform, address],
  );
  return rows.length > 0;
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
