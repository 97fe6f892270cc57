/** Values as people say them, in four languages: which metric, how much, for when. */
import { expect, it } from 'vitest';
import type { Metric } from '../../../src/isms/metric/metric.ts';
import type { Cadence } from '../../../src/isms/metric/period.ts';
import { maySayValue, metricIn, readValue } from '../../../src/workflows/metrics/read-value.ts';

const today = '2026-12-01';

function metric(id: number, title: string, cadence: Cadence = 'monthly'): Metric {
  return { id, reference: `ME-2026-00${id}`, title, cadence, version: 1, state: 'active', method: '', unit: '%', ownerId: 1, target: null, better: null, nextDueOn: '2026-12-10', stateAt: new Date() }; // prettier-ignore
}
const phishing = metric(1, 'Phishing reporting rate');
const patches = metric(2, 'Servers patched within 14 days');
const restores = metric(3, 'Restore tests that succeeded', 'quarterly');
const known = [phishing, patches, restores];

it.each<[string, Metric, number, string | null]>([
  ['phishing reporting rate was 41 % in November', phishing, 41, '2026-11'],
  ['The phishing reporting rate reached 41.5 last month', phishing, 41.5, '2026-11'],
  ['phishing reporting rate: it was 38% in August 2025', phishing, 38, '2025-08'],
  ['phishing reporting rate in December was 12', phishing, 12, '2026-12'],
  ['Phishing Reporting Rate lag im November bei 41,5 %', phishing, 41.5, '2026-11'],
  ['le phishing reporting rate était de 41 % en novembre', phishing, 41, '2026-11'],
  ['phishing reporting rate fue 41 % el mes pasado', phishing, 41, '2026-11'],
  ['servers patched within 14 days were 97.5 % in October', patches, 97.5, '2026-10'],
  ['servers patched within 14 days: record 96', patches, 96, null],
  ['restore tests that succeeded were 80 in Q3', restores, 80, '2026-Q3'],
  ['restore tests succeeded: enter 100 for 2026-Q2', restores, 100, '2026-Q2'],
  ['restore tests that succeeded were 90 in May', restores, 90, '2026-Q2'],
])('reads «%s»', (text, meant, value, period) => {
  expect(maySayValue(text)).toBe(true);
  expect(metricIn(text, known)?.id).toBe(meant.id);
  expect(readValue(text, meant, today)).toEqual({ value, period });
});

it.each(['record 97.5 for ME-2', 'ME-2 97.5', 'trage 97,5 für ME-2 ein', 'ME-2026-002: 97.5 %'])(
  'reads a value by its reference: «%s»',
  (text) => {
    expect(maySayValue(text)).toBe(true);
    expect(readValue(text, patches, today)).toEqual({ value: 97.5, period: null });
  },
);

it.each(['what was the phishing reporting rate in November 2026?', 'we found 3 leavers with accounts', 'phishing is a problem'])(
  'reads no value in «%s»',
  (text) => {
    expect(maySayValue(text) && metricIn(text, known) !== null).toBe(false);
  },
); // prettier-ignore

it('asks for the quarter where a year is said, and for nothing where only a reference is', () => {
  expect(readValue('ME-2', patches, today)).toBeNull();
  expect(() => readValue('restore tests that succeeded were 80 last year', restores, today)).toThrow('say which quarter, as 2026-Q4'); // prettier-ignore
});
