/** Bolt's listeners: each stores what came and nothing more, and only then is Slack answered. */
import { setTimeout as pause } from 'node:timers/promises';
import { App, type Receiver } from '@slack/bolt';
import type { Core } from '../../conversation/port.ts';
import type { InputParts } from '../../conversation/contract.ts';
import type { Delivery } from '../../conversation/port.ts';
import type { Installations } from '../../conversation/installation.ts';
import type { Log } from '../../log.ts';
import { platform } from './address.ts';
import { clientOptions, quietLogger } from './client.ts';
import { removeInstallation } from './oauth.ts';
import { botUserOf, EventBody, readEvent, readMessagesOpened, readUninstalled } from './read-event.ts';
import {
  readCommand,
  readFormToOpen,
  readPress,
  readSentForm,
  readShortcut,
  withoutTrigger,
  type FormToOpen,
  type Moment,
} from './read-interaction.ts';
import { NotStored, type PutAside, type Received } from './receiver.ts';
import { errorsOf, renderForm } from './render-form.ts';

/** Milliseconds that Slack is kept waiting for what a sent form leads to; at 3,000 it gives up. */
const formWait = 2_300;

export interface ListenOptions {
  core(): Core | null;
  installations: Installations;
  moment(): Moment;
  /** What follows the acknowledgement and is no input: it may fail. */
  afterwards: {
    suggest(place: { team: string; channel: string; user: string }): Promise<void>;
    openForm(form: FormToOpen): Promise<void>;
  };
  log: Log;
}

type FormAnswer = { response_action: 'clear' | 'errors' | 'update' } & Record<string, unknown>;
type Take = (delivery: Delivery) => boolean;

export function listen(receiver: Receiver, options: ListenOptions): App {
  const { installations, moment, afterwards, log } = options;
  const app = new App({
    receiver,
    // Nothing is asked of Slack before the acknowledgement: the envelope says who we are there.
    authorize: ({ teamId, enterpriseId }, body) => {
      const botUserId = botUserOf(body);
      return Promise.resolve({
        ...(teamId === undefined ? {} : { teamId }),
        ...(enterpriseId === undefined ? {} : { enterpriseId }),
        ...(botUserId === null ? {} : { botUserId }),
      });
    },
    convoStore: false,
    tokenVerificationEnabled: false,
    logger: quietLogger(log),
    clientOptions: clientOptions(null, log),
  });
  app.error((error) => Promise.reject(error));

  const store = (key: string, raw: Uint8Array, read: () => InputParts | null, take?: Take) =>
    storeInput(options, key, raw, read, take);

  app.event(/.*/s, async ({ body, context }) => {
    const uninstalled = readUninstalled(body);
    if (uninstalled !== null) {
      await removeInstallation(installations, uninstalled.team, uninstalled.at).catch((error: unknown) => {
        throw new NotStored('the installation could not be removed', { cause: error });
      });
      return;
    }
    const { slackKey, slackRaw } = context as unknown as Received;
    const envelope = EventBody.safeParse(body);
    await store(envelope.success ? envelope.data.event_id : slackKey, slackRaw, () => readEvent(body));
    const opened = readMessagesOpened(body);
    if (opened !== null) later(afterwards.suggest(opened), log);
  });

  app.command(/.*/s, async ({ body, context, ack }) => {
    const { slackKey, slackRaw } = context as unknown as Received;
    const at = moment();
    await store(slackKey, slackRaw, () => readCommand(body, at));
    await ack();
  });

  app.shortcut(/.*/s, async ({ body, context, ack }) => {
    const { slackKey, slackRaw } = context as unknown as Received;
    const at = moment();
    await store(slackKey, slackRaw, () => readShortcut(body, at));
    await ack();
  });

  app.action(/.*/s, async ({ body, context, ack }) => {
    const { slackKey, slackRaw } = context as unknown as Received;
    const at = moment();
    const form = readFormToOpen(body, at);
    if (form === null) await store(slackKey, slackRaw, () => readPress(body, at));
    await ack();
    if (form !== null) later(afterwards.openForm(form), log);
  });

  app.view({ callback_id: /.*/s, type: 'view_submission' }, async ({ body, context, ack }) => {
    const { slackKey, slackRaw } = context as unknown as Received;
    const at = moment();
    let answer: FormAnswer | null = null;
    const shown = Promise.withResolvers<void>();
    const id = await store(
      slackKey,
      slackRaw,
      () => readSentForm(body, at),
      (delivery) => {
        // One answer fits into a dialog; whatever else is said is posted.
        if (answer !== null) return false;
        answer = answerTo(delivery, body.view.private_metadata);
        if (answer !== null) shown.resolve();
        return answer !== null;
      },
    );
    const core = options.core();
    if (id !== null && core !== null) {
      const waiting = new AbortController();
      await Promise.race([
        shown.promise,
        core.settled(id, waiting.signal).catch(() => undefined),
        pause(formWait, undefined, { signal: waiting.signal }).catch(() => undefined),
      ]);
      waiting.abort();
      core.release(id);
    }
    await ack((answer ?? { response_action: 'clear' }) as never);
  });
  return app;
}

/** @throws NotStored when it is not on disk */
async function storeInput(
  { core }: ListenOptions,
  eventId: string,
  raw: Uint8Array,
  read: () => InputParts | null,
  take?: Take,
): Promise<number | null> {
  const running = core();
  if (running === null) throw new NotStored('the service is not running');
  try {
    return await running.receive({ platform, eventId, raw, read: () => read() }, take);
  } catch (error) {
    throw new NotStored('the event could not be stored', { cause: error });
  }
}

export function putAside(options: ListenOptions): PutAside {
  return async (key, raw) => {
    await storeInput(options, key, raw, () => {
      throw new Error('nobody could make sense of it');
    });
  };
}

/** A form that comes back goes into the open dialog: its errors at the fields, or the next form in its place. */
function answerTo({ reply, edits, address, via }: Delivery, metadata: string): FormAnswer | null {
  const { form } = reply;
  if (form === null || edits !== null) return null;
  const {
    form: sent,
    card,
    outsiders,
  } = JSON.parse(metadata) as { form: string; card: string | null; outsiders: boolean };
  const errors = form.id === sent ? errorsOf(form) : null;
  if (errors !== null) return { response_action: 'errors', errors };
  const view = renderForm(form, { address, outsiders, card, via: withoutTrigger(via) }, reply.text);
  return view === null ? null : { response_action: 'update', view };
}

function later(work: Promise<void>, log: Log): void {
  work.catch(() => log.info({}, 'something after an acknowledgement failed'));
}
