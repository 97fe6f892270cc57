/** The messages of the stand-in as people see them, streams included, which the emulator does not have. */
import { wordsOf } from './slack-limits.ts';

type Json = Record<string, unknown>;
export type Emulated = (method: string, args: Json, token: string) => Promise<Json>;

/** One message as people see it now. */
export interface Shown {
  channel: string;
  ts: string;
  threadTs: string | null;
  text: string;
  /** Words that came by a stream, as Markdown. */
  markdown: string | null;
  blocks: Record<string, unknown>[];
  /** Everything that can be read in it. */
  words: string;
  deliveryId: string | null;
  streaming: boolean;
  /** Only this person sees it. */
  only: string | null;
}

export function createMessages(emulated: Emulated, streams: () => 'work' | 'refused') {
  const messages = new Map<string, Shown>();

  const key = (channel: unknown, ts: unknown) => `${String(channel)}/${String(ts)}`;

  function remember(args: Record<string, unknown>, ts: string, changes: Partial<Shown> = {}): void {
    const before = messages.get(key(args.channel, ts));
    const blocks = (args.blocks as Shown['blocks'] | undefined) ?? [];
    const shown: Shown = {
      channel: String(args.channel),
      ts,
      threadTs: (args.thread_ts as string | undefined) ?? before?.threadTs ?? null,
      text: words(args.text),
      markdown: null,
      blocks,
      words: '',
      deliveryId:
        (args.metadata as { event_payload?: { id?: string } } | undefined)?.event_payload?.id ??
        before?.deliveryId ??
        null,
      streaming: false,
      only: null,
      ...changes,
    };
    shown.words = [shown.markdown === null ? '' : unescapedMarkdown(shown.markdown), wordsOf(shown.blocks)]
      .filter(Boolean)
      .join('\n');
    messages.set(key(args.channel, ts), shown);
  }

  async function stream(
    method: string,
    args: Record<string, unknown>,
    token: string,
  ): Promise<Record<string, unknown>> {
    const at = key(args.channel, args.ts);
    const markdown = words(args.markdown_text);
    if (markdown.length > 12_000) return { ok: false, error: 'msg_too_long' };
    if (method === 'chat.startStream') {
      if (streams() === 'refused') return { ok: false, error: 'feature_not_enabled' };
      if (args.thread_ts === undefined) return { ok: false, error: 'missing_thread_ts' };
      if (args.recipient_user_id === undefined || args.recipient_team_id === undefined)
        return { ok: false, error: 'missing_recipient_user_id' };
      const posted = await emulated(
        'chat.postMessage',
        { channel: args.channel, thread_ts: args.thread_ts, text: markdown || '…' },
        token,
      );
      if (posted.ok === true) remember(args, String(posted.ts), { markdown, streaming: true });
      return posted;
    }
    const before = messages.get(at);
    if (before === undefined) return { ok: false, error: 'message_not_found' };
    if (!before.streaming) return { ok: false, error: 'message_not_in_streaming_state' };
    const whole = (before.markdown ?? '') + markdown;
    const ends = method === 'chat.stopStream';
    remember({ ...args, blocks: args.blocks ?? before.blocks }, String(args.ts), {
      markdown: whole,
      streaming: !ends,
    });
    await emulated(
      'chat.update',
      {
        channel: args.channel,
        ts: args.ts,
        text: whole,
        ...(args.metadata === undefined ? {} : { metadata: args.metadata }),
        ...(args.blocks === undefined ? {} : { blocks: args.blocks }),
      },
      token,
    );
    return { ok: true, channel: args.channel, ts: args.ts };
  }

  return {
    remember,
    stream,
    clear: () => messages.clear(),
    all: () => [...messages.values()],
    isStreaming: ({ channel, ts }: Json) => messages.get(key(channel, ts))?.streaming === true,
    remove: ({ channel, ts }: Json) => void messages.delete(key(channel, ts)),
  };
}

/** As Slack shows it: escapes are gone. */
export function unescapedMarkdown(text: string): string {
  return text
    .replace(/\\([^\p{L}\p{N}\s])/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
