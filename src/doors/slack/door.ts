/** The Slack door: what Slack brings becomes turns and actions, and what Isma says becomes messages, modals and a home page. */
import type { HTTPReceiver } from '@slack/bolt';
import type { webApi } from '@slack/bolt';
import type { Place, Via } from '../../conversation/contract.ts';
import type { Core } from '../../conversation/port.ts';
import type { Installations } from '../../conversation/installation.ts';
import { OperatorError } from '../../errors.ts';
import { createRefusals, describeError, type Log } from '../../log.ts';
import { channelOf, platform, readAddress } from './address.ts';
import { clientOptions, installedClients, tokenClients, type Clients } from './client.ts';
import { createDeliver } from './deliver.ts';
import { createDrafts } from './draft.ts';
import { asDeliveryError } from './errors.ts';
import { createFetchFile } from './fetch-file.ts';
import {
  NotSentError,
  UndeliverableError,
  type Door,
  type Port,
  type Route,
} from '../../conversation/port.ts';
import { limits } from './limits.ts';
import { listen, putAside, type ListenOptions } from './listen.ts';
import {
  installedTokens,
  installerOptions,
  installPath,
  isOurs,
  redirectPath,
  type OAuthOptions,
} from './oauth.ts';
import { directAddressOf, profileOf } from './people.ts';
import { senderOf } from './read-event.ts';
import type { FormToOpen } from './read-interaction.ts';
import {
  acknowledgeLast,
  createHttpReceiver,
  createSocketReceiver,
  handleRequest,
  refuse,
} from './receiver.ts';
import { renderForm } from './render-form.ts';
import { createResponses } from './respond.ts';
import { cut, plain } from './text.ts';

export interface SlackDoorOptions {
  /** Secret of signed requests; null in Socket Mode. */
  signingSecret: string | null;
  /** Token of the one workspace; null where workspaces install by OAuth. */
  botToken: string | null;
  /** Set for Socket Mode. */
  appToken: string | null;
  oauth: OAuthOptions['oauth'] | null;
  /** Where a stand-in for Slack's API listens; null for Slack itself. */
  apiUrl: string | null;
  publicUrl: string | null;
  installations: Installations;
  log: Log;
  clock?: () => Date;
  /** Milliseconds that one call may take, where a test is in a hurry. */
  callTimeout?: number;
}

/** Direct conversations whose channel is remembered. */
const mostChannels = 20_000;

/** @throws OperatorError where a secret or a token is missing */
/**
 * Slack promises a message a second a channel and publishes no limit for a workspace: a message a second in all is what nobody waits
 * for longer. Look-ups are of tier 3 (docs.slack.dev/apis/web-api/rate-limits, November 2026).
 */
export const slackPace = { name: 'Slack', messages: 60, lookUps: 50 };

export function createSlackDoor(options: SlackDoorOptions): Door {
  const { signingSecret, botToken, appToken, oauth, apiUrl, publicUrl, installations, log } = options;
  const clock = options.clock ?? (() => new Date());
  if (appToken === null && (signingSecret ?? '').trim() === '')
    throw new OperatorError('Slack needs SLACK_SIGNING_SECRET, or SLACK_APP_TOKEN for Socket Mode.');
  if (oauth === null && (botToken ?? '').trim() === '')
    throw new OperatorError('Slack needs SLACK_BOT_TOKEN, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.');

  const calls = clientOptions(apiUrl, log, options.callTimeout);
  const oauthOptions: OAuthOptions | null =
    oauth === null ? null : { oauth, apiUrl, publicUrl, installations, clientOptions: calls, clock, log };
  const http = createHttpReceiver(
    signingSecret,
    oauthOptions === null ? {} : installerOptions(oauthOptions),
    log,
  );
  const clients =
    oauthOptions === null
      ? tokenClients(botToken ?? '', calls)
      : installedClients(installedTokens(http, oauthOptions), calls);

  const channels = createChannels();
  const channelWith = channels.with;
  const drafts = createDrafts({ clients, channelWith, clock, log });
  const responses = createResponses(apiUrl, clock);
  const delivering = createDeliver({ clients, drafts, responses, channelWith, clock, log });

  let core: Core | null = null;
  const listening: ListenOptions = {
    core: () => core,
    installations,
    moment: () => ({ now: clock(), isOurs: channels.isOurs }),
    afterwards: {
      suggest: async ({ team, channel, user }) =>
        suggest(clients, team, channel, (await core?.suggestions(senderOf(team, user))) ?? []),
      openForm: (form) => openForm(clients, () => core, form),
    },
    log,
  };
  const inner = appToken === null ? http : createSocketReceiver(appToken, apiUrl, log);
  const app = listen(acknowledgeLast(inner, putAside(listening), log), listening);

  const port: Port = {
    platform,
    pace: slackPace,
    deliver(delivery, signal) {
      const { via, address } = delivery;
      const place = readAddress(address);
      if (via.dm !== undefined && place.kind === 'direct') channels.note(place.team, place.user, via.dm);
      return delivering.deliver(delivery, signal);
    },
    lookUp: delivering.lookUp,
    directAddress: (person, signal) => directAddressOf(clients, person, signal),
    channelOf,
    // A token is the word of an admin that its workspace is ours.
    trusts: async (tenant) =>
      oauthOptions === null ? (await clients.teams()).includes(tenant) : isOurs(oauthOptions, tenant),
    profile: (sender, signal) => profileOf(clients, sender, signal),
    fetch: createFetchFile(clients, apiUrl),
    busy: (place, via) =>
      void showBusy(clients, place, via).catch((error: unknown) =>
        log.debug(describeError(error), 'no status was shown'),
      ),
    draft: drafts.open,
  };

  return {
    port,
    routes: appToken === null || oauth !== null ? routesOf(http, options, putAside(listening)) : [],
    async start(running) {
      core = running;
      if (appToken !== null) await app.start();
    },
    async stop() {
      core = null;
      if (appToken !== null) await app.stop();
    },
  };
}

function routesOf(
  http: HTTPReceiver,
  { appToken, oauth, signingSecret, log }: SlackDoorOptions,
  aside: ReturnType<typeof putAside>,
): Route[] {
  const handling = {
    receiver: http,
    signingSecret: signingSecret ?? '',
    putAside: aside,
    refused: createRefusals(log, platform),
  };
  const page = (path: string): Route => ({
    method: 'GET',
    path,
    handle: (request, response) => {
      response.setHeader('cache-control', 'no-store');
      if (request.method === 'GET') http.requestListener(request, response);
      else refuse(response, 405);
    },
  });
  return [
    ...(appToken !== null
      ? []
      : [
          {
            method: 'POST' as const,
            path: '/slack/events',
            handle: (...[request, response]: Parameters<Route['handle']>) =>
              handleRequest(handling, request, response).catch(() => refuse(response, 400)),
          },
        ]),
    ...(oauth === null ? [] : [page(installPath), page(redirectPath)]),
  ];
}

/** Channels of direct conversations, which Slack gives out by person; a restart only costs asking again. */
function createChannels() {
  const known = new Map<string, string>();
  const keyOf = (team: string, user: string) => `${team}:${user}`;
  function note(team: string, user: string, channel: string) {
    const [oldest] = known.keys();
    if (known.size >= mostChannels && oldest !== undefined) known.delete(oldest);
    known.set(keyOf(team, user), channel);
  }
  return {
    note,
    isOurs: (team: string, user: string, channel: string) => known.get(keyOf(team, user)) === channel,
    async with(client: webApi.WebClient, team: string, user: string): Promise<string> {
      const before = known.get(keyOf(team, user));
      if (before !== undefined) return before;
      try {
        const { channel } = await client.conversations.open({ users: user });
        if (channel?.id === undefined) throw new Error('Slack gave no channel');
        note(team, user, channel.id);
        return channel.id;
      } catch (error) {
        const mapped = asDeliveryError(error);
        if (mapped instanceof UndeliverableError || mapped instanceof NotSentError) throw mapped;
        // Whatever became of the call, nothing was said by it.
        throw new NotSentError('the direct conversation could not be opened', null, { cause: error });
      }
    },
  };
}

async function suggest(
  clients: Clients,
  team: string,
  channel: string,
  suggestions: readonly string[],
): Promise<void> {
  const client = await clients.of(team);
  const prompts = suggestions
    .slice(0, limits.promptsAtOnce)
    .map((text) => ({ title: cut(plain(text), 75), message: text }));
  const [first, ...rest] = prompts;
  // With a thread's time it would fail without a word.
  if (first !== undefined)
    await client.assistant.threads.setSuggestedPrompts({ channel_id: channel, prompts: [first, ...rest] });
}

/** A press that only opens the form which its message has; where that is gone, the person is told. */
async function openForm(
  clients: Clients,
  core: () => Core | null,
  { team, user, trigger, notes }: FormToOpen,
): Promise<void> {
  if ((await core()?.admits(senderOf(team, user))) !== true) return;
  const shown = notes.card === null ? null : await core()?.shown(platform, notes.address, notes.card);
  const client = await clients.of(team);
  const view = shown?.form == null ? null : renderForm(shown.form, notes, shown.text);
  await client.views.open({
    trigger_id: trigger,
    view: view ?? {
      type: 'modal',
      title: { type: 'plain_text', text: 'This form is closed' },
      close: { type: 'plain_text', text: 'Close' },
      blocks: [
        {
          type: 'section',
          text: {
            type: 'plain_text',
            text: 'It belongs to an older message. Ask me again, and I make a new one.',
          },
        },
      ],
    },
  });
}

async function showBusy(clients: Clients, { address }: Place, via: Via): Promise<void> {
  const place = readAddress(address);
  const at =
    place.kind === 'thread'
      ? { channel_id: place.channel, thread_ts: place.threadTs }
      : place.kind === 'direct' && via.dm !== undefined && via.thread !== undefined
        ? { channel_id: via.dm, thread_ts: via.thread }
        : null;
  if (at === null) return;
  const client = await clients.of(place.team);
  await client.assistant.threads.setStatus({ ...at, status: 'is looking that up…' });
}
