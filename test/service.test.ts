/** The service as an operator runs it: a process with its settings, that answers, drains when told to stop, and says what is missing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openEmbedded } from '../src/db/open.ts';
import { createSlackSender, signingSecret } from './support/slack-requests.ts';
import { botToken, startSlackServer, type SlackServer } from './support/slack-server.ts';

let slack: SlackServer;
let folder: string;

beforeAll(async () => {
  slack = await startSlackServer();
  folder = await mkdtemp(join(tmpdir(), 'isma-service-'));
  // A folder that has its schema already starts in a moment.
  const db = await openEmbedded({ folder: join(folder, 'data'), template: inject('template') });
  await db.close();
});
afterAll(async () => {
  await slack.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(settings: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: join(tmpdir(), 'isma-door-compile-cache'),
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      ...settings,
    },
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const url = async () => {
    for (;;) {
      const [, found] = /"url":"([^"]+)"/.exec(log) ?? [];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(log);
      await pause(30);
    }
  };
  return { child, exited, url, log: () => log };
}

const slackSettings = () => ({
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_BOT_TOKEN: botToken,
  SLACK_API_URL: slack.apiUrl,
});

describe('the service', () => {
  it('answers what Slack sends, and when told to stop finishes what it has taken in', async () => {
    const service = await start(slackSettings());
    const url = await service.url();
    const send = createSlackSender(() => url, slack.botUser);
    const erin = await slack.userOf('erin@test.example');

    const health = await fetch(`${url}/healthz`);
    const { status } = await send.event(send.directMessage(erin, await slack.dmWith(erin), 'help'));
    service.child.kill('SIGTERM');
    const code = await service.exited;

    expect([health.status, status, code]).toEqual([200, 200, 0]);
    // What was stored is said before the process ends, or by the next one; never by neither and never by both.
    const again = await start(slackSettings());
    await again.url();
    for (let tries = 0; tries < 100 && slack.shown().length === 0; tries += 1) await pause(50);
    await pause(300);
    again.child.kill('SIGTERM');

    expect(await again.exited).toBe(0);
    expect(slack.shown().map((message) => message.words)).toEqual([expect.stringContaining('I am Isma')]);
    expect(service.log() + again.log()).not.toMatch(/erin|xoxb|I am Isma/i);
  });

  it('with a door for Teams turns away whoever has no token', async () => {
    const service = await start({
      TEAMS_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
      TEAMS_TENANT_ID: '11111111-2222-4333-8444-666666666666',
      TEAMS_CLIENT_SECRET: 'made up',
    });

    const { status } = await fetch(`${await service.url()}/api/messages`, { method: 'POST', body: '{}' });
    service.child.kill('SIGTERM');

    expect([status, await service.exited]).toEqual([401, 0]);
  });

  it.each([
    ['half a beginning', { SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_SIGNING_SECRET is missing: api\.slack\.com/],
    ['the playground beside Slack', { TEAMS_PLAYGROUND: 'yes', ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'x' } }, /TEAMS_PLAYGROUND lets anybody in/],
    ['nothing at all', {}, /No chat platform is configured[\s\S]*npm run demo/],
  ])('refuses to start with %s, and says what to do', async (_name, settings, expected) => {
    const service = await start(settings);

    expect(await service.exited).not.toBe(0);
    expect(service.log()).toMatch(expected);
    expect(service.log()).not.toMatch(/\n\s+at /);
  }); // prettier-ignore
});
