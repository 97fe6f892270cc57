/** A file that a person sent in Slack is brought with our token from where Slack keeps it, and from nowhere else. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Installations } from '../../../src/conversation/installation.ts';
import { TooLargeError } from '../../../src/conversation/port.ts';
import { Refusal } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import { createSlackDoor } from '../../../src/doors/slack/door.ts';
import type { SlackFile } from '../../support/slack-files.ts';
import { signingSecret } from '../../support/slack-requests.ts';
import { allScopes, botToken, startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

const content = Buffer.from('The patch is in since Tuesday.\n');

let slack: SlackServer;
let poor: SlackServer;
beforeAll(async () => {
  slack = await startSlackServer();
  poor = await startSlackServer(allScopes.filter((scope) => scope !== 'files:read'));
});
afterAll(async () => {
  await slack.close();
  await poor.close();
});
beforeEach(() => slack.clear());

function fetchFrom(
  server: SlackServer,
  source = `${team}/F1`,
  most = 1_000,
  signal = new AbortController().signal,
) {
  const { port } = createSlackDoor({
    signingSecret,
    botToken,
    appToken: null,
    oauth: null,
    apiUrl: server.apiUrl,
    publicUrl: null,
    installations: {} as Installations,
    log: createLog('silent'),
  });
  const attachment = { name: 'report.txt', size: 1, contentType: 'text/plain', source };
  return port.fetch?.(attachment, most, signal) ?? Promise.reject(new Error('there is no way to fetch'));
}

it('brings its bytes, as many as are wanted at most', async () => {
  slack.files.set('F1', { name: 'report.txt', content });

  expect(Buffer.from(await fetchFrom(slack)).equals(content)).toBe(true);
  expect(Buffer.from(await fetchFrom(slack, `${team}/F1`, content.length)).equals(content)).toBe(true);
  await expect(fetchFrom(slack, `${team}/F1`, content.length - 1)).rejects.toThrow(TooLargeError);
  expect(slack.downloads).toEqual([
    { path: '/files-pri/F1/report.txt', authorization: `Bearer ${botToken}` },
    { path: '/files-pri/F1/report.txt', authorization: `Bearer ${botToken}` },
  ]);
});

it('stops reading one that is longer than Slack said, and one that nobody waits for', async () => {
  slack.files.set('F1', { name: 'a', content, fault: 'endless' });

  await expect(fetchFrom(slack, `${team}/F1`, 1_000_000)).rejects.toThrow(TooLargeError);
  await expect(fetchFrom(slack, `${team}/F1`, 2 ** 40, AbortSignal.timeout(100))).rejects.toThrow(
    /abort|timeout/i,
  );
});

it('asks a workspace that has not allowed it, in words, and never reads a sign-in page for a file', async () => {
  for (const fault of ['sign-in page', 'sends on'] as const) {
    slack.files.set('F1', { name: 'report.txt', content, fault });
    const refusal = await fetchFrom(slack).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).message).toMatch(
      /could not open «report\.txt».*has not allowed me to read files/,
    );
  }
  await expect(fetchFrom(poor)).rejects.toThrow('this workspace has not allowed me to read files');
  expect(poor.downloads).toEqual([]);
});

it.each<[what: string, file: Partial<SlackFile> | null, words: RegExp]>([
  ['gone before', null, /is no longer in Slack/],
  ['gone meanwhile', { fault: 'gone' }, /is no longer in Slack/],
  ['deleted, with a stone in its place', { facts: { mode: 'tombstone' } }, /is no longer in Slack/],
  ['kept by another service', { facts: { is_external: true, url_private: 'https://drive.example/x', url_private_download: undefined } }, /is not kept in Slack itself/],
  ['said to lie elsewhere', { facts: { url_private_download: 'https://evil.example/x' } }, /is not kept in Slack itself/],
  ['said to lie at a name that looks alike', { facts: { url_private_download: 'https://files.slack.com.evil.example/x' } }, /is not kept in Slack itself/],
  ['said to lie at Slack, unprotected', { facts: { url_private_download: 'http://files.slack.com/x' } }, /is not kept in Slack itself/],
  ['said to lie at Slack, at another port', { facts: { url_private_download: 'https://files.slack.com:8443/x' } }, /is not kept in Slack itself/],
  ['said to lie on this machine', { facts: { url_private_download: 'file:///etc/passwd' } }, /is not kept in Slack itself/],
  ['said to lie nowhere', { facts: { url_private: undefined, url_private_download: undefined } }, /is not kept in Slack itself/],
])('says in words of one that is %s, and sends the token nowhere else', async (_what, file, words) => {
  if (file !== null) slack.files.set('F1', { name: 'report.txt', content, ...file });

  const refusal = await fetchFrom(slack).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).message).toMatch(words);
  expect(slack.downloads).toHaveLength(file?.fault === 'gone' ? 1 : 0);
}); // prettier-ignore

it('leaves to be tried again what Slack cannot do now, and asks for nothing that is no file', async () => {
  slack.files.set('F1', { name: 'report.txt', content, fault: 'down' });
  const failures = [await fetchFrom(slack).catch((error: unknown) => error)];
  slack.fail('files.info', { kind: 'status', status: 503 });
  failures.push(await fetchFrom(slack).catch((error: unknown) => error));
  slack.clear();
  for (const source of ['F1', `${team}/F1/x`, `${team}/../F1`, '', `${team}/F1?x`])
    failures.push(await fetchFrom(slack, source).catch((error: unknown) => error));

  expect(failures.every((error) => error instanceof Error && !(error instanceof Refusal))).toBe(true);
  expect(slack.calls).toEqual([]);
});
