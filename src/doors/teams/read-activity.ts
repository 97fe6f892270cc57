/** Makes a turn, an action or a retraction of an activity that is no invoke. Pure: what it needs is in the activity. */
import type { Attachment, InputParts, Via } from '../../conversation/contract.ts';
import { isFromBot, isPersonal, tenantOf, userOf, type Activity } from './activity.ts';
import { conversationAddress, platform, receiptOf, userAddress } from './address.ts';
import { dataKey } from './card-parts.ts';
import { linkOf } from './link.ts';

type SenderParts = Extract<InputParts, { kind: 'turn' }>['sender'];
type PlaceParts = Extract<InputParts, { kind: 'turn' }>['place'];

export function senderOf(activity: Activity): SenderParts {
  const tenant = tenantOf(activity);
  const client = activity.entities?.find((entity) => entity.type === 'clientInfo');
  return {
    platform,
    tenant,
    user: userOf(activity),
    name: activity.from.name ?? null,
    email: null,
    timeZone: client?.timezone ?? activity.localTimezone ?? null,
    locale: client?.locale ?? activity.locale ?? null,
    directAddress: userAddress(tenant, userOf(activity)),
  };
}

export function placeOf(activity: Activity): PlaceParts {
  const tenant = tenantOf(activity);
  if (isPersonal(activity)) return directPlaceOf(activity);
  const { from, channelData } = activity;
  const foreign = typeof from.tenantId === 'string' && from.tenantId.toLowerCase() !== tenant;
  return {
    address: conversationAddress(tenant, activity.conversation.id),
    audience: 'channel',
    outsiders: foreign || channelData?.channel?.type === 'shared',
  };
}

/** The person's own chat with us, wherever they are just now. */
export function directPlaceOf(activity: Activity): PlaceParts {
  return { address: userAddress(tenantOf(activity), userOf(activity)), audience: 'direct', outsiders: false };
}

/** The same activity delivered again has the same key. Ids are unique in their conversation alone. */
export function eventIdOf(activity: Activity): string {
  const revision = activity.type === 'messageUpdate' ? `:${activity.timestamp ?? ''}` : '';
  return `${activity.type}:${activity.conversation.id}:${activity.id ?? ''}${revision}`;
}

/** @param removals  how often we were taken out of this conversation: a new installation is welcomed again, once */
export function welcomeIdOf(activity: Activity, removals: number): string {
  return `welcome:${activity.conversation.id}:${removals}`;
}

export function readActivity(activity: Activity): InputParts | null {
  switch (activity.type) {
    case 'message':
      return isFromBot(activity) ? null : readMessage(activity, null);
    case 'messageUpdate':
      return isFromBot(activity) || activity.channelData?.eventType !== 'editMessage'
        ? null
        : readMessage(activity, activity.timestamp ?? 'edited');
    case 'messageDelete':
      return activity.id
        ? {
            kind: 'retraction',
            place: placeOf(activity),
            messageId: receiptOf(activity.conversation.id, activity.id),
          }
        : null;
    default:
      return null;
  }
}

/** «home» in the chat of a person who has just installed us; a team is told nothing unasked. */
export function readWelcome(activity: Activity): InputParts | null {
  return isInstallation(activity) && isPersonal(activity) && !isFromBot(activity)
    ? greetingOf(activity)
    : null;
}

/** What whoever sends it is greeted with where it stands. */
export function greetingOf(activity: Activity): InputParts {
  return { kind: 'action', sender: senderOf(activity), place: placeOf(activity), id: 'home', fields: {} };
}

export function isInstallation({ type, action, membersAdded, recipient }: Activity): boolean {
  if (type === 'installationUpdate') return action === 'add' || action === 'add-upgrade';
  return type === 'conversationUpdate' && membersAdded?.some((member) => member.id === recipient.id) === true;
}

export function isRemoval({ type, action, membersRemoved, recipient }: Activity): boolean {
  if (type === 'installationUpdate') return action === 'remove' || action === 'remove-upgrade';
  return (
    type === 'conversationUpdate' && membersRemoved?.some((member) => member.id === recipient.id) === true
  );
}

function readMessage(activity: Activity, revision: string | null): InputParts | null {
  if (!isPersonal(activity) && !isMentioned(activity)) return null;
  const sender = senderOf(activity);
  const place = placeOf(activity);
  const via: Via = {};
  const pressed = pressedIn(activity.value);
  if (pressed !== null)
    return { kind: 'action', sender, place, id: pressed, fields: {}, card: cardOf(activity), via };
  const text = textOf(activity);
  const attachments = attachmentsOf(activity);
  if (text === '' && attachments.length === 0) return null;
  const quoted = quotedIn(activity);
  return {
    kind: 'turn',
    sender,
    place,
    text,
    attachments,
    messageId: activity.id ? receiptOf(activity.conversation.id, activity.id) : null,
    link: linkOf(activity, activity.id),
    revision,
    inReplyTo: quoted === null ? cardOf(activity) : receiptOf(activity.conversation.id, quoted),
    via,
  };
}

/** Receipt of the message that the activity is about. */
export function cardOf({ conversation, replyToId }: Activity): string | null {
  return replyToId ? receiptOf(conversation.id, replyToId) : null;
}

/** A plain submit of a card comes as a message with a value and no words. */
function pressedIn(value: unknown): string | null {
  const ours = ownData(value);
  return typeof ours?.press === 'string' ? ours.press : null;
}

export function ownData(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || !(dataKey in value)) return null;
  const ours = (value as Record<string, unknown>)[dataKey];
  return typeof ours === 'object' && ours !== null ? (ours as Record<string, unknown>) : null;
}

function isMentioned({ entities, recipient }: Activity): boolean {
  return (
    entities?.some((entity) => entity.type === 'mention' && entity.mentioned?.id === recipient.id) === true
  );
}

/** What the person said, without our own name in it; names of others stay as words. */
function textOf({ text, entities, recipient }: Activity): string {
  let words = text ?? '';
  for (const entity of entities ?? [])
    if (entity.type === 'mention' && entity.mentioned?.id === recipient.id && entity.text)
      words = words.replaceAll(entity.text, ' ');
  return words
    .replace(/<quoted\b[^<>]*>(<\/quoted>)?/gi, ' ')
    .replace(/<\/?at\b[^<>]*>/gi, '')
    .replace(/&nbsp;|\u00A0/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}

/** The message that is quoted: Teams puts its id into the HTML form of the message. */
function quotedIn({ attachments, entities }: Activity): string | null {
  const entity = entities?.find((each) => each.type === 'quotedReply')?.quotedReply?.messageId;
  if (entity) return entity;
  for (const { contentType, content } of attachments ?? []) {
    if (contentType !== 'text/html' || typeof content !== 'string') continue;
    const tags = content.match(/<blockquote\b[^<>]*>/gi) ?? [];
    const tag = tags.find((each) => each.includes('schema.skype.com/Reply'));
    const id = tag === undefined ? undefined : /itemid="([\w:.-]{1,200})"/i.exec(tag)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}

function attachmentsOf({ attachments }: Activity): Attachment[] {
  return (attachments ?? []).flatMap(({ contentType, contentUrl, name, content }) => {
    if (contentType === 'application/vnd.microsoft.teams.file.download.info') {
      const url =
        typeof content === 'object' && content !== null && 'downloadUrl' in content
          ? content.downloadUrl
          : null;
      return [{ name: name ?? 'file', size: 0, contentType, source: typeof url === 'string' ? url : '' }];
    }
    if (contentType?.startsWith('image/') === true)
      return [{ name: name ?? 'picture', size: 0, contentType, source: contentUrl ?? '' }];
    return [];
  });
}
