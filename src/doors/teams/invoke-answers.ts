/** What an invoke can be answered with, in the shapes that Teams takes. */
import type { Form, Reply } from '../../conversation/contract.ts';
import type { Card, Carried } from './card-parts.ts';
import { cardAttachment, cardType, renderDialog } from './render.ts';
import { dialogTitle, renderForm } from './render-form.ts';
import type { HttpAnswer } from './sdk.ts';
import { plain } from './text.ts';

/** Characters of a message that a client shows over a card or in a dialog. */
const longestMessage = 500;

export const inOurChat = 'I answer in our chat.';
const notMineAnyMore = 'I do not know this button any more. Please ask me again.';

export const done: HttpAnswer = { status: 200 };

/** The pressed card, for whoever pressed it. */
export function cardAnswer(card: Card): HttpAnswer {
  return { status: 200, body: { statusCode: 200, type: cardType, value: card } };
}

/** A word over the card, seen by whoever pressed it alone. */
export function wordAnswer(text: string): HttpAnswer {
  return {
    status: 200,
    body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: plain(text) },
  };
}

/** For a card that asks by itself whether it is still right, and of which we know nothing: it stays as it is. */
export const nothingNewer: HttpAnswer = {
  status: 200,
  body: {
    statusCode: 400,
    type: 'application/vnd.microsoft.error',
    value: { code: 'NotFound', message: 'This card has no newer form.' },
  },
};

export function dialogWords(text: string): HttpAnswer {
  return { status: 200, body: { task: { type: 'message', value: plain(text) } } };
}

export function dialogForm(form: Form, carried: Carried): HttpAnswer {
  return dialog(form.title, renderForm(form, carried), form.fields.length > 2 ? 'large' : 'medium');
}

export function dialogReply(reply: Reply, carried: Carried): HttpAnswer {
  return dialog('Isma', renderDialog(reply, carried), 'large');
}

/** No invoke is answered with nothing to see: Teams would show that nothing happened, or that something failed. */
export function unknownAnswer(name: string | null | undefined): HttpAnswer {
  if (name === 'adaptiveCard/action') return wordAnswer(notMineAnyMore);
  return /^(task|composeExtension)\//.test(name ?? '') ? dialogWords(notMineAnyMore) : { status: 501 };
}

/** Few enough words, and nothing to press: it can be shown where the person is waiting, and need not stand in the chat. */
export function isPassing(reply: Reply): boolean {
  const { buttons, choices, items, files, passages, citations, facts, form, table, picture, progress } =
    reply;
  const parts = [buttons, choices, items, files, passages, citations, facts];
  return (
    parts.every((part) => part.length === 0) &&
    [form, table, picture, progress].every((part) => part === null) &&
    reply.text.length <= longestMessage
  );
}

function dialog(title: string, card: Card, height: 'medium' | 'large'): HttpAnswer {
  return {
    status: 200,
    body: {
      task: {
        type: 'continue',
        value: { title: dialogTitle(title), height, width: 'medium', card: cardAttachment(card) },
      },
    },
  };
}
