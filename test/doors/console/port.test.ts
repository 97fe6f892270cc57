/** A file that was attached in the terminal is read from where it lies, no more of it than is wanted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createConsolePort } from '../../../src/doors/console/port.ts';
import { createSession } from '../../../src/doors/console/session.ts';
import type { Turn } from '../../../src/conversation/contract.ts';
import type { Core } from '../../../src/conversation/port.ts';
import { TooLargeError } from '../../../src/conversation/port.ts';
import { Refusal } from '../../../src/errors.ts';

it('is a turn without words too, and its bytes are had until it is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'isma-console-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'a report.txt');
  await writeFile(path, 'The patch is in.');
  const turns: Turn[] = [];
  const core = { receive: async ({ read }) => turns.push(read() as Turn), settled: async () => {} } as Pick<Core, 'receive' | 'settled'>;
  const session = createSession({ core: core as Core, email: 'omar@test.example', profile: { timeZone: 'Europe/Berlin', locale: 'en-GB' }, interactive: false, say: () => {} });
  const { fetch } = createConsolePort({ show: () => {}, draft: null });
  const bytes = (most: number) => fetch?.(turns[0]?.attachments[0] as Turn['attachments'][number], most, new AbortController().signal);

  await session.line(`/attach ${path}`);

  expect(turns).toMatchObject([{ kind: 'turn', text: '', attachments: [{ name: 'a report.txt', size: 16, source: path }] }]);
  expect(Buffer.from((await bytes(16)) ?? []).toString()).toBe('The patch is in.');
  await expect(bytes(15)).rejects.toThrow(TooLargeError);
  await rm(path);
  await expect(bytes(16)).rejects.toThrow(Refusal);
}); // prettier-ignore
