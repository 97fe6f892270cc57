/** Sends one person their one message: looked at again in the transaction that writes it, so that what was done meanwhile is not asked for. */
import type { Addressed, JobContext, JobHandler, Workflow } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { byUrgency } from '../../dialogue/nudge/decide.ts';
import { contextOf } from '../../dialogue/job-context.ts';
import { dropWaiting, holdNudges, noteSent } from '../../records/nudge.ts';
import { lockLooked, lookNext } from '../../records/nudge-agenda.ts';
import { nudgeCard } from './card.ts';
import { noteNews } from './digest.ts';
import { startLooking } from './look.ts';
import { room } from './phrases.ts';
import { decideAll, isToSend } from './plan.ts';

export function nudgeJobs(workflows: () => readonly Workflow[]): Record<string, JobHandler> {
  return {
    [`${room}.send`]: (tx, job, { person = '' }) => sendNudge(tx, job, Number(person), workflows()),
  };
}

async function sendNudge(tx: Queryable, job: JobContext, personId: number, workflows: readonly Workflow[]): Promise<Addressed[]> {
  const { now, inputId } = job;
  // Locked first: two jobs of one person follow each other, and the second finds the day's message sent.
  const looked = await lockLooked(tx, [personId]);
  const context = await contextOf(tx, job, personId);
  const looking = await startLooking(tx, now, workflows);
  const [decided] = await decideAll(looking, looked);
  if (decided === undefined || context === null) return [];
  const { decision, news, day } = decided;
  const today = day(now);
  await lookNext(tx, [{ personId, lookAt: decision.until, digestOn: news === null ? decided.lookedFor : decision.digest }]);
  if (!isToSend(decision)) {
    if (decision.held === null) await dropWaiting(tx, [personId], now);
    else await holdNudges(tx, [{ personId, day: day(decision.until), for: decision.held }], now);
    return [];
  }
  const items = decision.send.map(({ thing: { record, dueOn }, step }) => ({ record, step, dueOn }));
  const nudgeId = await noteSent(tx, { personId, day: today, inputId, items }, now);
  if (news !== null) await noteNews(looking, { id: personId, day: today }, nudgeId, news);
  const due = decision.send.map(({ thing }) => thing);
  // What stands first in the message is what is answered under it.
  const [{ awaits } = {}] = due.toSorted(byUrgency);
  const reply = await nudgeCard(context, workflows, { due, today, news });
  return [{ to: { personId }, reply, ...(awaits === undefined ? {} : { awaits }) }];
} // prettier-ignore
