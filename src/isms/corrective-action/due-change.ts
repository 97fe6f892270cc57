/** More time for an action: asked for with a reason, decided by somebody else; the first due date stays. Owns `due_change`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  actionStateInWords,
  CorrectiveAction,
  isMovable,
  lockAction,
  movableStates,
  selectAction,
  changeAction,
  type Locked,
} from './corrective-action.ts';
import {
  audit,
  deciderNames,
  isIsmsManager,
  namesOf,
  optional,
  refuseReadOnly,
  required,
  requiredDay,
  type CommandContext,
  type Actor,
} from '../../records/command-context.ts';
import { dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import type { OwnEvent } from '../../records/record.ts';
import { actionMoves, rowOf } from './states.ts';
import { isHereSql, selectByRole, whoAreHere } from '../../records/person.ts';

export const DueChange = z.object({
  id: z.number(),
  actionId: z.number(),
  state: z.enum(['requested', 'approved', 'refused']),
  fromDueOn: z.string(),
  toDueOn: z.string(),
  reason: z.string(),
  requestedBy: z.number(),
  requestedAt: z.date(),
  approverId: z.number(),
  decidedBy: z.number().nullable(),
  decidedByName: z.string().nullable(),
  decidedAt: z.date().nullable(),
  decisionReason: z.string().nullable(),
});
export type DueChange = z.infer<typeof DueChange>;

/** By its owner, while there is still something to do; one request waits at a time. */
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
  const day = requiredDay(toDueOn, 'The new due date');
  if (day === action.dueOn) throw new Refusal(`${action.reference} is due on ${dayInWords(day)} already.`);
  if (day < dayOf(command.at, command.actor.timeZone))
    throw new Refusal(`${dayInWords(day)} is past. Choose a day from today on.`);
  const waiting = await selectWaiting(tx, action.id);
  if (waiting !== null) {
    throw new Refusal(
      `A later date for ${action.reference} was asked for on ${momentInWords(waiting.requestedAt, command.actor.timeZone)}, and ${await namesOf(tx, [waiting.approverId])} has not decided yet.`,
    );
  }
  const approverId = await approverFor(tx, locked);
  const change = await selectOne(
    tx,
    DueChange,
    `insert into due_change (action_id, from_due_on, to_due_on, reason, requested_by, requested_at,
       approver_id)
     values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    [
      action.id,
      action.dueOn,
      day,
      storable(required(reason, 'Why more time is needed', 1_000)),
      command.actor.id,
      command.at,
      approverId,
    ],
  );
  await audit(tx, command, {
    action: 'due_change.requested',
    record: actionRecordOf(action),
    detail: { from: action.dueOn, to: day, approver: approverId },
  });
  return change;
}

/** Whoever approves the plan, else an ISMS manager, else whoever leads: never the owner of the action. */
async function approverFor(tx: Queryable, { nonconformity, action }: Locked): Promise<number> {
  const managers = await selectByRole(tx, 'isms_manager');
  const candidates = [
    nonconformity.approverId,
    ...managers.map((manager) => manager.id),
    nonconformity.ownerId,
  ].filter((id) => id !== null && id !== action.ownerId);
  const [approver] = await whoAreHere(tx, candidates);
  if (approver === undefined)
    throw new Refusal(
      'Nobody but you could approve that. Ask an admin to name an ISMS manager (isma people import).',
    );
  return approver;
}

export function selectWaiting(tx: Queryable, actionId: number): Promise<DueChange | null> {
  return selectOptional(
    tx,
    DueChange,
    "select * from due_change where action_id = $1 and state = 'requested'",
    [actionId],
  );
}

export function selectOptionalDueChange(tx: Queryable, id: number): Promise<DueChange | null> {
  return selectOptional(tx, DueChange, 'select * from due_change where id = $1', [id]);
}

/** All requests for an action, oldest first. */
export function selectDueChanges(tx: Queryable, actionId: number): Promise<DueChange[]> {
  return selectAll(tx, DueChange, 'select * from due_change where action_id = $1 order by id', [actionId]);
}

export interface DecidedDueChange {
  change: DueChange;
  action: CorrectiveAction;
}

/** By its approver or an ISMS manager, never by whoever asked or owns the action by now. The original due date is kept whatever is decided. */
export async function decideDueChange(
  tx: Queryable,
  command: CommandContext,
  id: number,
  decision: 'approved' | 'refused',
  reason: string | null = null,
): Promise<DecidedDueChange> {
  refuseReadOnly(command);
  const asked = await selectOptionalDueChange(tx, id);
  if (asked === null) throw new Refusal('There is no such request for more time.');
  const { action } = await lockAction(tx, (await selectAction(tx, asked.actionId)).reference);
  const change = await selectOne(tx, DueChange, 'select * from due_change where id = $1 for update', [id]);
  const involved = [change.requestedBy, action.ownerId];
  const who = await deciderNames(tx, [change.approverId], involved);
  if (involved.includes(command.actor.id))
    throw new Refusal(
      `You ${command.actor.id === change.requestedBy ? 'asked for more time on' : 'own'} ${action.reference}, so somebody else decides: ${who}.`,
    );
  if (command.actor.id !== change.approverId && !isIsmsManager(command.actor))
    throw new Refusal(`A later date for ${action.reference} can be decided by ${who} only.`);
  const { decidedBy, decidedByName, decidedAt } = change;
  if (decidedAt !== null)
    throw new Refusal(
      `A later date for ${action.reference} was ${change.state} already by ${decidedBy === command.actor.id ? 'you' : decidedByName} on ${momentInWords(decidedAt, command.actor.timeZone)}. Nothing was changed.`,
    );
  const why =
    decision === 'refused'
      ? required(reason, 'Why it is refused', 1_000)
      : optional(reason, 'The reason', 1_000);
  if (decision === 'approved' && !isMovable(action))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]} meanwhile, so its date stays.`,
    );
  const decided = await selectOne(
    tx,
    DueChange,
    `update due_change set state = $2, decided_by = $3, decided_by_name = $4, decided_at = $5,
       decision_reason = $6
     where id = $1 returning *`,
    [id, decision, command.actor.id, command.actor.name, command.at, why === null ? null : storable(why)],
  );
  const told: OwnEvent = {
    action: `due_change.${decision}`,
    detail: { from: change.fromDueOn, to: change.toDueOn, original: action.originalDueOn },
  };
  if (decision === 'refused') {
    await audit(tx, command, { ...told, record: actionRecordOf(action) });
    return { change: decided, action };
  }
  const changed = await changeAction(tx, command, action, { due_on: change.toDueOn }, () => told);
  return { change: decided, action: changed };
}

/**
 * Requests that wait for this person, oldest first; not of actions that were finished meanwhile. Where who was asked has left,
 * every ISMS manager may decide who did not ask themselves, nor owns the action.
 */
export function selectDueChangesFor(
  tx: Queryable,
  person: Pick<Actor, 'id' | 'roles'>,
): Promise<DueChange[]> {
  return selectAll(
    tx,
    DueChange,
    `select due_change.* from due_change
     join corrective_action action on action.id = action_id and action.state = any($2)
     where due_change.state = 'requested'
       and (approver_id = $1 or ($3 and not ${isHereSql('approver_id')}
         and $1 not in (requested_by, action.owner_id)))
     order by due_change.id limit 50`,
    [person.id, movableStates, isIsmsManager(person)],
  );
}
