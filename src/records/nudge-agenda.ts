/** When what is open for a person is looked at next. Owns `nudge_agenda`; whoever gives somebody something to do, or ends it, has it looked at. */
import type { Queryable } from '../db/database.ts';
import { selectSetting } from './setting.ts';

/** Once what else comes in the next minutes has been gathered. */
export async function lookSoon(tx: Queryable, people: readonly number[], now: Date): Promise<void> {
  const { gatherMinutes } = await selectSetting(tx, 'nudges');
  await lookAt(tx, people, new Date(now.getTime() + gatherMinutes * 60_000));
}

/** Earlier than it stood there, never later. */
async function lookAt(tx: Queryable, people: readonly number[], at: Date): Promise<void> {
  await tx.query(
    `insert into nudge_agenda (person_id, look_at) select distinct id, $2::timestamptz from unnest($1::integer[]) as id order by 1
     on conflict (person_id) do update set look_at = least(nudge_agenda.look_at, excluded.look_at)`,
    [people, at],
  );
}
