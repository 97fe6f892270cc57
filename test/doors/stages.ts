/** One way to talk to Isma through each of its doors, so that a test can hold the same conversation in all of them. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createService } from '../../src/app/app.ts';
import { createConsolePort } from '../../src/doors/console/port.ts';
import { createSession } from '../../src/doors/console/session.ts';
import type { Database } from '../../src/db/database.ts';
import { rooms as ownRooms } from '../../src/app/rooms.ts';
import { startHarness, type HarnessOptions } from '../support/harness.ts';
import type { ModelServer } from '../support/model-server.ts';
import { startSlackHarness } from '../support/slack-harness.ts';
import { buttonsIn } from '../support/slack-requests.ts';
import { startSlackServer } from '../support/slack-server.ts';
import { cardOf, executed, inputsIn, pressable, submitted, titlesIn } from '../support/teams-cards.ts';
import { chatOf, memberOf, personOf, startTeams } from '../support/teams-service.ts';

export interface Stage {
  /** Something said in the person's own conversation with Isma. */
  say(email: string, text: string): Promise<void>;
  attach(email: string, path: string, text: string): Promise<void>;
  /** Presses the newest button with this label that the person can see. */
  press(email: string, label: string): Promise<void>;
  /** Sends the form that is open. */
  fill(email: string, values: Record<string, string>): Promise<void>;
  /** Runs the jobs whose time has come, and waits for all that they say. */
  runDue(): Promise<void>;
  /**
   * The platform answers the next message to this person with 429. A terminal has no limits.
   *
   * @returns what was tried to send to them since, oldest first, with the time in milliseconds
   */
  limit(email: string, seconds: number): Promise<() => Tried[]>;
  stop(): Promise<void>;
}

export interface Tried {
  at: number;
  refused: boolean;
}

export interface StageOptions {
  db: Database;
  model: ModelServer;
  /** Rooms beside those that Isma has. */
  rooms?: HarnessOptions['rooms'];
}

export const stages: Record<string, (options: StageOptions) => Promise<Stage>> = {
  terminal: startTerminal,
  Slack: startSlack,
  Teams: startTeamsStage,
};

async function startTerminal({ db, model, rooms = [] }: StageOptions): Promise<Stage> {
  // The harness builds the parts; the terminal's own door stands before a core of its own.
  const { app, stop } = await startHarness({ db, modelServer: model });
  await stop();
  const core = createService(app, [createConsolePort({ show: () => {}, draft: null })], {
    of: [...ownRooms, ...rooms],
  });
  await core.start();
  const complaints: string[] = [];
  const session = createSession({
    core,
    email: 'nobody@test.example',
    profile: { timeZone: 'Europe/Berlin', locale: 'en-GB' },
    interactive: false,
    say: (_to, text) => void complaints.push(text),
  });
  async function line(email: string, text: string) {
    await session.line(`/as ${email}`);
    await session.line(text);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }
  return {
    say: line,
    attach: (email, path, text) => line(email, `/attach ${path} ${text}`),
    press: (email, label) => line(email, `/press ${label}`),
    fill: (email, values) => line(email, `/fill ${JSON.stringify(values)}`),
    async runDue() {
      await core.runDue();
      await core.quiet();
    },
    limit: async () => () => [],
    stop: () => core.stop(),
  };
}

async function startSlack({ db, model, rooms = [] }: StageOptions): Promise<Stage> {
  const slack = await startSlackServer();
  const isma = await startSlackHarness({ db, slack, modelServer: model, rooms });
  let openView: Record<string, unknown> | null = null;

  async function whereabouts(email: string) {
    const user = await slack.userOf(email);
    return { user, dm: await slack.dmWith(user) };
  }
  async function send(email: string, text: string, rest: object = {}) {
    const { user, dm } = await whereabouts(email);
    const { status } = await isma.send.event(isma.send.directMessage(user, dm, text, rest));
    if (status !== 200) throw new Error(`Slack was answered ${status}`);
    await isma.settled();
  }
  return {
    say: send,
    async attach(email, path, text) {
      const content = await readFile(path);
      const file = { id: 'F1', name: basename(path), mimetype: 'text/plain', size: content.byteLength };
      slack.files.set(file.id, { name: file.name, content });
      await send(email, text, { subtype: 'file_share', files: [file] });
    },
    async press(email, label) {
      const { user, dm } = await whereabouts(email);
      const shown = slack
        .shown()
        .filter((message) => message.channel === dm && buttonsIn(message.blocks)[label] !== undefined)
        .at(-1);
      const button = buttonsIn(shown?.blocks ?? [])[label];
      if (shown === undefined || button === undefined) throw new Error(`no button «${label}» for ${email}`);
      const before = slack.views.length;
      await isma.send.press(user, shown, button, { trigger_id: await slack.triggerFor(user) });
      await isma.settled();
      openView = slack.views[before]?.view ?? openView;
    },
    async fill(email, values) {
      const { user } = await whereabouts(email);
      const view = openView ?? {};
      const inputs = (
        view.blocks as { type: string; block_id: string; element: Record<string, unknown> }[]
      ).filter((block) => block.type === 'input');
      const state = Object.fromEntries(
        inputs.map(({ block_id, element }) => {
          const name = block_id.slice(block_id.indexOf(':') + 1);
          return [block_id, { [String(element.action_id)]: slackValue(element, values[name]) }];
        }),
      );
      const { body } = await isma.send.submit(user, view, state);
      const answer = (body === '' ? {} : JSON.parse(body)) as {
        response_action?: string;
        view?: Record<string, unknown>;
      };
      if (answer.view !== undefined) openView = answer.view;
      await isma.settled();
    },
    async runDue() {
      await isma.core.runDue();
      await isma.settled();
    },
    async limit(email, seconds) {
      const { dm } = await whereabouts(email);
      const before = slack.calls.length;
      slack.fail('chat.postMessage', { kind: 'rate-limited', retryAfter: seconds }, { channel: dm });
      return () =>
        slack.calls
          .slice(before)
          .filter(({ method, args }) => method === 'chat.postMessage' && args.channel === dm)
          .map(({ at, outcome }) => ({ at, refused: outcome === 'rate-limited' }));
    },
    async stop() {
      await isma.stop();
      await slack.close();
      if (slack.violations.length > 0) throw new Error(slack.violations.join('\n'));
    },
  };
}

/** What Slack sends of an element that a person filled in, or left as it was. */
function slackValue(
  { type, initial_option: initial, initial_value: text, initial_date: initialDate }: Record<string, unknown>,
  value: string | undefined,
) {
  if (type === 'datepicker') return { type, selected_date: value ?? initialDate ?? null };
  if (type === 'radio_buttons' || type === 'static_select') {
    const chosen =
      value === undefined ? (initial ?? null) : { value, text: { type: 'plain_text', text: value } };
    return { type, selected_option: chosen };
  }
  return { type, value: value ?? text ?? null };
}

async function startTeamsStage({ db, model, rooms = [] }: StageOptions): Promise<Stage> {
  const teams = await startTeams({ db, modelServer: model, rooms });
  let dialog: unknown = null;
  const person = (email: string) => {
    const local = email.split('@')[0] ?? email;
    const found = personOf(email, `${local.charAt(0).toUpperCase()}${local.slice(1)} Example`);
    teams.connector.members.set(found.id, memberOf(found));
    return found;
  };
  const messages = (email: string) => teams.connector.shown(chatOf(person(email)));
  const thumbs: Record<string, string> = { Helpful: 'like', 'Not helpful': 'dislike' };

  return {
    async say(email, text) {
      await teams.say(person(email), text);
    },
    async attach(email, path, text) {
      const bytes = await readFile(path);
      const place = `/files/${basename(path)}`;
      teams.connector.files.set(place, bytes);
      const downloadUrl = `${teams.connector.url}${place}`;
      const file = {
        contentType: 'application/vnd.microsoft.teams.file.download.info',
        name: basename(path),
        contentUrl: downloadUrl,
        content: { downloadUrl, uniqueId: '1', fileType: 'txt', size: bytes.byteLength },
      };
      await teams.say(person(email), text, { attachments: [file] });
    },
    async press(email, label) {
      const thumb = thumbs[label];
      const found = messages(email)
        .filter((message) =>
          thumb === undefined
            ? titlesIn(cardOf(message)).includes(label)
            : message.activity.channelData?.feedbackLoop !== undefined,
        )
        .at(-1);
      if (found === undefined) throw new Error(`nothing to press «${label}» for ${email}`);
      const replyTo = { replyToId: found.id };
      if (thumb !== undefined) {
        const value = { actionName: 'feedback', actionValue: { reaction: thumb, feedback: '{}' } };
        await teams.invoke(person(email), 'message/submitAction', value, replyTo);
      } else if (pressable(cardOf(found), label).type === 'Action.Execute')
        await teams.invoke(person(email), 'adaptiveCard/action', executed(cardOf(found), label), replyTo);
      else
        dialog = (await teams.invoke(person(email), 'task/fetch', submitted(cardOf(found), label), replyTo))
          .body;
      await teams.quiet();
    },
    async fill(email, values) {
      const named = Object.fromEntries(
        inputsIn(dialog).map((input) => {
          const id = String(input.id);
          return [id, values[id.slice(id.indexOf('.') + 1)] ?? (input.value as string | undefined) ?? ''];
        }),
      );
      const [send = ''] = titlesIn(dialog);
      const sent = await teams.invoke(person(email), 'task/submit', submitted(dialog, send, named));
      if (sent.body !== null && inputsIn(sent.body).length > 0) dialog = sent.body;
      await teams.quiet();
    },
    async runDue() {
      await teams.core.runDue();
      await teams.quiet();
    },
    async limit(email, seconds) {
      const conversation = chatOf(person(email));
      const tried: Tried[] = [];
      teams.connector.script((call) => {
        if (call.kind !== 'create' || call.conversation !== conversation || call.body.type !== 'message')
          return null;
        const refused = tried.length === 0;
        tried.push({ at: Date.now(), refused });
        return refused ? { status: 429, headers: { 'retry-after': String(seconds) } } : null;
      });
      return () => tried;
    },
    stop: () => teams.stop(),
  };
}
