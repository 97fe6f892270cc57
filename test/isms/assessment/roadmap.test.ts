import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weekdayOf } from '../../../src/language/calendar.ts';
import { haveCircle, planRoadmap, type Package } from '../../../src/isms/assessment/roadmap.ts';

function workPackage(reference: string, parts: Partial<Package> = {}): Package {
  return { reference, effort: 'days', after: [], isDone: false, ...parts };
}

const tuesday = '2026-12-01';

describe('A roadmap', () => {
  it('begins what waits for others when these are done, and names what decides the end', () => {
    const { packages, ends } = planRoadmap(
      [
        workPackage('list'),
        workPackage('method', { effort: 'hours' }),
        workPackage('assessment', { effort: 'weeks', after: ['list', 'method'] }),
      ],
      tuesday,
      null,
    );

    expect(packages).toEqual([
      { reference: 'method', from: tuesday, to: tuesday, float: 4, isCritical: false },
      { reference: 'list', from: tuesday, to: '2026-12-07', float: 0, isCritical: true },
      { reference: 'assessment', from: '2026-12-08', to: '2026-12-28', float: 0, isCritical: true },
    ]);
    expect(ends).toBe('2026-12-28');
  });

  it('says by how many working days it misses the audit, or what is spare', () => {
    const one = [workPackage('list')];

    expect(planRoadmap(one, tuesday, '2026-12-09').spare).toBe(2);
    expect(planRoadmap(one, tuesday, '2026-12-07').spare).toBe(0);
    expect(planRoadmap(one, tuesday, '2026-12-02').spare).toBe(-3);
  });

  it('begins on a Monday where today is a weekend, and leaves out what is done', () => {
    const { packages } = planRoadmap(
      [workPackage('done', { isDone: true }), workPackage('next', { after: ['done'], effort: 'hours' })],
      '2026-12-05',
      null,
    );

    expect(packages).toEqual([
      { reference: 'next', from: '2026-12-07', to: '2026-12-07', float: 0, isCritical: true },
    ]);
  });

  it('knows a circle', () => {
    expect(haveCircle([workPackage('a', { after: ['b'] }), workPackage('b', { after: ['a'] })])).toBe(true);
    expect(haveCircle([workPackage('a', { after: ['b'] }), workPackage('b')])).toBe(false);
  });

  it('never begins a package before those that it waits for are done, nor on a weekend, and always has a critical one', () => {
    const packages = fc.array(
      fc.record({
        effort: fc.constantFrom('hours', 'days', 'weeks'),
        waits: fc.array(fc.nat(20), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 15 },
    );
    fc.assert(
      fc.property(packages, (drawn) => {
        const all = drawn.map(({ effort, waits }, index) =>
          workPackage(`p${index}`, {
            effort: effort,
            after: waits.filter((before) => before < index).map((before) => `p${before}`),
          }),
        );

        const roadmap = planRoadmap(all, tuesday, null);

        const byName = new Map(roadmap.packages.map((each) => [each.reference, each]));
        for (const { reference, after } of all)
          for (const before of after)
            expect((byName.get(before)?.to ?? '') < (byName.get(reference)?.from ?? '')).toBe(true);
        expect(roadmap.packages.every(({ from, to }) => weekdayOf(from) <= 5 && weekdayOf(to) <= 5)).toBe(
          true,
        );
        expect(roadmap.packages.some(({ isCritical, to }) => isCritical && to === roadmap.ends)).toBe(true);
        expect(roadmap.packages.every(({ float }) => float >= 0)).toBe(true);
      }),
    );
  });
});
