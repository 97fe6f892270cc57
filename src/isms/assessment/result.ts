/** What answers come to: of a criterion, a requirement, a theme, a whole assessment. Computed here, and nowhere else. */
import type { Criterion, Rating } from './bank.ts';

export const dimensions = ['defined', 'practised', 'proven'] as const;
export type Dimension = (typeof dimensions)[number];
export type Ratings = Record<Dimension, Rating | null>;

export const results = ['conform', 'partial', 'nonconform', 'not_applicable', 'not_assessed'] as const;
export type Result = (typeof results)[number];

export interface Judged extends Ratings {
  result: Result;
  grade: Criterion['gap']['grade'];
  /** Which of its ratings an assessor saw. */
  seen: readonly Dimension[];
}

/**
 * Conform: all that was asked is so. Nonconform: it is not done, or it is neither written down nor can anything be shown. What lies
 * between is partial; where nobody said whether it is done, it is not assessed. A better rating never makes a worse result.
 */
export function resultOf({ defined, practised, proven }: Ratings): Result {
  if (practised === null) return 'not_assessed';
  if (practised === 'no' || (defined === 'no' && proven === 'no')) return 'nonconform';
  return [defined, practised, proven].every((rating) => rating === 'yes' || rating === null)
    ? 'conform'
    : 'partial';
}

/**
 * Of several criteria. One of which nothing is there, and that an auditor would call a major, makes all of it nonconform, and so do
 * all of them together. Conform it is once each of them is.
 */
export function resultOfAll(criteria: readonly Pick<Judged, 'result' | 'grade'>[]): Result {
  const apply = criteria.filter(({ result }) => result !== 'not_applicable');
  if (apply.length === 0) return criteria.length === 0 ? 'not_assessed' : 'not_applicable';
  const assessed = apply.filter(({ result }) => result !== 'not_assessed');
  const isBroken = ({ result }: Pick<Judged, 'result'>) => result === 'nonconform';
  if (assessed.length > 0 && assessed.every(isBroken)) return 'nonconform';
  if (assessed.some((each) => isBroken(each) && each.grade === 'major')) return 'nonconform';
  if (assessed.some(({ result }) => result !== 'conform')) return 'partial';
  return assessed.length === apply.length ? 'conform' : 'not_assessed';
}

/** Whether an assessor saw all that it is rated by; what somebody only said is claimed. */
export function isSeen({ seen, ...ratings }: Ratings & Pick<Judged, 'seen'>): boolean {
  const rated = dimensions.filter((dimension) => ratings[dimension] !== null);
  return rated.length > 0 && rated.every((dimension) => seen.includes(dimension));
}

export interface Count {
  claimed: number;
  seen: number;
}
export type Totals = Record<Result, Count>;

export function totalsOf(criteria: readonly Judged[]): Totals {
  const totals = Object.fromEntries(results.map((result) => [result, { claimed: 0, seen: 0 }])) as Totals;
  for (const each of criteria) totals[each.result][isSeen(each) ? 'seen' : 'claimed'] += 1;
  return totals;
}

export function countOf({ claimed, seen }: Count): number {
  return claimed + seen;
}

/** Of a hundred: a conforming criterion counts whole, a partial one half, what does not apply or was not assessed not at all; null for none. */
export function scoreOf(totals: Totals): number | null {
  const [conform, partial, nonconform] = [totals.conform, totals.partial, totals.nonconform].map(countOf) as [number, number, number]; // prettier-ignore
  const assessed = conform + partial + nonconform;
  return assessed === 0 ? null : Math.round((100 * (conform + partial / 2)) / assessed);
}

/** 0 nothing is done, 1 here and there, 2 done, 3 by a rule, 4 with proof, 5 as an assessor saw; null where it is not known. */
export function maturityOf(judged: Ratings & Pick<Judged, 'seen'>): number | null {
  const { defined, practised, proven } = judged;
  if (practised === null) return null;
  if (practised !== 'yes') return practised === 'partly' ? 1 : 0;
  if (defined !== 'yes') return 2;
  if (proven !== 'yes') return 3;
  return isSeen(judged) ? 5 : 4;
}

export interface GapParts extends Judged {
  name: string;
  requirement: string;
  gap: Criterion['gap'];
}
export interface Gap<Of extends GapParts> {
  of: Of;
  /** Other gaps that wait for it. */
  waiting: number;
}

const grades = ['major', 'minor', 'ofi'];
const efforts = ['hours', 'days', 'weeks'];

/** Those that matter most first: what an auditor would make of it, how much of it is missing, what waits for it, how little it takes. */
export function gapsIn<Of extends GapParts>(criteria: readonly Of[]): Gap<Of>[] {
  const gaps = criteria.filter(({ result }) => result === 'nonconform' || result === 'partial');
  const weight = ({ of: { grade, result, gap }, waiting }: Gap<Of>) => [
    grades.indexOf(grade),
    result === 'nonconform' ? 0 : 1,
    -waiting,
    efforts.indexOf(gap.effort),
  ];
  return gaps
    .map((of) => ({ of, waiting: gaps.filter((other) => waitsFor(other, of)).length }))
    .sort((one, other) => {
      const [first, second] = [weight(one), weight(other)];
      return first.map((value, at) => value - (second[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
    });
}

/** What comes before is a requirement, or a criterion of the same one. */
export function waitsFor(gap: GapParts, before: Pick<GapParts, 'name' | 'requirement'>): boolean {
  if (gap.name === before.name) return false;
  const after = gap.gap.after ?? [];
  return after.includes(before.requirement) && gap.requirement !== before.requirement
    ? true
    : after.some((each) => `${gap.requirement}.${each}` === before.name);
}
