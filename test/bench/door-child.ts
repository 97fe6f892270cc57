/**
 * A door's process for the benchmarks: Isma's own door, which stores each event, or a bare app on the same SDK, which only
 * posts an answer. It prints its address; `cpu` on its input prints the CPU it has used and the memory it holds.
 *
 * usage: node door-child.ts slack|teams isma|bare, with PLATFORM_URL, ISSUER_URL (teams), DATABASE_URL (isma) and WORKS (isma: run turns too)
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { ConsoleLogger } from '@microsoft/teams.common';
import { createService } from '../../src/app/app.ts';
import { openApp, type App } from '../../src/app/open-app.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Door } from '../../src/conversation/port.ts';
import { createDoors } from '../../src/app/doors.ts';
import { listen } from '../../src/app/http.ts';
import { createReferences } from '../../src/conversation/reference.ts';
import { createLog } from '../../src/log.ts';
import { createTeamsDoor } from '../../src/doors/teams/door.ts';

const [platform = '', kind = ''] = process.argv.slice(2);
const log = createLog('silent');

async function startIsma(): Promise<string> {
  const app = await openApp({ config: readConfig(), log, startAt: null });
  const doors: Door[] = platform === 'slack' ? await createDoors(app) : [teamsDoor(app)];
  const core = createService(
    app,
    doors.map((door) => door.port),
  );
  if (process.env.WORKS === 'yes') await core.start();
  for (const door of doors) await door.start(core);
  const { url } = await listen({
    host: '127.0.0.1',
    port: 0,
    routes: doors.flatMap((door) => door.routes),
    isHealthy: async () => true,
    log,
  });
  return url;
}

const clientId = process.env.CLIENT_OF_THE_BENCH ?? '';
const tenantId = process.env.TENANT_OF_THE_BENCH ?? '';
const keysUrl = process.env.KEYS_URL ?? '';
const tokenIssuer = 'https://api.botframework.com';
/** Unsigned: the stand-in asks for none, and the SDK wants something that looks like a token. */
const ownToken = ['{"alg":"none"}', '{"aud":"https://api.botframework.com"}', 'x']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

function teamsDoor({ db }: App): Door {
  return createTeamsDoor({
    mode: {
      kind: 'production',
      clientId,
      tenantId,
      allowedTenants: [tenantId],
      credential: { kind: 'secret', secret: 'a secret of the bench' },
      extraServiceHosts: [process.env.SERVICE_HOST ?? ''],
      tokenIssuer,
    },
    references: createReferences(db),
    shortcuts: [],
    log,
    openIdKeysUrl: keysUrl,
    fetchToken: async () => ownToken,
  });
}

async function startBareSlack(): Promise<string> {
  const { App, HTTPReceiver, LogLevel } = await import('@slack/bolt');
  const receiver = new HTTPReceiver({
    signingSecret: process.env.SLACK_SIGNING_SECRET ?? '',
    logLevel: LogLevel.ERROR,
  });
  const app = new App({
    receiver,
    token: process.env.SLACK_BOT_TOKEN ?? '',
    tokenVerificationEnabled: false,
    clientOptions: { slackApiUrl: process.env.SLACK_API_URL ?? '' },
    logLevel: LogLevel.ERROR,
  });
  app.message(async ({ say }) => void (await say('Hello.')));
  return serve((request, response) => receiver.requestListener(request, response));
}

async function startBareTeams(): Promise<string> {
  const { App } = await import('@microsoft/teams.apps');
  const { PUBLIC } = await import('@microsoft/teams.api');
  type Route = (request: {
    body: unknown;
    headers: Record<string, string>;
  }) => Promise<{ status: number; body?: unknown }>;
  let route: Route = async () => ({ status: 404 });
  const app = new App({
    clientId,
    tenantId,
    token: async () => ownToken,
    cloud: { ...PUBLIC, tokenIssuer, openIdMetadataUrl: keysUrl.replace(/keys$/, 'openidconfiguration') },
    logger: new ConsoleLogger('bare', { level: 'error' }),
    httpServerAdapter: {
      registerRoute: (_method, _path, handler) => void (route = handler as unknown as Route),
    },
  });
  app.on('message', async ({ send, activity }) => void (await send(`You said ${activity.text}`)));
  await app.initialize();
  return serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void route({
        body: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
        headers: request.headers as Record<string, string>,
      }).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
  });
}

function serve(handle: Parameters<typeof createServer>[1] & object): Promise<string> {
  const server = createServer(handle as never);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  );
}

const start = kind === 'isma' ? startIsma : platform === 'slack' ? startBareSlack : startBareTeams;
process.stdout.write(`${await start()}\n`);
createInterface({ input: process.stdin })
  .on('line', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(
      `${JSON.stringify({ cpu: (user + system) / 1_000, rss: process.memoryUsage.rss() })}\n`,
    );
  })
  .on('close', () => process.exit());
