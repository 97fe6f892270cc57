/** Events of Slack as turns and retractions: a message to us, its edit, its deletion, a mention, a visit to our home page. */
import { z } from 'zod';
import type { InputParts } from '../../conversation/contract.ts';
import { linkOf, messageIdOf, platform, writeAddress, writeFileSource, writeReceipt } from './address.ts';
import { unmarked } from './text.ts';

const Shared = z.looseObject({
  id: z.string().optional(),
  name: z.string().nullish(),
  size: z.number().nullish(),
  mimetype: z.string().nullish(),
});

const Message = z.looseObject({
  ts: z.string(),
  user: z.string().optional(),
  bot_id: z.string().nullish(),
  subtype: z.string().optional(),
  text: z.string().nullish(),
  thread_ts: z.string().optional(),
  parent_user_id: z.string().optional(),
  edited: z.looseObject({ ts: z.string() }).optional(),
  files: z.array(Shared).nullish(),
  app_context: z.unknown().optional(),
});
type Message = z.infer<typeof Message>;

const MessageEvent = Message.extend({
  channel: z.string(),
  channel_type: z.string().optional(),
  message: Message.optional(),
  previous_message: Message.optional(),
  deleted_ts: z.string().optional(),
});
type MessageEvent = z.infer<typeof MessageEvent>;

const HomeOpened = z.looseObject({
  user: z.string(),
  tab: z.string().optional(),
  channel: z.string().optional(),
});

export const EventBody = z.looseObject({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event_id: z.string(),
  event_time: z.number().optional(),
  is_ext_shared_channel: z.boolean().optional(),
  authorizations: z
    .array(z.looseObject({ user_id: z.string().optional(), is_bot: z.boolean().optional() }))
    .nullish(),
  event: z.looseObject({ type: z.string() }),
});
export type EventBody = z.infer<typeof EventBody>;

/** Ours in this workspace, as the envelope tells; no call is needed. */
export function botUserOf(body: unknown): string | null {
  const parsed = z
    .looseObject({
      authorizations: z.array(z.looseObject({ user_id: z.string(), is_bot: z.boolean() })).min(1),
    })
    .safeParse(body);
  return parsed.success ? (parsed.data.authorizations.find((each) => each.is_bot)?.user_id ?? null) : null;
}

/** @returns null for what nobody is to answer: bots, ourselves, joins, edits that changed no word, unknown types */
export function readEvent(raw: unknown): InputParts | null {
  const body = EventBody.parse(raw);
  const { type } = body.event;
  if (type === 'app_home_opened') return readHomeOpened(body);
  if (type !== 'message' && type !== 'app_mention') return null;
  return readMessage(body, MessageEvent.parse(body.event), type === 'app_mention');
}

/** A direct conversation that was opened at its messages: suggestions may be set there. */
export function readMessagesOpened(raw: unknown): { team: string; channel: string; user: string } | null {
  const parsed = EventBody.safeParse(raw);
  if (!parsed.success || parsed.data.event.type !== 'app_home_opened') return null;
  const opened = HomeOpened.safeParse(parsed.data.event);
  return opened.success && opened.data.tab === 'messages' && opened.data.channel !== undefined
    ? { team: parsed.data.team_id, channel: opened.data.channel, user: opened.data.user }
    : null;
}

/** The workspace has taken the app out, or the bot's own token back. */
export function readUninstalled(raw: unknown): { team: string; at: Date } | null {
  const parsed = EventBody.safeParse(raw);
  if (!parsed.success) return null;
  const { event, team_id: team, event_time: time } = parsed.data;
  const Revoked = z.looseObject({ tokens: z.looseObject({ bot: z.array(z.string()).nullish() }) });
  const revoked = event.type === 'tokens_revoked' ? Revoked.safeParse(event) : null;
  const gone =
    event.type === 'app_uninstalled' ||
    (revoked?.success === true && (revoked.data.tokens.bot ?? []).length > 0);
  return gone ? { team, at: new Date((time ?? 0) * 1_000) } : null;
}

function readHomeOpened(body: EventBody): InputParts | null {
  const { user, tab } = HomeOpened.parse(body.event);
  if (tab !== 'home') return null;
  const { team_id: team } = body;
  return {
    kind: 'action',
    sender: senderOf(team, user),
    place: { address: writeAddress({ kind: 'home', team, user }), audience: 'direct' },
    id: 'home',
    fields: {},
  };
}

function readMessage(body: EventBody, event: MessageEvent, mentioned: boolean): InputParts | null {
  const bot = botUserOf(body);
  if (event.subtype === 'message_deleted')
    return readDeletion(body, event, event.previous_message, event.deleted_ts);
  if (event.subtype === 'message_changed') {
    const { message, previous_message: before } = event;
    if (message === undefined) return null;
    // A deleted message that has answers stays as its tombstone.
    if (message.subtype === 'tombstone') return readDeletion(body, event, before, message.ts);
    if (message.edited === undefined || message.text === before?.text) return null;
    return readTurn(body, event, message, bot, false);
  }
  return readTurn(body, event, event, bot, mentioned);
}

const spoken = [undefined, 'file_share', 'thread_broadcast'];

function readTurn(
  body: EventBody,
  event: MessageEvent,
  message: Message,
  bot: string | null,
  mentioned: boolean,
): InputParts | null {
  const { user, bot_id: botId, text, ts, thread_ts: threadTs } = message;
  if (user === undefined || botId != null || user === bot || user === 'USLACKBOT') return null;
  if (!spoken.includes(message.subtype)) return null;
  const direct = isDirect(event);
  // In a channel we are spoken to only by name.
  if (!direct && !mentioned && (bot === null || text?.includes(`<@${bot}>`) !== true)) return null;

  const { team_id: team } = body;
  const words = unmarked(text ?? '', bot, 'kept');
  const attachments = (message.files ?? []).flatMap(({ id, name, size, mimetype }) =>
    id === undefined
      ? []
      : [
          {
            name: name ?? 'file',
            size: size ?? 0,
            contentType: mimetype ?? 'application/octet-stream',
            source: writeFileSource(team, id),
          },
        ],
  );
  if (words === '' && attachments.length === 0 && direct) return null;
  const answered = threadTs !== undefined && message.parent_user_id === bot && bot !== null;
  const inThread = threadTs ?? (message.app_context === undefined ? undefined : ts);
  return {
    kind: 'turn',
    sender: senderOf(team, user),
    place: direct
      ? { address: writeAddress({ kind: 'direct', team, user }), audience: 'direct' }
      : placeOfThread(body, event.channel, threadTs ?? ts),
    text: words === '' && attachments.length === 0 ? 'help' : words,
    attachments,
    messageId: messageIdOf(team, event.channel, ts),
    link: linkOf(event.channel, ts, threadTs ?? null),
    revision: message.edited?.ts ?? null,
    inReplyTo: answered ? writeReceipt({ kind: 'message', channel: event.channel, ts: threadTs }) : null,
    via: direct
      ? { dm: event.channel, ...(inThread === undefined ? {} : { thread: inThread }) }
      : body.is_ext_shared_channel === true
        ? { outsiders: 'yes' }
        : {},
  };
}

function readDeletion(
  body: EventBody,
  event: MessageEvent,
  before: Message | undefined,
  ts: string | undefined,
): InputParts | null {
  const id = ts ?? before?.ts;
  const user = before?.user;
  if (id === undefined || user === undefined || before?.bot_id != null || user === botUserOf(body))
    return null;
  const { team_id: team } = body;
  return {
    kind: 'retraction',
    place: isDirect(event)
      ? { address: writeAddress({ kind: 'direct', team, user }), audience: 'direct' }
      : placeOfThread(body, event.channel, before?.thread_ts ?? id),
    messageId: messageIdOf(team, event.channel, id),
  };
}

function placeOfThread(body: EventBody, channel: string, threadTs: string) {
  return {
    address: writeAddress({ kind: 'thread', team: body.team_id, channel, threadTs }),
    audience: 'channel' as const,
    outsiders: body.is_ext_shared_channel === true,
  };
}

function isDirect({ channel, channel_type: type }: MessageEvent): boolean {
  return type === undefined ? channel.startsWith('D') : type === 'im';
}

/** Only whom Slack's signed envelope names; who that is, Slack is asked later. */
export function senderOf(team: string, user: string) {
  return {
    platform,
    tenant: team,
    user,
    name: null,
    email: null,
    timeZone: null,
    locale: null,
    directAddress: writeAddress({ kind: 'direct', team, user }),
  };
}
