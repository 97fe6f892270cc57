/** A year of reminders for 300 people in four time zones, with leave, holidays, clocks that change, things that come and are done. */
import { describe, expect, it } from 'vitest';
import {
  decide,
  isForManager,
  type Owed,
  type Standing,
  type Told,
} from '../../../src/dialogue/nudge/decide.ts';
import { workCalendar, type WorkCalendar } from '../../../src/dialogue/nudge/work-calendar.ts';
import { addDays, daysBetween, inWeekOf } from '../../../src/language/calendar.ts';
import { timeOf } from '../../../src/language/zoned.ts';
import { settings } from '../../../src/records/setting.ts';

const rules = settings.nudges.initial;
const working = settings.working_time.initial;
const places = [['Europe/Berlin', 'de-DE', 'DE-HH'], ['Africa/Cairo', 'ar-EG', null], ['America/New_York', 'en-US', 'US-NY'], ['Pacific/Auckland', 'en-NZ', null]] as const; // prettier-ignore
const people = 300;
const hour = 3_600_000;
const begin = Date.parse('2026-01-01T00:00:00Z');
const days = 365;

/** The same numbers each time. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 12)) >>> 0) % below;
  };
}

interface Thing extends Owed {
  owner: number;
  doneAt: number;
}
interface Sent {
  person: number;
  at: number;
  day: string;
  things: Thing[];
  digest: boolean;
}
interface World {
  calendars: WorkCalendar[];
  zones: readonly string[];
  things: Thing[];
  sent: Sent[];
  /** By manager: when, and what they were told of. */
  digests: { manager: number; day: string; things: Thing[] }[];
}

/** Everybody reports to one of ten; these to the first, and that one to nobody. */
const managerOf = (person: number) => (person < 10 ? 0 : person % 10);

function simulate(): World {
  const next = numbers(7);
  const chosen = Array.from({ length: people }, (_, at) => places[at % 4] ?? places[0]);
  const calendars = chosen.map(([timeZone, locale, region]) => {
    const absences = Array.from({ length: 3 }, () => {
      const fromDay = addDays('2026-01-01', next(days));
      return { fromDay, untilDay: addDays(fromDay, next(16)) };
    });
    return workCalendar({ timeZone, locale, region, absences }, working);
  });
  const things = Array.from({ length: people * 8 }, (_, at): Thing => {
    const askedAt = begin + next(days * 24) * hour + next(60) * 60_000;
    const dueOn = addDays(new Date(askedAt).toISOString().slice(0, 10), next(40));
    // Most are done in time, some late, some never.
    const doneAt = askedAt + (next(10) === 0 ? 1_000 : next(60) * 24 + next(24)) * hour;
    return { record: `thing:${at}`, owner: next(people), askedAt: new Date(askedAt), dueOn: next(12) === 0 ? null : dueOn, rank: next(8) === 0 ? 1 : 2, doneAt, isTold: next(5) === 0 }; // prettier-ignore
  });
  const mine = Map.groupBy(things, ({ owner }) => owner);
  const told = calendars.map(() => new Map<string, Told>());
  const sentOn = calendars.map((): string[] => []);
  const lookAt = calendars.map(() => begin);
  const digestOn = calendars.map((): string | null => null);
  const snoozed = calendars.map((): string | null => null);
  const world: World = { calendars, zones: chosen.map(([zone]) => zone), things, sent: [], digests: [] };
  const openOf = (person: number, at: number) => (mine.get(person) ?? []).filter(({ askedAt, doneAt }) => askedAt.getTime() <= at && doneAt > at); // prettier-ignore

  for (let at = begin; at < begin + days * 24 * hour; at += hour / 2) {
    const now = new Date(at);
    for (const [person, calendar] of calendars.entries()) {
      const fresh = (mine.get(person) ?? []).some(({ askedAt }) => askedAt.getTime() <= at && askedAt.getTime() > at - hour / 2); // prettier-ignore
      if (!fresh && (lookAt[person] ?? 0) > at) continue;
      const today = calendar.today(now);
      if (next(400) === 0) snoozed[person] = addDays(today, 1 + next(10));
      const standing: Standing<Thing> = {
        calendar,
        owed: openOf(person, at),
        told: told[person] as Map<string, Told>,
        sentOn: (sentOn[person] ?? []).filter((day) => day > addDays(today, -14)),
        snoozedUntil: snoozed[person] ?? null,
        ...(person < 10 ? { digestOn: digestOn[person] ?? null } : {}),
      };
      let decision = decide(standing, rules, now);
      let overdue: Thing[] = [];
      if (decision.digest !== null) {
        overdue = calendars.flatMap((_, other) => other !== person && managerOf(other) === person
          ? openOf(other, at).filter((thing) => isForManager(calendars[other] as WorkCalendar, rules, thing, (calendars[other] as WorkCalendar).today(now)))
          : []); // prettier-ignore
        digestOn[person] = decision.digest;
        if (overdue.length === 0) decision = decide({ ...standing, digestOn: decision.digest }, rules, now);
      }
      lookAt[person] = decision.until.getTime();
      if (decision.send.length === 0 && decision.digest === null) continue;
      world.sent.push({ person, at, day: today, things: decision.send.map(({ thing }) => thing), digest: overdue.length > 0 }); // prettier-ignore
      sentOn[person]?.push(today);
      for (const { thing, step } of decision.send) told[person]?.set(thing.record, { step, dueOn: thing.dueOn, at: now }); // prettier-ignore
      if (overdue.length > 0) world.digests.push({ manager: person, day: today, things: overdue });
    }
  }
  return world;
}

describe('a year of reminders', () => {
  const world = simulate();
  const { calendars, zones, things, sent, digests } = world;
  const of = (person: number) => sent.filter((each) => each.person === person);

  it('is simulated for 300 people in less than a minute, and is no silent one', () => {
    expect(sent.length).toBeGreaterThan(people * 5);
    expect(digests.length).toBeGreaterThan(50);
  });

  it('reaches nobody outside of their hours, at a weekend, on a holiday or on leave', () => {
    const wrong = sent.filter(({ person, at, day }) => {
      const time = timeOf(new Date(at), zones[person] ?? '');
      return calendars[person]?.off(day) !== null || time < working.from || time >= working.until;
    });
    expect(wrong).toEqual([]);
    expect(sent.some(({ day }) => day === '2026-12-25' || day === '2026-07-04')).toBe(false);
  });

  it('is never more than one message a day, nor more than the budget a week', () => {
    for (let person = 0; person < people; person += 1) {
      const own = of(person).map(({ day }) => day);
      expect(new Set(own).size).toBe(own.length);
      for (const week of Map.groupBy(own, (day) => inWeekOf(day, 1)).values())
        expect(week.length).toBeLessThanOrEqual(rules.weekly);
    }
  });

  it('never reminds of what is done, nor twice at one step', () => {
    expect(sent.filter(({ at, things: of }) => of.some(({ doneAt }) => doneAt <= at))).toEqual([]);
    const most = 2 + rules.before.length + rules.after.length;
    for (const times of Map.groupBy(sent.flatMap((each) => each.things.map(({ record }) => record)), (record) => record).values())
      expect(times.length).toBeLessThanOrEqual(most); // prettier-ignore
  });

  it('tells each manager once a week of all that is overdue for five working days or more', () => {
    for (const thing of things) {
      if (thing.dueOn === null || thing.owner === 0) continue;
      const calendar = calendars[thing.owner] as WorkCalendar;
      const manager = managerOf(thing.owner);
      const theirs = calendars[manager] as WorkCalendar;
      const since = calendar.add(thing.dueOn, rules.managerAfter);
      const told = digests.filter((each) => each.manager === manager && each.things.includes(thing)).map(({ day }) => day); // prettier-ignore
      expect(told.every((day) => addDays(day, 1) >= since)).toBe(true);
      const weeks = told.map((day) => inWeekOf(day, rules.digestOn));
      expect(new Set(weeks).size).toBe(weeks.length);
      const done = new Date(thing.doneAt).toISOString().slice(0, 10);
      // Each Monday while it is overdue, or the manager's first working day after it, where that comes within the week.
      for (let monday = inWeekOf(addDays(since, 7), 1); monday < '2026-12-20'; monday = addDays(monday, 7)) {
        const heard = theirs.off(monday) === null ? monday : theirs.next(monday);
        if (addDays(heard, 1) >= done || daysBetween(monday, heard) > 6 || thing.askedAt.toISOString().slice(0, 10) >= addDays(monday, -1)) continue; // prettier-ignore
        expect({ thing: thing.record, monday, told: weeks.includes(monday) }).toMatchObject({ told: true });
      }
    }
  });

  it('says the first word of everything that stays open long enough', () => {
    const heard = new Set(sent.flatMap((each) => each.things.map(({ record }) => record)));
    const silent = things.filter(({ record, askedAt, doneAt, owner, isTold }) => {
      const day = calendars[owner]?.today(askedAt) ?? '';
      return (
        !heard.has(record) &&
        isTold !== true &&
        doneAt - askedAt.getTime() > 30 * 24 * hour &&
        day < '2026-11-20'
      );
    });
    expect(silent).toEqual([]);
  });
});
