/** What is looked at before anything of a request counts: for whom it is, from which page it comes, from where, and how much it says. */
import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { readRequest } from '../../conversation/request-body.ts';

/** Bytes: a form of ours with an answer of some pages. */
const largestBody = 64 * 1024;
export const cookieName = 'isma-screen';

export type Taken = { fields: URLSearchParams } | { status: 400 | 403 | 413 | 415 | 421; reason: string };

/** Nobody's page but ours may be asked for under this name, so that a foreign name that points here shows nothing. */
export function isForUs({ headers }: IncomingMessage, { host }: URL): boolean {
  return headers.host?.toLowerCase() === host;
}

/** A form that one of our own pages sent, whole. */
export async function takeForm(request: IncomingMessage, ours: URL): Promise<Taken> {
  const { headers } = request;
  if (!isForUs(request, ours)) return { status: 421, reason: 'a host that is not ours' };
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  if (headers.origin !== ours.origin || site !== 'same-origin')
    return { status: 403, reason: 'a form of another page' };
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? ''))
    return { status: 415, reason: 'a body that is no form' };
  try {
    const body = await readRequest(request, largestBody);
    if (body === null) return { status: 413, reason: 'a body that is too large' };
    return { fields: new URLSearchParams(body.toString('utf8')) };
  } catch {
    return { status: 400, reason: 'a body that was cut off' };
  }
}

export function tokenIn({ headers }: IncomingMessage): string | null {
  const found = (headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${cookieName}=`));
  return found?.slice(cookieName.length + 1) ?? null;
}

/** What only a proxy of ours has: nobody on the internet comes from there. */
const near = new BlockList();
for (const [net, bits] of [['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const)
  near.addSubnet(net, bits); // prettier-ignore
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');

/**
 * The address that a request comes from: the one that a proxy near us noted last. Of an IPv6 address the first half, since whoever has
 * one has all of those. Who is near and has no proxy can name any: then the count of all holds.
 */
export function sourceOf({ socket, headers }: IncomingMessage): string {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const noted = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim() ?? '';
  const kind = isIP(peer) === 6 ? 'ipv6' : 'ipv4';
  const source = isIP(peer) !== 0 && near.check(peer, kind) && isIP(noted) !== 0 ? noted : peer;
  if (isIP(source) !== 6) return source;
  const [head = '', tail] = source.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - rest.length).fill('0'), ...rest]; // prettier-ignore
  return whole.slice(0, 4).join(':');
}
