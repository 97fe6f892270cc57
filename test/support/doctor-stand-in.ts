/** Slack, Microsoft's sign-in, a model endpoint and our own public address, as the doctor asks them: one server on loopback. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { doctor, linesText } from '../../src/doctor/doctor.ts';

export interface Asked {
  authorization: string;
  body: string;
}

export interface Response {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
}

export type Answers = Record<string, (asked: Asked) => Response>;

export const tenant = '99999999-2222-4333-8444-555555555555';
const entra = `login.microsoftonline.com/${tenant}`;

/** Everything as it should be. A key is the host and the path that is asked. */
export const wellAnswers: Answers = {
  'slack.com/api/auth.test': () => ({
    headers: {
      'x-oauth-scopes':
        'app_mentions:read,assistant:write,chat:write,commands,files:read,files:write,im:history,im:write,users:read,users:read.email',
    },
    json: { ok: true, team: 'Meadow', team_id: 'T0001', bot_id: 'B0001' },
  }),
  'slack.com/api/apps.connections.open': () => ({ json: { ok: true, url: 'wss://socket.example' } }),
  'slack.com/api/oauth.v2.access': () => ({ json: { ok: false, error: 'invalid_code' } }),
  [`${entra}/v2.0/.well-known/openid-configuration`]: () => ({
    json: {
      token_endpoint: `https://${entra}/oauth2/v2.0/token`,
      issuer: `https://${entra}/v2.0`,
      authorization_endpoint: `https://${entra}/oauth2/v2.0/authorize`,
      jwks_uri: `https://${entra}/discovery/v2.0/keys`,
    },
  }),
  [`${entra}/oauth2/v2.0/token`]: () => ({
    json: { token_type: 'Bearer', expires_in: 3_599, access_token: 'made-up' },
  }),
  'isma.meadow.example/healthz': () => ({ text: 'ok\n' }),
  'isma.meadow.example/screen': () => ({ text: '<input class="code" id="code" name="code" required>' }),
  'isma.meadow.example/slack/events': () => ({ status: 401 }),
  'isma.meadow.example/api/messages': () => ({ status: 401 }),
  'api.openai.com/v1/models': () => ({ json: { data: [{ id: 'gpt-5-mini' }] } }),
  'api.openai.com/v1/embeddings': () => ({ json: { data: [{ embedding: Array(1_536).fill(0) }] } }),
};

export interface StandIn {
  /** Sends what is for the hosts above to the stand-in. */
  fetch: typeof fetch;
  /** What was asked, by host and path. */
  asked: Map<string, Asked>;
  close(): Promise<void>;
}

export async function startStandIn(answers: Answers): Promise<StandIn> {
  const asked = new Map<string, Asked>();
  const server = createServer((request, response) => {
    void (async () => {
      const key = (request.url ?? '').slice(1).split('?', 1)[0] ?? '';
      const call = { authorization: request.headers.authorization ?? '', body: await bodyOf(request) };
      asked.set(key, call);
      const { status = 200, headers = {}, json, text = '' } = answers[key]?.(call) ?? { status: 404 };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(json === undefined ? text : JSON.stringify(json));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    fetch: (url, init) => {
      const { host, pathname } = new URL(url);
      return fetch(`http://127.0.0.1:${port}/${host}${pathname}`, init);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** A folder that nobody has made. */
export const dataFolder = join(tmpdir(), `isma-doctor-${randomUUID()}`);
export const key = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
export const entraToken = `login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;

export const slack = {
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  SLACK_BOT_TOKEN: 'xoxb-made-up-bot-token',
};
export const teams = {
  TEAMS_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  TEAMS_TENANT_ID: tenant,
  TEAMS_CLIENT_SECRET: 'made-up-teams-secret',
};
export const service = {
  DATA_DIR: dataFolder,
  PUBLIC_URL: 'https://isma.meadow.example',
  OPENAI_API_KEY: 'sk-made-up-key',
};

export type Settings = Record<string, string | undefined>;

/** The lines for these settings, where the world answers well but for what is given. */
export async function examine(settings: Settings, answers: Answers = {}) {
  const standIn = await startStandIn({ ...wellAnswers, ...answers });
  try {
    const result = await doctor({
      config: readConfig({ DATA_DIR: dataFolder, ...settings }),
      fetch: standIn.fetch,
      now: new Date('2026-11-24T09:00:00Z'),
    });
    return { ...result, text: linesText(result.lines), asked: standIn.asked };
  } finally {
    await standIn.close();
  }
}
