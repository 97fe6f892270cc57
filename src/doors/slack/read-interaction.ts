/** Commands, buttons, shortcuts and sent forms of Slack as turns and actions. */
import { z } from 'zod';
import type { InputParts, Place, Via } from '../../conversation/contract.ts';
import { linkOf, readAddress, writeAddress, writeReceipt } from './address.ts';
import { senderOf } from './read-event.ts';
import { openFormAction } from './render.ts';
import { fieldsOf, FormNotes, FormState } from './render-form.ts';
import { unmarked } from './text.ts';

/** What the door knows beside the payload. */
export interface Moment {
  now: Date;
  /** Whether this is the channel in which the person and we are alone, as far as this process has seen. */
  isOurs(team: string, user: string, channel: string): boolean;
}

const id = z.looseObject({ id: z.string() });

const Command = z.looseObject({
  command: z.string(),
  text: z.string().nullish(),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  response_url: z.string().nullish(),
  trigger_id: z.string().nullish(),
});

const Common = z.looseObject({
  type: z.string(),
  team: id.nullish(),
  user: z.looseObject({ id: z.string(), team_id: z.string().optional() }),
  response_url: z.string().nullish(),
  trigger_id: z.string().nullish(),
});
type Common = z.infer<typeof Common>;

const Shortcut = Common.extend({
  callback_id: z.string(),
  channel: id.optional(),
  message: z
    .looseObject({ text: z.string().nullish(), ts: z.string().nullish(), thread_ts: z.string().nullish() })
    .optional(),
});

const Pressed = Common.extend({
  channel: id.nullish(),
  view: z.looseObject({ type: z.string() }).nullish(),
  container: z.looseObject({
    message_ts: z.string().optional(),
    thread_ts: z.string().nullish(),
    is_ephemeral: z.boolean().optional(),
  }),
  message: z.looseObject({ thread_ts: z.string().nullish() }).nullish(),
  actions: z
    .array(
      z.looseObject({ action_id: z.string(), block_id: z.string().nullish(), value: z.string().nullish() }),
    )
    .min(1),
});
type Pressed = z.infer<typeof Pressed>;

const Sent = Common.extend({
  view: z.looseObject({ private_metadata: z.string(), state: FormState }),
});

/** What marks the blocks of a delivery: its id, the thread where it was whispered, and whether outsiders read there. */
export function writeMark(deliveryId: string, whisperedIn: string | null, outsiders: boolean): string {
  return [deliveryId, whisperedIn ?? '', outsiders ? 'o' : ''].join('|');
}

function readMark(blockId: string | null | undefined): {
  delivery: string;
  whisperedIn: string;
  outsiders: boolean;
} {
  const [, delivery = '', whisperedIn = '', outsiders = ''] = (blockId ?? '').split('|');
  return { delivery, whisperedIn, outsiders: outsiders === 'o' };
}

/** `/isma` and whatever follows it. */
export function readCommand(body: unknown, moment: Moment): InputParts {
  const { team_id: team, user_id: user, channel_id: channel, text, ...rest } = Command.parse(body);
  const words = unmarked(text ?? '', null);
  return {
    kind: 'turn',
    sender: senderOf(team, user),
    place: besides(team, channel, user, moment),
    text: words === '' ? 'help' : words,
    attachments: [],
    via: { ...viaOf(rest, moment), ...dmOf(team, channel, user, moment) },
  };
}

export function readShortcut(body: unknown, moment: Moment): InputParts | null {
  const shortcut = Shortcut.parse(body);
  const { user, channel, message, callback_id: command } = shortcut;
  const team = teamOf(shortcut);
  if (team === null) return null;
  const place = channel === undefined ? directly(team, user.id) : besides(team, channel.id, user.id, moment);
  return {
    kind: 'action',
    sender: senderOf(team, user.id),
    place,
    id: command,
    fields: message === undefined ? {} : fieldsOfMessage(message, channel?.id ?? ''),
    via: {
      ...viaOf(shortcut, moment),
      ...(channel === undefined ? {} : dmOf(team, channel.id, user.id, moment)),
    },
  };
}

function fieldsOfMessage(
  { text, ts, thread_ts: threadTs }: NonNullable<z.infer<typeof Shortcut>['message']>,
  channel: string,
): Record<string, string> {
  const link = linkOf(channel, ts ?? '', threadTs ?? null);
  return { message: unmarked(text ?? '', null), ...(link === null ? {} : { link }) };
}

/** A button of a message or of our home page. */
export function readPress(body: unknown, moment: Moment): InputParts | null {
  const pressed = Pressed.parse(body);
  const [action] = pressed.actions;
  const team = teamOf(pressed);
  if (team === null || action?.value == null || action.action_id === openFormAction) return null;
  if (pressed.view != null && pressed.view.type !== 'home') return null;
  const { place, card, via } = standing(team, pressed);
  return {
    kind: 'action',
    sender: senderOf(team, pressed.user.id),
    place,
    id: action.value,
    fields: {},
    card,
    // A form that opens at once says which message it came from.
    via: { ...viaOf(pressed, moment), ...via, ...(card === null ? {} : { card }) },
  };
}

export interface FormToOpen {
  team: string;
  user: string;
  trigger: string;
  notes: Omit<FormNotes, 'form'>;
}

/** The button that opens the form of the message that it stands in; null for every other. */
export function readFormToOpen(body: unknown, moment: Moment): FormToOpen | null {
  const parsed = Pressed.safeParse(body);
  if (!parsed.success || parsed.data.actions[0]?.action_id !== openFormAction) return null;
  const { data: pressed } = parsed;
  const team = teamOf(pressed);
  if (team === null || pressed.trigger_id == null || pressed.view != null) return null;
  const { place, card, via } = standing(team, pressed);
  return {
    team,
    user: pressed.user.id,
    trigger: pressed.trigger_id,
    notes: {
      address: place.address,
      outsiders: place.outsiders,
      card,
      via: { ...withoutTrigger(viaOf(pressed, moment)), ...via },
    },
  };
}

export function readSentForm(body: unknown, moment: Moment): InputParts | null {
  const sent = Sent.parse(body);
  const team = teamOf(sent);
  if (team === null) return null;
  const { form, address, outsiders, card, via } = FormNotes.parse(JSON.parse(sent.view.private_metadata));
  return {
    kind: 'action',
    sender: senderOf(team, sent.user.id),
    place: { address, audience: readAddress(address).kind === 'thread' ? 'channel' : 'direct', outsiders },
    id: form,
    fields: fieldsOf(sent.view.state),
    card,
    via: { ...via, ...triggerOf(sent, moment) },
  };
}

interface Standing {
  place: Place;
  card: string | null;
  via: Via;
}

/** Where a pressed message stands: its conversation, its receipt, and what is needed to answer there. */
function standing(team: string, pressed: Pressed): Standing {
  const { user, channel, container, message, actions } = pressed;
  const { delivery, whisperedIn, outsiders } = readMark(actions[0]?.block_id);
  const ts = container.message_ts;
  const thread = message?.thread_ts ?? container.thread_ts ?? null;
  if (channel == null || ts === undefined) return { place: directly(team, user.id), card: null, via: {} };
  if (container.is_ephemeral === true) {
    const address =
      whisperedIn === ''
        ? writeAddress({ kind: 'aside', team, channel: channel.id, user: user.id })
        : writeAddress({ kind: 'thread', team, channel: channel.id, threadTs: whisperedIn });
    const audience = whisperedIn === '' ? ('direct' as const) : ('channel' as const);
    return {
      place: { address, audience, outsiders },
      card: writeReceipt({ kind: 'aside', id: delivery }),
      via: outsiders ? { outsiders: 'yes' } : {},
    };
  }
  const card = writeReceipt({ kind: 'message', channel: channel.id, ts });
  if (channel.id.startsWith('D'))
    return {
      place: directly(team, user.id),
      card,
      via: { dm: channel.id, ...(thread === null || thread === ts ? {} : { thread }) },
    };
  return {
    place: {
      address: writeAddress({ kind: 'thread', team, channel: channel.id, threadTs: thread ?? ts }),
      audience: 'channel' as const,
      outsiders,
    },
    card,
    via: outsiders ? { outsiders: 'yes' } : {},
  };
}

function directly(team: string, user: string) {
  return {
    address: writeAddress({ kind: 'direct', team, user }),
    audience: 'direct' as const,
    outsiders: false,
  };
}

/** Said in a channel, but answered to the one who said it. */
function besides(team: string, channel: string, user: string, { isOurs }: Moment) {
  if (isOurs(team, user, channel)) return directly(team, user);
  return {
    address: writeAddress({ kind: 'aside', team, channel, user }),
    audience: 'direct' as const,
    outsiders: false,
  };
}

function dmOf(team: string, channel: string, user: string, { isOurs }: Moment): Via {
  return isOurs(team, user, channel) ? { dm: channel } : {};
}

type Answerable = { response_url?: string | null | undefined; trigger_id?: string | null | undefined };

function viaOf(answerable: Answerable, moment: Moment): Via {
  const { response_url: url } = answerable;
  return {
    ...(url == null ? {} : { response_url: url, response_at: moment.now.toISOString() }),
    ...triggerOf(answerable, moment),
  };
}

function triggerOf({ trigger_id: trigger }: Answerable, { now }: Moment): Via {
  return trigger == null ? {} : { trigger_id: trigger, trigger_at: now.toISOString() };
}

/** A press is good for one dialog: whatever comes of that one has a press of its own. */
export function withoutTrigger(via: Via): Via {
  return Object.fromEntries(Object.entries(via).filter(([name]) => !name.startsWith('trigger_')));
}

function teamOf({ team, user }: Common): string | null {
  return team?.id ?? user.team_id ?? null;
}
