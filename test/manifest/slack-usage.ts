/** Reads out of the Slack door which methods it calls and which events it listens to, and what Slack asks for each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const door = join(import.meta.dirname, '../../src/doors/slack');

/**
 * The scope that each Web API method needs of a bot token, from its page at docs.slack.dev/reference/methods; null for none.
 * Where several would do, the one for direct messages stands here: in channels Isma reads and lists nothing.
 */
const scopeOf: Record<string, string | null> = {
  'apps.connections.open': null,
  'assistant.threads.setStatus': 'chat:write',
  'assistant.threads.setSuggestedPrompts': 'assistant:write',
  'assistant.threads.setTitle': 'assistant:write',
  'auth.revoke': null,
  'auth.test': null,
  'chat.appendStream': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.getPermalink': null,
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.startStream': 'chat:write',
  'chat.stopStream': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'im:history',
  'conversations.info': 'im:read',
  'conversations.list': 'im:read',
  'conversations.members': 'im:read',
  'conversations.open': 'im:write',
  'conversations.replies': 'im:history',
  'files.completeUploadExternal': 'files:write',
  'files.delete': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'files.info': 'files:read',
  'files.uploadV2': 'files:write',
  'oauth.v2.access': null,
  'oauth.v2.exchange': null,
  'reactions.add': 'reactions:write',
  'reactions.remove': 'reactions:write',
  'users.info': 'users:read',
  'users.lookupByEmail': 'users:read.email',
  'users.profile.get': 'users.profile:read',
  'views.open': null,
  'views.publish': null,
  'views.push': null,
  'views.update': null,
};

/** What an event needs before Slack sends it, from its page at docs.slack.dev/reference/events. */
const scopeOfEvent: Record<string, string> = {
  app_mention: 'app_mentions:read',
  'message.im': 'im:history',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.mpim': 'mpim:history',
};

/** Scopes behind something other than a method or an event, and how the door shows that it uses it. */
const signs: [scope: string, sign: RegExp][] = [
  ['users:read.email', /profile\??\.email|\bemail: profile/],
  ['files:read', /url_private/],
  ['files:write', /filesUploadV2/],
  ['commands', /slash_command|\.command\(|['"]\/isma|message_action|\.shortcut\(/],
];

const families = [...new Set(Object.keys(scopeOf).map((method) => method.split('.')[0]))].join('|');
const call = new RegExp(
  `\\.((?:${families})(?:\\.[a-zA-Z0-9]+)+)\\s*(?:<[^()]*>)?\\(|['"\`]((?:${families})(?:\\.[a-zA-Z0-9]+)+)['"\`]`,
  'g',
);

function sourceOf(): string {
  return readdirSync(door, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(door, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''))
    .join('\n')
    .replace(/\n\s*\./g, '.'); // a call that was broken into lines
}

export interface SlackUsage {
  /** Methods that the table above does not know yet. */
  unknownMethods: string[];
  events: string[];
  scopes: string[];
}

/** @param knownEvents  names of all events that Slack has, as its own library lists them */
export function slackUsage(knownEvents: readonly string[], source = sourceOf()): SlackUsage {
  const methods = [...source.matchAll(call)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((name) => name in scopeOf || !isOfLists(name));
  const named = new Set(
    [...source.matchAll(/['"`]([a-z_.]+)['"`]|\b([a-z]+_[a-z_]+):/g)].flatMap(([, a, b]) => [a, b]),
  );
  const events = knownEvents.filter((event) => event !== 'message' && named.has(event));
  if (/\.message\(|['"`]message['"`]/.test(source)) events.push('message.im');
  return {
    unknownMethods: methods.filter((method) => !(method in scopeOf)),
    events: [...new Set(events)].sort(),
    scopes: [
      ...new Set([
        ...methods.flatMap((method) => scopeOf[method] ?? []),
        ...events.flatMap((event) => scopeOfEvent[event] ?? []),
        ...signs.filter(([, sign]) => sign.test(source)).map(([scope]) => scope),
      ]),
    ].sort(),
  };
}

/** A list of ours may have the name of a family of methods. */
function isOfLists(name: string): boolean {
  return (name.split('.').at(-1) ?? '') in Array.prototype;
}
