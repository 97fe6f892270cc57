/** The card of what somebody is asked to acknowledge: what it is, why, what changed, and what they can do; and its receipt. */
import {
  actionId,
  unfoldId,
  type ButtonParts,
  type Context,
  type PassageExcerpt,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf, markOf } from '../../dialogue/buttons.ts';
import { commandOf } from '../../dialogue/command.ts';
import {
  lockRequest,
  selectAcknowledgementOf,
  selectLeftQuestions,
  statementOn,
  type RequestedText,
} from '../../isms/acknowledgement/acknowledgement.ts';
import { ownerOf, selectQuestion } from '../../isms/answer/open-question.ts';
import { dayOf } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';
import { languageOf } from '../../language/wording.ts';
import { selectNames } from '../../records/person.ts';
import { changedSections, whatIsNew, type Frames } from './digest.ts';
import { phrasesFor, room, type Phrases } from './phrases.ts';

const { signButton } = buttonsOf(room);
export const idOf = (
  command: string,
  { id }: Pick<RequestedText, 'id'>,
  rest: Record<string, string | number> = {},
) => actionId(`${room}.${command}`, { request: id, ...rest });

export function whyOf({ why }: RequestedText, { say }: Phrases): string {
  return say('because', { why: why === '' ? say('newVersion') : why.replace(/[.\s]+$/, '') });
}

export interface Looked {
  request: RequestedText;
  /** What the card shows, in a few characters. */
  seen: string;
  /** Questions that come first. */
  left: number;
}

/** Locked, as it is now. */
export async function lookAt(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Looked> {
  const request = await lockRequest(tx, commandOf(context), Number(argument('request')));
  const { count } = await leftQuestions(tx, request);
  const { statement } = await statementOn(tx, request);
  const isOver = ['acknowledged', 'exempt', 'cancelled', 'declined'].includes(request.state)
    ? request.state
    : '';
  return {
    request,
    left: count,
    seen: markOf([request.shownId, statement, isOver, request.viewedAt !== null, count]),
  };
}

export async function leftQuestions(tx: Queryable, request: RequestedText) {
  const questions = await selectLeftQuestions(tx, request, await changedSections(tx, request));
  return { questions, count: questions.length };
}

export async function cardOf(
  tx: Queryable,
  context: Context,
  looked: Looked,
  lexicon: Frames,
): Promise<ReplyParts> {
  const { request } = looked;
  const { say, day, count } = phrasesFor(context.person);
  const phrases = { say, day, count };
  if (request.state === 'acknowledged') return receiptOf(tx, context, request, phrases);
  const line = say('line', {
    version: request.version,
    since: day(request.effectiveFrom),
    minutes: count('minutes', request.minutes),
  });
  const due =
    request.dueOn === null
      ? ''
      : dueInWords(languageOf(context.person), request.dueOn, dayOf(context.now, context.person.timeZone));
  const over =
    request.state === 'exempt'
      ? say('exempt')
      : request.state === 'cancelled'
        ? say('cancelled', { reason: request.reason ?? '–' })
        : null;
  const head = `${due === '' ? line : `${line} · ${due}`}\n${over ?? whyOf(request, phrases)}`;
  const asked = await questionSaid(tx, request, phrases);
  const isWaiting = over === null && request.state !== 'declined';
  const all = isWaiting ? await whatIsNew(tx, request, phrases, lexicon) : [];
  const rest = all.filter((passage) => passage.folded === true).length;
  // Whoever has read it needs no button for them.
  const isRead = request.viewedAt !== null;
  const news = isRead && rest > 0 ? [...all.slice(0, -rest), plainly(count('rest', rest))] : all;
  const { statement } = await statementOn(tx, request);
  const canSign = isWaiting && isRead && looked.left === 0;
  const passages = [
    plainly(head),
    ...(asked === null ? [] : [plainly(asked)]),
    ...news,
    ...(canSign ? [plainly(say('says', { statement }))] : []),
  ].map((passage, at): PassageExcerpt => ({ marks: [], folded: false, ...passage, n: at + 1 }));
  return {
    text: request.title,
    quoted: true,
    passages,
    buttons: [
      ...(over === null ? buttonsFor(looked, phrases) : []),
      ...(isRead || rest === 0 ? [] : [{ id: actionId(unfoldId), label: count('moreSections', rest) }]),
    ],
  };
}

const plainly = (text: string): Pick<PassageExcerpt, 'text'> => ({ text });

/** On the card, and below the end of the text. */
export function buttonsFor(looked: Looked, { say, count }: Phrases, atEnd = false): ButtonParts[] {
  const { request } = looked;
  const isRead = request.viewedAt !== null;
  const read: ButtonParts = {
    id: idOf('read', request, { page: 0 }),
    label: say(isRead ? 'readAgain' : 'read'),
    style: isRead ? 'plain' : 'primary',
  };
  const ask: ButtonParts = { id: idOf('ask', request), label: say('ask'), opensForm: true };
  const rest = [...(atEnd ? [] : [read]), ...(request.state === 'declined' ? [] : [ask])];
  if (!isRead || request.state === 'declined') return rest;
  if (looked.left > 0)
    return [{ id: idOf('quiz', request), label: count('questions', looked.left), style: 'primary' }, ...rest];
  return [
    signButton('sign', say('acknowledge'), { request: request.id }, looked.seen, { style: 'primary' }),
    ...rest,
  ];
}

/** Where their question is, or what was answered. */
async function questionSaid(
  tx: Queryable,
  { questionId, state, ownerEmail, personId }: RequestedText,
  { say }: Phrases,
): Promise<string | null> {
  if (questionId === null) return null;
  const { question, reply, ownerId } = await selectQuestion(tx, questionId);
  const owner =
    (await selectNames(tx, [ownerId])).get(ownerId) ?? (await ownerOf(tx, ownerEmail, personId)).name;
  if (state === 'declined' && reply === null) return say('withOwner', { owner, question });
  return reply === null ? null : say('answered', { owner, question, reply });
}

async function receiptOf(
  tx: Queryable,
  { person }: Context,
  request: RequestedText,
  { say }: Phrases,
): Promise<ReplyParts> {
  const given = await selectAcknowledgementOf(tx, request.id);
  const locale = languageOf(person) === 'de' ? 'de' : 'en-GB';
  const at = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: person.timeZone,
  }).format(given?.acknowledgedAt ?? request.stateAt);
  const language =
    new Intl.DisplayNames([locale], { type: 'language' }).of(given?.language ?? request.language) ?? '';
  const lines = [
    say('receipt', { version: given?.version ?? request.version, language, at }),
    ...(given === null ? [] : [`«${given.statement}»`, say('hash', { hash: shortHash(given.contentHash) })]),
  ];
  return {
    text: say('done', { title: request.title }),
    quoted: true,
    passages: [{ n: 1, text: lines.join('\n'), marks: [] }],
    buttons: [{ id: idOf('read', request, { page: 0 }), label: say('readAgain') }],
  };
}

/** As it can be compared by eye: `3f2a 9c1b 77aa`. */
const shortHash = (hash: string) => hash.slice(0, 12).replace(/(.{4})(?=.)/g, '$1 ');
