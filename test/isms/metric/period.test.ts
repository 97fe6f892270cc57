/** Weeks, months, quarters and years that a metric is measured for, across the ends of years. */
import { expect, it } from 'vitest';
import { daysOf, periodAfter, periodBefore, periodDueOn, periodInWords, periodOf, valueDueOn, type Cadence } from '../../../src/isms/metric/period.ts'; // prettier-ignore

it.each<[Cadence, string, string]>([
  ['weekly', '2026-11-25', '2026-W48'],
  ['weekly', '2027-01-01', '2026-W53'],
  ['weekly', '2024-12-30', '2025-W01'],
  ['monthly', '2026-02-28', '2026-02'],
  ['quarterly', '2026-10-01', '2026-Q4'],
  ['quarterly', '2026-03-31', '2026-Q1'],
  ['yearly', '2026-06-15', '2026'],
])('has a %s period for %s: %s', (cadence, day, period) => {
  expect(periodOf(cadence, day)).toBe(period);
  const days = daysOf(cadence, period);
  expect(days !== null && days.from <= day && day <= days.until).toBe(true);
});

it.each<[Cadence, string, string]>([
  ['weekly', '2026-W53', '2027-W01'],
  ['monthly', '2026-12', '2027-01'],
  ['quarterly', '2026-Q4', '2027-Q1'],
  ['yearly', '2026', '2027'],
])('goes on from one %s period to the next, and back', (cadence, period, next) => {
  expect(periodAfter(cadence, period)).toBe(next);
  expect(periodBefore(cadence, next)).toBe(period);
  expect(periodDueOn(cadence, valueDueOn(cadence, period))).toBe(period);
});

it.each<[Cadence, string]>([
  ['weekly', '2025-W53'],
  ['weekly', '2026-11'],
  ['monthly', '2026-13'],
  ['quarterly', '2026-Q5'],
  ['yearly', '2026-01'],
])('knows that no %s period is called %s', (cadence, period) => {
  expect(daysOf(cadence, period)).toBeNull();
});

it('is called in words as people say it', () => {
  expect(['2026-W48', '2026-11', '2026-Q4', '2026'].map(periodInWords)).toEqual(['week 48 of 2026', 'November 2026', 'Q4 2026', '2026']); // prettier-ignore
});
