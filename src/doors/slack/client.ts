/** Slack's Web API as we call it: one client a workspace, no retries of the SDK's own, finite waits. */
import { LogLevel, webApi } from '@slack/bolt';
import type { Logger } from '@slack/bolt';
import { UndeliverableError } from '../../conversation/port.ts';
import { throwIfOver } from '../../conversation/time-limit.ts';
import type { Log } from '../../log.ts';

/** Milliseconds; below the core's own wait for a delivery. */
const callTimeout = 10_000;

export interface Clients {
  /**
   * @param signal  ends what is called, and lets nothing more be called, once nobody waits for it
   * @throws UndeliverableError for a workspace that has not installed us
   */
  of(team: string, signal?: AbortSignal): Promise<webApi.WebClient>;
  /** Workspaces that we may write to. */
  teams(): Promise<string[]>;
}

export type ClientOptions = Pick<
  webApi.WebClientOptions,
  'slackApiUrl' | 'timeout' | 'retryConfig' | 'rejectRateLimitedCalls' | 'logger'
>;

/** One 429 would otherwise hold up every channel of a token, and a dropped answer post the message again. */
export function clientOptions(apiUrl: string | null, log: Log, timeout = callTimeout): ClientOptions {
  return {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quietLogger(log),
  };
}

/** The SDK has no way to end one call, so one that can be ended has a client of its own: a tenth of a millisecond. */
function stoppableClient(token: string, options: ClientOptions, signal: AbortSignal): webApi.WebClient {
  const stoppable: typeof fetch = (address, init) => {
    throwIfOver(signal);
    const signals = init?.signal == null ? [signal] : [signal, init.signal];
    return fetch(address, { ...init, signal: AbortSignal.any(signals) });
  };
  return new webApi.WebClient(token, { ...options, fetch: stoppable });
}

/** One workspace, one token, whatever the workspace's id. */
export function tokenClients(token: string, options: ClientOptions): Clients {
  const client = new webApi.WebClient(token, options);
  let team: Promise<string[]> | null = null;
  return {
    of: (_team, signal) =>
      Promise.resolve(signal === undefined ? client : stoppableClient(token, options, signal)),
    teams() {
      team ??= client.auth.test().then(({ team_id: id }) => (id === undefined ? [] : [id]));
      team.catch(() => (team = null));
      return team;
    },
  };
}

export interface Tokens {
  /** A token that holds now, refreshed where it was about to end; null for a workspace that has not installed us. */
  find(team: string): Promise<string | null>;
  teams(): Promise<string[]>;
}

export function installedClients(tokens: Tokens, options: ClientOptions): Clients {
  const clients = new Map<string, { token: string; client: webApi.WebClient }>();
  return {
    async of(team, signal) {
      const token = await tokens.find(team);
      if (token === null)
        throw new UndeliverableError('the workspace has not installed the app, or has taken it out');
      if (signal !== undefined) return stoppableClient(token, options, signal);
      const known = clients.get(team);
      if (known?.token === token) return known.client;
      const client = new webApi.WebClient(token, options);
      clients.set(team, { token, client });
      return client;
    },
    teams: () => tokens.teams(),
  };
}

/** What the SDKs would log quotes requests and answers; only that something was said passes, and how loud. */
export function quietLogger(log: Log): Logger {
  return {
    debug() {},
    info() {},
    warn: () => log.debug({}, 'the Slack SDK warns'),
    error: () => log.warn({}, 'the Slack SDK reports an error'),
    setLevel() {},
    getLevel: () => LogLevel.ERROR,
    setName() {},
  };
}
