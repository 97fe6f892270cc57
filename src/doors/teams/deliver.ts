/** Gives messages to the service: new ones, edits, the ends of streams. One attempt each, with a time limit. */
import { NotSentError, UndeliverableError, type Delivery } from '../../conversation/port.ts';
import { describeError, type Log } from '../../log.ts';
import { activityIdOf, receiptOf, tenantOfAddress, userAddress } from './address.ts';
import type { Client } from './card-parts.ts';
import type { Conversation, Conversations } from './conversations.ts';
import { readEnclosures } from './enclosures.ts';
import { StoppedByPerson, StreamEnded, sendErrorOf, streamErrorOf } from './errors.ts';
import { renderMessage } from './render.ts';
import type { Outgoing } from './sdk.ts';
import type { Stage } from './stage.ts';
import { asFinal, type Streams } from './stream.ts';

export type Deliver = (delivery: Delivery, signal: AbortSignal) => Promise<string>;

export interface DeliverOptions {
  conversations: Conversations;
  streams: Streams;
  log: Log;
  client: Client;
  /** Where everybody's messages are shown in one client. */
  stage: Stage | null;
}

export function createDeliver({ conversations, streams, log, client, stage }: DeliverOptions): Deliver {
  return async (delivery, signal) => {
    const withheld = stage?.withhold(addressOf(delivery), delivery) ?? null;
    if (withheld !== null) return withheld;
    const drafted = await streams.finish(delivery.draftKey, addressOf(delivery));
    const edited = delivery.edits === null ? null : activityIdOf(delivery.edits);
    if (delivery.edits !== null && edited === null)
      throw new UndeliverableError('What was shown in a dialog cannot be edited', 'message');
    const streamId = delivery.draft === null ? (drafted?.streamId ?? null) : activityIdOf(delivery.draft);
    try {
      const conversation = await conversations.open(addressOf(delivery), signal).catch(notSaid);
      const rendered = renderMessage(
        delivery.reply,
        conversation.personal ? 'personal' : 'shared',
        await readEnclosures(delivery.reply, (id) => Promise.resolve(delivery.enclosed?.get(id) ?? null)),
        delivery.ephemeralTo === null ? null : delivery.address,
        { ...client, joined: client.joined && streamId === null },
      );
      const message = stage?.mark(addressOf(delivery), rendered) ?? rendered;
      const sent =
        edited !== null
          ? await update(conversation, message, edited)
          : streamId === null
            ? await create(conversation, message)
            : await complete(conversation, message, streamId, drafted?.stopped === true, log);
      const receipt = receiptOf(conversation.id, sent);
      stage?.shown(addressOf(delivery), receipt);
      return receipt;
    } catch (error) {
      throw sendErrorOf(error);
    }
  };
}

/** Whatever became of opening the chat, nothing was said by it. */
function notSaid(error: unknown): never {
  const mapped = sendErrorOf(error);
  if (mapped instanceof UndeliverableError || mapped instanceof NotSentError) throw mapped;
  throw new NotSentError('the chat could not be opened', null, { cause: error });
}

/** What only one person may see is said in their own chat: a conversation of several shows everything to all. */
export function addressOf({ address, ephemeralTo }: Delivery): string {
  return ephemeralTo === null ? address : userAddress(tenantOfAddress(address), ephemeralTo);
}

async function create({ connector, id }: Conversation, message: Outgoing): Promise<string> {
  const receipt = await connector.create(id, message);
  if (receipt === null) throw new Error('Teams took a message and did not name it');
  return receipt;
}

async function update({ connector, id }: Conversation, message: Outgoing, receipt: string): Promise<string> {
  await connector.update(id, receipt, { ...message, id: receipt });
  return receipt;
}

/** A stream that takes no end any more keeps its message, which is then edited; one that is gone makes room for a new one. */
async function complete(
  conversation: Conversation,
  message: Outgoing,
  streamId: string,
  stopped: boolean,
  log: Log,
): Promise<string> {
  if (stopped) return streamId;
  try {
    await conversation.connector.create(conversation.id, asFinal(message, streamId));
    return streamId;
  } catch (failure) {
    const error = streamErrorOf(failure);
    if (error instanceof StoppedByPerson || (error instanceof StreamEnded && error.completed))
      return streamId;
    if (!(error instanceof StreamEnded)) throw failure instanceof Error ? failure : error;
    log.warn({ ...describeError(error) }, 'a stream took no final message');
  }
  try {
    return await update(conversation, message, streamId);
  } catch (failure) {
    const { status } = (failure as { response?: { status?: number } }).response ?? {};
    if (status !== 404 && status !== 403 && status !== 400) throw failure;
    return create(conversation, message);
  }
}
