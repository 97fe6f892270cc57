/** What an admin says of accounts and addresses: whose an account is, and that somebody with a new address is who they were. Writes `identity` and `person`. */
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectOptional } from '../db/rows.ts';
import { OperatorError } from '../errors.ts';
import { isHere } from './person.ts';
import type { VerifiedIdentity } from './identity.ts';

type Account = Pick<VerifiedIdentity, 'platform' | 'tenant' | 'user'>;

const Named = z.object({ id: z.number(), name: z.string() });
type Named = z.infer<typeof Named>;

/**
 * Whoever it was bound to before. Rights still need a tenant that is ours, and the platform's word that the account is a colleague's;
 * that of an auditor from outside need not be.
 */
export async function bindIdentity(
  tx: Queryable,
  email: string,
  { platform, tenant, user }: Account,
  actor: string,
  at: Date,
): Promise<Named> {
  const person = await selectKnown(tx, email);
  if (!(await isHere(tx, person.id)))
    throw new OperatorError(
      `${person.name} has left: nothing is bound to them. Say "isma people back ${email.trim().toLowerCase()}" first, if they are here again.`,
    );
  await tx.query(
    `insert into identity (platform, tenant, user_id, person_id, seen_at) values ($1, $2, $3, $4, $5)
     on conflict (platform, tenant, user_id) do update set person_id = excluded.person_id, looked_at = null,
       outside_since = (select identity.outside_since from person where person.id = excluded.person_id and reads_until is null)`,
    [platform, tenant, user, person.id, at],
  );
  await appendAudit(tx, {
    actor,
    action: 'identity.bound',
    record: `person:${person.id}`,
    detail: { platform, tenant, user, by: 'admin' },
    at,
  });
  return person;
}

export async function unbindIdentity(
  tx: Queryable,
  { platform, tenant, user }: Account,
  actor: string,
  at: Date,
): Promise<Named> {
  const person = await selectOptional(
    tx,
    Named,
    `delete from identity using person
     where person.id = person_id and platform = $1 and tenant = $2 and user_id = $3
     returning person.id, person.name`,
    [platform, tenant, user],
  );
  if (person === null)
    throw new OperatorError(`No account ${user} of ${tenant} in ${platform} is bound to anybody.`);
  await appendAudit(tx, {
    actor,
    action: 'identity.unbound',
    record: `person:${person.id}`,
    detail: { platform, tenant, user },
    at,
  });
  return person;
}

/** Their accounts, records and rights stay theirs. @throws OperatorError where somebody else has the new one */
export async function changeAddress(
  tx: Queryable,
  email: string,
  fresh: string,
  actor: string,
  at: Date,
): Promise<Named> {
  const person = await selectKnown(tx, email);
  const address = fresh.trim().toLowerCase();
  if (!z.email().safeParse(address).success) throw new OperatorError(`«${fresh}» is no e-mail address.`);
  const other = await selectOptional(tx, Named, 'select id, name from person where email = $1', [address]);
  if (other !== null)
    throw new OperatorError(`${other.name} is known as ${address} already. Nothing was changed.`);
  await tx.query('update person set email = $2 where id = $1', [person.id, address]);
  await appendAudit(tx, {
    actor,
    action: 'person.readdressed',
    record: `person:${person.id}`,
    at,
  });
  return person;
}

async function selectKnown(tx: Queryable, email: string): Promise<Named> {
  const person = await selectOptional(tx, Named, 'select id, name from person where email = $1 for update', [
    email.trim().toLowerCase(),
  ]);
  if (person === null) throw new OperatorError(`Nobody is known here as ${email}. Look at the address.`);
  return person;
}
