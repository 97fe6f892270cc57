/** Finds a message of ours by the id that we gave it; only in direct conversations, whose history we may read. */
import type { webApi } from '@slack/bolt';

/** Messages that are read before nobody can tell: 5 pages. */
const pages = 5;
const pageSize = 100;
/** Seconds before now from which it reads: longer than a delivery is tried, which is three days. */
const lookBack = 4 * 24 * 60 * 60;

export type Marked = 'isma_delivery' | 'isma_draft';

/** What Slack keeps with a message for the app that posted it. */
export function metadataOf(kind: Marked, id: string) {
  return { event_type: kind, event_payload: { id } };
}

/** @returns its time, null where it is not there, undefined where there was more than we read */
export async function findMarked(
  client: webApi.WebClient,
  place: { channel: string; thread: string | undefined },
  kind: Marked,
  id: string,
  now: Date,
): Promise<string | null | undefined> {
  const { channel, thread } = place;
  const oldest = String(Math.floor(now.getTime() / 1_000) - lookBack);
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const asked = {
      channel,
      oldest,
      limit: pageSize,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const { messages, response_metadata: next } =
      thread === undefined
        ? await client.conversations.history(asked)
        : await client.conversations.replies({ ...asked, ts: thread });
    const found = messages?.find(
      ({ metadata }) => metadata?.event_type === kind && idOf(metadata.event_payload) === id,
    );
    if (found?.ts !== undefined) return found.ts;
    cursor = next?.next_cursor;
    if (cursor === undefined || cursor === '') return null;
  }
  return undefined;
}

/**
 * The newest message of ours that bears no mark, in a thread of a direct conversation: a stream cannot be given one at its start.
 *
 * @param person  the only other one who writes there
 */
export async function findUnmarked(
  client: webApi.WebClient,
  { channel, thread }: { channel: string; thread: string },
  person: string,
  since: Date,
): Promise<string | null> {
  const { messages } = await client.conversations.replies({
    channel,
    ts: thread,
    oldest: String(since.getTime() / 1_000 - 5),
    limit: pageSize,
    include_all_metadata: true,
  });
  const found = messages?.findLast(
    ({ user, metadata, ts }) => user !== person && metadata?.event_type === undefined && ts !== thread,
  );
  return found?.ts ?? null;
}

function idOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'id' in payload ? payload.id : undefined;
}
