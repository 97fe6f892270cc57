/** Who need not do something for a time: a document, a lesson, or all of a campaign. Owns `exemption`; a row is only ended, never changed. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { required, type CommandContext } from '../../records/command-context.ts';

type From = { documentId: number } | { lesson: string } | { campaignId: number };

const columnOf = (from: From) =>
  'documentId' in from ? (['document_id', from.documentId] as const) : 'lesson' in from ? (['lesson', from.lesson] as const) : (['campaign_id', from.campaignId] as const); // prettier-ignore

/** From today on. @param until  its last day, as 2026-12-31, which also ends what was granted for longer; null for as long as nobody ends it */
export async function keepExemption(tx: Queryable, { actor, at }: CommandContext, person: number, from: From, { reason, until }: { reason: string; until: string | null }): Promise<void> {
  const day = dayOf(at, 'UTC');
  if (until !== null && until < day) throw new Refusal('That day is past. Until when are they exempt?');
  if (until !== null) await endExemption(tx, person, from, until);
  const [column, of] = columnOf(from);
  await tx.query(
    `insert into exemption (person_id, ${column}, reason, from_day, until_day, granted_by, granted_by_name, granted_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [person, of, required(reason, 'Why', 500), day, until, actor.id, actor.name, at],
  );
} // prettier-ignore

/** @param last  the last day on which it holds, where it held for longer */
export async function endExemption(tx: Queryable, person: number, from: From, last: string): Promise<void> {
  const [column, of] = columnOf(from);
  await tx.query(
    `update exemption set until_day = $3 where person_id = $1 and ${column} = $2 and coalesce(until_day, 'infinity') > $3`,
    [person, of, last],
  );
}
