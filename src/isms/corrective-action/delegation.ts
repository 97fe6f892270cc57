/** Handing an action over: with a note, and only if the assignee wants it. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { momentInWords } from '../../language/calendar.ts';
import {
  namesOf,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { selectPerson } from '../../records/person.ts';
import { declareRequest, type Asked, type Request } from '../../records/request.ts';
import {
  actionStateInWords,
  changeAction,
  isMovable,
  lockAction,
  lockActionById,
  type Locked,
} from './corrective-action.ts';
import { kindOf } from './parent.ts';
import { actionMoves, rowOf } from './states.ts';

/** Asked by the owner, whoever made the offer. */
export type Delegation = Request;

/** Whom it was offered to, nobody else. */
const decides = permission<Asked<Locked>>({
  code: (actor, { request }) => actor.id === request.askedOf,
  sql: 'request.asked_of = $1',
  refusal: async (tx, _command, { action, request }) =>
    `${action.reference} was offered to ${await namesOf(tx, [request.askedOf])}: only they can answer.`,
});

const inWords = { waiting: 'offered', agreed: 'taken', refused: 'declined', withdrawn: 'withdrawn' } as const;

function eventOf({ state, askedBy, askedOf, decisionReason: reason }: Delegation) {
  return {
    action: `delegation.${inWords[state]}` as const,
    detail: { from: askedBy, to: askedOf, ...(reason === null ? {} : { reason }) },
  };
}

export const offers = declareRequest({
  kind: 'delegation',
  about: 'corrective_action action',
  askedFor: z.unknown(),
  agreed: inWords.agreed,
  refused: inWords.refused,
  lock: lockActionById,
  idOf: ({ action }) => action.id,
  decides,
  why: (text, state) =>
    state === 'waiting'
      ? required(text, 'The note for whoever takes it', 1_000)
      : optional(text, 'The reason', 1_000),
  event: ({ request }) => eventOf(request),
  withdrawn: eventOf,
  /** Taking an action accepts it. */
  async agree(tx, command, { action, parent }, event) {
    const accepted = action.state === 'proposed' ? { state: 'accepted' } : {};
    const values = { owner_id: command.actor.id, ...accepted };
    const changed = await changeAction(tx, command, action, values, ({ state }) => [
      event,
      ...(state === action.state
        ? []
        : [{ action: 'corrective_action.accepted', detail: { from: action.state, to: state } } as const]),
    ]);
    await kindOf(parent).owned?.(tx, command, parent.id, command.actor.id);
    return { action: changed, parent };
  },
  missing: 'There is no such offer.',
  decided: (command, { request }) => answeredAlready(command, request),
  overtaken: ({ action }) =>
    isMovable(action)
      ? null
      : `${action.reference} is ${actionStateInWords[action.state]} meanwhile, so it stays where it is.`,
});

export const answerDelegation = offers.decide;

export function answeredAlready({ actor }: CommandContext, { state, decidedAt }: Delegation): Refusal {
  const when = decidedAt === null ? '' : ` on ${momentInWords(decidedAt, actor.timeZone)}`;
  return new Refusal(`That offer was ${inWords[state]}${when}. Nothing was changed.`);
}

/** By its owner, or by whoever leads its record. An offer before it that nobody answered is withdrawn. */
export async function offerAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { toId, note }: { toId: number; note: string },
): Promise<Delegation> {
  refuseReadOnly(command);
  const locked = await lockAction(tx, reference);
  const { action } = locked;
  await actionMoves.by('handOver', action.state)?.refuseUnless(tx, command, rowOf(locked));
  if (!actionMoves.from('handOver').includes(action.state))
    throw new Refusal(`${action.reference} is ${actionStateInWords[action.state]}, so it stays where it is.`);
  const assignee = await selectPerson(tx, toId);
  if (assignee.id === action.ownerId)
    throw new Refusal(
      `${action.reference} is ${assignee.id === command.actor.id ? 'yours' : `${assignee.name}'s`} already.`,
    );
  await refuseUnlessWorking(tx, toId);
  return offers.ask(tx, command, locked, {
    by: action.ownerId,
    of: () => Promise.resolve(toId),
    for: {},
    reason: note,
  });
}
