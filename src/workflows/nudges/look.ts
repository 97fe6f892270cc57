/** What of people is to be decided on, looked up for many at once: what they owe, what they were told, when they work. */
import type { Obligation, Workflow } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { isStopped, type NudgeRules, type Standing, type Told } from '../../dialogue/nudge/decide.ts';
import { workCalendar, type WorkCalendar, type Worker } from '../../dialogue/nudge/work-calendar.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { selectAbsences, selectSnoozes } from '../../records/absence.ts';
import { selectOpenNudges, selectSentOn, selectTold } from '../../records/nudge.ts';
import type { Looked } from '../../records/nudge-agenda.ts';
import { selectSetting } from '../../records/setting.ts';

/** Days back in which somebody's leave may have moved a step. */
const remembered = 60;

export interface Looking {
  tx: Queryable;
  now: Date;
  rules: NudgeRules;
  calendarOf(worker: Worker): WorkCalendar;
  workflows: readonly Workflow[];
}

export async function startLooking(tx: Queryable, now: Date, workflows: readonly Workflow[]): Promise<Looking> {
  const working = await selectSetting(tx, 'working_time');
  const shared = new Map<string, WorkCalendar>();
  return {
    tx,
    now,
    rules: await selectSetting(tx, 'nudges'),
    workflows,
    calendarOf(worker) {
      if (worker.absences.length > 0) return workCalendar(worker, working);
      const key = `${worker.timeZone} ${worker.locale} ${worker.region ?? ''}`;
      const known = shared.get(key) ?? workCalendar(worker, working);
      shared.set(key, known);
      return known;
    },
  };
} // prettier-ignore

export async function calendarsOf(
  { tx, now, calendarOf }: Looking,
  people: readonly (Omit<Worker, 'absences'> & { id: number })[],
): Promise<Map<number, WorkCalendar>> {
  const ids = people.map(({ id }) => id);
  const absences = byPerson(await selectAbsences(tx, ids, addDays(dayOf(now, 'UTC'), -remembered)));
  return new Map(people.map((each) => [each.id, calendarOf({ ...each, absences: absences(each.id) })]));
}

/** Of all rooms. */
export async function owedBy(
  { tx, now, workflows }: Looking,
  people: readonly number[],
): Promise<(person: number) => Obligation[]> {
  const owed: Obligation[] = [];
  for (const workflow of workflows) owed.push(...((await workflow.owed?.(tx, people, now)) ?? []));
  return byPerson(owed);
}

function byPerson<Of extends { personId: number }>(all: readonly Of[]): (person: number) => Of[] {
  const grouped = Map.groupBy(all, ({ personId }) => personId);
  return (person) => grouped.get(person) ?? [];
}

export interface Seen {
  id: number;
  standing: Standing<Obligation>;
  /** Messages of theirs that are over: nothing of them is open, or its last step was told. */
  over: { done: number[]; stopped: number[] };
}

export async function lookAt(looking: Looking, people: readonly Looked[]): Promise<Seen[]> {
  const { tx, now, rules } = looking;
  const ids = people.map(({ id }) => id);
  const calendars = await calendarsOf(looking, people);
  const owed = await owedBy(looking, ids);
  const open = byPerson(await selectOpenNudges(tx, ids));
  const records = new Set(ids.flatMap((id) => owed(id).map(({ record }) => record)));
  const told = byPerson(await selectTold(tx, ids, [...records]));
  const sentOn = byPerson(await selectSentOn(tx, ids, addDays(dayOf(now, 'UTC'), -14)));
  const snoozes = byPerson(await selectSnoozes(tx, ids));
  return people.map(({ id, hasPeople, digestOn }): Seen => {
    const calendar = calendars.get(id) as WorkCalendar;
    const standing: Standing<Obligation> = {
      calendar,
      owed: owed(id),
      told: new Map<string, Told>(told(id).map((each) => [each.record, each])),
      sentOn: sentOn(id).map(({ day }) => day),
      snoozedUntil: snoozes(id)[0]?.untilDay ?? null,
      ...(hasPeople ? { digestOn } : {}),
    };
    const today = calendar.today(now);
    const left = new Set(standing.owed.map(({ record }) => record));
    const going = new Set(standing.owed.filter((each) => !isStopped(standing, rules, each, today)).map(({ record }) => record));
    const ended = open(id).filter((nudge) => !nudge.records.some((record) => going.has(record)));
    const [done, stopped] = [false, true].map((isLeft) =>
      ended.filter((nudge) => nudge.records.some((record) => left.has(record)) === isLeft).map((nudge) => nudge.id),
    );
    return { id, standing, over: { done: done ?? [], stopped: stopped ?? [] } };
  });
} // prettier-ignore
