/** Whoever waits for the program sees at once that it has begun, and every second that it goes on. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signOf, startHeartbeat } from '../../src/cli/heartbeat.ts';
import { beginWaiting, type Screen } from '../../src/cli/progress.ts';

let shown: string;
const home = mkdtempSync(join(tmpdir(), 'isma-progress-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function screen(isTTY: boolean, columns = 80): { stderr: Screen } {
  const write = (text: string) => (shown += text);
  return { stderr: { isTTY, columns, write } as unknown as Screen };
}

describe('what is being done', () => {
  beforeEach(() => {
    shown = '';
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('stands in one line that counts the seconds, and leaves none of it on the screen', () => {
    const waiting = beginWaiting('One moment…', screen(true));
    expect(shown).toBe('\r\u001B[KOne moment…');
    vi.advanceTimersByTime(2000);
    waiting.end();
    vi.advanceTimersByTime(2000);

    expect(shown.split('\r\u001B[K').slice(2)).toEqual(['One moment… 1 s', 'One moment… 2 s', '']);
  });

  it('is never longer than the screen is wide', () => {
    const line = { text: 'Reading the policies and the guide of the sample company…', begun: 0, columns: 40 };

    expect(signOf(line, 99_000).replace('\r\u001B[K', '')).toHaveLength(38);
  });

  it('is a line, and each second a dot, where nobody looks at a screen', () => {
    const waiting = beginWaiting('One moment…', screen(false));
    vi.advanceTimersByTime(3000);
    waiting.end();
    vi.advanceTimersByTime(3000);

    expect(shown).toBe('One moment…\n...\n');
  });
});

it('shows that it goes on while the program itself is busy, and nothing once it has ended', () => {
  const path = join(home, 'stderr');
  const fd = openSync(path, 'w');
  const heart = startHeartbeat(fd, 5, { text: 'Reading…', begun: Date.now(), columns: null });

  while (heart.beats() < 3); // nothing else runs in this thread meanwhile
  heart.stop();

  const beats = heart.beats();
  expect(readFileSync(path, 'utf8')).toBe('.'.repeat(beats));
  closeSync(fd);
});
