/** For when the calendar is asked, in four languages; and what is no question to it. */
import { describe, expect, it } from 'vitest';
import { readSpan } from '../../../src/workflows/calendar/read-span.ts';

const asking = { now: new Date('2026-12-01T09:00:00Z'), timeZone: 'Europe/Berlin', locale: 'en-GB', today: '2026-12-01' }; // prettier-ignore
const spans: [string, string, string][] = [
  ['calendar', '2026-12-01', '2027-03-01'],
  ['What is due this quarter?', '2026-10-01', '2026-12-31'],
  ["what's due next quarter?", '2027-01-01', '2027-03-31'],
  ['What is due until March?', '2026-12-01', '2027-03-31'],
  ['what is due until 15 January 2027?', '2026-12-01', '2027-01-15'],
  ['what is due by the end of this year?', '2026-12-01', '2026-12-31'],
  ['what is coming up in March?', '2027-03-01', '2027-03-31'],
  ['what is due in December?', '2026-12-01', '2026-12-31'],
  ['what is due in Q2?', '2027-04-01', '2027-06-30'],
  ['what is due in Q4 2027?', '2027-10-01', '2027-12-31'],
  ['what is due in 2028?', '2028-01-01', '2028-12-31'],
  ['what is due in February 2028?', '2028-02-01', '2028-02-29'],
  ['what is due this week?', '2026-11-30', '2026-12-06'],
  ['what is due in the next 30 days?', '2026-12-01', '2026-12-31'],
  ['Was ist dieses Quartal fällig?', '2026-10-01', '2026-12-31'],
  ['Was ist bis März fällig?', '2026-12-01', '2027-03-31'],
  ['Was steht nächsten Monat an?', '2027-01-01', '2027-01-31'],
  ['Quelles sont les échéances ce trimestre ?', '2026-10-01', '2026-12-31'],
  ['¿Qué vence este trimestre?', '2026-10-01', '2026-12-31'],
  ['qué vence hasta marzo', '2026-12-01', '2027-03-31'],
];

describe('Words that ask the calendar', () => {
  it.each(spans)('«%s» means %s to %s', (said, from, until) => {
    expect(readSpan(said, asking)).toEqual({ from, until });
  });

  it.each([
    'what is an internal audit?',
    'when is a report of an incident due?',
    'what is due diligence?',
    'what is due until yesterday?',
    'Was ist ein internes Audit?',
    'what is due in the Lyon office?',
    'what is due for me?',
    'was steht in der Richtlinie an',
  ])('«%s» is left to others', (said) => {
    expect(readSpan(said, asking)).toBeNull();
  });
});
