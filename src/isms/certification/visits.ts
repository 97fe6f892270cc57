/** When the certification body comes next, and until when it has to. Pure: days and the body's numbers in, windows out. */
import { addDays, addMonths, partsOf } from '../../language/calendar.ts';
import type { Cycle } from './rules.ts';

export interface Visit {
  kind: 'stage2' | 'surveillance' | 'recertification';
  /** The first and the last day on which it can be held. */
  opensOn: string;
  lastOn: string;
}

export interface Certified {
  state: string;
  suspendedFrom: string | null;
  visitedOn: string | null;
  decidedOn: string | null;
  validUntil: string | null;
}

/** Surveillance audits that were held since the decision. */
const held: Readonly<Record<string, number>> = { certified: 0, surveillance_1: 1, surveillance_2: 2 };

const latest = (...days: string[]) => days.toSorted().at(-1) ?? '';
const earliest = (...days: string[]) => days.toSorted()[0] ?? '';

/**
 * All visits until the certificate ends, the next one first; each later one as if those before were held on their last day.
 *
 * A surveillance audit in the first and second year after the decision, the first within so many months of it, then one in each
 * calendar year; recertification counts as the visit of its year.
 */
export function visitsAhead(certification: Certified, cycle: Cycle): Visit[] {
  const { suspendedFrom, visitedOn, decidedOn, validUntil } = certification;
  const state = suspendedFrom ?? certification.state;
  if (state === 'stage1_done' && visitedOn !== null && cycle.stage2Months !== null)
    return [{ kind: 'stage2', opensOn: addDays(visitedOn, 1), lastOn: addMonths(visitedOn, cycle.stage2Months) }];
  const before = held[state];
  if (before === undefined || decidedOn === null || validUntil === null) return [];

  const needed = Math.round(cycle.validMonths / 12) - 1;
  const again = { opensOn: addMonths(validUntil, -cycle.recertificationMonths), lastOn: addDays(validUntil, -cycle.recertificationDays) };
  const visits: Visit[] = [];
  let after = before === 0 || visitedOn === null ? decidedOn : visitedOn;
  for (let count = before; ; count += 1) {
    const { opensOn, lastOn } = count === 0 ? firstWindow(decidedOn, cycle) : nextWindow(after, cycle);
    if ((count >= needed && again.opensOn <= lastOn) || again.opensOn < opensOn) {
      const until = earliest(again.lastOn, latest(lastOn, again.opensOn));
      return [...visits, { kind: 'recertification', opensOn: earliest(latest(again.opensOn, addDays(after, 1)), until), lastOn: until }];
    }
    const until = earliest(lastOn, latest(again.opensOn, opensOn));
    visits.push({ kind: 'surveillance', opensOn, lastOn: until });
    after = until;
  }
} // prettier-ignore

function firstWindow(decidedOn: string, cycle: Cycle) {
  const lastOn = addMonths(decidedOn, cycle.firstSurveillanceMonths);
  return { opensOn: latest(addMonths(lastOn, -cycle.windowMonths), addDays(decidedOn, 1)), lastOn };
}

function nextWindow(after: string, { surveillanceMonths, windowMonths }: Cycle) {
  if (surveillanceMonths === null) {
    const year = partsOf(after).year + 1;
    return { opensOn: `${year}-01-01`, lastOn: `${year}-12-31` };
  }
  const lastOn = addMonths(after, surveillanceMonths);
  return { opensOn: latest(addMonths(lastOn, -windowMonths), addDays(after, 1)), lastOn };
}

/** The last day of a certificate that is decided on a day. */
export function validUntilOf(decidedOn: string, { validMonths }: Cycle): string {
  return addDays(addMonths(decidedOn, validMonths), -1);
}

/** Until when open majors are verified, or Stage 2 is held again; null where none are. */
export function majorsUntil(
  { state, visitedOn }: Pick<Certified, 'state' | 'visitedOn'>,
  { majorMonths }: Cycle,
): string | null {
  return state !== 'major_open' || visitedOn === null ? null : addMonths(visitedOn, majorMonths);
}
