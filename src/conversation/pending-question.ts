/** Who waits for the next message: a reply that asks says so, and the words that follow it go to the workflow that asked. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional } from '../db/rows.ts';
import {
  parseActionId,
  Reply,
  type Addressed,
  type AnswerHandler,
  type Context,
  type Outcome,
  type Turn,
  type Workflow,
} from './contract.ts';
import { NeedsLane } from './lanes.ts';
import { selectShown } from './outbox.ts';
import type { CoreOptions } from './port.ts';
import { isCourtesy } from './small-talk.ts';
import { asksWhatWaits } from './waiting.ts';

/** As references of all kinds of records begin: NC-4, CA-2026-012. */
const reference = /^[^\p{L}\p{N}]*[a-z]{2}-\d/iu;

/**
 * Said right after a question of ours, yet no answer to it, whatever was asked: nothing, a question of their own, a courtesy, a
 * command, or a record that they want to speak about.
 */
export function isAside(text: string): boolean {
  const words = text.trim();
  return (
    words === '' ||
    /^¿|[?¿]$/.test(words) ||
    words.startsWith('/') ||
    reference.test(words) ||
    isCourtesy(words) ||
    asksWhatWaits(words)
  );
}

/** What the words answer, where they follow a question of ours; null where they are for anybody. */
export async function answerPending(
  { db, workflows }: Pick<CoreOptions, 'db' | 'workflows'>,
  context: Context,
  turn: Turn,
): Promise<Outcome | null> {
  const { place, repliesTo } = context;
  const filesAlone = turn.text.trim() === '' && turn.attachments.length > 0;
  if (place.audience !== 'direct' || repliesTo === null || (isAside(turn.text) && !filesAlone)) return null;
  const asked = await selectAsked(db, place.address, repliesTo);
  const urgent = workflows.find(({ interrupts }) => interrupts?.(turn) === true);
  for (const awaits of asked) {
    const { command, values } = parseActionId(awaits);
    const answer = handlerOf(urgent === undefined ? workflows : [urgent], command);
    if (answer === undefined) continue;
    try {
      const outcome = await answer(context, turn, (name) => values.get(name) ?? '');
      if (outcome === null) return null;
      return async (tx) => [...(await outcome(tx)), ...(await settleAsked(tx, context, repliesTo, awaits))];
    } catch (error) {
      if (error instanceof NeedsLane) error.asked = repliesTo;
      throw error;
    }
  }
  return null;
}

/**
 * A question that was answered in words keeps what it says and loses its buttons: those of its command, and those of the same
 * thing, as «Cancel» beside it.
 */
async function settleAsked(
  tx: Queryable,
  { platform, place }: Context,
  inputId: number,
  awaits: string,
): Promise<Addressed[]> {
  const asked = await selectOptional(
    tx,
    z.object({ id: z.number(), receipt: z.string() }),
    `select id, receipt from outbox where inbox_id = $1 and platform = $2 and address = $3 and awaits = $4 and state = 'sent'
       and receipt is not null order by id desc limit 1`,
    [inputId, platform, place.address, awaits],
  );
  const shown = asked === null ? null : await selectShown(tx, platform, place.address, asked.receipt);
  if (asked === null || shown === null) return [];
  const { command, values } = parseActionId(awaits);
  const stays = ({ id }: { id: string }) => {
    const button = parseActionId(id);
    const ofTheSame =
      values.size > 0 && [...values].every(([name, value]) => button.values.get(name) === value);
    return button.command !== command && !ofTheSame;
  };
  const buttons = shown.reply.buttons.filter(stays);
  const choices = shown.reply.choices.filter(stays);
  if (buttons.length + choices.length === shown.reply.buttons.length + shown.reply.choices.length) return [];
  return [{ to: 'place', reply: { ...shown.reply, buttons, choices }, redraws: asked }];
}

/** @throws Error where something asks for words that nobody would take: a mistake of ours, said by no one */
export function assertAnswerable(workflows: readonly Workflow[], said: readonly Addressed[]): void {
  for (const { awaits = '' } of said)
    if (awaits !== '' && handlerOf(workflows, parseActionId(awaits).command) === undefined)
      throw new Error(`nobody takes the words that ${parseActionId(awaits).command} waits for`);
}

function handlerOf(workflows: readonly Workflow[], command: string): AnswerHandler | undefined {
  return workflows.find(({ answers = {} }) => Object.hasOwn(answers, command))?.answers?.[command];
}

const Asked = z.object({ awaits: z.string().nullable(), reply: Reply });

/** What the messages to an address ask for that one input led to, newest first. */
async function selectAsked(tx: Queryable, address: string, inputId: number): Promise<string[]> {
  const rows = await selectAll(
    tx,
    Asked,
    'select awaits, reply from outbox where inbox_id = $1 and address = $2 order by id desc limit 5',
    [inputId, address],
  );
  // The version before 0019 wrote no `awaits`; what it asks is known by the button that answers it.
  return rows.flatMap(({ awaits, reply }) =>
    awaits === null ? reply.buttons.map(({ id }) => id) : awaits === '' ? [] : [awaits],
  );
}
