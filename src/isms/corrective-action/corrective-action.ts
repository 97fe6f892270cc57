/** Corrective actions, kept as ISO/IEC 27001:2022 clause 10.2 asks. Owns `corrective_action`. Overdue is a flag, never a state. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  audit,
  leaderNames,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { declareRecord, selectOptionalNamed, type RecordKind } from '../../records/record.ts';
import { nextReference } from '../../records/reference.ts';
import { kindOf, leadsParent, lockParent, tableOf, type Parent } from './parent.ts';

export const actionStates = [
  'proposed',
  'accepted',
  'declined',
  'in_progress',
  'done_claimed',
  'verified',
  'cancelled',
] as const;
export type ActionState = (typeof actionStates)[number];

/** States in which something is still to be done, by its owner or by whoever verifies it. */
export const unfinishedStates = [
  'proposed',
  'accepted',
  'in_progress',
  'done_claimed',
] as const satisfies ActionState[];

/** States in which its owner still works on it: it can be handed over, and its date can change. */
export const movableStates = ['proposed', 'accepted', 'in_progress'] as const satisfies ActionState[];

/** What it is for: to put right what was found, to take away its cause, to change the management system itself. */
export const actionPurposes = ['correction', 'corrective', 'isms_change'] as const;

export const CorrectiveAction = z.object({
  id: z.number(),
  reference: z.string(),
  purpose: z.enum(actionPurposes),
  /** The name of its record in the log, as `nonconformity:12`. */
  belongsTo: z.string(),
  round: z.number(),
  description: z.string(),
  expectedEvidence: z.string().nullable(),
  ownerId: z.number(),
  proposedBy: z.number(),
  proposedAt: z.date(),
  dueOn: z.string(),
  originalDueOn: z.string(),
  state: z.enum(actionStates),
  stateBy: z.number().nullable(),
  /** As it was then. */
  stateByName: z.string().nullable(),
  stateAt: z.date(),
  stateReason: z.string().nullable(),
  progress: z.number(),
  doneAt: z.date().nullable(),
  verifiedBy: z.number().nullable(),
  verifiedByName: z.string().nullable(),
  verifiedAt: z.date().nullable(),
  version: z.number(),
});
export type CorrectiveAction = z.infer<typeof CorrectiveAction>;

export const actionStateInWords: Record<ActionState, string> = {
  proposed: 'proposed, and its owner has not accepted it yet',
  accepted: 'accepted',
  declined: 'declined',
  in_progress: 'in progress',
  done_claimed: 'reported done, and waits to be verified',
  verified: 'verified as done',
  cancelled: 'cancelled',
};

const actions: RecordKind<CorrectiveAction, Column> = declareRecord({
  table: 'corrective_action',
  prefix: 'CA',
  schema: CorrectiveAction,
  ended: ['declined', 'verified', 'cancelled'],
  // Requests for more time and offers keep both its days and its owners.
  written: ['description', 'expected_evidence'],
  reads: async (tx, actor, id) => {
    const { belongsTo, ownerId } = await actions.select(tx, id);
    if (ownerId === actor.id || (await selectOptionalNamed(tx, actor, belongsTo)) !== null) return true;
    const { rowCount } = await tx.query(
      `select from request where kind = 'delegation' and record_id = $1 and asked_of = $2 and state = 'waiting'`,
      [id, actor.id],
    );
    return rowCount !== null && rowCount > 0;
  },
});

export const actionRecordOf = actions.nameOf;
export const selectAction = actions.select;
export const selectActionReferences = actions.selectReferences;
/** By CA-2026-012 or CA-12; of several years the newest that is unfinished. */
export const selectOptionalAction = actions.selectOptional;
/** Changes it, keeps the words that this replaces, and notes what happened. */
export const changeAction = actions.change;

/** @param today  the day where the reader is, as 2026-11-25 */
export function isOverdue(
  { state, dueOn }: Pick<CorrectiveAction, 'state' | 'dueOn'>,
  today: string,
): boolean {
  return isUnfinished({ state }) && state !== 'done_claimed' && dueOn < today;
}

export function isUnfinished({ state }: Pick<CorrectiveAction, 'state'>): boolean {
  return unfinishedStates.some((each) => each === state);
}

export function isMovable({ state }: Pick<CorrectiveAction, 'state'>): boolean {
  return movableStates.some((each) => each === state);
}

/** Declined and cancelled actions are no part of a plan any more, and what only puts right what was found is none of it. */
export function isPartOfPlan({ purpose, state }: Pick<CorrectiveAction, 'purpose' | 'state'>): boolean {
  return purpose !== 'correction' && state !== 'declined' && state !== 'cancelled';
}

/** The actions of a record, all its plans together or those of one round, oldest first. @param record  as `nonconformity:12` */
export function selectActionsOf(
  tx: Queryable,
  record: string,
  round: number | null = null,
): Promise<CorrectiveAction[]> {
  return selectAll(
    tx,
    CorrectiveAction,
    `select * from corrective_action where belongs_to = $1 and ($2::integer is null or round = $2)
     order by id`,
    [record, round],
  );
}

/** Of several records at once. */
export function selectActionsOfAll(tx: Queryable, records: readonly string[]): Promise<CorrectiveAction[]> {
  return selectAll(
    tx,
    CorrectiveAction,
    'select * from corrective_action where belongs_to = any($1) order by id',
    [records],
  );
}

/** Everybody who verified one of its actions, in any round. */
export async function selectVerifiers(tx: Queryable, record: string): Promise<number[]> {
  const rows = await selectAll(
    tx,
    Id,
    'select distinct verified_by as id from corrective_action where belongs_to = $1 and verified_by is not null',
    [record],
  );
  return rows.map(({ id }) => id);
}

/** Everybody who owns or owned one of its actions, in any round: none of them may judge whether it worked. */
export async function selectActionOwners(tx: Queryable, record: string): Promise<number[]> {
  const rows = await selectAll(
    tx,
    Id,
    `select owner_id as id from corrective_action where belongs_to = $1
     union select asked_by from request join corrective_action action on action.id = record_id
       where belongs_to = $1 and kind = 'delegation' and request.state = 'agreed'`,
    [record],
  );
  return rows.map(({ id }) => id);
}

export interface Locked {
  parent: Parent;
  action: CorrectiveAction;
}

/**
 * Both locked until the caller's transaction ends, the record before its action, so that two people never wait for each other.
 *
 * @throws Refusal when there is none
 */
export async function lockAction(tx: Queryable, reference: string): Promise<Locked> {
  const found = await selectOptionalAction(tx, reference);
  if (found === null)
    throw new Refusal(
      `There is no corrective action ${reference.toUpperCase()}. Say "my actions" to see yours.`,
    );
  return lockBoth(tx, found);
}

export async function lockActionById(tx: Queryable, id: number): Promise<Locked> {
  return lockBoth(tx, await selectAction(tx, id));
}

async function lockBoth(tx: Queryable, { id, belongsTo }: CorrectiveAction): Promise<Locked> {
  const parent = await lockParent(tx, belongsTo);
  return { parent, action: await actions.lock(tx, id) };
}

type Column =
  | 'description' | 'expected_evidence' | 'owner_id' | 'due_on' | 'state' | 'state_reason' | 'progress' | 'done_at' | 'verified_by' | 'verified_by_name' | 'verified_at'; // prettier-ignore

const Id = z.object({ id: z.number() });

export interface NewAction {
  purpose?: CorrectiveAction['purpose'];
  description: string;
  expectedEvidence?: string | null;
  ownerId: number;
  /** As 2026-12-31. */
  dueOn: string;
}

/** By whoever leads the record, as long as it has not ended; what else must be there is the record's own rule. @param record  its name */
export async function addAction(
  tx: Queryable,
  command: CommandContext,
  record: string,
  fresh: NewAction,
): Promise<CorrectiveAction> {
  const parent = await lockParent(tx, record);
  const { reference, leaderId, state, round } = parent;
  refuseReadOnly(command);
  const kind = kindOf(parent);
  if (!leadsParent(command.actor, parent) && (await kind.adds?.(tx, command.actor, parent.id)) !== true)
    throw new Refusal(
      `Only ${await leaderNames(tx, { ownerId: leaderId })} can do that: they lead ${reference}.`,
    );
  const { purpose = 'corrective' } = fresh;
  await kind.adding?.(tx, command, parent.id, purpose);
  if (kind.ended.includes(state))
    throw new Refusal(`${reference} is ${state.replaceAll('_', ' ')}, so no action can be added.`);
  const { ownerId } = fresh;
  await refuseUnlessWorking(tx, ownerId);
  const dueOn = requiredDay(fresh.dueOn, 'The due date');
  const action = await selectOne(
    tx,
    CorrectiveAction,
    `insert into corrective_action (reference, belongs_to, round, purpose, description, expected_evidence,
       owner_id, proposed_by, proposed_at, due_on, original_due_on, state_by, state_by_name, state_at)
     values ($1, $2, $3, $11, $4, $5, $6, $7, $8, $9, $9, $7, $10, $8) returning *`,
    [await nextReference(tx, 'CA', command.at.getUTCFullYear()), record, round, storable(required(fresh.description, 'What is to be done')),
      storableOrNull(optional(fresh.expectedEvidence, 'The evidence that will show it')), ownerId, command.actor.id, command.at, dueOn, command.actor.name, purpose], // prettier-ignore
  );
  if (purpose !== 'correction') await kind.replanned?.(tx, command, parent.id, action);
  await kind.owned?.(tx, command, parent.id, ownerId);
  await audit(tx, command, {
    action: 'corrective_action.proposed',
    record: actionRecordOf(action),
    detail: { reference: action.reference, [tableOf(parent)]: reference, owner: ownerId, due: dueOn },
  });
  return action;
}

function storableOrNull(text: string | null): string | null {
  return text === null ? null : storable(text);
}
