/** Whoever waits for the program sees at once that it has begun, and every second that it goes on. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { beginWaiting } from '../../src/cli/progress.ts';

let shown: string;

beforeEach(() => {
  shown = '';
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function screen(isTTY: boolean, columns = 80): NodeJS.WriteStream {
  return { isTTY, columns, write: (text: string) => (shown += text) } as unknown as NodeJS.WriteStream;
}

it('says what is being done in one line that counts the seconds, and leaves none of it on the screen', () => {
  const waiting = beginWaiting('One moment…', screen(true));
  expect(shown).toBe('\r\u001B[KOne moment…');
  vi.advanceTimersByTime(2000);
  waiting.say('Reading the policies…');
  vi.advanceTimersByTime(1000);
  waiting.end();

  expect(shown.split('\r\u001B[K').slice(2)).toEqual([
    'One moment… 1 s',
    'One moment… 2 s',
    'Reading the policies… 2 s',
    'Reading the policies… 3 s',
    '',
  ]);
});

it('never draws a line that is longer than the screen is wide', () => {
  beginWaiting('Reading the policies and the guide of the sample company…', screen(true, 40));
  vi.advanceTimersByTime(100_000);

  expect(shown.split('\r\u001B[K').filter((line) => line.length > 40)).toEqual([]);
});

it('gives a line to each step and a dot to each second where nobody looks at a screen', () => {
  const waiting = beginWaiting('One moment…', screen(false));
  vi.advanceTimersByTime(3000);
  waiting.say('Reading the policies…');
  waiting.end();
  vi.advanceTimersByTime(3000);

  expect(shown).toBe('One moment…\n...\nReading the policies…\n');
});
