/**
 * Slack's cloud for tests, over HTTP on loopback: `emulate` behind a proxy that adds what it lacks (streams, status and prompts,
 * answers by address, rate limits, lost answers, Block Kit's limits) and remembers every call.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { optionalScopes, requiredScopes } from '../../src/doors/slack/oauth.ts';
import { createFiles, type SlackFile } from './slack-files.ts';
import { wrongInBlocks, wrongInView } from './slack-limits.ts';
import { createMessages, type Shown } from './slack-messages.ts';
import { openSocket, type SlackSocket } from './slack-socket.ts';
import { createTokens, type NextInstall } from './slack-tokens.ts';

export const botToken = 'xoxb-test-isma';
export const appToken = 'xapp-test-isma';
export const team = 'T000000001';
export const oauthApp = { clientId: '111.222', clientSecret: 'a-secret-of-the-app' };

export const allScopes: string[] = [...requiredScopes, ...optionalScopes];

export interface Call {
  method: string;
  args: Record<string, unknown>;
  at: number;
  /** What was answered, or what became of the call. */
  outcome: string;
}

/** What happens to a call instead of its answer. `dropped` and `hangs` take effect first; `held` does so late, whoever waits for it. */
export type Fault =
  | { kind: 'rate-limited'; retryAfter: number }
  | { kind: 'dropped' | 'hangs' | 'refused-connection' }
  | { kind: 'held'; until: Promise<void> }
  | { kind: 'status'; status: number }
  | { kind: 'error'; error: string };

export interface SlackServer {
  url: string;
  apiUrl: string;
  channel: string;
  botUser: string;
  calls: Call[];
  /** Messages that still stand, in the order in which they were posted. */
  shown(): Shown[];
  /** Modals opened and home pages published, the newest last. */
  views: { method: string; view: Record<string, unknown>; user: string | null }[];
  /** What Slack would have refused for its form. */
  violations: string[];
  userOf(email: string): Promise<string>;
  /** The channel between us and a person. */
  dmWith(user: string): Promise<string>;
  triggerFor(user: string): Promise<string>;
  responseUrl(): string;
  /** @param channel  only calls about this one; @param times  how often */
  fail(method: string, fault: Fault, options?: { channel?: string; times?: number }): void;
  /** What Slack says of a person beside what the emulator knows. */
  describeUser(user: string, facts: Record<string, unknown>): void;
  /** Files that people sent, by their ids, and how each was asked for. */
  files: Map<string, SlackFile>;
  downloads: { path: string; authorization: string | null }[];
  streams: 'work' | 'refused';
  /** The workspace that the next installation by OAuth is for. */
  nextInstall: NextInstall;
  /** Refresh tokens that were used. */
  refreshed: string[];
  socket: SlackSocket;
  /** Forgets what was called and shown; what the emulator holds stays. */
  clear(): void;
  close(): Promise<void>;
}

export async function startSlackServer(granted: string[] = allScopes): Promise<SlackServer> {
  const port = await freePort();
  const emulator = await createEmulator({
    service: 'slack' as const,
    port,
    seed: {
      slack: {
        users: [
          { name: 'erin', real_name: 'Erin Employee', email: 'erin@test.example' },
          { name: 'hanna', real_name: 'Hanna Human', email: 'hanna@test.example' },
          { name: 'hugo', real_name: 'Hugo Owner', email: 'hugo@test.example' },
          { name: 'ines', real_name: 'Ines Isms', email: 'ines@test.example' },
          { name: 'isma', real_name: 'Isma', email: 'isma@bots.example' },
        ],
        channels: [{ name: 'helpdesk' }],
        oauth_apps: [
          {
            client_id: oauthApp.clientId,
            client_secret: oauthApp.clientSecret,
            name: 'Isma',
            redirect_uris: ['http://127.0.0.1/slack/oauth_redirect'],
            scopes: granted,
            bot_name: 'isma-oauth',
          },
        ],
        tokens: [
          { token: botToken, user: 'isma', type: 'bot', scopes: granted },
          { token: 'xoxb-test-admin', user: 'admin' },
        ],
        strict_scopes: true,
      },
    },
  });

  const calls: Call[] = [];
  const views: SlackServer['views'] = [];
  const violations: string[] = [];
  const faults: { method: string; channel: string | undefined; fault: Fault; left: number }[] = [];
  const facts = new Map<string, Record<string, unknown>>();
  const dms = new Map<string, string>();
  const triggers = new Map<string, string>();
  let count = 0;
  const state = {
    streams: 'work' as SlackServer['streams'],
    nextInstall: { team: 'T000000001', rotating: false },
  };
  const tokens = createTokens(emulator.url, () => state.nextInstall);

  async function emulated(
    method: string,
    args: Record<string, unknown>,
    token: string,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${emulator.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  const files = createFiles(
    () => url,
    (token) => (token === botToken || tokens.aliasOf(token) !== undefined) && granted.includes('files:read'),
  );
  const messages = createMessages(emulated, () => state.streams);

  function refusedForm(method: string, args: Record<string, unknown>): string[] {
    if (method.startsWith('views.')) return wrongInView(args.view as Record<string, unknown>);
    if (!method.startsWith('chat.') || args.blocks === undefined) return [];
    const loose =
      method !== 'chat.stopStream' && (args.parse !== 'none' || args.link_names !== false)
        ? ['text that Slack would parse']
        : [];
    const text = words(args.text);
    const raw = /[<>]/.test(text) ? ['unescaped text'] : [];
    return [
      ...wrongInBlocks(args.blocks, 'message'),
      ...loose,
      ...raw,
      ...(text.length > 4_000 ? ['a long text'] : []),
    ];
  }

  async function answer(
    method: string,
    args: Record<string, unknown>,
    given: string,
  ): Promise<Record<string, unknown>> {
    const alias = tokens.aliasOf(given);
    if (alias === undefined && /^xox[be]/.test(given) && ![botToken].includes(given))
      return { ok: false, error: 'invalid_auth' };
    const token = alias?.token ?? given;
    const wrong = refusedForm(method, args);
    if (wrong.length > 0) {
      violations.push(...wrong.map((problem) => `${method}: ${problem}`));
      return { ok: false, error: method.startsWith('views.') ? 'invalid_arguments' : 'invalid_blocks' };
    }
    if (method === 'files.info') return files.info(words(args.file), given);
    if (method === 'oauth.v2.access') return tokens.exchange(args);
    if (method.endsWith('Stream')) return messages.stream(method, args, token);
    if (method.startsWith('assistant.threads.')) return { ok: true };
    if (method === 'apps.connections.open')
      return { ok: true, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link/?ticket=1` };
    if (method === 'chat.update' && messages.isStreaming(args))
      return { ok: false, error: 'streaming_state_conflict' };
    const result = await emulated(method, args, token);
    if (result.ok !== true) return result;
    if (method === 'chat.postMessage')
      messages.remember({ ...args, channel: result.channel }, String(result.ts));
    if (method === 'chat.postEphemeral')
      messages.remember(args, String(result.message_ts), { only: String(args.user) });
    if (method === 'chat.update') messages.remember(args, String(args.ts));
    if (method === 'chat.delete') messages.remove(args);
    if (method === 'views.open' || method === 'views.publish')
      views.push({
        method,
        view: args.view as Record<string, unknown>,
        user: (args.user_id as string | undefined) ?? triggers.get(String(args.trigger_id)) ?? null,
      });
    if (method === 'users.info' || method === 'users.lookupByEmail')
      Object.assign(
        result.user as object,
        { tz: 'Europe/Berlin', locale: 'en-GB' },
        facts.get((result.user as { id: string }).id),
      );
    return alias === undefined
      ? result
      : (JSON.parse(JSON.stringify(result).replaceAll(team, alias.team)) as Record<string, unknown>);
  }

  async function respond(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const args = JSON.parse((await readAll(request)).toString()) as Record<string, unknown>;
    calls.push({ method: 'response_url', args: { ...args, url }, at: Date.now(), outcome: 'ok' });
    const fault = takeFault('response_url', args);
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end();
    const wrong = wrongInBlocks(args.blocks, 'message');
    violations.push(...wrong.map((problem) => `response_url: ${problem}`));
    messages.remember(
      { ...args, channel: url },
      args.replace_original === true ? 'replaced' : `aside-${(count += 1)}`,
      { only: url },
    );
    response.writeHead(200).end('ok');
  }

  function takeFault(method: string, args: Record<string, unknown>): Fault | null {
    const found = faults.find(
      (each) =>
        each.method === method &&
        each.left > 0 &&
        (each.channel === undefined || each.channel === args.channel),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://stand-in');
    if (pathname.startsWith('/respond/')) return respond(request, response, pathname);
    if (pathname.startsWith('/files-pri/')) return files.download(request, response, pathname);
    if (!pathname.startsWith('/api/')) return passOn(request, response, `${pathname}${search}`);
    const method = pathname.slice('/api/'.length);
    const args = parseArgs(await readAll(request), request.headers['content-type'] ?? '');
    const token = (request.headers.authorization ?? '').replace('Bearer ', '') || words(args.token);
    const call: Call = { method, args, at: Date.now(), outcome: 'ok' };
    calls.push(call);
    const fault = takeFault(method, args);
    if (fault !== null) call.outcome = fault.kind;
    if (fault?.kind === 'rate-limited')
      return void response
        .writeHead(429, { 'retry-after': String(fault.retryAfter) })
        .end('{"ok":false,"error":"ratelimited"}');
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end('down');
    if (fault?.kind === 'error')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: false, error: fault.error }));
    if (fault?.kind === 'held') await fault.until;
    const result = await answer(method, args, token);
    if (fault?.kind === 'dropped') return void response.destroy();
    if (fault?.kind === 'hangs') return;
    call.outcome = result.ok === true ? 'ok' : String(result.error);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }

  async function passOn(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const body = await readAll(request);
    const passed = await fetch(`${emulator.url}${path}`, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
      ...(body.byteLength === 0 ? {} : { body: new Uint8Array(body) }),
    });
    response
      .writeHead(passed.status, Object.fromEntries(passed.headers))
      .end(Buffer.from(await passed.arrayBuffer()));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { socket, closeSocket } = openSocket(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const list = (await emulated('conversations.list', {}, 'xoxb-test-admin')) as {
    channels: { id: string; name: string }[];
  };
  const self = await emulated('auth.test', {}, botToken);
  const channel = list.channels.find(({ name }) => name === 'helpdesk')?.id ?? '';
  await emulated('conversations.join', { channel }, botToken);

  return Object.assign(state, {
    url,
    apiUrl: `${url}/api/`,
    channel,
    botUser: String(self.user_id),
    calls,
    shown: messages.all,
    views,
    violations,
    files: files.files,
    downloads: files.downloads,
    refreshed: tokens.refreshed,
    socket,
    async userOf(email: string) {
      const { user } = (await emulated('users.lookupByEmail', { email }, 'xoxb-test-admin')) as {
        user?: { id: string };
      };
      return user?.id ?? '';
    },
    async dmWith(user: string) {
      const known = dms.get(user);
      if (known !== undefined) return known;
      const { channel: opened } = (await emulated('conversations.open', { users: user }, botToken)) as {
        channel: { id: string };
      };
      dms.set(user, opened.id);
      return opened.id;
    },
    async triggerFor(user: string) {
      const { trigger_id: trigger } = await emulated('views.generateTriggerId', { user_id: user }, botToken);
      triggers.set(String(trigger), user);
      return String(trigger);
    },
    responseUrl: () => `${url}/respond/${(count += 1)}`,
    fail(method: string, fault: Fault, options: { channel?: string; times?: number } = {}) {
      faults.push({ method, channel: options.channel, fault, left: options.times ?? 1 });
    },
    describeUser: (user: string, given: Record<string, unknown>) => void facts.set(user, given),
    clear() {
      for (const list of [calls, views, violations, faults, files.downloads, socket.acks]) list.length = 0;
      files.files.clear();
      messages.clear();
      state.streams = 'work';
    },
    async close() {
      closeSocket();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await emulator.close();
    },
  });
}

function parseArgs(body: Buffer, type: string): Record<string, unknown> {
  if (type.includes('application/json'))
    return JSON.parse(body.toString() || '{}') as Record<string, unknown>;
  const args: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body.toString())) {
    try {
      args[name] = /^[[{]|^(true|false)$/.test(value) ? (JSON.parse(value) as unknown) : value;
    } catch {
      args[name] = value;
    }
  }
  return args;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
