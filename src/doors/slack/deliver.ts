/** Gives a reply to Slack, once: posted, whispered, edited in place, opened as a modal, published as a home page, or streamed to its end. */
import type { webApi } from '@slack/bolt';
import type { Delivery, Port } from '../../conversation/port.ts';
import { NotSentError, UndeliverableError } from '../../conversation/port.ts';
import { describeError, type Log } from '../../log.ts';
import { readAddress, readReceipt, writeReceipt, type SlackAddress } from './address.ts';
import type { Clients } from './client.ts';
import { findBegun, unparsed, type Begun, type Drafts } from './draft.ts';
import { asDeliveryError, refusalOf } from './errors.ts';
import { shareAll, uploadAll, type Uploaded } from './files.ts';
import { writeMark } from './read-interaction.ts';
import { renderForm } from './render-form.ts';
import { fallbackText, renderReply, type Rendered } from './render.ts';
import type { Responses } from './respond.ts';
import { limits } from './limits.ts';
import { findMarked, metadataOf } from './look-up.ts';
import { escapedMarkdown } from './text.ts';

/** Milliseconds for which Slack lets a press open a modal are 3,000; the call itself takes some. */
const triggerLife = 2_500;
/** Milliseconds after which a draft that was asked for appears no more: as the core believes of any request that was given up. */
const draftSettling = 60_000;

export interface DeliverOptions {
  clients: Clients;
  drafts: Drafts;
  responses: Responses;
  channelWith(client: webApi.WebClient, team: string, user: string): Promise<string>;
  clock: () => Date;
  log: Log;
}

type Place = { channel: string; thread_ts?: string };

export function createDeliver(options: DeliverOptions): Pick<Port, 'deliver' | 'lookUp'> {
  const { clients, drafts, responses, channelWith, clock, log } = options;

  async function deliver(delivery: Delivery, signal: AbortSignal): Promise<string> {
    const address = readAddress(delivery.address);
    const client = await clients.of(address.team, signal).catch((error: unknown) => {
      if (error instanceof UndeliverableError) throw error;
      throw new NotSentError('the token of the workspace is not at hand', null, { cause: error });
    });
    try {
      const receipt = await give(client, address, delivery, signal);
      drafts.forget(delivery.draftKey);
      return receipt;
    } catch (error) {
      const mapped = asDeliveryError(error);
      if (mapped instanceof UndeliverableError) drafts.forget(delivery.draftKey);
      throw mapped;
    }
  }

  async function give(
    client: webApi.WebClient,
    address: SlackAddress,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<string> {
    if (address.kind === 'home') return publish(client, address, delivery);
    if (delivery.edits !== null) return edit(client, address, delivery, delivery.edits, signal);
    if (delivery.reply.form !== null) {
      const opened = await openAtOnce(client, delivery);
      if (opened !== null) return opened;
    }
    if (address.kind === 'aside' || delivery.ephemeralTo !== null)
      return whisper(client, address, delivery, { id: delivery.id, replaces: false }, signal);
    const uploaded = await uploadAll(client, delivery, signal, log);
    const drafted = await complete(client, address, delivery, uploaded);
    return drafted ?? post(client, await placeOf(client, address, delivery), delivery, uploaded);
  }

  async function placeOf(
    client: webApi.WebClient,
    address: Exclude<SlackAddress, { kind: 'home' }>,
    { via }: Delivery,
  ): Promise<Place> {
    if (address.kind === 'thread') return { channel: address.channel, thread_ts: address.threadTs };
    const channel = via.dm ?? (await channelWith(client, address.team, address.user));
    return via.thread === undefined ? { channel } : { channel, thread_ts: via.thread };
  }

  async function post(
    client: webApi.WebClient,
    place: Place,
    delivery: Delivery,
    uploaded: Uploaded,
  ): Promise<string> {
    const rendered = render(delivery, uploaded);
    const { ts = '' } = await client.chat
      .postMessage({ ...rendered, ...unparsed, ...place, metadata: metadataOf('isma_delivery', delivery.id) })
      .catch((error: unknown) => {
        // A picture that Slack has not finished with is no picture yet; the words go at least.
        if (uploaded.pictureId === null || refusalOf(error) !== 'invalid_blocks') throw error;
        const missing = [...uploaded.missing, `The picture could not be shown here just now.`];
        const without = render(delivery, { ...uploaded, pictureId: null, missing });
        return client.chat.postMessage({
          ...without,
          ...unparsed,
          ...place,
          metadata: metadataOf('isma_delivery', delivery.id),
        });
      });
    await share(client, place, { channel: place.channel, ts }, delivery, uploaded);
    return writeReceipt({ kind: 'message', channel: place.channel, ts });
  }

  async function share(
    client: webApi.WebClient,
    place: Place,
    at: { channel: string; ts: string },
    delivery: Delivery,
    uploaded: Uploaded,
  ): Promise<void> {
    const missing = await shareAll(client, uploaded, place, log);
    if (missing.length === 0) return;
    const rendered = render(delivery, { ...uploaded, missing: [...uploaded.missing, ...missing] });
    await client.chat
      .update({ ...rendered, ...unparsed, ...at })
      .catch((error: unknown) => log.warn(describeError(error), 'a missing file could not be told'));
  }

  /** The draft becomes the message. @returns null where none was posted */
  async function complete(
    client: webApi.WebClient,
    address: Exclude<SlackAddress, { kind: 'home' }>,
    delivery: Delivery,
    uploaded: Uploaded,
  ): Promise<string | null> {
    const removed = await drafts.discarded(delivery.draftKey);
    if (removed === true) return null;
    const own = await drafts.find(delivery.draftKey)?.end();
    const earlier = delivery.draft === null ? null : readReceipt(delivery.draft);
    const at =
      own != null
        ? { channel: own.channel, ts: own.ts }
        : earlier?.kind === 'message'
          ? { channel: earlier.channel, ts: earlier.ts }
          : await findLateDraft(client, address, delivery, earlier?.kind === 'begun' ? earlier : null);
    if (at === null) return null;

    const stopped = own?.streamed != null && (await stopStream(client, at, own.streamed, delivery, uploaded));
    if (!stopped) {
      if (own === undefined || own?.streamed != null) await client.chat.stopStream(at).catch(() => undefined);
      try {
        await client.chat.update({
          ...render(delivery, uploaded),
          ...unparsed,
          ...at,
          metadata: metadataOf('isma_delivery', delivery.id),
        });
      } catch (error) {
        // It is gone, or was never a message of ours: the answer still has to arrive.
        if (refusalOf(error) === 'message_not_found') return null;
        throw error;
      }
    }
    const place = await placeOf(client, address, delivery);
    await share(client, place, at, delivery, uploaded);
    return writeReceipt({ kind: 'message', ...at });
  }

  /**
   * A draft that was begun and never confirmed, by us or by another process, may appear after its answer: the answer waits until it
   * has, or will not. @returns where it stands; null where there is none
   */
  async function findLateDraft(
    client: webApi.WebClient,
    address: Exclude<SlackAddress, { kind: 'home' }>,
    delivery: Delivery,
    noted: Begun | null,
  ): Promise<{ channel: string; ts: string } | null> {
    const own = drafts.find(delivery.draftKey);
    const begun = own === undefined ? noted : own.mayAppear();
    if (begun === null || address.kind !== 'direct') return null;
    const { channel, thread_ts: thread } = await placeOf(client, address, delivery);
    const whose = { draftKey: delivery.draftKey, user: address.user, now: clock() };
    const ts = await findBegun(client, { channel, thread }, whose, begun);
    if (ts !== null) return { channel, ts };
    if (clock().getTime() - begun.at.getTime() < draftSettling)
      throw new NotSentError('a preview of it may still appear');
    return null;
  }

  /** The stream's words stay as they stand, and everything else follows them. @returns false where it must be rewritten */
  async function stopStream(
    client: webApi.WebClient,
    at: { channel: string; ts: string },
    streamed: string,
    delivery: Delivery,
    uploaded: Uploaded,
  ): Promise<boolean> {
    const { reply } = delivery;
    const words = escapedMarkdown(reply.text);
    const rest = words.slice(streamed.length);
    if (reply.about !== null || !words.startsWith(streamed) || rest.length > limits.markdownText - 1_000)
      return false;
    const { blocks } = renderReply(reply, {
      mark: writeMark(delivery.id, null, delivery.via.outsiders === 'yes'),
      surface: 'message',
      withoutText: true,
      ...uploaded,
    });
    try {
      await client.chat.stopStream({
        ...at,
        ...(rest === '' ? {} : { markdown_text: rest }),
        ...(blocks.length === 0 ? {} : { blocks }),
        metadata: metadataOf('isma_delivery', delivery.id),
      });
      return true;
    } catch (error) {
      if (refusalOf(error) === null) throw error;
      log.info(
        { delivery: delivery.id, refusal: refusalOf(error) },
        'a stream was over; its message is rewritten',
      );
      return false;
    }
  }

  async function edit(
    client: webApi.WebClient,
    address: Exclude<SlackAddress, { kind: 'home' }>,
    delivery: Delivery,
    edits: string,
    signal: AbortSignal,
  ): Promise<string> {
    const receipt = readReceipt(edits);
    await removeDraft(client, delivery);
    if (receipt.kind === 'aside') {
      await whisper(client, address, delivery, { id: receipt.id, replaces: true }, signal);
      return edits;
    }
    const uploaded = await uploadAll(client, delivery, signal, log);
    if (receipt.kind !== 'message')
      return post(client, await placeOf(client, address, delivery), delivery, uploaded);
    const at = { channel: receipt.channel, ts: receipt.ts };
    await client.chat.update({ ...render(delivery, uploaded), ...unparsed, ...at });
    return edits;
  }

  /** The answer to edited words was drafted as a message of its own, but stands where the first one stood. */
  async function removeDraft(client: webApi.WebClient, { draftKey }: Delivery): Promise<void> {
    const left = await drafts.find(draftKey)?.end();
    if (left == null) return;
    const { channel, ts, streamed } = left;
    if (streamed !== null) await client.chat.stopStream({ channel, ts }).catch(() => undefined);
    await client.chat.delete({ channel, ts }).catch(() => undefined);
    drafts.forget(draftKey);
  }

  /** Seen by one person of a channel: by the press's own address while it holds, else as an ephemeral message, else directly. */
  async function whisper(
    client: webApi.WebClient,
    address: Exclude<SlackAddress, { kind: 'home' }>,
    delivery: Delivery,
    { id, replaces }: { id: string; replaces: boolean },
    signal: AbortSignal,
  ): Promise<string> {
    const user = delivery.ephemeralTo ?? (address.kind === 'thread' ? '' : address.user);
    const whisperedIn = address.kind === 'thread' ? address.threadTs : null;
    // A file shown to one person alone is only possible where they are alone with us.
    const beside = delivery.reply.files.length + (delivery.reply.picture === null ? 0 : 1) > 0;
    if (address.kind === 'direct' || beside) return directly(client, address.team, user, delivery, signal);
    const rendered = renderReply(delivery.reply, {
      mark: writeMark(id, whisperedIn, delivery.via.outsiders === 'yes'),
      surface: 'message',
    });
    const receipt = writeReceipt({ kind: 'aside', id });
    if (responses.usable(delivery.via) && (await responses.send(delivery.via, rendered, replaces, signal)))
      return receipt;
    try {
      await client.chat.postEphemeral({
        ...rendered,
        ...unparsed,
        user,
        channel: address.channel,
        ...(whisperedIn === null ? {} : { thread_ts: whisperedIn }),
      });
      return receipt;
    } catch (error) {
      const notThere = [
        'not_in_channel',
        'channel_not_found',
        'user_not_in_channel',
        'is_archived',
        'restricted_action',
      ];
      if (!notThere.includes(refusalOf(error) ?? '')) throw error;
      return directly(client, address.team, user, delivery, signal);
    }
  }

  async function directly(
    client: webApi.WebClient,
    team: string,
    user: string,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<string> {
    const channel = await channelWith(client, team, user);
    return post(client, { channel }, delivery, await uploadAll(client, delivery, signal, log));
  }

  /** @returns null where the press is too long ago, or Slack does not open it: the message then has a button */
  async function openAtOnce(client: webApi.WebClient, delivery: Delivery): Promise<string | null> {
    const { reply, via, address } = delivery;
    const { trigger_id: trigger, trigger_at: at, card = null, ...rest } = via;
    if (reply.form === null || trigger === undefined || at === undefined) return null;
    if (clock().getTime() - Date.parse(at) > triggerLife) return null;
    const view = renderForm(
      reply.form,
      { address, outsiders: via.outsiders === 'yes', card, via: rest },
      reply.text,
    );
    if (view === null) return null;
    try {
      const opened = await client.views.open({ trigger_id: trigger, view });
      return writeReceipt({ kind: 'view', id: opened.view?.id ?? '' });
    } catch (error) {
      log.info({ delivery: delivery.id, ...describeError(error) }, 'a form could not be opened at once');
      return null;
    }
  }

  async function publish(
    client: webApi.WebClient,
    { user }: { user: string },
    { reply, id }: Delivery,
  ): Promise<string> {
    const { blocks } = renderReply(
      { ...reply, form: null },
      { mark: writeMark(id, null, false), surface: 'home' },
    );
    await client.views.publish({ user_id: user, view: { type: 'home', blocks } });
    return writeReceipt({ kind: 'home', user });
  }

  async function lookUp(delivery: Delivery, signal: AbortSignal): ReturnType<Port['lookUp']> {
    const address = readAddress(delivery.address);
    // Doing these twice does no harm.
    if (address.kind === 'home' || delivery.edits !== null) return { found: false, harmless: true };
    const completes =
      (delivery.draft !== null && readReceipt(delivery.draft).kind === 'message') ||
      drafts.find(delivery.draftKey)?.isPosted() === true;
    if (address.kind !== 'direct' || delivery.ephemeralTo !== null)
      return completes ? { found: false, harmless: true } : 'cannot tell';
    try {
      const client = await clients.of(address.team, signal);
      const channel = delivery.via.dm ?? (await channelWith(client, address.team, address.user));
      const place = { channel, thread: delivery.via.thread };
      const ts = await findMarked(client, place, 'isma_delivery', delivery.id, clock());
      if (ts === undefined) return 'cannot tell';
      return ts === null
        ? { found: false, harmless: completes }
        : { found: true, receipt: writeReceipt({ kind: 'message', channel, ts }) };
    } catch (error) {
      throw asDeliveryError(error);
    }
  }

  return { deliver, lookUp };
}

function render(
  delivery: Delivery,
  { pictureId, missing }: Pick<Uploaded, 'pictureId' | 'missing'>,
): Rendered {
  const outsiders = delivery.via.outsiders === 'yes';
  const rendered = renderReply(delivery.reply, {
    mark: writeMark(delivery.id, null, outsiders),
    surface: 'message',
    pictureId,
    missing,
  });
  return { ...rendered, text: fallbackText(delivery.reply, missing) };
}
