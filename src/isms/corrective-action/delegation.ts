/** Handing an action over: with a note, and only if the assignee wants it. Owns `delegation`. */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  actionStateInWords,
  freeChecker,
  isMovable,
  lockAction,
  selectAction,
  changeAction,
  type CorrectiveAction,
} from './corrective-action.ts';
import {
  audit,
  namesOf,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { momentInWords } from '../../language/calendar.ts';
import type { OwnEvent } from '../../records/record.ts';
import { actionMoves, rowOf } from './states.ts';
import { selectPerson } from '../../records/person.ts';

export const Delegation = z.object({
  id: z.number(),
  actionId: z.number(),
  state: z.enum(['offered', 'taken', 'declined', 'withdrawn']),
  fromId: z.number(),
  toId: z.number(),
  note: z.string(),
  offeredAt: z.date(),
  decidedAt: z.date().nullable(),
  decisionReason: z.string().nullable(),
});
export type Delegation = z.infer<typeof Delegation>;

/** By its owner, or by whoever leads the non-conformity. An offer before it that nobody answered is withdrawn. */
export async function offerAction(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { toId, note }: { toId: number; note: string },
): Promise<Delegation> {
  refuseReadOnly(command);
  const { action, nonconformity } = await lockAction(tx, reference);
  const row = rowOf({ action, nonconformity });
  await actionMoves.by('handOver', action.state)?.refuseUnless(tx, command, row);
  if (!actionMoves.from('handOver').includes(action.state))
    throw new Refusal(`${action.reference} is ${actionStateInWords[action.state]}, so it stays where it is.`);
  const assignee = await selectPerson(tx, toId);
  if (assignee.id === action.ownerId)
    throw new Refusal(
      `${action.reference} is ${assignee.id === command.actor.id ? 'yours' : `${assignee.name}'s`} already.`,
    );
  await refuseUnlessWorking(tx, toId);
  await withdrawOffers(tx, command, action);
  const delegation = await selectOne(
    tx,
    Delegation,
    `insert into delegation (action_id, from_id, to_id, note, offered_at) values ($1, $2, $3, $4, $5)
     returning *`,
    [
      action.id,
      action.ownerId,
      toId,
      storable(required(note, 'The note for whoever takes it', 1_000)),
      command.at,
    ],
  );
  await audit(tx, command, {
    action: 'delegation.offered',
    record: actionRecordOf(action),
    detail: { from: action.ownerId, to: toId },
  });
  return delegation;
}

/** An offer that nobody answered ends with the work on its action, or with another offer. The caller has the action locked. */
export async function withdrawOffers(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
): Promise<void> {
  const withdrawn = await selectOptional(
    tx,
    Delegation,
    `update delegation set state = 'withdrawn', decided_at = $2 where action_id = $1 and state = 'offered'
     returning *`,
    [action.id, command.at],
  );
  if (withdrawn === null) return;
  await audit(tx, command, {
    action: 'delegation.withdrawn',
    record: actionRecordOf(action),
    detail: { from: withdrawn.fromId, to: withdrawn.toId },
  });
}

/** Offers to people who have left: the actions stay with their owners. */
export async function withdrawOffersTo(tx: Queryable, personIds: readonly number[], at: Date): Promise<void> {
  const withdrawn = await selectAll(
    tx,
    Delegation,
    `update delegation set state = 'withdrawn', decided_at = $2 where state = 'offered' and to_id = any($1)
     returning *`,
    [personIds, at],
  );
  await appendAudit(
    tx,
    ...withdrawn.map(({ actionId, fromId, toId }): AuditEvent => ({
      actor: 'system:leaving',
      action: 'delegation.withdrawn',
      record: actionRecordOf({ id: actionId }),
      detail: { from: fromId, to: toId },
      at,
    })),
  );
}

/** By whom it was offered to, nobody else. Taking an action accepts it. */
export async function answerDelegation(
  tx: Queryable,
  command: CommandContext,
  id: number,
  answer: 'taken' | 'declined',
  reason: string | null = null,
): Promise<{ delegation: Delegation; action: CorrectiveAction }> {
  refuseReadOnly(command);
  const offered = await selectOptionalDelegation(tx, id);
  if (offered === null) throw new Refusal('There is no such offer.');
  const { action, nonconformity } = await lockAction(
    tx,
    (await selectAction(tx, offered.actionId)).reference,
  );
  const delegation = await selectOne(tx, Delegation, 'select * from delegation where id = $1 for update', [
    id,
  ]);
  if (command.actor.id !== delegation.toId)
    throw new Refusal(
      `${action.reference} was offered to ${await namesOf(tx, [delegation.toId])}: only they can answer.`,
    );
  if (delegation.state !== 'offered') throw answeredAlready(command, delegation);
  if (!isMovable(action))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]} meanwhile, so it stays where it is.`,
    );
  const why = optional(reason, 'The reason', 1_000);
  const decided = await selectOne(
    tx,
    Delegation,
    'update delegation set state = $2, decided_at = $3, decision_reason = $4 where id = $1 returning *',
    [id, answer, command.at, why === null ? null : storable(why)],
  );
  const answered: OwnEvent = {
    action: `delegation.${answer}`,
    detail: { from: delegation.fromId, to: delegation.toId, ...(why === null ? {} : { reason: why }) },
  };
  if (answer === 'declined') {
    await audit(tx, command, { ...answered, record: actionRecordOf(action) });
    return { delegation: decided, action };
  }
  const accepted = action.state === 'proposed' ? { state: 'accepted' } : {};
  const values = { owner_id: command.actor.id, ...accepted };
  const changed = await changeAction(tx, command, action, values, ({ state }) => [
    answered,
    ...(state === action.state
      ? []
      : [{ action: 'corrective_action.accepted', detail: { from: action.state, to: state } } as const]),
  ]);
  await freeChecker(tx, command, nonconformity, command.actor.id);
  return { delegation: decided, action: changed };
}

export function answeredAlready({ actor: by }: CommandContext, { state, decidedAt }: Delegation): Refusal {
  const when = decidedAt === null ? '' : ` on ${momentInWords(decidedAt, by.timeZone)}`;
  return new Refusal(`That offer was ${state}${when}. Nothing was changed.`);
}

/** The offer of an action that waits for an answer. */
export function selectOffer(tx: Queryable, actionId: number): Promise<Delegation | null> {
  return selectOptional(
    tx,
    Delegation,
    "select * from delegation where action_id = $1 and state = 'offered' order by id desc limit 1",
    [actionId],
  );
}

export function selectOptionalDelegation(tx: Queryable, id: number): Promise<Delegation | null> {
  return selectOptional(tx, Delegation, 'select * from delegation where id = $1', [id]);
}

/** Offers that wait for this person's answer, oldest first. */
export function selectOffersTo(tx: Queryable, personId: number): Promise<Delegation[]> {
  return selectAll(
    tx,
    Delegation,
    "select * from delegation where to_id = $1 and state = 'offered' order by id limit 50",
    [personId],
  );
}
