/** Stands in for the service that Teams bots write to: conversations, members, streams, and the ways in which it fails. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent extends Record<string, unknown> {
  type: string;
  text?: string;
  attachments?: { contentType: string; content: Record<string, unknown> }[];
  entities?: Record<string, unknown>[];
  channelData?: Record<string, unknown>;
}

export interface Call {
  kind: 'create' | 'update' | 'delete' | 'member' | 'open' | 'upload';
  conversation: string;
  activity: string | null;
  body: Sent;
  authorization: string | null;
}

export interface Shown {
  id: string;
  activity: Sent;
  /** How often it was edited. */
  edits: number;
}

export type Fault =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | 'hang'
  /** The service does it, and its answer is lost. */
  | 'drop'
  | null;

export interface Connector {
  url: string;
  calls: Call[];
  /** Members by conversation-independent id. */
  members: Map<string, Record<string, unknown>>;
  /** Bytes that were put to an upload address. */
  uploads: Buffer[];
  /** What a GET of a path is answered with: bytes, an address to go on to, or a status. */
  files: Map<string, Uint8Array | string | number>;
  downloads: { path: string; authorization: string | null }[];
  /** What stands in a conversation now, typing left out. */
  shown(conversation: string): Shown[];
  /** Decides what becomes of a call; null lets it do its work. */
  script(next: (call: Call) => Fault): void;
  /** Presses Stop on whatever is being streamed. */
  pressStop(): void;
  endStreams(): void;
  close(): Promise<void>;
}

export async function startConnector(): Promise<Connector> {
  const calls: Call[] = [];
  const members = new Map<string, Record<string, unknown>>();
  const uploads: Buffer[] = [];
  const files: Connector['files'] = new Map();
  const downloads: Connector['downloads'] = [];
  const conversations = new Map<string, Shown[]>();
  const streams = new Map<string, 'open' | 'stopped' | 'expired' | 'done'>();
  let decide: (call: Call) => Fault = () => null;
  let count = 0;
  const open = new Set<ServerResponse>();

  const shown = (conversation: string) => conversations.get(conversation) ?? [];

  function create(conversation: string, activity: Sent): { status: number; body: unknown } {
    const stream = activity.entities?.find((entity) => entity.type === 'streaminfo');
    const id = typeof activity.id === 'string' ? activity.id : null;
    if (stream !== undefined && id !== null) {
      const state = streams.get(id) ?? 'expired';
      if (state !== 'open') return refusedStream(state);
    }
    if (activity.type === 'typing') {
      count += 1;
      const given = id ?? `m${count}`;
      if (stream !== undefined) streams.set(given, 'open');
      return { status: 201, body: { id: given } };
    }
    count += 1;
    const given = id ?? `m${count}`;
    if (stream !== undefined) streams.set(given, 'done');
    conversations.set(conversation, [...shown(conversation), { id: given, activity, edits: 0 }]);
    return { status: 201, body: { id: given } };
  }

  function perform(call: Call): { status: number; body: unknown } {
    const { kind, conversation, activity, body } = call;
    switch (kind) {
      case 'create':
        return create(conversation, body);
      case 'update': {
        const message = shown(conversation).find((each) => each.id === activity);
        const streamed = activity !== null && streams.has(activity);
        if (message === undefined && !streamed)
          return { status: 404, body: errorBody('ActivityNotFoundInConversation') };
        if (message === undefined)
          conversations.set(conversation, [
            ...shown(conversation),
            { id: activity ?? '', activity: body, edits: 0 },
          ]);
        else Object.assign(message, { activity: body, edits: message.edits + 1 });
        return { status: 200, body: { id: activity } };
      }
      case 'delete':
        conversations.set(
          conversation,
          shown(conversation).filter((each) => each.id !== activity),
        );
        if (activity !== null) streams.delete(activity);
        return { status: 200, body: {} };
      case 'member': {
        const member = members.get(activity ?? '');
        return member === undefined
          ? { status: 404, body: errorBody('MemberNotFoundInConversation') }
          : { status: 200, body: member };
      }
      case 'open': {
        const [member] = (body.members ?? []) as { id: string }[];
        return { status: 201, body: { id: `a:chat-${member?.id ?? ''}` } };
      }
      case 'upload':
        return { status: 201, body: {} };
    }
  }

  const server = createServer((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    void (async () => {
      const bytes = await readAll(request);
      const path = new URL(request.url ?? '/', 'http://stub').pathname;
      const file = request.method === 'GET' ? files.get(path) : undefined;
      if (file !== undefined) {
        downloads.push({ path, authorization: request.headers.authorization ?? null });
        if (typeof file === 'number') return void response.writeHead(file).end();
        if (typeof file === 'string') return void response.writeHead(302, { location: file }).end();
        return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file);
      }
      const call = callOf(request, bytes);
      if (call === null) return void response.writeHead(404).end();
      calls.push(call);
      const fault = decide(call);
      if (fault === 'hang') return;
      if (fault !== null && fault !== 'drop') {
        response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
        return void response.end(JSON.stringify(fault.body ?? errorBody('Stub')));
      }
      if (call.kind === 'upload') uploads.push(bytes);
      const { status, body } = perform(call);
      if (fault === 'drop') return void response.destroy();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    members,
    uploads,
    files,
    downloads,
    shown,
    script: (next) => (decide = next),
    pressStop: () => setAll(streams, 'stopped'),
    endStreams: () => setAll(streams, 'expired'),
    close: () =>
      new Promise((resolve) => {
        for (const response of open) response.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function errorBody(code: string, message = code): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

function setAll<State>(streams: Map<string, State | 'open'>, state: State): void {
  for (const [id, now] of streams) if (now === 'open') streams.set(id, state);
}

function refusedStream(state: 'stopped' | 'expired' | 'done'): { status: number; body: unknown } {
  const messages = {
    stopped: 'Content stream was canceled by user.',
    expired: 'Content stream finished due to exceeded streaming time.',
    done: 'Content stream is not allowed on an already completed streamed message.',
  };
  return { status: 403, body: errorBody('ContentStreamNotAllowed', messages[state]) };
}

function callOf(request: IncomingMessage, bytes: Buffer): Call | null {
  const { pathname } = new URL(request.url ?? '/', 'http://stub');
  const authorization = request.headers.authorization ?? null;
  if (pathname.startsWith('/upload'))
    return { kind: 'upload', conversation: '', activity: null, body: { type: 'upload' }, authorization };
  const body = bytes.length === 0 ? ({ type: '' } as Sent) : (JSON.parse(bytes.toString('utf8')) as Sent);
  if (/\/v3\/conversations\/?$/.test(pathname) && request.method === 'POST')
    return { kind: 'open', conversation: '', activity: null, body, authorization };
  const [, conversation = '', what = '', id = null] =
    /\/v3\/conversations\/([^/]+)\/(activities|members)(?:\/([^/]+))?$/.exec(decodeURIComponent(pathname)) ??
    [];
  if (conversation === '') return null;
  const kinds: Record<string, Call['kind']> = { POST: 'create', PUT: 'update', DELETE: 'delete' };
  const kind = what === 'members' ? 'member' : kinds[request.method ?? ''];
  return kind === undefined ? null : { kind, conversation, activity: id, body, authorization };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
