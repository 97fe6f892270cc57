/** Where a message can be opened again in Teams, made of the ids of its conversation alone: Microsoft's «deep links to messages». */
import { Link } from '../../conversation/contract.ts';
import { isPersonal, tenantOf, type Activity } from './activity.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * @param messageId  of a message in the activity's conversation; the activity's own where it is one
 * @param parentId   of the message that begins the thread, where the id of the conversation does not say so
 * @returns null where Teams has no such address
 */
export function linkOf(
  activity: Activity,
  messageId: string | null | undefined,
  parentId: string | null = null,
): string | null {
  if (messageId == null || !/^\d{1,20}$/.test(messageId)) return null;
  const [conversation = '', thread] = activity.conversation.id.split(';messageid=');
  const { channelData } = activity;
  const parent = [thread, parentId, messageId].find((id) => id != null && /^\d{1,20}$/.test(id)) ?? messageId;
  const group = channelData?.team?.aadGroupId ?? null;
  if (activity.conversation.conversationType === 'channel' || conversation.endsWith('@thread.tacv2'))
    return address(conversation, messageId, {
      tenantId: tenantOf(activity),
      ...(group === null ? {} : { groupId: group }),
      parentMessageId: parent,
      createdTime: messageId,
    });
  const chat = isPersonal(activity) ? chatOf(activity) : conversation;
  return chat === null ? null : address(chat, messageId, { context: '{"contextType":"chat"}' });
}

/**
 * Bots know their chat with a person under an id of their own, `a:…`, which no link takes. Teams' own is made of both of their ids.
 */
function chatOf({ conversation, from, recipient }: Activity): string | null {
  if (conversation.id.startsWith('19:')) return conversation.id;
  const [person = '', bot = ''] = [from.aadObjectId ?? '', recipient.id.replace(/^28:/, '')].map((id) =>
    id.toLowerCase(),
  );
  return guid.test(person) && guid.test(bot) ? `19:${person}_${bot}@unq.gbl.spaces` : null;
}

function address(conversation: string, messageId: string, query: Record<string, string>): string | null {
  // Encoded by hand: the links that Teams reads know no plus sign for a space.
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const path = `${encodeURIComponent(conversation)}/${messageId}`;
  return Link.safeParse(`https://teams.microsoft.com/l/message/${path}?${parameters.join('&')}`).data ?? null;
}
