/**
 * Addresses of this door: `teams:<tenant>:<conversation id>` for group chats and channels, a thread's id included, and
 * `teams:<tenant>:user:<id>` for the one chat that a person has with us, whether it exists yet or not.
 */
export const platform = 'teams';

export function conversationAddress(tenant: string, conversationId: string): string {
  return `${platform}:${tenant}:${conversationId}`;
}

export function userAddress(tenant: string, user: string): string {
  return `${platform}:${tenant}:user:${user}`;
}

export function tenantOfAddress(address: string): string {
  return address.split(':')[1] ?? '';
}

/** The person whose chat it is; null for a group chat or a channel. */
export function userOfAddress(address: string): string | null {
  return /^teams:[^:]*:user:(.+)$/s.exec(address)?.[1] ?? null;
}

/** Teams counts its limits by channel, not by thread. */
export function channelOf(address: string): string {
  return address.replace(/;messageid=[^;]*$/, '');
}

/**
 * Receipt of a message: its id, which is unique in its conversation alone, with that conversation. A thread's messages are
 * known by those of its channel too.
 */
export function receiptOf(conversationId: string, activityId: string): string {
  return `${channelOf(conversationId)}|${activityId}`;
}

/** @returns null for a receipt that names no message, as of what was shown in a dialog */
export function activityIdOf(receipt: string): string | null {
  const at = receipt.lastIndexOf('|');
  return at < 0 ? null : receipt.slice(at + 1);
}
