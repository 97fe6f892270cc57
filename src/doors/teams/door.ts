/** The door to Microsoft Teams: checks what comes in, stores it, answers, and says what the core has to say. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Shortcut } from '../../conversation/contract.ts';
import type { Core } from '../../conversation/port.ts';
import type { Door, Port } from '../../conversation/port.ts';
import type { References } from '../../conversation/reference.ts';
import { createRefusals, describeError, type Log } from '../../log.ts';
import { isFromBot, type Activity } from './activity.ts';
import { channelOf, platform } from './address.ts';
import { playgroundClient, teamsClient } from './card-parts.ts';
import { createInvokeAnswers } from './answer-invoke.ts';
import { createConversations } from './conversations.ts';
import { createFetchToken, type FetchToken } from './credential.ts';
import { createDeliver } from './deliver.ts';
import { sendErrorOf } from './errors.ts';
import { createFetchFile } from './fetch-file.ts';
import { createGate } from './gate.ts';
import { createFileHandover } from './hand-over-file.ts';
import { checkMode, cloudOf, type Mode } from './mode.ts';
import { createProfile, isAllowed } from './profile.ts';
import { eventIdOf, greetingOf, readActivity, readWelcome, welcomeIdOf } from './read-activity.ts';
import { createTeamsSdk, type HttpAnswer } from './sdk.ts';
import { createStage } from './stage.ts';
import { createStreams } from './stream.ts';
import { readBody } from './body.ts';

export interface TeamsDoorOptions {
  mode: Mode;
  references: References;
  /** Commands on any message. */
  shortcuts: Shortcut[];
  log: Log;
  /** Where the service's keys are, instead of Microsoft's address. */
  openIdKeysUrl?: string;
  /** Where our own token comes from, instead of Microsoft Entra. */
  fetchToken?: FetchToken;
}

/** Milliseconds that a sign of typing may take. */
const typingTimeout = 5_000;

/**
 * Teams takes 50 requests a second of an app in a tenant, of every kind; 30 are planned with, since answers share them
 * (learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, November 2026).
 */
export const teamsPace = { name: 'Teams', messages: 30 * 60, lookUps: 0 };

export function createTeamsDoor(options: TeamsDoorOptions): Door {
  const { mode, references, shortcuts, log } = options;
  checkMode(mode);
  const refused = createRefusals(log, platform);
  const client = mode.kind === 'playground' ? playgroundClient : teamsClient;
  const stage = mode.kind === 'playground' && mode.cast !== undefined ? createStage(mode.cast) : null;
  const production = mode.kind === 'production' ? mode : null;
  const keysUrl =
    options.openIdKeysUrl ?? cloudOf(production?.tokenIssuer ?? 'https://api.botframework.com').keysUrl;
  const gate = createGate(mode, keysUrl);
  const fetchToken = production === null ? null : (options.fetchToken ?? createFetchToken(mode));
  const sdk = createTeamsSdk({
    clientId: production?.clientId ?? null,
    tenantId: production?.tenantId ?? null,
    fetchToken,
    log,
    onActivity,
  });
  const kept = createConversations(mode, references, sdk.connector);
  const conversations = stage?.over(kept, sdk.connector) ?? kept;
  const streams = createStreams(conversations, log);
  const deliver = createDeliver({ conversations, streams, log, client, stage });
  const { handOverFile, idle } = createFileHandover(
    mode,
    conversations,
    (id) => files?.readFile(id) ?? Promise.resolve(null),
    log,
  );
  /** Each activity's bytes as they came, which the SDK does not hand on. */
  const bodies = new WeakMap<Activity, Uint8Array>();
  let core: Core | null = null;
  /** The same one, also while what is under way ends. */
  let files: Pick<Core, 'readFile'> | null = null;
  let answerInvoke: ReturnType<typeof createInvokeAnswers> | null = null;

  /** Stores first and answers then: a throw here tells Teams to come again. */
  async function onActivity(sent: Activity): Promise<HttpAnswer> {
    if (core === null || answerInvoke === null) return { status: 503 };
    const { activity, change } = stage?.hear(sent) ?? { activity: sent, change: null };
    try {
      const raw = bodies.get(sent) ?? Buffer.alloc(0);
      if (isFromBot(sent)) return { status: 200 };
      if (change !== null) return await changePlayer(activity, change, raw);
      const { removals } = await conversations.keep(activity);
      if (activity.type === 'invoke') return await answerInvoke(activity, raw);
      await core.receive({ platform, eventId: eventIdOf(activity), raw, read: () => readActivity(activity) });
      const welcome = stage === null ? readWelcome(activity) : null;
      if (welcome !== null)
        await core.receive({ platform, eventId: welcomeIdOf(activity, removals), raw, read: () => welcome });
      return { status: 200 };
    } catch (error) {
      log.error({ type: activity.type, ...describeError(error) }, 'an activity could not be stored');
      return { status: 503 };
    }
  }

  /** Said at once, and then what a person of that name is greeted with. */
  async function changePlayer(
    activity: Activity,
    { done, words }: { done: boolean; words: string },
    raw: Uint8Array,
  ): Promise<HttpAnswer> {
    await conversations.keep(activity);
    const connector = sdk.connector(activity.serviceUrl, AbortSignal.timeout(typingTimeout));
    await connector.create(activity.conversation.id, {
      type: 'message',
      textFormat: 'markdown',
      text: words,
    });
    if (done)
      await core?.receive({
        platform,
        eventId: `as:${randomUUID()}`,
        raw,
        read: () => greetingOf(activity),
      });
    return { status: 200 };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const checked = await gate.checkToken(request.headers.authorization);
    if (!checked.ok) return turnAway(request, response, checked.status, checked.reason);
    const body = await readBody(request);
    if (!body.ok) return turnAway(request, response, body.status, body.reason);
    const verdict = gate.checkActivity(body.value, checked.token);
    if (!verdict.ok) return turnAway(request, response, verdict.status, verdict.reason);
    bodies.set(verdict.activity, body.raw);
    const answer = await sdk.handle(verdict.activity);
    send(response, answer);
  }

  function turnAway(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    reason: string,
  ): void {
    refused(status, reason);
    // What is left of a body that nobody wants is not waited for.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(status).end();
  }

  const port: Port = {
    platform,
    pace: teamsPace,
    deliver,
    // Teams cannot be asked for a message. An edit, and the end of a stream, may be sent again all the same.
    lookUp: ({ edits, draft }) =>
      Promise.resolve(edits !== null || draft !== null ? { found: false, harmless: true } : 'cannot tell'),
    directAddress: ({ email }) => Promise.resolve(stage?.addressOf(email) ?? null),
    channelOf,
    ...(production === null
      ? {}
      : { trusts: (tenant: string) => Promise.resolve(isAllowed(production.allowedTenants, tenant)) }),
    profile: createProfile(mode, conversations),
    fetch: createFetchFile(mode, fetchToken),
    busy(place) {
      const signal = AbortSignal.timeout(typingTimeout);
      conversations
        .open(place.address, signal)
        .then(({ connector, id }) => connector.create(id, { type: 'typing' }))
        .catch((error: unknown) =>
          log.debug({ ...describeError(sendErrorOf(error)) }, 'typing was not shown'),
        );
    },
    draft: streams.draft,
  };

  return {
    port,
    routes: [{ method: 'POST', path: '/api/messages', handle }],
    async start(given) {
      await sdk.start();
      [core, files] = [given, given];
      const mark = stage?.markCard ?? ((_address, card) => card);
      answerInvoke = createInvokeAnswers({ core: given, shortcuts, handOverFile, client, mark });
    },
    async stop() {
      core = null;
      await idle();
    },
  };
}

function send(response: ServerResponse, { status, body }: HttpAnswer): void {
  if (body === undefined || body === null) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
