/** An answer in the making, shown in a chat of two as Teams streams it: about one part a second, with a Stop button of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Draft, DraftOpening } from '../../conversation/port.ts';
import { describeError, type Log } from '../../log.ts';
import { activityIdOf, receiptOf, userOfAddress } from './address.ts';
import type { Conversations } from './conversations.ts';
import { StoppedByPerson, StreamEnded, streamErrorOf } from './errors.ts';
import type { Outgoing } from './sdk.ts';
import { markdown } from './text.ts';

/** Milliseconds between two parts: Teams takes one a second. */
const partPause = 1_100;
/** Milliseconds that one part may take; a stream whose beginning hangs must not hold up the answer. */
const partTimeout = 4_000;
/** Milliseconds after which a stream gets no more parts: Teams ends it after two minutes. */
const longestStream = 110_000;
/** Characters of a part; the whole comes with the final message. */
const longestPart = 9_000;

export interface Finished {
  /** The stream's id with the service; null where it never began. */
  streamId: string | null;
  /** The person pressed Stop. */
  stopped: boolean;
}

interface OpenStream {
  address: string;
  /** Resolves when no part is on its way any more. */
  finish(): Promise<Finished>;
}

export interface Streams {
  draft(opening: DraftOpening): Draft | null;
  /** Ends the parts of a draft before its final message goes out; what the same input says elsewhere leaves it alone. */
  finish(draftKey: string, address: string): Promise<Finished | null>;
}

export function createStreams(conversations: Conversations, log: Log): Streams {
  const streams = new Map<string, OpenStream>();
  return {
    draft(opening) {
      const { place, draftKey } = opening;
      if (place.audience !== 'direct' || userOfAddress(place.address) === null) return null;
      const stream = openStream(opening, conversations, log);
      streams.set(draftKey, stream);
      // A draft that nobody completes is forgotten once Teams has ended it too.
      const forget = setTimeout(() => streams.delete(draftKey), longestStream * 2);
      forget.unref();
      return {
        ...stream.draft,
        discard() {
          streams.delete(draftKey);
          clearTimeout(forget);
          stream.draft.discard();
        },
      };
    },
    async finish(draftKey, address) {
      const stream = streams.get(draftKey);
      if (stream?.address !== address) return null;
      streams.delete(draftKey);
      return stream.finish();
    },
  };
}

function openStream(
  { place, receipt, opened }: DraftOpening,
  conversations: Conversations,
  log: Log,
): OpenStream & { draft: Draft } {
  const stopping = new AbortController();
  const began = Date.now();
  let id = receipt === null ? null : activityIdOf(receipt);
  let sequence = 0;
  let wanted = '';
  let shown = '';
  let over = false;
  let pump: Promise<void> | null = null;

  async function sendPart(text: string): Promise<void> {
    const signal = AbortSignal.timeout(partTimeout);
    const open = await conversations.open(place.address, signal);
    sequence += 1;
    const info = {
      streamType: 'streaming',
      streamSequence: sequence,
      ...(id === null ? {} : { streamId: id }),
    };
    const given = await open.connector.create(open.id, {
      type: 'typing',
      text: markdown(text.slice(0, longestPart)),
      ...(id === null ? {} : { id }),
      channelData: info,
      entities: [{ type: 'streaminfo', ...info }],
    });
    if (id !== null || given === null) return;
    id = given;
    opened(receiptOf(open.id, given));
  }

  async function run(): Promise<void> {
    while (!over && wanted !== shown && Date.now() - began < longestStream) {
      const text = wanted;
      try {
        await sendPart(text);
        shown = text;
      } catch (failure) {
        const error = streamErrorOf(failure);
        // A part that was lost does no harm: the next holds its words too. A stream that is refused has no next one.
        if (error instanceof StoppedByPerson) stopping.abort();
        else log.warn({ ...describeError(error) }, 'a part of an answer was not shown');
        if (error instanceof StoppedByPerson || error instanceof StreamEnded || id === null) over = true;
      }
      if (!over && sequence > 0) await pause(partPause, undefined, { ref: false });
    }
    pump = null;
  }

  async function finish(): Promise<Finished> {
    over = true;
    await pump;
    return { streamId: id, stopped: stopping.signal.aborted };
  }

  return {
    address: place.address,
    finish,
    draft: {
      stopped: stopping.signal,
      show(text) {
        wanted = text;
        if (!over && text !== '') pump ??= run();
      },
      discard() {
        void finish()
          .then(async ({ streamId: left, stopped }) => {
            if (left === null || stopped) return;
            const open = await conversations.open(place.address, AbortSignal.timeout(partTimeout));
            await open.connector.remove(open.id, left);
          })
          .catch((error: unknown) =>
            log.warn({ ...describeError(streamErrorOf(error)) }, 'a draft was not taken back'),
          );
      },
    },
  };
}

/** What makes an ordinary message the end of a stream. */
export function asFinal(message: Outgoing, streamId: string): Outgoing {
  const info = { streamId, streamType: 'final' };
  return {
    ...message,
    id: streamId,
    channelData: { ...(message.channelData as object), ...info },
    entities: [...(message.entities as object[]), { type: 'streaminfo', ...info }],
  };
}
