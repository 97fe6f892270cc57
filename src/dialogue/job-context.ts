/** A job does for a person what they would do themselves: whose record it is does it, as far as the log goes. */
import type { Context, JobContext } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { isHere, selectPerson } from '../records/person.ts';

/** Null for who has left. */
export async function contextOf(tx: Queryable, { now, inputId }: JobContext, personId: number): Promise<Context | null> {
  if (!(await isHere(tx, personId))) return null;
  const place = { address: '', audience: 'direct' as const, outsiders: false };
  const said = { repliesTo: null, newcomer: false, link: null };
  return { ...said, person: await selectPerson(tx, personId), place, platform: '', inputId, now, lane: 'quick' };
} // prettier-ignore
