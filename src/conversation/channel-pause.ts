/** Until when a platform wants to be left alone, in a channel or in another respect. Owns `channel_pause`. */
import type { Queryable } from '../db/database.ts';

/** Seconds. */
const longest = 3_600;

/** For so many seconds, which every process keeps to, after a restart too. */
export async function keepPause(
  tx: Queryable,
  platform: string,
  channel: string,
  seconds: number,
): Promise<void> {
  await tx.query(
    `insert into channel_pause (platform, channel, until) values ($1, $2, now() + make_interval(secs => $3))
     on conflict (platform, channel) do update set until = greatest(channel_pause.until, excluded.until)`,
    [platform, channel, Math.min(seconds, longest)],
  );
}

export async function isPaused(tx: Queryable, platform: string, channel: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from channel_pause where platform = $1 and channel = $2 and until > now()',
    [platform, channel],
  );
  return (rowCount ?? 0) > 0;
}
