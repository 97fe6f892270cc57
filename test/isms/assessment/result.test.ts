import { describe, expect, it } from 'vitest';
import {
  countOf,
  dimensions,
  gapsIn,
  maturityOf,
  resultOf,
  resultOfAll,
  results,
  scoreOf,
  totalsOf,
  type GapParts,
  type Judged,
  type Ratings,
} from '../../../src/isms/assessment/result.ts';

const ratings = ['no', 'partly', 'yes'] as const;
const orUnknown = [null, ...ratings];
const all: Ratings[] = orUnknown.flatMap((defined) =>
  orUnknown.flatMap((practised) => orUnknown.map((proven) => ({ defined, practised, proven }))),
);
const order = ['nonconform', 'partial', 'conform'];

describe('The result of a criterion', () => {
  it('is not assessed where nobody said whether it is done, and only there', () => {
    for (const each of all)
      expect(resultOf(each) === 'not_assessed', JSON.stringify(each)).toBe(each.practised === null);
  });

  it('never gets worse where one of its ratings is better', () => {
    for (const each of all)
      for (const dimension of dimensions) {
        const better = ratings[ratings.indexOf(each[dimension] ?? 'yes') + 1];
        if (each.practised === null || each[dimension] === null || better === undefined) continue;
        const improved = resultOf({ ...each, [dimension]: better });

        expect(order.indexOf(improved), JSON.stringify({ each, dimension })).toBeGreaterThanOrEqual(
          order.indexOf(resultOf(each)),
        );
      }
  });

  it('is conform only where nothing that was asked is missing', () => {
    const conform = all.filter((each) => resultOf(each) === 'conform');

    expect(conform.flatMap((each) => dimensions.map((dimension) => each[dimension])).filter((rating) => rating !== 'yes' && rating !== null)).toEqual([]);
  }); // prettier-ignore

  it('has a maturity that a better rating never lowers', () => {
    for (const each of all)
      for (const dimension of dimensions) {
        const better = ratings[ratings.indexOf(each[dimension] ?? 'yes') + 1];
        if (each.practised === null || each[dimension] === null || better === undefined) continue;

        expect(maturityOf({ ...each, [dimension]: better, seen: [] }) ?? 0).toBeGreaterThanOrEqual(maturityOf({ ...each, seen: [] }) ?? 0);
      }
  }); // prettier-ignore
});

describe('The result of a requirement', () => {
  const of = (...found: [Judged['result'], Judged['grade']?][]) =>
    resultOfAll(found.map(([result, grade = 'minor']) => ({ result, grade })));

  it.each([
    ['conform once each criterion is', of(['conform'], ['conform'], ['not_applicable']), 'conform'],
    ['not assessed as long as one is open', of(['conform'], ['not_assessed']), 'not_assessed'],
    ['not applicable where all of it is', of(['not_applicable'], ['not_applicable']), 'not_applicable'],
    ['partial where a minor thing is missing', of(['conform'], ['nonconform']), 'partial'],
    ['missed where a major thing is', of(['conform'], ['nonconform', 'major']), 'nonconform'],
    ['missed where everything is', of(['nonconform'], ['nonconform', 'ofi']), 'nonconform'],
    ['partial where half of it is there, though more is open', of(['partial'], ['not_assessed']), 'partial'],
  ])('is %s', (_rule, found, expected) => {
    expect(found).toBe(expected);
  });
});

describe('Totals', () => {
  const judged = (each: Ratings, seen: Judged['seen'] = []): Judged => ({
    ...each,
    grade: 'minor',
    seen,
    result: resultOf(each),
  });

  it('count each criterion once, claimed or seen, whatever it is', () => {
    const criteria = all.flatMap((each) => [judged(each), judged(each, [...dimensions])]);
    const totals = totalsOf(criteria);

    expect(results.reduce((sum, result) => sum + countOf(totals[result]), 0)).toBe(criteria.length);
    expect(totals.conform.claimed).toBe(totals.conform.seen);
  });

  it('call seen only what was seen in all that it is rated by', () => {
    const part = judged({ defined: 'yes', practised: 'yes', proven: 'yes' }, ['practised']);

    expect(totalsOf([part]).conform).toEqual({ claimed: 1, seen: 0 });
  });

  it('make 100 of nothing but conform, 0 of nothing but gaps, and nothing of nothing', () => {
    const [best, worst] = [judged({ defined: 'yes', practised: 'yes', proven: null }), judged({ defined: 'no', practised: 'no', proven: null })]; // prettier-ignore

    expect([scoreOf(totalsOf([best, best])), scoreOf(totalsOf([best, worst])), scoreOf(totalsOf([worst])), scoreOf(totalsOf([]))]).toEqual([100, 50, 0, null]); // prettier-ignore
  });
});

describe('Gaps', () => {
  const gap = (name: string, rest: Partial<GapParts> = {}, after: string[] = []): GapParts => ({
    name,
    requirement: name.slice(0, name.lastIndexOf('.')),
    defined: 'no',
    practised: 'no',
    proven: null,
    seen: [],
    result: 'nonconform',
    grade: 'minor',
    gap: { close: { en: 'Do it.' }, effort: 'days', grade: 'minor', after },
    ...rest,
  });

  it('come by what an auditor makes of them, then by how much is missing, then by what waits for them', () => {
    const gaps = gapsIn([
      gap('A.5.1.partial', { result: 'partial' }),
      gap('A.5.2.waits', {}, ['A.5.9']),
      gap('A.5.9.first'),
      gap('A.5.3.major', { grade: 'major' }),
      gap('A.5.4.fine', { result: 'conform' }),
    ]);

    expect(gaps.map(({ of: { name }, waiting }) => `${name} ${waiting}`)).toEqual([
      'A.5.3.major 0',
      'A.5.9.first 1',
      'A.5.2.waits 0',
      'A.5.1.partial 0',
    ]);
  });
});
