/** Lines about requests that are turned away: each kind is told of at once, and a flood only counted. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRefusals } from '../src/log.ts';
import { silentLog } from './support/harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells of the first of a kind at once, and of how many followed after a minute', () => {
  const lines: unknown[] = [];
  const refused = createRefusals({ ...silentLog, warn: (fields) => void lines.push(fields) }, 'slack');

  for (let count = 0; count < 1_000; count += 1) refused(401, 'another signature');
  refused(403, 'another channel');
  expect(lines).toHaveLength(2);
  vi.advanceTimersByTime(60_000);
  refused(401, 'another signature');

  expect(lines).toEqual([
    { door: 'slack', status: 401, reason: 'another signature' },
    { door: 'slack', status: 403, reason: 'another channel' },
    { door: 'slack', status: 401, reason: 'another signature', times: 999 },
    { door: 'slack', status: 401, reason: 'another signature' },
  ]);
});
