/** Who platforms say that people are. Owns `identity`. A door hands over what it has verified; what a message says of its author never counts. */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import { Person, personColumns, validZone } from './person.ts';

/** A verified identity, as a door passes it on: its tenant is ours, and its address confirmed, or null. */
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
type Key = Pick<VerifiedIdentity, 'platform' | 'tenant' | 'user'>;

/** So long the platform's word on somebody holds: who became a guest or was shut out is found the next day. */
const lookHolds = "interval '24 hours'";
/** And so long where it could not say: a platform that is away is not asked with every message. */
const unsaidHolds = "interval '10 minutes'";

/** `outside`: the platform said last that they are no colleague. */
export type Standing = 'unknown' | 'known' | 'look-again' | 'outside';

/**
 * What is known of somebody, so that the platform is asked no oftener than it must be. An auditor from outside, whose account an
 * admin bound, is known for as long as they are let in, whatever the platform says of guests.
 */
export async function standingOf(tx: Queryable, { platform, tenant, user }: Key): Promise<Standing> {
  const row = await selectOptional(
    tx,
    z.object({ isOutside: z.boolean(), isFresh: z.boolean(), isLetIn: z.boolean() }),
    `select outside_since is not null as is_outside, (looked_at > now() - ${lookHolds}) is true as is_fresh,
       exists (select from person where person.id = person_id and active and reads_until is not null) as is_let_in
     from identity where platform = $1 and tenant = $2 and user_id = $3`,
    [platform, tenant, user],
  );
  if (row === null) return 'unknown';
  if (row.isLetIn) return 'known';
  if (row.isOutside) return 'outside';
  return row.isFresh ? 'known' : 'look-again';
}

/** What the platform says of somebody who is bound already, asked again; where it cannot say it is asked once more in a while. */
export async function noteLook(
  tx: Queryable,
  { platform, tenant, user }: Key,
  said: 'colleague' | 'outside' | 'unsaid',
  at: Date,
): Promise<void> {
  if (said === 'unsaid') {
    await tx.query(
      `update identity set looked_at = now() - ${lookHolds} + ${unsaidHolds}
       where platform = $1 and tenant = $2 and user_id = $3`,
      [platform, tenant, user],
    );
    return;
  }
  const colleague = said === 'colleague';
  const turned = await selectAll(
    tx,
    z.object({ personId: z.number(), wasOutside: z.boolean() }),
    `update identity set looked_at = now(),
       outside_since = case when $5 then null else coalesce(identity.outside_since, $4) end
     from (select platform, tenant, user_id, outside_since is not null as was_outside from identity
           where platform = $1 and tenant = $2 and user_id = $3 for update) before
     where (identity.platform, identity.tenant, identity.user_id)
       = (before.platform, before.tenant, before.user_id)
     returning person_id, was_outside`,
    [platform, tenant, user, at, colleague],
  );
  await appendAudit(
    tx,
    ...turned
      .filter(({ wasOutside }) => wasOutside === colleague)
      .map(({ personId }): AuditEvent => ({
        actor: `system:${platform}`,
        action: colleague ? 'identity.inside' : 'identity.outside',
        record: `person:${personId}`,
        detail: { platform, tenant, user },
        at,
      })),
  );
}

const Found = Person.extend({ active: z.boolean(), top: z.boolean() });
const foundColumns = `${personColumns}, person.active,
  'manager' = any(person.roles) and person.manager_id is null as top`;

/**
 * The person behind a verified identity; one never seen before is welcomed as an employee. An identity is bound to the
 * person with its verified e-mail address, and stays bound, whatever becomes of the address.
 *
 * @returns null for who has left: nothing is bound, and nobody welcomed
 */
export async function resolvePerson(
  tx: Queryable,
  identity: VerifiedIdentity,
  now: Date,
): Promise<{ person: Person; newcomer: boolean; top: boolean } | null> {
  const { platform, tenant, user, email, directAddress } = identity;
  const known = await selectOptional(
    tx,
    Found,
    `update identity set seen_at = $4, direct_address = coalesce($5, direct_address),
       unreachable_since = null, unreachable_reason = null
     from person
     where person.id = identity.person_id and platform = $1 and tenant = $2 and user_id = $3
     returning ${foundColumns}`,
    [platform, tenant, user, now, directAddress],
  );
  if (known !== null)
    return known.active ? { person: Person.parse(known), newcomer: false, top: known.top } : null;

  const imported =
    email === null
      ? null
      : await selectOptional(tx, Found, `select ${foundColumns} from person where email = $1`, [
          email.toLowerCase(),
        ]);
  const found = imported ?? (await welcome(tx, identity, now));
  if (!found.active) return null;
  const { rowCount } = await tx.query(
    `insert into identity (platform, tenant, user_id, person_id, direct_address, seen_at, looked_at)
     values ($1, $2, $3, $4, $5, $6, now())
     on conflict (platform, tenant, user_id) do nothing`,
    [platform, tenant, user, found.id, directAddress, now],
  );
  if (rowCount !== 0)
    await appendAudit(tx, {
      actor: `person:${found.id}`,
      action: 'identity.bound',
      record: `person:${found.id}`,
      detail: { platform, tenant, user, by: imported === null ? 'welcome' : 'address' },
      at: now,
    });
  return { person: Person.parse(found), newcomer: true, top: found.top };
}

async function welcome(
  tx: Queryable,
  { email, name, timeZone, locale, user }: VerifiedIdentity,
  now: Date,
): Promise<z.infer<typeof Found>> {
  const person = await selectOne(
    tx,
    Found,
    `insert into person (email, name, time_zone, locale) values ($1, $2, $3, $4)
     on conflict (email) do update set email = excluded.email returning ${foundColumns}`,
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

/** Where direct messages reach this person, as far as we know, newest first; not where they are a guest by now. */
export async function selectDirectAddresses(
  tx: Queryable,
  personId: number,
): Promise<{ platform: string; address: string }[]> {
  return selectAll(
    tx,
    z.object({ platform: z.string(), address: z.string() }),
    `select platform, direct_address as address from identity
     where person_id = $1 and direct_address is not null and unreachable_since is null
       and outside_since is null
     order by seen_at desc`,
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
    ...marked.map(({ personId }): AuditEvent => ({
      actor: 'system:delivery',
      action: 'person.unreachable',
      record: `person:${personId}`,
      detail: { platform, reason },
      at,
    })),
  );
}

/** Whether nothing is to be sent there: it did not arrive, or whoever is there is a guest by now. */
export async function isUnreachable(tx: Queryable, platform: string, address: string): Promise<boolean> {
  const { rows } = await tx.query(
    `select from identity where platform = $1 and direct_address = $2
       and (unreachable_since is not null or outside_since is not null)`,
    [platform, address],
  );
  return rows.length > 0;
}

const Unmet = z.object({
  id: z.number(),
  name: z.string(),
  department: z.string().nullable(),
  manager: z.string().nullable(),
  /** Nothing reaches them, as far as was tried. */
  isLost: z.boolean(),
  why: z.string(),
});

/** Who works here and has no account in chat that can be written to, those first who cannot be reached at all. */
export function selectUnmet(tx: Queryable): Promise<z.infer<typeof Unmet>[]> {
  return selectAll(
    tx,
    Unmet,
    `with tried as (
       select distinct on (person_id) person_id, state from outbox where person_id is not null and state in ('sent', 'failed')
       order by person_id, id desc
     )
     select person.id, person.name, person.department, manager.name as manager,
       (person.email is null or gone.reason is not null or tried.state is not distinct from 'failed') as is_lost,
       case when gone.reason is not null then gone.reason
         when person.email is null then 'no e-mail address, and never wrote to me'
         when tried.state = 'failed' then 'no account was found for ' || person.email
         else 'never wrote to me yet' end as why
     from person left join person manager on manager.id = person.manager_id
     left join lateral (
       select case when outside_since is not null then 'a guest there by now' else coalesce(unreachable_reason, 'nothing reaches them there') end as reason
       from identity where identity.person_id = person.id order by seen_at desc limit 1) gone on true
     left join tried on tried.person_id = person.id
     where person.active and not exists (
       select from identity where identity.person_id = person.id and unreachable_since is null and outside_since is null)
     order by is_lost desc, person.name, person.id`,
  );
}

/** The name of the active person behind an account, or their address where somebody else has that name too. */
export async function nameMentioned(tx: Queryable, { platform, tenant, user }: Key): Promise<string | null> {
  const found = await selectOptional(
    tx,
    z.object({ said: z.string() }),
    `select case when exists (select from person other
                              where other.active and other.id <> person.id and lower(other.name) = lower(person.name))
                 then coalesce(person.email, person.name) else person.name end as said
     from identity join person on person.id = identity.person_id and person.active
     where platform = $1 and tenant = $2 and user_id = $3`,
    [platform, tenant, user],
  );
  return found?.said ?? null;
}
