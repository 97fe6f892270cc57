/** Requests as Slack signs and sends them: events, commands, presses, shortcuts and sent forms. */
import { createHmac } from 'node:crypto';
import { team } from './slack-server.ts';

export const signingSecret = 'the-secret-of-the-tests';

export interface Answered {
  status: number;
  body: string;
}

export interface Signing {
  secret?: string;
  /** Seconds since 1970. */
  timestamp?: number;
  contentType?: string;
  headers?: Record<string, string>;
}

/** Slack repeats no id, whoever of ours listens to it: also after a restart. */
let count = 0;
const next = () => (count += 1);

export function createSlackSender(url: () => string, botUser: string) {
  async function send(body: string | Uint8Array<ArrayBuffer>, signing: Signing = {}): Promise<Answered> {
    const {
      secret = signingSecret,
      timestamp = Math.floor(Date.now() / 1_000),
      contentType = 'application/json',
    } = signing;
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
    const response = await fetch(`${url()}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signature,
        ...signing.headers,
      },
      body,
    });
    return { status: response.status, body: await response.text() };
  }

  const envelope = (event: object, { eventId = `Ev${next()}`, ...rest }: EventOptions = {}) => ({
    token: 'unused',
    team_id: team,
    api_app_id: 'A1',
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(Date.now() / 1_000),
    authorizations: [
      { enterprise_id: null, team_id: team, user_id: botUser, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    ...rest,
    event,
  });

  /** A message's time, different for each. */
  const ts = () => `${Math.floor(Date.now() / 1_000)}.${String(next()).padStart(6, '0')}`;
  const interaction = (payload: object, signing?: Signing) =>
    send(
      new URLSearchParams({
        payload: JSON.stringify({ team: { id: team, domain: 'test' }, api_app_id: 'A1', ...payload }),
      }).toString(),
      {
        contentType: 'application/x-www-form-urlencoded',
        ...signing,
      },
    );

  return {
    send,
    ts,
    envelope,
    event: (event: object, options: EventOptions = {}, signing?: Signing) =>
      send(JSON.stringify(envelope(event, options)), signing),
    directMessage: (user: string, channel: string, text: string, rest: object = {}) => ({
      type: 'message', channel_type: 'im', channel, user, text, ts: ts(), team, ...rest,
    }), // prettier-ignore
    mention: (user: string, channel: string, text: string, rest: object = {}) => ({
      type: 'app_mention', channel, user, text: `<@${botUser}> ${text}`, ts: ts(), team, ...rest,
    }), // prettier-ignore
    command: (text: string, rest: Record<string, string>, signing?: Signing) =>
      send(
        new URLSearchParams({
          command: '/isma',
          text,
          team_id: team,
          channel_name: 'helpdesk',
          ...rest,
        }).toString(),
        {
          contentType: 'application/x-www-form-urlencoded',
          ...signing,
        },
      ),
    interaction,
    /** A press on a button as it stands in a message of ours. */
    press: (
      user: string,
      shown: { channel: string; ts: string; threadTs: string | null; only: string | null },
      button: PressedButton,
      rest: object = {},
    ) =>
      interaction({
        type: 'block_actions',
        user: { id: user, team_id: team },
        container: {
          type: 'message',
          message_ts: shown.ts,
          channel_id: shown.channel,
          is_ephemeral: shown.only !== null,
          ...(shown.threadTs === null ? {} : { thread_ts: shown.threadTs }),
        },
        channel: { id: shown.channel, name: 'x' },
        ...(shown.only === null
          ? { message: { ts: shown.ts, ...(shown.threadTs === null ? {} : { thread_ts: shown.threadTs }) } }
          : {}),
        actions: [{ type: 'button', ...button, action_ts: ts() }],
        ...rest,
      }),
    submit: (user: string, view: Record<string, unknown>, values: Record<string, unknown>) =>
      interaction({
        type: 'view_submission',
        user: { id: user, team_id: team },
        trigger_id: `${next()}.1.x`,
        view: { ...view, id: `V${next()}`, state: { values } },
      }),
  };
}

export type SlackSender = ReturnType<typeof createSlackSender>;
export type EventOptions = { eventId?: string } & Record<string, unknown>;
export interface PressedButton {
  action_id: string;
  block_id: string;
  value: string;
}

/** Every button of a message, by its label. */
export function buttonsIn(blocks: unknown): Record<string, PressedButton> {
  const found: Record<string, PressedButton> = {};
  for (const block of blocks as Record<string, unknown>[]) {
    const elements = [
      ...((block.elements as Record<string, unknown>[] | undefined) ?? []),
      ...(block.accessory === undefined ? [] : [block.accessory as Record<string, unknown>]),
    ];
    for (const element of elements) {
      const sides =
        element.type === 'feedback_buttons'
          ? [element.positive_button, element.negative_button]
          : element.type === 'button'
            ? [element]
            : [];
      for (const side of sides as { text: { text: string }; value: string }[])
        found[side.text.text] = {
          action_id: String(element.action_id),
          block_id: String(block.block_id),
          value: side.value,
        };
    }
  }
  return found;
}
