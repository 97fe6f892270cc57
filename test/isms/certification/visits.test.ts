/** When a certification body has to come: windows reckoned from days and its own numbers, over leap years and the ends of years. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cycle } from '../../../src/isms/certification/rules.ts';
import {
  majorsUntil,
  validUntilOf,
  visitsAhead,
  type Certified,
} from '../../../src/isms/certification/visits.ts';
import { settings } from '../../../src/records/setting.ts';

const usual = settings['certification.cycle'].initial as Cycle;
const days = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)); // prettier-ignore
const year = (day: string) => Number(day.slice(0, 4));
/** With no help of ours. */
const monthsLater = (day: string, months: number) => {
  const [y = 0, m = 0, d = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(y, m - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(y, m - 1 + months, Math.min(d, last))).toISOString().slice(0, 10);
};
const certified = (decidedOn: string, rest: Partial<Certified> = {}): Certified => ({
  state: 'certified',
  suspendedFrom: null,
  visitedOn: decidedOn,
  decidedOn,
  validUntil: validUntilOf(decidedOn, usual),
  ...rest,
});

describe('The visits of a certification body', () => {
  it('are two surveillance audits and a recertification within three years, in that order and before it ends', () => {
    fc.assert(
      fc.property(days, (decidedOn) => {
        const end = validUntilOf(decidedOn, usual);

        const visits = visitsAhead(certified(decidedOn), usual);

        expect(end < monthsLater(decidedOn, 36)).toBe(true);
        expect(visits.map(({ kind }) => kind)).toEqual(['surveillance', 'surveillance', 'recertification']);
        expect(visits.every(({ opensOn, lastOn }) => opensOn <= lastOn && opensOn > decidedOn && lastOn < end)).toBe(true); // prettier-ignore
        expect(visits.map(({ lastOn }) => lastOn).toSorted()).toEqual(visits.map(({ lastOn }) => lastOn));
      }),
      { numRuns: 500 },
    );
  });

  it('begin within twelve months of the decision, and leave out no calendar year after it', () => {
    fc.assert(
      fc.property(days, (decidedOn) => {
        const [first, ...others] = visitsAhead(certified(decidedOn), usual);

        expect(first?.lastOn).toBe(monthsLater(decidedOn, 12));
        let before = year(first?.lastOn ?? '');
        for (const { opensOn, lastOn } of others) {
          expect(year(lastOn)).toBeLessThanOrEqual(before + 1);
          expect(year(opensOn)).toBeGreaterThanOrEqual(before);
          before = year(lastOn);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('follow the last visit as it was held, whenever that was', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 365 }), (decidedOn, after) => {
        const visitedOn = new Date(Date.parse(decidedOn) + after * 86_400_000).toISOString().slice(0, 10);

        const [next] = visitsAhead(certified(decidedOn, { state: 'surveillance_1', visitedOn }), usual);

        expect(next?.kind).toBe('surveillance');
        expect(next?.opensOn).toBe(`${year(visitedOn) + 1}-01-01`);
        expect((next?.lastOn ?? '') <= `${year(visitedOn) + 1}-12-31`).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('take a third surveillance audit where the second was early and recertification would leave a year out', () => {
    const early = certified('2026-11-20', { state: 'surveillance_2', visitedOn: '2027-03-02' });

    const visits = visitsAhead(early, usual);

    expect(visits).toEqual([
      { kind: 'surveillance', opensOn: '2028-01-01', lastOn: '2028-12-31' },
      { kind: 'recertification', opensOn: '2029-05-19', lastOn: '2029-09-20' },
    ]);
  });

  it('know 29 February: a certificate of that day has its first visit by the 28th of the next', () => {
    const [first] = visitsAhead(certified('2028-02-29'), usual);

    expect(validUntilOf('2028-02-29', usual)).toBe('2031-02-27');
    expect(first).toEqual({ kind: 'surveillance', opensOn: '2028-11-28', lastOn: '2029-02-28' });
  });

  it('follow numbers of the body where it has its own', () => {
    const own: Cycle = { ...usual, surveillanceMonths: 9, windowMonths: 1, validMonths: 24, stage2Months: 4 };
    const surveilled = certified('2026-06-10', { state: 'surveillance_1', visitedOn: '2027-05-04', validUntil: '2028-06-09' }); // prettier-ignore

    const stage2 = visitsAhead({ ...surveilled, state: 'stage1_done', visitedOn: '2026-10-31' }, own);
    const next = visitsAhead(surveilled, own);

    expect(stage2).toEqual([{ kind: 'stage2', opensOn: '2026-11-01', lastOn: '2027-02-28' }]);
    expect(next).toEqual([{ kind: 'recertification', opensOn: '2027-12-09', lastOn: '2028-02-04' }]);
  });

  it('are none before there is a certificate and after it, and go on as before while it is suspended', () => {
    const states = ['preparing', 'stage2_done', 'withdrawn', 'expired', 'recertification'];

    const none = states.flatMap((state) => visitsAhead(certified('2026-06-10', { state }), usual));
    const suspended = visitsAhead(certified('2026-06-10', { state: 'suspended', suspendedFrom: 'certified' }), usual); // prettier-ignore

    expect(none).toEqual([]);
    expect(suspended).toEqual(visitsAhead(certified('2026-06-10'), usual));
    expect(majorsUntil({ state: 'major_open', visitedOn: '2026-08-31' }, usual)).toBe('2027-02-28');
    expect(majorsUntil({ state: 'certified', visitedOn: '2026-08-31' }, usual)).toBeNull();
  });
});
