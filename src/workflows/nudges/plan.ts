/** Finds who is to be reminded: looks at everybody whose time has come, in batches, and says when each is looked at next. */
import type { DueJob, Obligation, Workflow } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { decide, type Decision } from '../../dialogue/nudge/decide.ts';
import { dropWaiting, endNudges, holdNudges, noteDeliveries, planNudges } from '../../records/nudge.ts';
import { lookNext, takeDue, type Looked } from '../../records/nudge-agenda.ts';
import { newsFor, type News } from './digest.ts';
import { lookAt, startLooking, type Looking, type Seen } from './look.ts';
import { room } from './phrases.ts';

/** People whom one transaction looks at. */
const batch = 1_000;

/** @returns null once nobody is left to be looked at */
export async function planDue(tx: Queryable, now: Date, workflows: readonly Workflow[]): Promise<DueJob[] | null> {
  const people = await takeDue(tx, now, batch);
  if (people.length === 0) {
    await noteDeliveries(tx);
    return null;
  }
  const decided = await decideAll(await startLooking(tx, now, workflows), people);
  const waiting = (of: (decision: Decision) => boolean) => decided.filter(({ decision }) => of(decision));
  const planned = waiting(isToSend);
  const held = decided.flatMap(({ id, day, decision }) =>
    decision.held === null ? [] : { personId: id, day: day(decision.until), for: decision.held },
  );
  await planNudges(tx, planned.map(({ id, day }) => ({ personId: id, day: day(now) })), now);
  await holdNudges(tx, held, now);
  await dropWaiting(tx, waiting((decision) => !isToSend(decision) && decision.held === null).map(({ id }) => id), now);
  await endNudges(tx, decided.flatMap(({ over }) => over.done), 'done', now);
  await endNudges(tx, decided.flatMap(({ over }) => over.stopped), 'stopped', now);
  await lookNext(tx, [
    ...decided.map(({ id, decision, lookedFor }) => ({ personId: id, lookAt: decision.until, digestOn: lookedFor })),
    ...people.filter(({ active }) => !active).map(({ id }) => ({ personId: id, lookAt: null, digestOn: null })),
  ]);
  return planned.map(({ id, day }) => ({
    // Two processes never have the same row: the key is for one that was cut off.
    key: `${room}.send:${id}:${day(now)}:${now.getTime()}`,
    name: `${room}.send`,
    values: { person: String(id) },
  }));
} // prettier-ignore

export const isToSend = ({ send, digest }: Decision) => send.length > 0 || digest !== null;

export interface Decided extends Seen {
  decision: Decision<Obligation>;
  /** The day for which their people were looked at and nothing was found; null where they were not. */
  lookedFor: string | null;
  /** What they hear of their people; null where they hear nothing. */
  news: News | null;
  day(at: Date): string;
}

/** Of those who are here. */
export async function decideAll(looking: Looking, people: readonly Looked[]): Promise<Decided[]> {
  const { rules, now } = looking;
  const seen = await lookAt(looking, people.filter(({ active }) => active));
  const first = seen.map((each) => ({ ...each, decision: decide(each.standing, rules, now) }));
  const news = await newsFor(looking, first.filter(({ decision }) => decision.digest !== null).map(({ id }) => id));
  return first.map((each): Decided => {
    const { id, standing, decision } = each;
    const found = news.get(id) ?? null;
    const isQuiet = decision.digest !== null && found === null;
    return {
      ...each,
      decision: isQuiet ? decide({ ...standing, digestOn: decision.digest }, rules, now) : decision,
      lookedFor: isQuiet ? decision.digest : null,
      news: found,
      day: standing.calendar.today,
    };
  });
} // prettier-ignore
