/** The one module that knows Microsoft's SDK: activities go in through it, and calls to the service go out. */
import { App, type AppOptions, type HttpRouteHandler, type IHttpServerAdapter } from '@microsoft/teams.apps';
import { throwIfOver } from '../../conversation/time-limit.ts';
import type { Log } from '../../log.ts';
import type { Activity } from './activity.ts';
import type { FetchToken } from './credential.ts';

type Logger = NonNullable<AppOptions<never>['logger']>;
type Conversations = App['api']['conversations'];

/** Milliseconds that one call to the service may take, below what the core waits for a delivery. */
const callTimeout = 10_000;

export interface HttpAnswer {
  status: number;
  body?: unknown;
}

/** An activity that we send: the parts that we use of it, with the SDK left out of the rest of the door. */
export type Outgoing = Record<string, unknown> & { type: string };

export interface Member {
  id: string;
  name?: string | null;
  email?: string | null;
  userPrincipalName?: string | null;
  tenantId?: string | null;
  userRole?: string | null;
}

/** What we ask of the service that a conversation belongs to. Errors are those of the SDK; errors.ts reads them. */
export interface Connector {
  create(conversationId: string, activity: Outgoing): Promise<string | null>;
  update(conversationId: string, activityId: string, activity: Outgoing): Promise<void>;
  remove(conversationId: string, activityId: string): Promise<void>;
  member(conversationId: string, userId: string): Promise<Member>;
  /** The chat that the bot has with one person, made where it did not exist. @returns its id */
  openChat(chat: { botId: string; userId: string; tenantId: string }): Promise<string | null>;
}

export interface TeamsSdk {
  start(): Promise<void>;
  /** Hands over an activity that the gate has let in, and gives back the answer for the platform. */
  handle(activity: Activity): Promise<HttpAnswer>;
  connector(serviceUrl: string, signal: AbortSignal): Connector;
}

export interface TeamsSdkOptions {
  clientId: string | null;
  tenantId: string | null;
  fetchToken: FetchToken | null;
  log: Log;
  onActivity(activity: Activity): Promise<HttpAnswer>;
}

export function createTeamsSdk({
  clientId,
  tenantId,
  fetchToken,
  log,
  onActivity,
}: TeamsSdkOptions): TeamsSdk {
  let route: HttpRouteHandler | null = null;
  const logger = quietLogger(log);
  /** Our own server listens and our own gate checks, so the SDK is left with neither. */
  const adapter: IHttpServerAdapter = {
    registerRoute(_method, _path, handler) {
      route = handler;
    },
  };
  const app = new App({
    clientId: clientId ?? '',
    tenantId: tenantId ?? '',
    clientSecret: '',
    token: fetchToken ?? (() => ''),
    httpServerAdapter: adapter,
    dangerouslyAllowUnauthenticatedRequests: false,
    messagingEndpoint: '/api/messages',
    logger,
    client: { timeout: callTimeout, logger },
    telemetry: { agent365: false },
  });
  // Its type says that nothing is given back; an invoke's answer is, all the same.
  const handler = (context: { activity: unknown }) => onActivity(context.activity as Activity);
  app.on('activity', handler as unknown as Parameters<typeof app.on<'activity'>>[1]);

  return {
    start: () => app.initialize(),
    async handle(activity) {
      if (route === null) return { status: 503 };
      const { serviceUrl } = activity;
      const token = {
        appId: clientId ?? '',
        from: 'azure' as const,
        fromId: '',
        serviceUrl,
        isExpired: () => false,
      };
      return route({ body: activity, headers: {}, token });
    },
    connector(serviceUrl, signal) {
      const api = app.api.clone({ serviceUrl });
      // A redirect would carry the bot's token to a host that nobody has checked.
      api.http.use({
        request({ config }) {
          throwIfOver(signal);
          return Object.assign(config, {
            signal,
            maxRedirects: 0,
            maxContentLength: 1_000_000,
            proxy: false,
          });
        },
      });
      return connectorOf(api.conversations);
    },
  };
}

function connectorOf(conversations: Conversations): Connector {
  return {
    async create(conversationId, activity) {
      const answer = await conversations.createActivity(conversationId, activity as never);
      return idOf(answer);
    },
    async update(conversationId, activityId, activity) {
      await conversations.updateActivity(conversationId, activityId, activity as never);
    },
    async remove(conversationId, activityId) {
      await conversations.deleteActivity(conversationId, activityId);
    },
    member: (conversationId, userId) => conversations.getMemberById(conversationId, userId),
    async openChat({ botId, userId, tenantId: tenant }) {
      const answer = await conversations.create({
        bot: { id: botId, name: '', role: 'bot' },
        members: [{ id: userId, name: '', role: 'user' }],
        tenantId: tenant,
        isGroup: false,
        channelData: { tenant: { id: tenant } },
      });
      return idOf(answer);
    },
  };
}

function idOf(answer: unknown): string | null {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : null;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The SDK's words can quote activities, tokens and people: that it had something to say is all that is kept. */
function quietLogger(log: Log): Logger {
  const note = (level: 'warn' | 'error') => (first: unknown) => {
    const kind = first instanceof Error ? first.name : typeof first;
    log[level]({ from: 'teams-sdk', said: kind }, 'the Teams SDK reported something');
  };
  const logger: Logger = {
    debug() {},
    info() {},
    trace() {},
    warn: note('warn'),
    error: note('error'),
    log(level, ...said) {
      if (level === 'warn' || level === 'error') note(level)(said[0]);
    },
    child: () => logger,
  };
  return logger;
}
