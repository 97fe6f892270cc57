/** Whether somebody is reminded now, of what, or why not and when it is looked at again. Pure: it is given all that it needs. */
import type { Obligation } from '../../conversation/contract.ts';
import { inWeekOf } from '../../language/calendar.ts';
import type { WorkCalendar } from './work-calendar.ts';

export interface NudgeRules {
  gatherMinutes: number;
  /** Working days before the day, and after it. */
  before: readonly number[];
  after: readonly number[];
  managerAfter: number;
  digestOn: number;
  /** Messages a week, Monday to Sunday. */
  weekly: number;
}

export type Owed = Pick<Obligation, 'record' | 'askedAt' | 'isTold' | 'dueOn' | 'rank' | 'paused'>;

/** What somebody was last told of a record. */
export interface Told {
  /** Null for the first word of it. */
  step: number | null;
  dueOn: string | null;
  at: Date;
}

export interface Standing<Thing extends Owed = Owed> {
  calendar: WorkCalendar;
  owed: readonly Thing[];
  /** By record. */
  told: ReadonlyMap<string, Told>;
  /** Local days of the last two weeks on which they were sent a message. */
  sentOn: readonly string[];
  /** The first day on which they hear of what is theirs again. */
  snoozedUntil: string | null;
  /** For somebody with people of their own: the day for which these were last looked at; absent for others. */
  digestOn?: string | null;
}

export type HeldFor = 'quiet_hours' | 'leave' | 'budget' | 'snooze';

export interface Due<Thing> {
  thing: Thing;
  /** Null for the first word of it, else working days after the day on which it is due. */
  step: number | null;
}

export interface Decision<Thing extends Owed = Owed> {
  /** What makes a message due now; empty where nothing does. */
  send: Due<Thing>[];
  /** Why what is due has to wait. */
  held: HeldFor | null;
  /** The people of whoever has some are to be looked at: the day for which. */
  digest: string | null;
  /** When it is looked at again. */
  until: Date;
}

const firstOf = (one: Date, other: Date) => (one < other ? one : other);

export function decide<Thing extends Owed>(standing: Standing<Thing>, rules: NudgeRules, now: Date): Decision<Thing> {
  const { calendar, sentOn, snoozedUntil } = standing;
  const today = calendar.today(now);
  const opens = calendar.opens(today);
  const tomorrow = calendar.opens(calendar.next(today));
  const off = calendar.off(today);
  const nothing = { send: [], held: null, digest: null };
  if (sentOn.includes(today)) return { ...nothing, until: tomorrow };

  const digest = digestDue(standing, rules, today);
  const due = standing.owed.flatMap((thing) => dueOf(standing, rules, thing, today, now) ?? []);
  const own = due.filter(({ waits }) => waits === null);
  if (own.length === 0 && digest === null) {
    const waits = due.map(({ waits: until }) => until ?? tomorrow);
    const next = off === null && now < opens ? opens : tomorrow;
    return { ...nothing, until: waits.reduce(firstOf, next) };
  }
  const heldFor = (held: HeldFor, until: Date) => ({ ...nothing, held: own.length > 0 ? held : null, until });
  if (off !== null) return heldFor(off, tomorrow);
  if (now < opens) return heldFor('quiet_hours', opens);
  if (!calendar.isOpen(now)) return heldFor('quiet_hours', tomorrow);

  const isSnoozed = snoozedUntil !== null && today < snoozedUntil;
  const mine = isSnoozed ? [] : own;
  const monday = inWeekOf(today, 1);
  const left = rules.weekly - sentOn.filter((day) => day >= monday).length;
  if (left <= 0) return heldFor('budget', tomorrow);
  // The last message of a week is for what is due or overdue, or what the certificate rests on, and for what managers have to know.
  const isPressing = ({ step, thing }: Due<Thing>) => (step ?? -1) >= 0 || thing.rank === 1;
  const owesDigest = standing.digestOn !== undefined && digest === null && standing.digestOn !== null && standing.digestOn < monday;
  const spared = mine.length > 0 && left === 1 && rules.weekly > 1 && (owesDigest || !mine.some(isPressing));
  if (digest === null && mine.length === 0) return heldFor('snooze', tomorrow);
  if (digest === null && spared) return heldFor('budget', tomorrow);
  return { send: mine.map(({ thing, step }) => ({ thing, step })), held: null, digest, until: tomorrow };
} // prettier-ignore

/** The newest day of a digest for which their people were not looked at. */
function digestDue({ digestOn }: Standing, rules: NudgeRules, today: string): string | null {
  if (digestOn === undefined) return null;
  const thisWeek = inWeekOf(today, rules.digestOn);
  const anchor = thisWeek <= today ? thisWeek : inWeekOf(`${today}`, rules.digestOn - 7);
  return digestOn === null || digestOn < anchor ? anchor : null;
}

/** The last of its steps that has come; of a day, of several missed ones, one. */
function stepOf(calendar: WorkCalendar, rules: NudgeRules, { askedAt, dueOn }: Owed, today: string): number | null {
  if (dueOn === null) return null;
  const asked = calendar.today(askedAt);
  const steps = [...rules.before.map((days) => -days), 0, ...rules.after].toSorted((one, other) => other - one);
  const come = steps.find((days) => calendar.add(dueOn, days) <= today);
  return come === undefined || calendar.add(dueOn, come) <= asked ? null : come;
} // prettier-ignore

/** Null where nothing new is to be said of it; `waits` while more is gathered. */
function dueOf<Thing extends Owed>({ calendar, told }: Standing<Thing>, rules: NudgeRules, thing: Thing, today: string, now: Date) {
  if (thing.paused === true) return null;
  const before = told.get(thing.record);
  const step = stepOf(calendar, rules, thing, today);
  if (before === undefined || before.at < thing.askedAt) {
    if (thing.isTold === true && step === null) return null;
    const gathered = new Date(thing.askedAt.getTime() + rules.gatherMinutes * 60_000);
    return { thing, step, waits: step === null && now < gathered ? gathered : null };
  }
  if (step === null) return null;
  const isNew = before.dueOn !== thing.dueOn || before.step === null || before.step < step;
  return isNew ? { thing, step, waits: null } : null;
} // prettier-ignore

/** Its last step has come and was told: nobody is reminded of it any more. */
export function isStopped({ calendar, told }: Standing, rules: NudgeRules, thing: Owed, today: string): boolean {
  const before = told.get(thing.record);
  const last = Math.max(0, ...rules.after);
  return before !== undefined && before.dueOn === thing.dueOn && before.step === last && thing.dueOn !== null && calendar.add(thing.dueOn, last) <= today;
} // prettier-ignore

/** Overdue for so long, in working days of theirs, that their manager hears of it. */
export function isForManager(calendar: WorkCalendar, rules: NudgeRules, { dueOn }: Pick<Owed, 'dueOn'>, today: string): boolean {
  return dueOn !== null && dueOn < today && calendar.add(dueOn, rules.managerAfter) <= today;
} // prettier-ignore

/** The most urgent first: by its day, then by what the certificate rests on. */
export function byUrgency(one: Pick<Owed, 'dueOn' | 'rank'>, other: Pick<Owed, 'dueOn' | 'rank'>): number {
  return (one.dueOn ?? '9999').localeCompare(other.dueOn ?? '9999') || one.rank - other.rank;
}
