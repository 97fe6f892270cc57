/** Work packages in the order in which they can be done: when each can begin, what has float, and what decides the day on which all is done. */
import { addWorkingDays } from '../../language/calendar.ts';

export interface Package {
  reference: string;
  effort: 'hours' | 'days' | 'weeks';
  /** References of those that must be done before it. */
  after: readonly string[];
  isDone: boolean;
}

export interface Planned {
  reference: string;
  /** First and last working day. */
  from: string;
  to: string;
  /** Working days by which it can end later without anything else ending later than it must. */
  float: number;
  /** It decides the end: a day lost here is a day lost for all. */
  isCritical: boolean;
}

export interface Roadmap {
  /** In the order of their beginnings; what is done is not among them. */
  packages: Planned[];
  /** The last day of the last one; the first day where nothing is left. */
  ends: string;
  /** Working days between the end and the audit: negative where it does not fit; null without an audit day. */
  spare: number | null;
}

/** Working days that a package of this size takes beside somebody's other work. */
const workingDays = { hours: 1, days: 5, weeks: 15 } as const;

/**
 * @param today  on or after which everything that is left begins
 * @param audit  the day by which it should be done
 * @throws Error where packages wait for each other in a circle: `refuseCircle` keeps them out
 */
export function planRoadmap(packages: readonly Package[], today: string, audit: string | null): Roadmap {
  const open = packages.filter(({ isDone }) => !isDone);
  const order = ordered(open);
  if (order === null) throw new Error('Work packages wait for each other in a circle.');
  const begins = new Map<string, number>();
  const lengthOf = ({ effort }: Package) => workingDays[effort];
  for (const each of order)
    begins.set(
      each.reference,
      Math.max(
        0,
        ...waitedFor(each, open).map((before) => (begins.get(before.reference) ?? 0) + lengthOf(before)),
      ),
    );
  const endOf = (each: Package) => (begins.get(each.reference) ?? 0) + lengthOf(each);
  const total = Math.max(0, ...order.map(endOf));
  const latest = new Map<string, number>();
  for (const each of [...order].reverse()) {
    const next = open.filter(({ after }) => after.includes(each.reference));
    latest.set(
      each.reference,
      Math.min(total, ...next.map((later) => (latest.get(later.reference) ?? total) - lengthOf(later))),
    );
  }
  const first = addWorkingDays(addWorkingDays(today, 1), -1) < today ? addWorkingDays(today, 1) : today;
  const dayAt = (at: number) => addWorkingDays(first, at);
  const ends = total === 0 ? first : dayAt(total - 1);
  return {
    packages: order
      .map((each) => {
        const float = (latest.get(each.reference) ?? total) - endOf(each);
        const at = begins.get(each.reference) ?? 0;
        return {
          reference: each.reference,
          from: dayAt(at),
          to: dayAt(endOf(each) - 1),
          float,
          isCritical: float === 0,
        };
      })
      .sort((one, other) => one.from.localeCompare(other.from) || one.to.localeCompare(other.to)),
    ends,
    spare: audit === null ? null : workingDaysBetween(ends, audit),
  };
}

/** Whether some of them wait for each other, so that none can begin. */
export function haveCircle(packages: readonly Package[]): boolean {
  return ordered(packages) === null;
}

function waitedFor({ after }: Package, open: readonly Package[]): Package[] {
  return open.filter(({ reference }) => after.includes(reference));
}

/** Each behind all that it waits for; null where that cannot be. */
function ordered(open: readonly Package[]): Package[] | null {
  const order: Package[] = [];
  let left = [...open];
  while (left.length > 0) {
    const ready = left.filter((each) => waitedFor(each, left).length === 0);
    if (ready.length === 0) return null;
    order.push(...ready);
    left = left.filter((each) => !ready.includes(each));
  }
  return order;
}

/** Negative where the second day is before the first. */
function workingDaysBetween(from: string, to: string): number {
  let days = 0;
  const sign = to < from ? -1 : 1;
  for (let at = from; sign > 0 ? at < to : at > to; days += sign) {
    at = addWorkingDays(at, sign);
    if (sign > 0 ? at > to : at < to) break;
  }
  return days;
}
