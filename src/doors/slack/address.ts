/** Slack's conversations as addresses, receipts and message ids; nobody else reads what is inside them. */

export const platform = 'slack';

export type SlackAddress =
  /** Everything between one person and us, whatever thread it stands in. */
  | { kind: 'direct'; team: string; user: string }
  | { kind: 'thread'; team: string; channel: string; threadTs: string }
  /** Seen by one person alone, inside a channel: the answer to a command or a shortcut. */
  | { kind: 'aside'; team: string; channel: string; user: string }
  | { kind: 'home'; team: string; user: string };

export function writeAddress(address: SlackAddress): string {
  const { kind, team } = address;
  if (kind === 'direct') return `${platform}:${team}:@${address.user}`;
  if (kind === 'home') return `${platform}:${team}:home:${address.user}`;
  if (kind === 'aside') return `${platform}:${team}:${address.channel}:&${address.user}`;
  return `${platform}:${team}:${address.channel}:${address.threadTs}`;
}

/** @throws Error for what is no address of ours */
export function readAddress(text: string): SlackAddress {
  const [head, team = '', place = '', rest = ''] = text.split(':');
  if (head !== platform || team === '' || place === '') throw new Error('not an address of Slack');
  if (place.startsWith('@')) return { kind: 'direct', team, user: place.slice(1) };
  if (rest === '') throw new Error('not an address of Slack');
  if (place === 'home') return { kind: 'home', team, user: rest };
  return rest.startsWith('&')
    ? { kind: 'aside', team, channel: place, user: rest.slice(1) }
    : { kind: 'thread', team, channel: place, threadTs: rest };
}

/** Slack counts its limits by channel, not by thread. */
export function channelOf(text: string): string {
  const address = readAddress(text);
  if (address.kind === 'direct') return text;
  if (address.kind === 'home') return text;
  return `${platform}:${address.team}:${address.channel}`;
}

/** One message of one workspace, whichever event speaks of it. */
export function messageIdOf(team: string, channel: string, ts: string): string {
  return `${team}:${channel}:${ts}`;
}

/** What a file is fetched again by. */
export function writeFileSource(team: string, file: string): string {
  return `${team}/${file}`;
}

/** @throws Error for what is no file of Slack */
export function readFileSource(text: string): { team: string; file: string } {
  const [, team = '', file = ''] = /^([\w-]+)\/([\w-]+)$/.exec(text) ?? [];
  if (file === '') throw new Error('not a file of Slack');
  return { team, file };
}

/** Where a message can be opened again; null where one of the ids is none of Slack's. */
export function linkOf(channel: string, ts: string, threadTs: string | null): string | null {
  const time = /^\d{1,12}\.\d{6}$/;
  if (!/^[A-Z0-9]{2,30}$/.test(channel) || !time.test(ts)) return null;
  const link = `https://slack.com/archives/${channel}/p${ts.replace('.', '')}`;
  const inThread = threadTs !== null && threadTs !== ts && time.test(threadTs);
  return inThread ? `${link}?thread_ts=${threadTs}&cid=${channel}` : link;
}

export type Receipt =
  | { kind: 'message'; channel: string; ts: string }
  /** Shown to one person: Slack gives nothing by which it could be found again, so it is our delivery's id. */
  | { kind: 'aside'; id: string }
  | { kind: 'view'; id: string }
  /** A draft that Slack was asked for and has not confirmed: it may stand there, or still appear. */
  | { kind: 'begun'; as: 'stream' | 'post'; at: Date }
  | { kind: 'home'; user: string };

export function writeReceipt(receipt: Receipt): string {
  if (receipt.kind === 'message') return `${receipt.channel}/${receipt.ts}`;
  if (receipt.kind === 'begun') return `begun/${receipt.as}/${receipt.at.getTime()}`;
  return receipt.kind === 'home' ? `home/${receipt.user}` : `${receipt.kind}/${receipt.id}`;
}

export function readReceipt(text: string): Receipt {
  const at = text.indexOf('/');
  const [head, rest] = [text.slice(0, at), text.slice(at + 1)];
  if (head === 'aside' || head === 'view') return { kind: head, id: rest };
  if (head === 'home') return { kind: 'home', user: rest };
  if (head === 'begun') {
    const [as, at] = rest.split('/');
    return { kind: 'begun', as: as === 'stream' ? 'stream' : 'post', at: new Date(Number(at)) };
  }
  return { kind: 'message', channel: head, ts: rest };
}
