/** What is kept about each conversation so that we can write there later, and how one is opened with a person. */
import { z } from 'zod';
import { UndeliverableError } from '../../conversation/port.ts';
import type { References } from '../../conversation/reference.ts';
import { isPersonal, tenantOf, userOf, type Activity } from './activity.ts';
import { conversationAddress, platform, userAddress, userOfAddress } from './address.ts';
import { isInstallation, isRemoval } from './read-activity.ts';
import type { Mode } from './mode.ts';
import type { Connector, TeamsSdk } from './sdk.ts';
import { isServiceUrlAllowed } from './service-hosts.ts';

const Reference = z.object({
  serviceUrl: z.string(),
  botId: z.string(),
  tenantId: z.string(),
  /** Null for a person whose chat with us has not been opened yet. */
  conversationId: z.string().nullable(),
  conversationType: z.enum(['personal', 'groupChat', 'channel']),
  /** The person's id on the channel, for a personal chat. */
  userId: z.string().nullable(),
  /** A conversation in which the person was seen, where the service tells us about them. */
  seenIn: z.string().nullable(),
  locale: z.string().nullable(),
  installed: z.boolean(),
  /** How often we were taken out of this chat. */
  removals: z.number(),
});
export type ConversationReference = z.infer<typeof Reference>;

/** A conversation that can be written to now. */
export interface Conversation {
  id: string;
  botId: string;
  personal: boolean;
  userId: string | null;
  connector: Connector;
}

export interface Conversations {
  /** Keeps what the activity tells about its conversation and its sender. @returns the reference of the person's chat */
  keep(activity: Activity): Promise<ConversationReference>;
  /** @throws UndeliverableError where nothing is known, we were taken out, or the kept address is on no list any more */
  open(address: string, signal: AbortSignal): Promise<Conversation>;
  /** A conversation in which the service can be asked about this person. */
  whereSeen(
    address: string,
    signal: AbortSignal,
  ): Promise<{ connector: Connector; conversationId: string; userId: string } | null>;
}

/** References that this process need not write again: what was kept last, for the conversations that spoke last. */
const mostRemembered = 2_000;

export function createConversations(
  mode: Mode,
  references: References,
  connector: TeamsSdk['connector'],
): Conversations {
  const remembered = new Map<string, string>();

  async function find(address: string): Promise<ConversationReference | null> {
    const kept = await references.find(platform, address);
    const parsed = Reference.safeParse(kept);
    return parsed.success ? parsed.data : null;
  }

  /** @param anyway  another process may have written since: what comes and goes is never taken from memory */
  async function write(address: string, reference: ConversationReference, anyway = false): Promise<void> {
    const text = JSON.stringify(reference);
    if (!anyway && remembered.get(address) === text) return;
    await references.keep(platform, address, reference);
    remembered.delete(address);
    remembered.set(address, text);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
  }

  function connectorOf({ serviceUrl }: ConversationReference, signal: AbortSignal): Connector {
    if (!isServiceUrlAllowed(mode, serviceUrl))
      throw new UndeliverableError('The kept service address is not on the list of hosts');
    return connector(serviceUrl, signal);
  }

  async function keepPerson(activity: Activity): Promise<ConversationReference> {
    const tenant = tenantOf(activity);
    const address = userAddress(tenant, userOf(activity));
    const comesOrGoes = isInstallation(activity) || isRemoval(activity);
    const last = comesOrGoes ? undefined : remembered.get(address);
    const before = last === undefined ? await find(address) : (JSON.parse(last) as ConversationReference);
    const personal = isPersonal(activity);
    const removed = personal && isRemoval(activity);
    const reference: ConversationReference = {
      serviceUrl: activity.serviceUrl,
      botId: activity.recipient.id,
      tenantId: tenant,
      conversationId: personal ? activity.conversation.id : (before?.conversationId ?? null),
      conversationType: 'personal',
      userId: activity.from.id,
      seenIn: personal ? activity.conversation.id : (before?.conversationId ?? activity.conversation.id),
      locale: activity.locale ?? before?.locale ?? null,
      installed: personal ? !removed : (before?.installed ?? true),
      removals: (before?.removals ?? 0) + (removed && before?.installed === true ? 1 : 0),
    };
    await write(address, reference, comesOrGoes);
    return reference;
  }

  return {
    async keep(activity) {
      const person = await keepPerson(activity);
      if (isPersonal(activity)) return person;
      const tenant = tenantOf(activity);
      await write(
        conversationAddress(tenant, activity.conversation.id),
        {
          serviceUrl: activity.serviceUrl,
          botId: activity.recipient.id,
          tenantId: tenant,
          conversationId: activity.conversation.id,
          conversationType: activity.conversation.conversationType === 'channel' ? 'channel' : 'groupChat',
          userId: null,
          seenIn: null,
          locale: activity.locale ?? null,
          installed: !isRemoval(activity),
          removals: 0,
        },
        isInstallation(activity) || isRemoval(activity),
      );
      return person;
    },

    async open(address, signal) {
      const reference = await find(address);
      if (reference === null) throw new UndeliverableError('Teams has never told us of this conversation');
      if (!reference.installed) throw new UndeliverableError('Isma was taken out of this conversation');
      const service = connectorOf(reference, signal);
      const { botId, userId, tenantId, conversationType } = reference;
      let id = reference.conversationId;
      if (id === null) {
        const user = userId ?? userOfAddress(address);
        if (user === null) throw new UndeliverableError('Nobody is known to open a chat with');
        id = await service.openChat({ botId, userId: user, tenantId });
        if (id === null) throw new Error('Teams opened a chat and did not name it');
        await write(address, { ...reference, conversationId: id, seenIn: id });
      }
      return { id, botId, userId, personal: conversationType === 'personal', connector: service };
    },

    async whereSeen(address, signal) {
      const reference = await find(address);
      if (reference?.seenIn == null || reference.userId === null) return null;
      return {
        connector: connectorOf(reference, signal),
        conversationId: reference.seenIn,
        userId: reference.userId,
      };
    },
  };
}
