/**
 * A Teams activity, as much of it as the door reads. Its envelope must be right; a part of the message that is not what it
 * should be is read as missing, since sending it again would not mend it.
 */
import { z } from 'zod';

/** Ids go into paths of the service, so that nothing in them may change the path. */
const pathId = z
  .string()
  .min(1)
  .max(600)
  .regex(/^[^/\\?#%\s]+$/)
  .refine((id) => id !== '.' && id !== '..');

const Account = z.object({
  id: z.string(),
  name: z.string().nullish(),
  aadObjectId: z.string().nullish(),
  role: z.string().nullish(),
  tenantId: z.string().nullish(),
});

const Entity = z.object({
  type: z.string().nullish(),
  text: z.string().nullish(),
  mentioned: z.object({ id: z.string() }).nullish(),
  locale: z.string().nullish(),
  timezone: z.string().nullish(),
  quotedReply: z.object({ messageId: z.string().nullish() }).nullish(),
});

const FileAttachment = z.object({
  contentType: z.string().nullish(),
  contentUrl: z.string().nullish(),
  name: z.string().nullish(),
  content: z.unknown().optional(),
});

export const Activity = z.object({
  type: z.string(),
  id: pathId.nullish(),
  name: z.string().nullish(),
  action: z.string().nullish(),
  timestamp: z.string().nullish(),
  localTimezone: z.string().nullish(),
  locale: z.string().nullish(),
  channelId: z.string(),
  serviceUrl: z.string(),
  from: Account,
  recipient: Account,
  conversation: z.object({
    id: pathId,
    conversationType: z.string().nullish(),
    tenantId: z.string().nullish(),
  }),
  text: z.string().nullish().catch(null),
  attachments: z.array(FileAttachment).nullish().catch(null),
  entities: z.array(Entity).nullish().catch(null),
  replyToId: pathId.nullish().catch(null),
  value: z.unknown().optional(),
  membersAdded: z.array(Account).nullish().catch(null),
  membersRemoved: z.array(Account).nullish().catch(null),
  channelData: z
    .object({
      eventType: z.string().nullish(),
      tenant: z.object({ id: z.string().nullish() }).nullish(),
      channel: z.object({ id: z.string().nullish(), type: z.string().nullish() }).nullish(),
      team: z.object({ aadGroupId: z.string().nullish() }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type Activity = z.infer<typeof Activity>;

/** Tenants that the activity says it belongs to; all of them must be on the list. */
export function tenantsOf({ conversation, channelData }: Activity): string[] {
  return [conversation.tenantId, channelData?.tenant?.id].filter(
    (tenant): tenant is string => typeof tenant === 'string' && tenant !== '',
  );
}

/** The tenant that the conversation is in. */
export function tenantOf(activity: Activity): string {
  return (tenantsOf(activity)[0] ?? 'unknown').toLowerCase();
}

/** A chat of two. Ids that begin with 19 are those of conversations of several, whatever else is missing. */
export function isPersonal({ conversation: { id, conversationType } }: Activity): boolean {
  return conversationType === 'personal' || (!conversationType && !id.startsWith('19:'));
}

/** The person's id in the directory where the activity has it: the same in every conversation. */
export function userOf({ from }: Activity): string {
  return typeof from.aadObjectId === 'string' && from.aadObjectId !== ''
    ? from.aadObjectId.toLowerCase()
    : from.id;
}

/** Bots, ourselves among them, are never answered. Ids of bots begin with 28. */
export function isFromBot({ from, recipient }: Activity): boolean {
  return (
    from.role === 'bot' || from.role === 'skill' || from.id === recipient.id || from.id.startsWith('28:')
  );
}
