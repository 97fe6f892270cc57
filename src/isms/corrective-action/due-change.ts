/** More time for an action: asked for with a reason, decided by somebody else; the first due date stays. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import {
  deciderNames,
  isIsmsManager,
  namesOf,
  optional,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { isHere, isHereSql, selectByRole, selectOptionalByEmail, whoAreHere } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import { decidedAlready, declareRequest, type Asked, type Request } from '../../records/request.ts';
import {
  actionStateInWords,
  changeAction,
  isMovable,
  lockAction,
  lockActionById,
  movableStates,
  type CorrectiveAction,
  type Locked,
} from './corrective-action.ts';
import { kindOf } from './parent.ts';
import { actionMoves, rowOf } from './states.ts';

/** Days, as 2026-12-09; `only` whoever is asked decides, not the ISMS manager in their place. */
const Days = z.object({ from: z.string(), to: z.string(), only: z.boolean().optional() });
type Days = z.infer<typeof Days>;
export type DueChange = Request<Days>;

/**
 * Its approver or an ISMS manager, never whoever asked or owns the action by now. The list is of whom it is asked, and where they
 * have left, of every ISMS manager who may.
 */
const decides = permission<Asked<Locked, Days>>({
  code: (actor, { request, action }) =>
    ![request.askedBy, action.ownerId].includes(actor.id) &&
    (actor.id === request.askedOf || (isIsmsManager(actor) && request.askedFor.only !== true)),
  sql: `(request.asked_of = $1 or ($2 and not ${isHereSql('request.asked_of')}
    and $1 not in (request.asked_by, action.owner_id)))`,
  async refusal(tx, { actor }, { request, action: { reference, ownerId } }) {
    const involved = [request.askedBy, ownerId];
    const only = request.askedFor.only === true;
    const who = only
      ? await namesOf(tx, [request.askedOf])
      : await deciderNames(tx, [request.askedOf], involved);
    return involved.includes(actor.id)
      ? `You ${actor.id === request.askedBy ? 'asked for more time on' : 'own'} ${reference}, so somebody else decides: ${who}.`
      : `A later date for ${reference} can be decided by ${who} only.`;
  },
});

const inWords = ({ state }: Pick<DueChange, 'state'>) => (state === 'agreed' ? 'approved' : 'refused');

export const dueChanges = declareRequest({
  kind: 'due_change',
  about: 'corrective_action action',
  askedFor: Days,
  agreed: 'approved',
  refused: 'refused',
  // Where only somebody who has left could decide, it is asked anew.
  waitsWhile: `action.state in ('${movableStates.join("', '")}')
    and (not coalesce((request.asked_for ->> 'only')::boolean, false) or ${isHereSql('request.asked_of')})`,
  lock: lockActionById,
  idOf: ({ action }) => action.id,
  decides,
  why: (text, state) =>
    state === 'agreed'
      ? optional(text, 'The reason', 1_000)
      : required(text, state === 'waiting' ? 'Why more time is needed' : 'Why it is refused', 1_000),
  event({ action, request: { state, askedFor, askedOf } }) {
    const days = { from: askedFor.from, to: askedFor.to };
    if (state === 'waiting')
      return { action: 'due_change.requested', detail: { ...days, approver: askedOf } };
    return {
      action: `due_change.${inWords({ state })}`,
      detail: { ...days, original: action.originalDueOn },
    };
  },
  async agree(tx, command, { request, ...locked }, event) {
    const values = { due_on: request.askedFor.to };
    return { ...locked, action: await changeAction(tx, command, locked.action, values, () => event) };
  },
  missing: 'There is no such request for more time.',
  decided: (command, { action, request }) =>
    decidedAlready(command, `A later date for ${action.reference} was ${inWords(request)}`, request),
  overtaken: ({ action }, answer) =>
    answer === 'refused' || isMovable(action)
      ? null
      : `${action.reference} is ${actionStateInWords[action.state]} meanwhile, so its date stays.`,
  waits: async (tx, { actor }, { action, request: { askedAt, askedOf } }) =>
    `A later date for ${action.reference} was asked for on ${momentInWords(askedAt, actor.timeZone)}, and ${await namesOf(tx, [askedOf])} has not decided yet.`,
});

/** The original due date is kept whatever is decided. */
export const decideDueChange = dueChanges.decide;

/** By its owner, while there is still something to do. */
export async function requestDueChange(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { toDueOn, reason }: { toDueOn: string; reason: string },
): Promise<DueChange> {
  const locked = await lockAction(tx, reference);
  const { action } = locked;
  await actionMoves.by('moreTime', action.state)?.refuseUnless(tx, command, rowOf(locked));
  if (!actionMoves.from('moreTime').includes(action.state))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]}, so its date stays. Nothing was changed.`,
    );
  const to = requiredDay(toDueOn, 'The new due date');
  if (to === action.dueOn) throw new Refusal(`${action.reference} is due on ${dayInWords(to)} already.`);
  if (to < dayOf(command.at, command.actor.timeZone))
    throw new Refusal(`${dayInWords(to)} is past. Choose a day from today on.`);
  const most = await latestDay(tx, action);
  if (most === null)
    throw new Refusal(
      `${action.reference} was given more time as often as the rules allow: its date stays ${dayInWords(action.dueOn)}. Report it as it is, or ask whoever leads it to plan anew.`,
    );
  if (to > most)
    throw new Refusal(
      `The rules allow ${action.reference} more time until ${dayInWords(most)} at most. Choose an earlier day.`,
    );
  const decider = await deciderOf(tx, locked);
  return dueChanges.ask(tx, command, locked, {
    of: () => Promise.resolve(decider.id),
    for: { from: action.dueOn, to, ...(decider.only ? { only: true } : {}) },
    reason,
  });
}

/** The latest that it may be put off to; null once it was put off as often as the setting allows. */
export async function latestDay(
  tx: Queryable,
  { id, dueOn }: Pick<CorrectiveAction, 'id' | 'dueOn'>,
): Promise<string | null> {
  const { times, days } = await selectSetting(tx, 'corrective_action.more_time');
  const given = (await dueChanges.selectOf(tx, id)).filter(({ state }) => state === 'agreed');
  return given.length >= times ? null : addDays(dueOn, days);
}

/** Whom the setting names, where they may: never the owner of the action. */
async function deciderOf(tx: Queryable, locked: Locked): Promise<{ id: number; only: boolean }> {
  const { parent, action } = locked;
  const by = (await kindOf(parent).decider?.(tx, parent.id)) ?? 'approver';
  if (by === 'isms_manager') {
    const manager = (await selectByRole(tx, 'isms_manager')).find(({ id }) => id !== action.ownerId);
    if (manager !== undefined) return { id: manager.id, only: false };
  }
  const named = by.includes('@') ? await selectOptionalByEmail(tx, by) : null;
  if (named !== null && named.id !== action.ownerId && (await isHere(tx, named.id)))
    return { id: named.id, only: true };
  return { id: await approverFor(tx, locked), only: false };
}

/** Whoever approves the plan, else an ISMS manager, else whoever leads: never the owner of the action. */
async function approverFor(tx: Queryable, { parent, action }: Locked): Promise<number> {
  const managers = await selectByRole(tx, 'isms_manager');
  const candidates = [parent.approverId, ...managers.map((manager) => manager.id), parent.leaderId].filter(
    (id) => id !== null && id !== action.ownerId,
  );
  const [approver] = await whoAreHere(tx, candidates);
  if (approver === undefined)
    throw new Refusal(
      'Nobody but you could approve that. Ask an admin to name an ISMS manager (isma people import).',
    );
  return approver;
}
