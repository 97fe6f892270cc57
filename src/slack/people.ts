/** What Slack says of people: who somebody is, whether they are a colleague, and where their direct messages go. */
import type { Person, Sender } from '../conversation/contract.ts';
import type { Profile } from '../conversation/port.ts';
import { writeAddress } from './address.ts';
import type { Clients } from './client.ts';
import { asDeliveryError, refusalOf } from './errors.ts';

/** @throws NotSentError with the seconds that Slack asks to wait, where it does; UndeliverableError where it knows nobody */
export async function profileOf(clients: Clients, { tenant, user: id }: Sender): Promise<Profile> {
  const client = await clients.of(tenant);
  const { user } = await client.users
    .info({ user: id, include_locale: true })
    .catch((error: unknown) => Promise.reject(asDeliveryError(error)));
  const known = user?.profile;
  const teams = [user?.team_id, ...(user?.enterprise_user?.teams ?? [])];
  const stranger =
    user === undefined ||
    user.deleted === true ||
    user.is_bot === true ||
    user.is_stranger === true ||
    user.is_ultra_restricted === true ||
    !teams.includes(tenant);
  // An address that nobody has confirmed could be anybody's.
  const confirmed = user?.is_email_confirmed !== false;
  return {
    name: known?.real_name ?? user?.real_name ?? user?.name ?? null,
    email: confirmed ? (known?.email ?? null) : null,
    timeZone: user?.tz ?? null,
    locale: user?.locale ?? null,
    colleague: !stranger,
  };
}

/** Asked in each workspace, since a person is a member of one or the other. */
export async function directAddressOf(clients: Clients, { email }: Person): Promise<string | null> {
  if (email === null) return null;
  for (const team of await clients.teams()) {
    try {
      const client = await clients.of(team);
      const { user } = await client.users.lookupByEmail({ email });
      if (user?.id !== undefined && user.deleted !== true && user.is_bot !== true)
        return writeAddress({ kind: 'direct', team, user: user.id });
    } catch (error) {
      if (refusalOf(error) === null) throw asDeliveryError(error);
    }
  }
  return null;
}
