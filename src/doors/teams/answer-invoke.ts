/** Answers invokes: what is pressed or sent becomes an action, and what it leads to is shown where the person waits. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Button,
  Sender,
  type Action,
  type Form,
  type InputParts,
  type Reply,
  type Shortcut,
} from '../../conversation/contract.ts';
import type { Core } from '../../conversation/port.ts';
import type { Delivery } from '../../conversation/port.ts';
import { isPersonal, type Activity } from './activity.ts';
import { channelOf, platform } from './address.ts';
import type { Card, Carried, Client } from './card-parts.ts';
import type { FileHandover } from './hand-over-file.ts';
import {
  cardAnswer,
  dialogForm,
  dialogReply,
  dialogWords,
  done,
  inOurChat,
  isPassing,
  nothingNewer,
  unknownAnswer,
  wordAnswer,
} from './invoke-answers.ts';
import { cardOf, directPlaceOf, placeOf, senderOf } from './read-activity.ts';
import { readInvoke, type Invoke } from './read-invoke.ts';
import { hasThumbs } from './render-card.ts';
import { renderFreshCard } from './render.ts';
import { asSent, withValues } from './render-form.ts';
import type { HttpAnswer } from './sdk.ts';

/** Milliseconds that a person is kept waiting; Teams gives up after about ten seconds. */
const longestWait = 8_000;

/** Takes the form off a card again. */
const backId = 'isma.back';
const backButton = Button.parse({ id: backId, label: 'Back' });

export interface InvokeOptions {
  core: Core;
  shortcuts: readonly Shortcut[];
  handOverFile: FileHandover;
  client: Client;
  /** What is added to a card because of where it is shown. */
  mark(address: string, card: Card): Card;
}

/** What is made of a message of ours before it is posted: an answer for whoever waits, and whether that is enough. */
type Judge = (delivery: Delivery) => { answer: HttpAnswer; taken: boolean } | null;

type Ended = 'said-nothing' | 'late' | 'known';

export function createInvokeAnswers({ core, shortcuts, handOverFile, client, mark }: InvokeOptions) {
  /** Cards that show a form for the time being, as they are shown, by their receipts: where there are no dialogs. */
  const filledIn = new Map<string, Reply>();

  return async (activity: Activity, raw: Uint8Array): Promise<HttpAnswer> => {
    const invoke = readInvoke(activity, shortcuts);
    switch (invoke.kind) {
      case 'refresh':
        return (
          (await freshCard(activity, invoke.carried)) ??
          (invoke.automatic ? nothingNewer : unknownAnswer(activity.name))
        );
      case 'press':
        return press(activity, raw, invoke);
      case 'open-form': {
        const form = (await shownTo(activity, invoke.carried))?.form ?? null;
        return form === null
          ? unknownAnswer(activity.name)
          : dialogForm(form, { ...invoke.carried, card: cardOf(activity) });
      }
      case 'open-press':
        return openPress(activity, raw, invoke);
      case 'submit':
        return submit(activity, raw, invoke);
      case 'submit-on-card':
        return submitOnCard(activity, raw, invoke);
      case 'command':
        return command(activity, raw, invoke);
      case 'verdict':
        return verdict(activity, raw, invoke);
      case 'file': {
        const reply = await shownTo(activity, {});
        if (reply !== null && invoke.accepted) handOverFile(activity, reply, invoke);
        return done;
      }
      case 'unknown':
        return unknownAnswer(activity.name);
    }
  };

  /** Only to a colleague: it is shown at once, while what is stored is admitted when it runs. */
  async function shownTo(activity: Activity, { at }: Carried) {
    const card = cardOf(activity);
    if (card === null || !(await core.admits(Sender.parse(senderOf(activity))))) return null;
    return core.shown(platform, at ?? placeOf(activity).address, card);
  }

  async function freshCard(activity: Activity, carried: Carried): Promise<HttpAnswer | null> {
    const reply = await shownTo(activity, carried);
    return reply === null ? null : inPlace(activity, reply, carried);
  }

  /** The card that takes the place of the one that was pressed. */
  function inPlace(activity: Activity, reply: Reply, carried: Carried): HttpAnswer {
    const surface = isPersonal(activity) ? 'personal' : 'shared';
    const card = renderFreshCard(reply, surface, null, carried, client);
    return cardAnswer(mark(placeOf(activity).address, card));
  }

  async function press(
    activity: Activity,
    raw: Uint8Array,
    { id, carried }: Extract<Invoke, { kind: 'press' }>,
  ): Promise<HttpAnswer> {
    const card = cardOf(activity);
    if (card !== null) filledIn.delete(card);
    if (id === backId) return (await freshCard(activity, carried)) ?? unknownAnswer(activity.name);
    const before = client.dialogs ? null : await shownTo(activity, carried);
    const ended = await ask(
      actionOf(activity, id, {}, card, false),
      eventIdOf(activity, raw),
      raw,
      (delivery) => {
        const asks = delivery.edits === null && delivery.ephemeralTo === null && delivery.reply.form !== null;
        if (asks && card !== null && before !== null && before.items.length === 0) {
          const shown = {
            ...before,
            form: ledBy(delivery.reply),
            note: null,
            choices: [],
            buttons: [backButton],
          };
          filledIn.set(card, shown);
          return { answer: inPlace(activity, shown, carried), taken: true };
        }
        // An edit goes out all the same: everybody else is to see it too.
        if (delivery.edits !== null && delivery.edits === card)
          return { answer: inPlace(activity, delivery.reply, carried), taken: false };
        if (delivery.ephemeralTo === null) return null;
        return isPassing(delivery.reply)
          ? { answer: wordAnswer(delivery.reply.text), taken: true }
          : { answer: wordAnswer(inOurChat), taken: false };
      },
    );
    if (typeof ended === 'object') return ended;
    return (await freshCard(activity, carried)) ?? wordAnswer(ended === 'late' ? inOurChat : 'Done.');
  }

  async function openPress(
    activity: Activity,
    raw: Uint8Array,
    { id, carried }: Extract<Invoke, { kind: 'open-press' }>,
  ): Promise<HttpAnswer> {
    const card = carriedCard(activity, carried);
    const input = actionOf(activity, id, {}, card, carried.direct === true);
    const ended = await ask(input, eventIdOf(activity, raw), raw, judgeForDialog({ ...carried, card }, {}));
    return typeof ended === 'object' ? ended : dialogWords(ended === 'late' ? inOurChat : 'Done.');
  }

  async function submit(
    activity: Activity,
    raw: Uint8Array,
    { id, fields, carried }: Extract<Invoke, { kind: 'submit' }>,
  ): Promise<HttpAnswer> {
    const card = carriedCard(activity, carried);
    const input = actionOf(activity, id, fields, card, carried.direct === true);
    const ended = await ask(
      input,
      eventIdOf(activity, raw),
      raw,
      judgeForDialog({ ...carried, card }, fields),
    );
    if (typeof ended === 'object') return ended;
    return ended === 'late' ? dialogWords(inOurChat) : done;
  }

  /** Nothing of it is lost: what is wrong is said on the card, with what was filled in; what was right leaves a card without the form. */
  async function submitOnCard(
    activity: Activity,
    raw: Uint8Array,
    { id, fields, carried }: Extract<Invoke, { kind: 'submit-on-card' }>,
  ): Promise<HttpAnswer> {
    const card = cardOf(activity);
    const own = card === null ? undefined : filledIn.get(card);
    const before = own ?? (await shownTo(activity, carried));
    const show = (reply: Reply) => inPlace(activity, reply, carried);
    const judge: Judge = ({ reply, edits }) => {
      if (edits !== null) return edits === card ? { answer: show(reply), taken: false } : null;
      if (reply.form !== null) {
        const title = own?.form?.title ?? reply.form.title;
        const form = { ...withValues(reply.form, fields), title };
        return { answer: show({ ...(own ?? reply), form }), taken: true };
      }
      if (reply.notice !== 'refused' || before?.form == null) return null;
      const form = asSent(before.form, fields);
      return { answer: show({ ...before, form, note: reply.text }), taken: isPassing(reply) };
    };
    const ended = await ask(
      actionOf(activity, id, fields, card, false),
      eventIdOf(activity, raw),
      raw,
      judge,
    );
    if (typeof ended === 'object') return ended;
    if (card !== null && filledIn.delete(card)) {
      const fresh = await freshCard(activity, carried);
      if (fresh !== null) return fresh;
    }
    return before === null
      ? wordAnswer(inOurChat)
      : show({ ...before, form: null, buttons: [], note: ended === 'late' ? inOurChat : 'Sent.' });
  }

  async function command(
    activity: Activity,
    raw: Uint8Array,
    { shortcut, message, link }: Extract<Invoke, { kind: 'command' }>,
  ): Promise<HttpAnswer> {
    if (message === '') return dialogWords('That message has no words that I can read.');
    const input = actionOf(
      activity,
      shortcut.id,
      { message, ...(link === null ? {} : { link }) },
      null,
      true,
    );
    const ended = await ask(input, eventIdOf(activity, raw), raw, judgeForDialog({ direct: true }, {}));
    return typeof ended === 'object' ? ended : dialogWords(inOurChat);
  }

  /** Teams thanks for a verdict itself, so that our own thanks are left out. */
  async function verdict(
    activity: Activity,
    raw: Uint8Array,
    { helpful, comment }: Extract<Invoke, { kind: 'verdict' }>,
  ): Promise<HttpAnswer> {
    const card = cardOf(activity);
    const reply = client.joined && card === null ? await lastJudged(activity) : await shownTo(activity, {});
    const button = reply?.buttons.find((each) => each.feedback === (helpful ? 'helpful' : 'not-helpful'));
    if (button === undefined) return done;
    const fields: Action['fields'] = helpful || comment === '' ? {} : { reason: 'other', comment };
    let reason: string | null = null;
    const swallow: Judge = ({ edits, reply: said }) => {
      if (edits !== null) return null;
      if (said.form !== null) reason = said.form.id;
      return said.form !== null || isPassing(said) ? { answer: done, taken: true } : null;
    };
    const eventId = eventIdOf(activity, raw);
    await ask(actionOf(activity, button.id, fields, card, false), eventId, raw, swallow);
    if (reason !== null && comment !== '')
      await ask(actionOf(activity, reason, fields, card, false), `${eventId}:reason`, raw, swallow);
    return done;
  }

  /** The playground does not say which message a verdict is about: the newest with thumbs is meant. */
  async function lastJudged(activity: Activity) {
    const replies = await core.recentReplies(platform, placeOf(activity).address);
    return replies.find((reply) => hasThumbs(reply)) ?? null;
  }

  /** Stores the action and waits for what it leads to. */
  async function ask(
    input: InputParts,
    eventId: string,
    raw: Uint8Array,
    judge: Judge,
  ): Promise<HttpAnswer | Ended> {
    const heard = Promise.withResolvers<HttpAnswer>();
    let answered = false;
    const id = await core.receive({ platform, eventId, raw, read: () => input }, (delivery) => {
      const judged = answered ? null : judge(delivery);
      if (judged === null) return false;
      answered = true;
      heard.resolve(judged.answer);
      return judged.taken;
    });
    if (id === null) return 'known';
    const waiting = new AbortController();
    try {
      return await Promise.race([
        heard.promise,
        core.settled(id, waiting.signal).then((): Ended => 'said-nothing'),
        pause(longestWait, 'late' as const, { signal: waiting.signal }),
      ]);
    } finally {
      waiting.abort();
      core.release(id);
    }
  }
}

/** The form below a card says itself what it asks. */
function ledBy({ form, text }: Reply): Form | null {
  return form === null || text === '' ? form : { ...form, title: text };
}

/** A form goes on in the dialog, a few words end it; what is more than that stands in the chat, if there is one beside it. */
function judgeForDialog(carried: Carried, sent: Action['fields']): Judge {
  return ({ reply, edits }) => {
    if (edits !== null) return { answer: reply.note === null ? done : dialogWords(reply.note), taken: false };
    if (reply.form !== null)
      return { answer: dialogForm(withValues(reply.form, sent), carried), taken: true };
    if (carried.direct === true) return { answer: dialogReply(reply, carried), taken: true };
    return isPassing(reply) ? { answer: dialogWords(reply.text), taken: true } : null;
  };
}

function actionOf(
  activity: Activity,
  id: string,
  fields: Action['fields'],
  card: string | null,
  direct: boolean,
): InputParts {
  const place = direct ? directPlaceOf(activity) : placeOf(activity);
  return { kind: 'action', sender: senderOf(activity), place, id, fields, card: direct ? null : card };
}

/** The client names the message that a dialog was opened from: only one of this very conversation is believed. */
function carriedCard(activity: Activity, { card, direct }: Carried): string | null {
  if (direct === true) return null;
  const own = `${channelOf(activity.conversation.id)}|`;
  return card?.startsWith(own) === true ? card : cardOf(activity);
}

/** Not every invoke has an id; the same one sent again is known by its bytes. */
function eventIdOf({ id, name, conversation }: Activity, raw: Uint8Array): string {
  const known = id ?? createHash('sha256').update(raw).digest('hex');
  return `invoke:${conversation.id}:${name ?? ''}:${known}`;
}
