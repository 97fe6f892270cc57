/** What Slack says of people: who somebody is, whether they are a colleague, and where their direct messages go. */
import type { webApi } from '@slack/bolt';
import type { Person, Sender } from '../../conversation/contract.ts';
import type { Profile } from '../../conversation/port.ts';
import { writeAddress } from './address.ts';
import type { Clients } from './client.ts';
import { asDeliveryError, refusalOf } from './errors.ts';

type User = NonNullable<webApi.UsersInfoResponse['user']>;

/** @throws NotSentError with the seconds that Slack asks to wait, where it does; UndeliverableError where it knows nobody */
export async function profileOf(
  clients: Clients,
  { tenant, user: id }: Sender,
  signal: AbortSignal,
): Promise<Profile> {
  const client = await clients.of(tenant, signal);
  const { user } = await client.users
    .info({ user: id, include_locale: true })
    .catch((error: unknown) => Promise.reject(asDeliveryError(error)));
  const known = user?.profile;
  // An address that nobody has confirmed could be anybody's.
  const confirmed = user?.is_email_confirmed !== false;
  return {
    name: known?.real_name ?? user?.real_name ?? user?.name ?? null,
    email: confirmed ? (known?.email ?? null) : null,
    timeZone: user?.tz ?? null,
    locale: user?.locale ?? null,
    colleague: user !== undefined && isColleague(user, tenant),
  };
}

/** A full member of this very workspace: no bot, no guest of one channel or of several, nobody from elsewhere, nobody shut out. */
function isColleague(user: User, team: string): boolean {
  const elsewhere = ![user.team_id, ...(user.enterprise_user?.teams ?? [])].includes(team);
  const other = [
    user.deleted,
    user.is_bot,
    user.is_restricted,
    user.is_ultra_restricted,
    user.is_stranger,
  ].includes(true);
  return !elsewhere && !other;
}

/** Asked in each workspace, since a person is a member of one or the other. */
export async function directAddressOf(
  clients: Clients,
  { email }: Person,
  signal: AbortSignal,
): Promise<string | null> {
  if (email === null) return null;
  for (const team of await clients.teams()) {
    try {
      const client = await clients.of(team, signal);
      const { user } = await client.users.lookupByEmail({ email });
      if (user?.id !== undefined && isColleague(user, team))
        return writeAddress({ kind: 'direct', team, user: user.id });
    } catch (error) {
      if (refusalOf(error) === null) throw asDeliveryError(error);
    }
  }
  return null;
}
