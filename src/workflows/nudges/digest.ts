/** What managers hear once a week: what of their people is overdue for long, what of the last one is resolved, and what the week brings. */
import { appendAudit } from '../../db/audit.ts';
import { byUrgency, isForManager } from '../../dialogue/nudge/decide.ts';
import {
  insertDigest,
  selectAnsweredFor,
  selectLastDigests,
  type Digest,
  type OverdueItem,
  type Report,
} from '../../records/digest.ts';
import { escalateNudges } from '../../records/nudge.ts';
import { calendarsOf, owedBy, type Looking } from './look.ts';
import { weeksFor } from './week.ts';

export type News = Pick<Digest, 'items' | 'resolved' | 'week'>;

/** People who are looked at at once: memory does not grow with how many there are. */
const atOnce = 1_000;

/** Of each manager who has something to hear. */
export async function newsFor(looking: Looking, managers: readonly number[]): Promise<Map<number, News>> {
  const { tx } = looking;
  if (managers.length === 0) return new Map();
  const overdue = new Map<number, OverdueItem[]>();
  const people = await selectAnsweredFor(tx, managers);
  for (let from = 0; from < people.length; from += atOnce)
    for (const [manager, items] of await overdueOf(looking, people.slice(from, from + atOnce)))
      overdue.set(manager, [...(overdue.get(manager) ?? []), ...items]);
  const last = new Map((await selectLastDigests(tx, managers)).map((digest) => [digest.personId, digest.items]));
  const weeks = await weeksFor(tx, looking.now, managers);
  const news = new Map<number, News>();
  for (const manager of managers) {
    const items = overdue.get(manager) ?? [];
    const isOpen = (before: OverdueItem) => items.some(({ record, personId }) => record === before.record && personId === before.personId);
    const resolved = (last.get(manager) ?? []).filter((before) => !isOpen(before));
    const week = weeks.get(manager) ?? null;
    if (items.length + resolved.length > 0 || week !== null) news.set(manager, { items, resolved, week });
  }
  return news;
} // prettier-ignore

async function overdueOf(looking: Looking, people: readonly Report[]): Promise<Map<number, OverdueItem[]>> {
  const { now, rules } = looking;
  const calendars = await calendarsOf(looking, people);
  const owed = await owedBy(looking, people.map(({ id }) => id));
  const found = new Map<number, OverdueItem[]>();
  for (const { id, name, managerId } of people)
    for (const { record, dueOn, item } of owed(id).filter(({ paused }) => paused !== true).toSorted(byUrgency)) {
      const calendar = calendars.get(id);
      if (dueOn === null || calendar === undefined || !isForManager(calendar, rules, { dueOn }, calendar.today(now))) continue;
      const overdue = { personId: id, name, record, text: item.text, dueOn };
      found.set(managerId, [...(found.get(managerId) ?? []), overdue]);
    }
  return found;
} // prettier-ignore

export async function noteNews(looking: Looking, manager: { id: number; day: string }, nudgeId: number, news: News): Promise<void> {
  const { tx, now } = looking;
  await insertDigest(tx, { personId: manager.id, day: manager.day, ...news }, nudgeId);
  await escalateNudges(tx, news.items, now);
  const people = [...new Set([...news.items, ...news.resolved].map(({ personId }) => personId))];
  await appendAudit(tx, { actor: 'system:nudges', action: 'digest.sent', record: `person:${manager.id}`, detail: { people }, at: now });
} // prettier-ignore
