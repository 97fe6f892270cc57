/**
 * An answer in the making: a Slack stream where the workspace has streams and there is a thread, else one message that edits
 * itself. Whatever fails here only costs the preview; the message itself comes through the outbox.
 */
import type { webApi } from '@slack/bolt';
import type { Draft, DraftOpening } from '../../conversation/port.ts';
import { describeError, type Log } from '../../log.ts';
import { readAddress, readReceipt, writeReceipt, type Receipt } from './address.ts';
import type { Clients } from './client.ts';
import { asDeliveryError, refusalOf } from './errors.ts';
import { limits } from './limits.ts';
import { findMarked, findUnmarked, metadataOf } from './look-up.ts';
import { fallbackText, renderReply } from './render.ts';
import { Reply } from '../../conversation/contract.ts';
import { escapedMarkdown } from './text.ts';

/** Milliseconds between two pieces of a stream, and between two edits: Slack allows about one a second. */
const streamPace = 400;
const editPace = 1_100;
/** A workspace that refused streams is asked again after so long: its plan may have changed. */
const refusedFor = 60 * 60_000;
/** Escaped characters after which a preview says no more; the whole text comes at the end. */
const longestPreview = limits.markdownText - 2_000;

export type Begun = Extract<Receipt, { kind: 'begun' }>;

export interface OpenDraft {
  /** Ends the preview. @returns what stands there now; null where nothing was ever posted */
  isPosted(): boolean;
  /** Since when Slack has not said whether it took the first words, which may still appear; null where it has. */
  mayAppear(): Begun | null;
  end(): Promise<{ channel: string; ts: string; streamed: string | null } | null>;
}

export interface Drafts {
  open(opening: DraftOpening): Draft | null;
  find(draftKey: string): OpenDraft | undefined;
  /** Waits for a discarded draft to be gone. @returns whether it is; undefined where none was discarded */
  discarded(draftKey: string): Promise<boolean> | undefined;
  forget(draftKey: string): void;
}

export interface DraftOptions {
  clients: Clients;
  /** The channel of the conversation with one person. */
  channelWith(client: webApi.WebClient, team: string, user: string): Promise<string>;
  clock: () => Date;
  log: Log;
}

export function createDrafts(options: DraftOptions): Drafts {
  const { clients, channelWith, clock, log } = options;
  const open = new Map<string, OpenDraft>();
  const gone = new Map<string, Promise<boolean>>();
  const refusedAt = new Map<string, number>();

  function mayStream(team: string): boolean {
    return clock().getTime() - (refusedAt.get(team) ?? -Infinity) > refusedFor;
  }

  function openDraft(opening: DraftOpening): Draft | null {
    const { draftKey, sender, via } = opening;
    const address = readAddress(opening.place.address);
    // Where outsiders read along, even the first words are for the asker alone.
    if (address.kind === 'aside' || address.kind === 'home' || opening.place.outsiders) return null;
    const { team } = address;
    const earlier = opening.receipt === null ? null : readReceipt(opening.receipt);
    let at = earlier?.kind === 'message' ? { channel: earlier.channel, ts: earlier.ts } : null;
    let streaming = false;
    let wanted = '';
    let sent = '';
    let ended = false;
    let broken = false;
    let lost = false;
    /** What Slack was asked to begin, while it has not said that it has. */
    let begun: Begun | null = null;
    let markdownBegun = '';
    let running: Promise<void> | null = null;
    let rouse = () => {};
    /** A turn that runs again may find its first draft being taken away. */
    const removal = gone.get(draftKey);
    gone.delete(draftKey);

    function note(as: Begun['as']): void {
      begun = { kind: 'begun', as, at: clock() };
      opening.opened(writeReceipt(begun));
    }

    async function begin(client: webApi.WebClient): Promise<void> {
      const channel =
        address.kind === 'thread'
          ? address.channel
          : (via.dm ?? (await channelWith(client, team, address.user)));
      const thread = address.kind === 'thread' ? address.threadTs : via.thread;
      if (thread !== undefined && mayStream(team)) {
        try {
          const markdown = closedPart(wanted);
          markdownBegun = markdown;
          note('stream');
          const { ts } = await client.chat.startStream({
            channel,
            thread_ts: thread,
            recipient_team_id: team,
            recipient_user_id: sender.user,
            markdown_text: markdown,
          });
          at = { channel, ts: ts ?? '' };
          [streaming, sent] = [true, markdown];
        } catch (error) {
          if (refusalOf(error) === null) throw error;
          log.info({ team, refusal: refusalOf(error) }, 'no streams here; the answer edits itself instead');
          refusedAt.set(team, clock().getTime());
        }
      }
      if (at === null) {
        note('post');
        const { ts } = await client.chat.postMessage({
          ...preview(wanted),
          metadata: metadataOf('isma_draft', draftKey),
          channel,
          ...(thread === undefined ? {} : { thread_ts: thread }),
        });
        at = { channel, ts: ts ?? '' };
        sent = wanted;
      }
      opening.opened(writeReceipt({ kind: 'message', ...at }));
    }

    async function step(): Promise<void> {
      const client = await clients.of(team);
      if (sent === '' && (await removal) === true) at = null;
      if (at === null) await begin(client);
      else if (streaming) {
        const markdown = closedPart(wanted);
        if (!markdown.startsWith(sent) || markdown.length > longestPreview) {
          broken = true;
          return;
        }
        if (markdown.length === sent.length) return;
        await client.chat.appendStream({ ...at, markdown_text: markdown.slice(sent.length) });
        sent = markdown;
      } else {
        const text = wanted;
        // What an earlier process left may still be a stream, which cannot be edited.
        if (sent === '') await client.chat.stopStream(at).catch(() => undefined);
        await client.chat.update({ ...preview(text), ...at });
        sent = text;
      }
      await pause(streaming ? streamPace : editPace, (wake) => (rouse = wake));
    }

    function advance(): void {
      if (running !== null || ended || broken || closedPart(wanted) === '') return;
      const before = wanted;
      running = step()
        .catch((error: unknown) => {
          broken = true;
          if (at === null) lost = isUnknown(error);
          if (at === null && !lost) opening.opened(null);
          log.info({ team, ...describeError(error) }, 'a preview broke off');
        })
        .finally(() => {
          running = null;
          if (wanted !== before) advance();
        });
    }

    /** Slack gave no answer to the first post, but may have taken it: the message takes its place then. */
    async function findLost() {
      if (address.kind !== 'direct') return null;
      const client = await clients.of(team);
      const channel = via.dm ?? (await channelWith(client, team, address.user));
      if (begun === null) return null;
      const place = { channel, thread: via.thread };
      const ts = await findBegun(client, place, { draftKey, user: sender.user, now: clock() }, begun);
      if (ts === null) return null;
      if (begun.as === 'stream') [streaming, sent] = [true, markdownBegun];
      return { channel, ts };
    }

    async function end() {
      ended = true;
      rouse();
      await running;
      if (at === null && lost) at = await findLost().catch(() => null);
      return at === null ? null : { ...at, streamed: streaming ? sent : null };
    }

    open.set(draftKey, {
      end,
      isPosted: () => at !== null,
      mayAppear: () => (at === null && lost && address.kind === 'direct' ? begun : null),
    });
    return {
      show(text) {
        wanted = text;
        advance();
      },
      discard() {
        const removal = (async () => {
          const left = await end();
          if (left === null) return true;
          const client = await clients.of(team);
          const { channel, ts, streamed } = left;
          if (streamed !== null) await client.chat.stopStream({ channel, ts }).catch(() => undefined);
          await client.chat.delete({ channel, ts });
          return true;
        })().catch((error: unknown) => {
          log.warn(
            { team, ...describeError(error) },
            'a preview could not be taken back; the answer takes its place',
          );
          return false;
        });
        gone.set(draftKey, removal);
        open.delete(draftKey);
      },
    };
  }

  return {
    open: openDraft,
    find: (draftKey) => open.get(draftKey),
    discarded: (draftKey) => gone.get(draftKey),
    forget(draftKey) {
      open.delete(draftKey);
      gone.delete(draftKey);
    },
  };
}

/** Where the first words of a draft stand that Slack did not confirm; null where they do not, or not yet. */
export async function findBegun(
  client: webApi.WebClient,
  { channel, thread }: { channel: string; thread: string | undefined },
  { draftKey, user, now }: { draftKey: string; user: string; now: Date },
  { as, at }: Begun,
): Promise<string | null> {
  if (as === 'stream' && thread !== undefined) return findUnmarked(client, { channel, thread }, user, at);
  return (await findMarked(client, { channel, thread }, 'isma_draft', draftKey, now)) ?? null;
}

function isUnknown(error: unknown): boolean {
  return asDeliveryError(error).name === 'Error';
}

/** The words that no later word can change: an address could still grow out of the last one. */
function closedPart(text: string): string {
  const end = text.search(/\s\S*$/);
  return end < 0 ? '' : escapedMarkdown(text.slice(0, end + 1));
}

function preview(text: string) {
  const reply = Reply.parse({ text: `${text} …` });
  const { blocks } = renderReply(reply, { mark: '', surface: 'message' });
  return { text: fallbackText(reply), blocks, ...unparsed };
}

/** Slack makes no link, mention or preview of anything in the text. */
export const unparsed = {
  parse: 'none',
  link_names: false,
  mrkdwn: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

function pause(milliseconds: number, wakeable: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wakeable(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
