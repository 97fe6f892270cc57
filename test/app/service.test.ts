/** The service as an operator runs it: with its settings it answers, drains when told to stop, and says what is missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { startService } from '../../src/app/service.ts';
import { givenDataFolder, keepEmbeddedOpen } from '../support/databases.ts';
import { createSlackSender, signingSecret } from '../support/slack-requests.ts';
import { botToken, startSlackServer, type SlackServer } from '../support/slack-server.ts';
import { startProcess } from '../support/terminal.ts';

let slack: SlackServer;
let folder: string;

beforeAll(async () => {
  await keepEmbeddedOpen();
  slack = await startSlackServer();
  folder = await mkdtemp(join(tmpdir(), 'isma-service-'));
  // A folder that has its schema already starts in a moment.
  await givenDataFolder(join(folder, 'data'));
});
afterAll(async () => {
  await slack.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = (more: Record<string, string>) => ({
  HOST: '127.0.0.1',
  PORT: '0',
  DATA_DIR: join(folder, 'data'),
  ...more,
});
const startHere = (more: Record<string, string>) =>
  startService({ ...readConfig(settings(more)), logLevel: 'silent' });

describe('the service', () => {
  it('answers what Slack sends, and when told to stop finishes what it has taken in', async () => {
    const slackSettings = {
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_BOT_TOKEN: botToken,
      SLACK_API_URL: slack.apiUrl,
    };
    const { child, output, ended } = startProcess('src/main.ts', [], settings(slackSettings));
    const urlSaid = () => /"url":"([^"]+)"/.exec(output.stderr)?.[1];
    await expect.poll(() => urlSaid() ?? child.exitCode).toBeTypeOf('string');
    const url = urlSaid() ?? '';
    const send = createSlackSender(() => url, slack.botUser);
    const erin = await slack.userOf('erin@test.example');

    const health = await fetch(`${url}/healthz`);
    const { status } = await send.event(send.directMessage(erin, await slack.dmWith(erin), 'help'));
    child.kill('SIGTERM');
    const { code, stderr } = await ended;

    expect([health.status, status, code]).toEqual([200, 200, 0]);
    expect(stderr).not.toMatch(/erin|xoxb|I am Isma/i);
    // What was stored is said before the process ends, or by the next one; never by neither and never by both.
    const next = await startHere(slackSettings);
    await next.core.quiet();
    await next.stop();
    expect(slack.shown().map((message) => message.words)).toEqual([expect.stringContaining('I am Isma')]);
  });

  it('with a door for Teams turns away whoever has no token', async () => {
    const service = await startHere({
      TEAMS_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
      TEAMS_TENANT_ID: '11111111-2222-4333-8444-666666666666',
      TEAMS_CLIENT_SECRET: 'made up',
    });

    const { status } = await fetch(`${service.url}/api/messages`, { method: 'POST', body: '{}' });
    await service.stop();

    expect(status).toBe(401);
  });

  it.each([
    ['half a beginning', { SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_SIGNING_SECRET is missing: api\.slack\.com/],
    ['the playground beside Slack', { TEAMS_PLAYGROUND: 'yes', ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'x' } }, /TEAMS_PLAYGROUND lets anybody in/],
    ['nothing at all', {}, /No chat platform is configured[\s\S]*npm run demo/],
  ])('refuses to start with %s, and says what to do', async (_name, more, expected) => {
    const starting = async () => startHere(more);

    await expect(starting()).rejects.toThrow(expected);
    await expect(starting()).rejects.toMatchObject({ name: 'OperatorError' }); // shown without its stack
  }); // prettier-ignore
});
