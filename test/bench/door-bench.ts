/**
 * What a door costs: events stored and acknowledged, beside a bare app on the same SDK that stores nothing and posts an
 * answer. Both run in a process of their own, one after the other in the same run, against the same stand-in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { startIssuer, type TestIssuer } from '../support/teams-issuer.ts';
import { createBenchDatabase, kinds, serverUrl } from './databases.ts';
import { duration, printTable, progress, ratio, summarise } from './measure.ts';

type Platform = 'slack' | 'teams';

const signingSecret = 'a signing secret of the bench';
const clientId = '11111111-2222-4333-8444-555555555555';
const tenantId = '99999999-2222-4333-8444-555555555555';
const secondsARate = 15;
const ceilingEvents = 4_000;
const ceilingConnections = 16;

interface Child {
  url: string;
  use(): Promise<{ cpu: number; rss: number }>;
  stop(): void;
}

export async function benchDoor(platform: Platform): Promise<void> {
  if (!kinds.includes('PostgreSQL') || serverUrl === '')
    return progress(`${platform}: left out, it needs a server in TEST_DATABASE_URL`);
  const database = await createBenchDatabase('PostgreSQL');
  const standIn = await startStandIn();
  const issuer = await startIssuer();
  const rows: string[][] = [];
  const cpus: Record<string, number> = {};
  try {
    for (const kind of ['bare', 'isma', 'bare', 'isma']) {
      progress(`${platform}: ${kind}`);
      const child = await startChild(platform, kind, {
        standIn: standIn.url,
        keysUrl: issuer.keysUrl,
        databaseUrl: database.url ?? '',
      });
      const send = sender(platform, child.url, standIn.url, issuer);
      await atRate(send, 50, 3);
      const ceiling = await atCeiling(child, send);
      const slow = await atRate(send, 50, secondsARate);
      const fast = await atRate(send, 200, secondsARate);
      child.stop();
      cpus[kind] = Math.min(cpus[kind] ?? Infinity, ceiling.cpu);
      rows.push([
        kind === 'isma' ? 'Isma, on disk' : 'bare, posts',
        ceiling.rate.toFixed(0),
        `${ceiling.cpu.toFixed(3)} ms`,
        ...[slow.p50, slow.p99, fast.p50, fast.p99].map(duration),
      ]);
    }
  } finally {
    standIn.close();
    await issuer.close();
    await database.drop();
  }
  printTable(
    `${platform === 'slack' ? 'Slack events' : 'Teams activities'}: verified, stored and acknowledged, beside a bare app on the same SDK that posts`,
    ['', 'a second, at most', 'CPU an event', '50/s p50', 'p99', '200/s p50', 'p99'],
    rows,
    [
      `CPU an event with the event on disk: ${ratio(cpus.isma ?? NaN, cpus.bare ?? NaN)} of the bare app’s (the better of two runs each).`,
    ],
  );
}

/** Memory of a service that runs the turns too, a minute after the other. */
export async function benchMemory(minutes: number): Promise<void> {
  if (!kinds.includes('PostgreSQL') || serverUrl === '')
    return progress('memory: left out, it needs a server in TEST_DATABASE_URL');
  const platform = 'slack';
  const database = await createBenchDatabase('PostgreSQL');
  const standIn = await startStandIn();
  const issuer = await startIssuer();
  const rows: string[][] = [];
  try {
    const child = await startChild(platform, 'isma', {
      standIn: standIn.url,
      keysUrl: issuer.keysUrl,
      databaseUrl: database.url ?? '',
      works: true,
    });
    const send = sender(platform, child.url, standIn.url, issuer);
    for (let minute = 0; minute <= minutes; minute += 1) {
      if (minute > 0) await atRate(send, 20, 60);
      const { cpu, rss } = await child.use();
      rows.push([String(minute), `${(rss / 2 ** 20).toFixed(0)} MB`, `${(cpu / 1_000).toFixed(1)} s`]);
      progress(`${platform} memory: minute ${minute}, ${(rss / 2 ** 20).toFixed(0)} MB`);
    }
    child.stop();
  } finally {
    standIn.close();
    await issuer.close();
    await database.drop();
  }
  printTable(
    `${platform}: memory of the service, 20 questions a second, each answered from an empty store`,
    ['minute', 'memory', 'CPU so far'],
    rows,
  );
}

type Send = (n: number) => Promise<number>;

/** Events one after the other on some connections, as fast as they go. @returns events a second, and CPU ms an event */
async function atCeiling(child: Child, send: Send): Promise<{ rate: number; cpu: number }> {
  const before = await child.use();
  const begun = performance.now();
  let n = 0;
  await Promise.all(
    Array.from({ length: ceilingConnections }, async () => {
      while ((n += 1) <= ceilingEvents) await send(n);
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  await pause(1_500); // what goes on after the acknowledgement counts too
  const after = await child.use();
  return { rate: ceilingEvents / seconds, cpu: (after.cpu - before.cpu) / ceilingEvents };
}

async function atRate(send: Send, rate: number, seconds: number) {
  const times: Promise<number>[] = [];
  const begun = performance.now();
  for (let n = 0; n < rate * seconds; n += 1) {
    const due = begun + (n * 1_000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await pause(wait);
    times.push(send(n));
  }
  return summarise(await Promise.all(times));
}

function sender(platform: Platform, url: string, serviceUrl: string, issuer: TestIssuer): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const token = issuer.token({ audience: clientId, serviceUrl });
  return async () => {
    const body = platform === 'slack' ? slackEvent() : teamsActivity(serviceUrl);
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers: Record<string, string> =
      platform === 'slack'
        ? {
            'x-slack-request-timestamp': String(timestamp),
            'x-slack-signature': `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
          }
        : { authorization: `Bearer ${await token}` };
    return post(agent, `${url}${platform === 'slack' ? '/slack/events' : '/api/messages'}`, body, headers);
  };
}

function post(agent: Agent, url: string, body: string, headers: Record<string, string>): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200 || response.statusCode === 201) resolve(performance.now() - begun);
          else reject(new Error(`the door said ${response.statusCode}`));
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

function slackEvent(): string {
  const ts = `${Date.now() / 1_000}`;
  const user = `U${Math.floor(Math.random() * 500)}`;
  return JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    api_app_id: 'A1',
    event_id: `Ev${randomUUID()}`,
    event_time: Math.floor(Date.now() / 1_000),
    authorizations: [{ team_id: 'T1', user_id: 'UBOT', is_bot: true }],
    event: {
      type: 'message',
      channel: `D${user}`,
      channel_type: 'im',
      user,
      text: 'May I read work mail on my own phone?',
      ts,
      event_ts: ts,
      client_msg_id: randomUUID(),
    },
  });
}

function teamsActivity(serviceUrl: string): string {
  const user = `29:${Math.floor(Math.random() * 500)}`;
  return JSON.stringify({
    type: 'message',
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl,
    from: { id: user, name: 'Erin Example', aadObjectId: randomUUID() },
    recipient: { id: `28:${clientId}`, name: 'Isma' },
    conversation: { id: `a:${user}`, conversationType: 'personal', tenantId },
    channelData: { tenant: { id: tenantId } },
    text: 'May I read work mail on my own phone?',
    textFormat: 'plain',
    locale: 'en-GB',
  });
}

async function startStandIn(): Promise<{ url: string; close(): void }> {
  let count = 0;
  const server: Server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      count += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      const user = /users.info/.test(incoming.url ?? '')
        ? { user: { id: 'U1', team_id: 'T1', real_name: 'Erin Example', profile: {} } }
        : {};
      response.end(
        JSON.stringify({ ok: true, id: `m${count}`, ts: `${count}.0001`, channel: 'D1', ...user }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startChild(
  platform: Platform,
  kind: string,
  {
    standIn,
    keysUrl,
    databaseUrl,
    works = false,
  }: { standIn: string; keysUrl: string; databaseUrl: string; works?: boolean },
): Promise<Child> {
  const settings: Record<string, string> =
    platform === 'slack'
      ? {
          SLACK_SIGNING_SECRET: signingSecret,
          SLACK_BOT_TOKEN: 'xoxb-bench',
          SLACK_API_URL: `${standIn}/api/`,
        }
      : {
          CLIENT_OF_THE_BENCH: clientId,
          TENANT_OF_THE_BENCH: tenantId,
          SERVICE_HOST: new URL(standIn).host,
          KEYS_URL: keysUrl,
        };
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'door-child.ts'), platform, kind],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH,
        WORKS: works ? 'yes' : 'no',
        ...settings,
        ...(kind === 'isma' ? { DATABASE_URL: databaseUrl } : {}),
      },
    },
  );
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  return {
    url: await next(),
    async use() {
      child.stdin?.write('cpu\n');
      return JSON.parse(await next()) as { cpu: number; rss: number };
    },
    stop: () => void child.stdin?.end(),
  };
}
