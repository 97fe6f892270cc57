/** Isma behind the Teams door, whole: real database, core, SDK and HTTP server; the clouds on the other side are stood in for. */
import type { App } from '../../src/app/open-app.ts';
import { workflowsOf } from '../../src/app/app.ts';
import type { Core } from '../../src/conversation/port.ts';
import { createReferences } from '../../src/conversation/reference.ts';
import type { Door } from '../../src/conversation/port.ts';
import type { Database } from '../../src/db/database.ts';
import { listen } from '../../src/app/http.ts';
import type { Log } from '../../src/log.ts';
import { createTeamsDoor } from '../../src/doors/teams/door.ts';
import type { ProductionMode } from '../../src/doors/teams/mode.ts';
import { createFileStore } from '../../src/files/open-store.ts';
import { silentLog, startHarness, testConfig, type HarnessOptions } from './harness.ts';
import type { ModelServer } from './model-server.ts';
import { startConnector, type Connector } from './teams-connector.ts';
import { startIssuer, type TestIssuer, type TokenClaims } from './teams-issuer.ts';
import { lexicon } from './shared.ts';

export const tenant = '11111111-2222-3333-4444-555555555555';
export const clientId = 'test-client';
export const bot = { id: '28:test-client', name: 'Isma' };

/** A word that looks like a token, as the SDK wants it to. */
const botToken = ['{"alg":"none"}', '{"aud":"https://api.botframework.com"}', 'x']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

export interface Answer {
  status: number;
  body: Record<string, unknown> | null;
}

export interface Person {
  id: string;
  aadObjectId: string;
  name: string;
  email: string;
}

export interface TeamsService {
  core: Core;
  door: Door;
  app: App;
  url: string;
  issuer: TestIssuer;
  connector: Connector;
  /** Posts an activity as the service would. */
  post(
    activity: unknown,
    claims?: TokenClaims | 'no token',
    headers?: Record<string, string>,
  ): Promise<Answer>;
  activity(person: Person, parts: Record<string, unknown>): Record<string, unknown>;
  /** Says something in the person's own chat and waits for all that follows. */
  say(person: Person, text: string, parts?: Record<string, unknown>): Promise<Answer>;
  invoke(person: Person, name: string, value: unknown, parts?: Record<string, unknown>): Promise<Answer>;
  /** Everything is done and delivered. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export interface TeamsServiceOptions {
  rooms?: HarnessOptions['rooms'];
  db: Database;
  modelServer?: ModelServer;
  mode?: Partial<ProductionMode>;
  log?: Log;
  /** A connector that several replicas share. */
  connector?: Connector;
  issuer?: TestIssuer;
}

export function personOf(email: string, name: string): Person {
  const local = email.split('@')[0] ?? email;
  return { id: `29:${local}`, aadObjectId: `aad-${local}`, name, email };
}

export const chatOf = (person: Person) => `a:chat-${person.id}`;

/** Teams repeats no id, whoever of ours listens to it: also after a restart. */
let count = 0;

export async function startTeams(options: TeamsServiceOptions): Promise<TeamsService> {
  const { db, modelServer, log = silentLog } = options;
  const issuer = options.issuer ?? (await startIssuer());
  const connector = options.connector ?? (await startConnector());
  const door = createTeamsDoor({
    mode: {
      kind: 'production',
      clientId,
      tenantId: tenant,
      allowedTenants: [tenant],
      credential: { kind: 'secret', secret: 'test-secret' },
      extraServiceHosts: ['127.0.0.1'],
      tokenIssuer: issuer.issuer,
      ...options.mode,
    },
    references: createReferences(db),
    shortcuts: workflowsOf({
      model: null,
      config: testConfig,
      db,
      files: createFileStore(testConfig.files),
      lexicon,
      embedder: null,
      log,
    }).flatMap((workflow) => workflow.shortcuts ?? []),
    log,
    openIdKeysUrl: issuer.keysUrl,
    fetchToken: () => Promise.resolve(botToken),
  });
  const { core, app, stop } = await startHarness({
    db,
    port: door.port,
    log,
    ...(modelServer === undefined ? {} : { modelServer }),
    ...(options.rooms === undefined ? {} : { rooms: options.rooms }),
  });
  await door.start(core);
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    routes: door.routes,
    isHealthy: () => Promise.resolve(true),
    log,
  });

  const activity: TeamsService['activity'] = (person, parts) => {
    count += 1;
    return {
      type: 'message',
      id: `${1_700_000_000_000 + count}`,
      timestamp: '2026-11-24T09:00:00Z',
      channelId: 'msteams',
      serviceUrl: `${connector.url}/teams/`,
      from: { id: person.id, aadObjectId: person.aadObjectId, name: person.name },
      recipient: bot,
      conversation: { id: chatOf(person), conversationType: 'personal', tenantId: tenant },
      channelData: { tenant: { id: tenant } },
      entities: [{ type: 'clientInfo', locale: 'en-GB', country: 'DE', timezone: 'Europe/Berlin' }],
      ...parts,
    };
  };

  const post: TeamsService['post'] = async (body, claims = {}, headers = {}) => {
    const serviceUrl = (body as { serviceUrl?: string } | null)?.serviceUrl ?? null;
    const authorization =
      claims === 'no token'
        ? {}
        : { authorization: `Bearer ${await issuer.token({ serviceUrl, ...claims })}` };
    const answer = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>),
    };
  };

  return {
    core,
    door,
    app,
    url: server.url,
    issuer,
    connector,
    post,
    activity,
    async say(person, text, parts = {}) {
      connector.members.set(person.id, memberOf(person));
      const answer = await post(activity(person, { text, ...parts }));
      await core.quiet();
      return answer;
    },
    async invoke(person, name, value, parts = {}) {
      connector.members.set(person.id, memberOf(person));
      return post(activity(person, { type: 'invoke', name, value, ...parts }));
    },
    quiet: () => core.quiet(),
    async stop() {
      await server.close();
      await door.stop();
      await stop();
      if (options.connector === undefined) await connector.close();
      if (options.issuer === undefined) await issuer.close();
    },
  };
}

export function memberOf(person: Person): Record<string, unknown> {
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    userPrincipalName: person.email,
    tenantId: tenant,
    userRole: 'user',
  };
}
