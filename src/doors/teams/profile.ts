/** Who a person is, as the members of a conversation tell it. */
import type { Sender } from '../../conversation/contract.ts';
import type { Profile } from '../../conversation/port.ts';
import { userAddress } from './address.ts';
import type { Conversations } from './conversations.ts';
import { sendErrorOf } from './errors.ts';
import type { Mode } from './mode.ts';
import type { Member } from './sdk.ts';

export function createProfile(mode: Mode, conversations: Conversations) {
  return async (sender: Sender, signal: AbortSignal): Promise<Profile> => {
    const played =
      mode.kind === 'playground' ? mode.cast?.people.find(({ email }) => email === sender.user) : null;
    if (played) {
      const { name, email } = played;
      return { name, email, timeZone: sender.timeZone, locale: sender.locale, colleague: true };
    }
    const seen = await conversations.whereSeen(userAddress(sender.tenant, sender.user), signal);
    if (seen === null) throw new Error('Teams has never told us where this person is');
    let member: Member;
    try {
      member = await seen.connector.member(seen.conversationId, seen.userId);
    } catch (error) {
      throw sendErrorOf(error);
    }
    return {
      name: member.name ?? sender.name,
      email: emailOf(mode, sender, member),
      timeZone: sender.timeZone,
      locale: sender.locale,
      colleague: isColleague(mode, member),
    };
  };
}

/** Guests have a name in the directory with the mark of another one in it. */
function isColleague(mode: Mode, { tenantId, userRole, userPrincipalName }: Member): boolean {
  if (mode.kind === 'playground') return true;
  const foreign = typeof tenantId === 'string' && !isAllowed(mode.allowedTenants, tenantId);
  const guest = typeof userRole === 'string' && !/^(user|owner|member)$/i.test(userRole);
  return !foreign && !guest && !/#ext#/i.test(userPrincipalName ?? '');
}

export function isAllowed(tenants: readonly string[], tenant: string): boolean {
  return tenants.some((each) => each.toLowerCase() === tenant.toLowerCase());
}

/**
 * A tenant may write any address into the mail of its people, but sign in only under a domain that Microsoft has seen it own:
 * of people of a further tenant the sign-in name alone counts.
 */
function emailOf(mode: Mode, sender: Sender, { email, userPrincipalName, tenantId }: Member): string | null {
  const home = typeof tenantId === 'string' ? tenantId : sender.tenant;
  const further = mode.kind === 'production' && !isAllowed([mode.tenantId], home);
  const found = [further ? null : email, userPrincipalName].find(
    (each) => typeof each === 'string' && /^\S+@\S+$/.test(each),
  );
  return found?.toLowerCase() ?? null;
}
