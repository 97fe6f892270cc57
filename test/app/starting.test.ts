/** The service can be reached only when it can store, and however early it is told to stop, it does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { startService } from '../../src/app/service.ts';
import { givenDataFolder } from '../support/databases.ts';
import { testConfig } from '../support/harness.ts';
import { createSlackSender, signingSecret } from '../support/slack-requests.ts';
import { botToken, startSlackServer, type SlackServer } from '../support/slack-server.ts';
import { compileCache } from '../support/terminal.ts';

const root = join(import.meta.dirname, '../..');
let slack: SlackServer;
let home: string;
let children: ChildProcess[] = [];

beforeAll(async () => {
  slack = await startSlackServer();
  home = await mkdtemp(join(tmpdir(), 'isma-starting-'));
  await givenDataFolder(join(home, 'data'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});
afterAll(async () => {
  await slack.close();
  await rm(home, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function run(command: string, args: string[], cwd: string, settings: Record<string, string>) {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, NODE_COMPILE_CACHE: compileCache, HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(home, 'data'), ...settings },
  }); // prettier-ignore
  children.push(child);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { child, exited: once(child, 'exit'), log: () => log };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

const slackSettings = () => ({
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_BOT_TOKEN: botToken,
  SLACK_API_URL: slack.apiUrl,
});

function configAt(port: number, dataFolder: string): Config {
  return {
    ...testConfig,
    dataFolder,
    logLevel: 'silent',
    server: { ...testConfig.server, port },
    slack: { signingSecret, botToken, appToken: null, oauth: null, apiUrl: slack.apiUrl },
  };
}

describe('the service', () => {
  it('is reached by nobody before it can store, and stores the first event that reaches it', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    let early: unknown;
    const service = await startService(configAt(port, join(home, 'data')), {
      prepare: async () => void (early = await fetch(`${url}/healthz`).catch((error: unknown) => error)),
    });

    const erin = await slack.userOf('erin@test.example');
    const send = createSlackSender(() => url, slack.botUser);
    const first = await send.event(send.directMessage(erin, await slack.dmWith(erin), 'help'));
    const health = await fetch(`${url}/healthz`);
    await service.stop();

    expect(early).toBeInstanceOf(TypeError); // the connection was refused
    expect([first.status, health.status]).toEqual([200, 200]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('finds a taken port before it opens or makes anything', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    await expect(startService(configAt(port, join(home, 'other')))).rejects.toThrow(
      /EADDRINUSE.*Set HOST and PORT/s,
    );

    expect(await readdir(home)).not.toContain('other');
    server.close();
  });

  it('that is told to stop while it starts opens nothing more, and leaves the folder to others', async () => {
    const stopping = new AbortController();
    const port = await freePort();

    const starting = startService(configAt(port, join(home, 'data')), {
      signal: stopping.signal,
      prepare: async () => stopping.abort(),
    });

    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    const db = await openEmbedded({ folder: join(home, 'data') });
    await db.close();
  });
});

describe('the process of the service', () => {
  it('started by npm finishes what it has taken in when npm is told to stop', async () => {
    const folder = join(home, 'checkout');
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    for (const name of ['src', 'node_modules']) await symlink(join(root, name), join(folder, name));
    const port = await freePort();
    const { child, exited, log } = run('npm', ['start'], folder, { PORT: String(port), ...slackSettings() });
    await until(() => log().includes('Isma is here') || child.exitCode !== null);
    const hugo = await slack.userOf('hugo@test.example');
    const send = createSlackSender(() => `http://127.0.0.1:${port}`, slack.botUser);
    const { status } = await send.event(send.directMessage(hugo, await slack.dmWith(hugo), 'help'));

    child.kill('SIGTERM');
    await exited;

    expect(status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    const db = await openEmbedded({ folder: join(home, 'data') }); // nobody is left who has it open
    const { rows } = await db.query("select count(*)::int as open from inbox where state = 'running'");
    await db.close();
    expect(rows).toEqual([{ open: 0 }]);
  });

  it('told once ends when the step that it is at has ended, and told again ends at once', async () => {
    let asked = 0;
    const database = createServer(() => (asked += 1)).listen(0, '127.0.0.1'); // takes connections, and says nothing
    await once(database, 'listening');
    const { port } = database.address() as AddressInfo;
    const settings = { DATABASE_URL: `postgres://u@127.0.0.1:${port}/x`, ...slackSettings() };
    const { child, exited } = run(process.execPath, [join(root, 'src/main.ts')], home, settings);
    await until(() => asked > 0);

    child.kill('SIGTERM');
    await pause(1_100); // what comes sooner is the same signal
    const stillThere = child.exitCode === null && child.signalCode === null;
    child.kill('SIGTERM');

    expect(await exited).toEqual([143, null]);
    expect(stillThere).toBe(true);
    database.close();
  });
});
