/** Non-conformities, kept as ISO/IEC 27001:2022 clause 10.2 asks. Owns `nonconformity`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  audit,
  type Actor,
  isIsmsManager,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { selectByRole } from '../../records/person.ts';
import { declareRecord, type RecordKind } from '../../records/record.ts';
import { nextReference } from '../../records/reference.ts';
import { selectSnapshots } from '../../records/revision.ts';
import { followMajors } from '../certification/follow.ts';
import { selectDeadlines } from './deadlines.ts';
import { isReadable } from '../register/access.ts';

export const grades = ['major', 'minor', 'ofi', 'observation'] as const;
export const sources = [
  'internal_audit',
  'external_audit',
  'incident',
  'monitoring',
  'complaint',
  'self',
  'supplier',
] as const;
export const nonconformityStates = [
  'open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying', 'closed', 'rejected',
] as const; // prettier-ignore
export const causeMethods = ['five_whys', 'fishbone', 'other'] as const;

export type Grade = (typeof grades)[number];
export type Source = (typeof sources)[number];
export type NonconformityState = (typeof nonconformityStates)[number];

/** One answer of a chain of whys, or one cause on a bone of a fishbone. */
export const CauseStep = z.object({ question: z.string(), answer: z.string() });
export type CauseStep = z.infer<typeof CauseStep>;

export const Nonconformity = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  requirement: z.string(),
  evidenceSeen: z.string(),
  gap: z.string(),
  source: z.enum(sources),
  audit: z.string().nullable(),
  /** The audit that it came from, where that is a record of ours. */
  auditId: z.number().nullable(),
  department: z.string().nullable(),
  identifiedOn: z.string(),
  raisedBy: z.number(),
  raisedByName: z.string(),
  raisedAt: z.date(),
  ownerId: z.number(),
  approverId: z.number().nullable(),
  grade: z.enum(grades),
  gradeReason: z.string(),
  correctionDueOn: z.string().nullable(),
  planDueOn: z.string().nullable(),
  actionsDueOn: z.string().nullable(),
  bodyFinding: z.string().nullable(),
  bodyAuditor: z.string().nullable(),
  bodyPlanDueOn: z.string().nullable(),
  /** Of its evidence. */
  bodyDueOn: z.string().nullable(),
  bodyAnsweredOn: z.string().nullable(),
  bodyAnswer: z.enum(['accepted', 'returned']).nullable(),
  bodyAnswerOn: z.string().nullable(),
  bodyAnswerNote: z.string().nullable(),
  bodyClosedOn: z.string().nullable(),
  state: z.enum(nonconformityStates),
  stateBy: z.number().nullable(),
  /** As it was then: who ended it stays readable when their name changes. */
  stateByName: z.string().nullable(),
  stateAt: z.date(),
  cycle: z.number(),
  round: z.number(),
  version: z.number(),
  correction: z.string().nullable(),
  correctionBy: z.number().nullable(),
  correctionByName: z.string().nullable(),
  correctionAt: z.date().nullable(),
  correctionSkipped: z.string().nullable(),
  consequences: z.string().nullable(),
  rootCause: z.string().nullable(),
  causeMethod: z.enum(causeMethods).nullable(),
  causeChain: z.array(CauseStep),
  causeBy: z.number().nullable(),
  causeByName: z.string().nullable(),
  causeAt: z.date().nullable(),
  similarSearchedAt: z.date().nullable(),
  similarSearchedBy: z.number().nullable(),
  similarResult: z.string().nullable(),
  planApprovedBy: z.number().nullable(),
  planApprovedByName: z.string().nullable(),
  planApprovedAt: z.date().nullable(),
  criterion: z.string().nullable(),
  checkDueOn: z.string().nullable(),
  checkerId: z.number().nullable(),
  ismsChangeNeeded: z.boolean().nullable(),
  ismsChange: z.string().nullable(),
  changeWaivedBy: z.number().nullable(),
  changeWaivedByName: z.string().nullable(),
  changeWaivedAt: z.date().nullable(),
  changeWaiver: z.string().nullable(),
  decision: z.enum(['accepted', 'declined']).nullable(),
  decisionReason: z.string().nullable(),
  /** Its reference. */
  duplicateOf: z.string().nullable(),
  closedBy: z.number().nullable(),
  closedByName: z.string().nullable(),
  closedAt: z.date().nullable(),
  reopenedFrom: z.date().nullable(),
  reopenedReason: z.string().nullable(),
});
export type Nonconformity = z.infer<typeof Nonconformity>;

export const stateInWords: Record<NonconformityState, string> = {
  open: 'open',
  contained: 'contained, and its cause is looked for',
  cause_found: 'at its cause, and a plan is due',
  action_planned: 'planned, and its actions are under way',
  implemented: 'implemented, and its check is to be booked',
  verifying: 'waiting for the check whether it worked',
  closed: 'closed',
  rejected: 'rejected',
};

export const gradeInWords: Record<Grade, string> = {
  major: 'major non-conformity',
  minor: 'minor non-conformity',
  ofi: 'opportunity for improvement',
  observation: 'observation',
};

/** An opportunity or an observation breaks no requirement: it is accepted or declined. */
export function isImprovement({ grade }: Pick<Nonconformity, 'grade'>): boolean {
  return grade === 'ofi' || grade === 'observation';
}

const nonconformities: RecordKind<Nonconformity, Column> = declareRecord({
  table: 'nonconformity',
  prefix: 'NC',
  schema: Nonconformity,
  ended: ['closed', 'rejected'],
  written: [
    'title', 'requirement', 'evidence_seen', 'gap', 'audit', 'department', 'owner_id', 'approver_id', 'grade', 'grade_reason', 'correction_due_on', 'plan_due_on', 'actions_due_on',
    'body_finding', 'body_auditor', 'body_plan_due_on', 'body_due_on', 'body_answered_on', 'body_answer', 'body_answer_on', 'body_answer_note',
    'body_closed_on', 'correction',
    'consequences', 'root_cause', 'cause_method', 'cause_chain', 'similar_result', 'criterion', 'check_due_on', 'checker_id', 'isms_change', 'change_waiver',
  ],
  reads: (tx, actor, id) => isReadable(tx, actor, { id }),
}); // prettier-ignore

export const recordOf = nonconformities.nameOf;
export const selectNonconformity = nonconformities.select;
export const selectNonconformityReferences = nonconformities.selectReferences;
/** Those on a requirement that somebody may see and nobody has closed. */
export function selectOpenOn(
  tx: Queryable,
  actor: Pick<Actor, 'id' | 'roles'>,
  requirement: string,
): Promise<Nonconformity[]> {
  const where = "requirement = $3 and state not in ('closed', 'rejected')";
  return nonconformities.selectSeen(tx, actor, where, [requirement]);
}
/** Those that came out of an audit or an incident, by its reference. */
export function selectRaisedFrom(
  tx: Queryable,
  actor: Pick<Actor, 'id' | 'roles'>,
  reference: string,
): Promise<Nonconformity[]> {
  return nonconformities.selectSeen(tx, actor, 'audit = $3', [reference]);
}
/** By its name in the log; null for a record of another kind. */
export async function selectOptionalNonconformityNamed(
  tx: Queryable,
  record: string,
): Promise<Nonconformity | null> {
  const [table, id] = record.split(':');
  return table === 'nonconformity' ? selectNonconformity(tx, Number(id)) : null;
}
export const lockById = nonconformities.lock;
/** By NC-2026-004 or NC-4; of several years the newest. */
export const selectOptionalNonconformity = nonconformities.selectOptional;
/** Changes it, keeps the words that this replaces, and notes what happened; what a certificate waits for follows it. */
export const change: typeof nonconformities.change = async (tx, command, before, values, events) => {
  const changed = await nonconformities.change(tx, command, before, values, events);
  if (isBlocking(before) || isBlocking(changed)) await followMajors(tx, command);
  return changed;
};

/** A major of a certification body. */
function isBlocking({ source, grade }: Pick<Nonconformity, 'source' | 'grade'>): boolean {
  return source === 'external_audit' && grade === 'major';
}

/**
 * Locked until the caller's transaction ends; rows of others that refer to it need not wait. It is locked before its actions.
 *
 * @throws Refusal when there is none
 */
export async function lockNonconformity(tx: Queryable, reference: string): Promise<Nonconformity> {
  const found = await selectOptionalNonconformity(tx, reference);
  if (found === null)
    throw new Refusal(
      `There is no non-conformity ${reference.toUpperCase()}. Say "open NCs" to see what there is.`,
    );
  return lockById(tx, found.id);
}

/** Whoever leads it: its owner and the ISMS manager. */
export function leads(
  { actor: by }: { actor: Pick<Actor, 'id' | 'roles'> },
  nonconformity: Pick<Nonconformity, 'ownerId'>,
): boolean {
  return by.id === nonconformity.ownerId || isIsmsManager(by);
}

/** Columns that commands change; named here, never by anybody's input. */
type Column =
  | 'title' | 'requirement' | 'evidence_seen' | 'gap' | 'audit' | 'department' | 'owner_id' | 'approver_id' | 'grade' | 'grade_reason' | 'correction_due_on' | 'plan_due_on'
  | 'actions_due_on' | 'body_finding' | 'body_auditor' | 'body_plan_due_on' | 'body_due_on' | 'body_answered_on' | 'body_answer' | 'body_answer_on'
  | 'body_answer_note' | 'body_closed_on'
  | 'state' | 'cycle' | 'round' | 'correction' | 'correction_by' | 'correction_by_name' | 'correction_at' | 'correction_skipped' | 'consequences'
  | 'root_cause' | 'cause_method' | 'cause_chain' | 'cause_by' | 'cause_by_name' | 'cause_at' | 'similar_searched_at' | 'similar_searched_by'
  | 'similar_result' | 'plan_approved_by' | 'plan_approved_by_name' | 'plan_approved_at' | 'criterion' | 'check_due_on' | 'checker_id'
  | 'isms_change_needed' | 'isms_change' | 'change_waived_by' | 'change_waived_by_name' | 'change_waived_at' | 'change_waiver' | 'decision' | 'decision_reason' | 'duplicate_of' | 'closed_by' | 'closed_by_name' | 'closed_at' | 'reopened_from'
  | 'reopened_reason'; // prettier-ignore

export interface NewNonconformity {
  title: string;
  requirement: string;
  evidenceSeen: string;
  gap: string;
  source: Source;
  audit?: string | null;
  auditId?: number | null;
  department?: string | null;
  /** As 2026-11-20. */
  identifiedOn: string;
  grade: Grade;
  gradeReason: string;
  /** Who leads it; the ISMS manager where nobody is named. */
  ownerId?: number | null;
}

/** Anybody who works here may raise one. The same input raises it once. */
export async function raiseNonconformity(
  tx: Queryable,
  command: CommandContext,
  fresh: NewNonconformity,
): Promise<Nonconformity> {
  refuseReadOnly(command);
  const known = await selectOptional(
    tx,
    Nonconformity,
    'select * from nonconformity where raised_input = $1',
    [command.inputId],
  );
  if (known !== null) return known;

  const [manager = null] = await selectByRole(tx, 'isms_manager');
  const ownerId = fresh.ownerId ?? manager?.id ?? command.actor.id;
  await refuseUnlessWorking(tx, ownerId);
  const identifiedOn = dayNoticed(command, fresh.identifiedOn);
  const enteredOn = dayOf(command.at, command.actor.timeZone);
  const due = await selectDeadlines(tx, fresh, { identifiedOn, enteredOn });
  const nonconformity = await selectOne(
    tx,
    Nonconformity,
    `insert into nonconformity (reference, title, requirement, evidence_seen, gap, source, audit, department,
       identified_on, raised_by, raised_by_name, raised_at, raised_input, owner_id, approver_id, grade,
       grade_reason, body_due_on, body_plan_due_on, correction_due_on, plan_due_on, actions_due_on, state_by,
       state_by_name, state_at, audit_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $10,
       $11, $12, $23)
     returning *`,
    [await nextReference(tx, 'NC', command.at.getUTCFullYear()), storable(required(fresh.title, 'The title', 200)),
      storable(required(fresh.requirement, 'The requirement', 200)), storable(required(fresh.evidenceSeen, 'The evidence seen')),
      storable(required(fresh.gap, 'The gap')), fresh.source, storedOrNull(optional(fresh.audit, 'The audit', 200)),
      storedOrNull(optional(fresh.department, 'The department', 200)), identifiedOn, command.actor.id, command.actor.name, command.at, command.inputId, ownerId,
      await approverFor(tx, ownerId), fresh.grade, storable(required(fresh.gradeReason, 'The reason for the grade')),
      due.bodyDueOn, due.bodyPlanDueOn, due.correctionDueOn, due.planDueOn, due.actionsDueOn, fresh.auditId ?? null], // prettier-ignore
  );
  await audit(tx, command, {
    action: 'nonconformity.raised',
    record: recordOf(nonconformity),
    detail: {
      reference: nonconformity.reference,
      grade: nonconformity.grade,
      requirement: nonconformity.requirement,
      owner: ownerId,
    },
  });
  if (isBlocking(nonconformity)) await followMajors(tx, command);
  return nonconformity;
}

function storedOrNull(text: string | null): string | null {
  return text === null ? null : storable(text);
}

/** Who approves what this owner leads: another ISMS manager, else the owner's own manager; null where there is nobody. */
export async function approverFor(tx: Queryable, ownerId: number): Promise<number | null> {
  const other = (await selectByRole(tx, 'isms_manager')).find(({ id }) => id !== ownerId);
  const manager = await selectOptional(
    tx,
    z.object({ id: z.number() }),
    `select manager.id from person join person manager on manager.id = person.manager_id and manager.active
     where person.id = $1`,
    [ownerId],
  );
  return other?.id ?? manager?.id ?? null;
}

export function dayNoticed({ at, actor }: CommandContext, day: string): string {
  const noticed = requiredDay(day, 'When it was noticed');
  if (noticed > dayOf(at, actor.timeZone))
    throw new Refusal(`${dayInWords(noticed)} is still to come. When was it noticed?`);
  return noticed;
}

/** All its earlier cycles, as they were when it was opened again; oldest first. */
export async function selectCycles(tx: Queryable, id: number) {
  const snapshots = await selectSnapshots(tx, recordOf({ id }));
  return snapshots.flatMap(({ event, cycle, content, takenAt }) =>
    event === 'reopened' ? [{ cycle, record: content.record, endedAt: takenAt }] : [],
  );
}
