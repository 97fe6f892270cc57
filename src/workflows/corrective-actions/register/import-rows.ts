/** The rows of a register's file as records: which columns mean what, what may be left out, and what then holds. */
import { z } from 'zod';
import { Refusal } from '../../../errors.ts';
import {
  readActionState,
  readCauseMethod,
  readDay,
  readDecision,
  readGrade,
  readInstant,
  readLines,
  readNonconformityState,
  readPercent,
  readPerson,
  readReference,
  readResult,
  readSimilar,
  readSource,
  readText,
  readWhole,
  readYesNo,
  type Reader,
} from './import-cells.ts';
import type { ActionRecord, KnownPerson, NonconformityRecord } from '../../../isms/register/transfer.ts';

/** What others call our columns, in the words of their headings without marks; ours come first. */
export const nonconformityColumns = {
  reference: ['ref', 'nc', 'nc_no', 'nc_number', 'nc_ref', 'nc_id', 'number', 'no', 'id'],
  title: ['summary', 'short_description', 'subject', 'name'],
  requirement: ['clause', 'control', 'iso_clause', 'standard_reference', 'annex_a_control', 'criteria'],
  evidenceSeen: ['evidence', 'objective_evidence', 'audit_evidence'],
  gap: ['description', 'gap_statement', 'finding', 'details', 'statement'],
  source: ['origin', 'type_of_audit'],
  audit: ['audit_reference', 'audit_name'],
  department: ['area', 'unit'],
  identifiedOn: ['identified_at', 'date', 'date_identified', 'date_found', 'found_on', 'finding_date', 'detected_on'],
  raisedBy: ['raiser', 'reported_by', 'identified_by'],
  raisedByName: ['auditor'],
  raisedAt: ['raised_on', 'date_raised'],
  owner: ['responsible', 'responsible_person', 'assigned_to', 'assignee', 'owner_email'],
  approver: ['approver_email'],
  grade: ['severity', 'classification', 'category', 'type', 'rating'],
  gradeReason: ['reason_for_grade', 'justification'],
  bodyDueOn: ['due', 'due_on', 'due_date', 'deadline', 'target_date'],
  state: ['status'],
  stateBy: [],
  stateByName: [],
  stateAt: [],
  cycle: [],
  round: [],
  correction: ['containment', 'immediate_action', 'immediate_correction'],
  correctionBy: [],
  correctionByName: [],
  correctionAt: ['correction_date', 'corrected_on'],
  correctionSkipped: ['no_correction_because'],
  correctionEvidence: [],
  consequences: ['impact'],
  rootCause: ['cause', 'root_cause_analysis', 'rca'],
  causeMethod: ['method', 'rca_method', 'root_cause_method'],
  causeChain: ['whys', 'five_whys', '5_whys'],
  causeBy: [],
  causeByName: [],
  causeAt: ['cause_date'],
  similarSearchedAt: ['similar_searched_on'],
  similarSearchedBy: [],
  similarResult: ['similar_nonconformities', 'similar_ncs', 'extent', 'extent_check'],
  similar: ['similar_records', 'related', 'related_ncs', 'linked'],
  planApprovedBy: ['approved_by'],
  planApprovedByName: [],
  planApprovedAt: ['approved_on', 'approved_at', 'approval_date'],
  criterion: ['effectiveness_criterion', 'success_criterion'],
  checkDueOn: ['effectiveness_due', 'effectiveness_due_on', 'check_due'],
  checker: [],
  checkBy: ['checked_by', 'effectiveness_checked_by', 'verified_by'],
  checkByName: [],
  checkedAt: ['checked_on', 'effectiveness_checked_on', 'verified_on', 'verification_date'],
  checkMethod: ['effectiveness_method', 'verification_method'],
  checkResult: ['effectiveness', 'effective', 'effectiveness_result'],
  checkFindings: ['effectiveness_findings', 'effectiveness_notes', 'verification_notes'],
  effectivenessEvidence: [],
  ismsChangeNeeded: [],
  ismsChange: [],
  decision: [],
  decisionReason: ['rejection_reason'],
  closedBy: [],
  closedByName: [],
  closedAt: ['closed_on', 'closing_date', 'closure_date', 'date_closed'],
  reopenedFrom: [],
  reopenedReason: [],
  findingEvidence: ['evidence_files', 'evidence_links'],
} as const satisfies Record<keyof NonconformityRecord, readonly string[]>; // prettier-ignore

export const actionColumns = {
  reference: ['ref', 'ca', 'ca_no', 'ca_number', 'ca_id', 'action_no', 'action_id', 'number', 'no', 'id'],
  nonconformity: ['nc', 'nc_ref', 'nc_no', 'nc_number', 'nc_id', 'nonconformity_reference', 'non_conformity', 'related_nc', 'finding'],
  round: [],
  description: ['action', 'corrective_action', 'title', 'task', 'measure', 'what'],
  expectedEvidence: ['evidence_expected'],
  owner: ['responsible', 'responsible_person', 'assigned_to', 'assignee', 'owner_email', 'who'],
  proposedBy: ['raised_by'],
  proposedAt: ['proposed_on', 'raised_on', 'date_raised', 'created', 'created_on'],
  dueOn: ['due', 'due_date', 'deadline', 'target_date', 'by_when', 'when'],
  originalDueOn: ['original_due_date', 'original_due', 'first_due_date'],
  state: ['status'],
  stateBy: [],
  stateByName: [],
  stateAt: [],
  stateReason: ['reason'],
  progress: ['percent', 'percent_complete', 'complete', 'completion'],
  doneAt: ['done_on', 'completed_on', 'completion_date', 'date_completed'],
  verifiedBy: ['checked_by'],
  verifiedByName: [],
  verifiedAt: ['verified_on', 'verification_date', 'closed_on', 'date_closed'],
  evidence: ['evidence_links', 'evidence_files', 'proof'],
} as const satisfies Record<keyof ActionRecord, readonly string[]>; // prettier-ignore

/** A cell that may be empty. */
function maybe<T>(read: Reader<T>) {
  return z.string().transform((text, context): T | null => {
    if (text === '') return null;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

function must<T>(read: Reader<T>) {
  return maybe(read).transform((value, context): T => {
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: 'is missing' });
    return z.NEVER;
  });
}

const words = maybe(readText(4_000));
const few = maybe(readText(200));
const day = maybe(readDay);
const instant = maybe(readInstant);
const lines = maybe(readLines).transform((value) => value ?? []);
const count = maybe(readWhole(1, 99)).transform((value) => value ?? 1);

const notStated = 'Not stated in the register that this was brought from.';

function midnight(isoDay: string): Date {
  return new Date(`${isoDay}T00:00:00Z`);
}

export type NonconformityRow = Omit<NonconformityRecord, 'state'> & {
  state: NonconformityRecord['state'] | 'in_progress';
};

/** What stands in no cell follows from others; what no register may leave out is refused. */
export function nonconformityRow(people: readonly KnownPerson[]) {
  const person = maybe(readPerson(people));
  return z
    .object({
      reference: must(readReference('NC')),
      title: must(readText(200)),
      requirement: must(readText(200)),
      evidenceSeen: words,
      gap: must(readText(4_000)),
      source: must(readSource),
      audit: few,
      department: few,
      identifiedOn: must(readDay),
      raisedBy: person,
      raisedByName: few,
      raisedAt: instant,
      owner: must(readPerson(people)),
      approver: person,
      grade: must(readGrade),
      gradeReason: words,
      bodyDueOn: day,
      state: must(readNonconformityState),
      stateBy: person,
      stateByName: few,
      stateAt: instant,
      cycle: count,
      round: count,
      correction: words,
      correctionBy: person,
      correctionByName: few,
      correctionAt: instant,
      correctionSkipped: words,
      correctionEvidence: lines,
      consequences: words,
      rootCause: words,
      causeMethod: maybe(readCauseMethod),
      causeChain: lines,
      causeBy: person,
      causeByName: few,
      causeAt: instant,
      similarSearchedAt: instant,
      similarSearchedBy: person,
      similarResult: words,
      similar: maybe(readSimilar).transform((value) => value ?? []),
      planApprovedBy: person,
      planApprovedByName: few,
      planApprovedAt: instant,
      criterion: words,
      checkDueOn: day,
      checker: person,
      checkBy: person,
      checkByName: few,
      checkedAt: instant,
      checkMethod: words,
      checkResult: maybe(readResult),
      checkFindings: words,
      effectivenessEvidence: lines,
      ismsChangeNeeded: maybe(readYesNo),
      ismsChange: words,
      decision: maybe(readDecision),
      decisionReason: words,
      closedBy: person,
      closedByName: few,
      closedAt: instant,
      reopenedFrom: instant,
      reopenedReason: words,
      findingEvidence: lines,
    })
    .transform((row): NonconformityRow => {
      const closed = row.state === 'closed';
      const closedBy = row.closedBy ?? (closed ? row.checkBy : null);
      const closedAt = row.closedAt ?? (closed ? row.checkedAt : null);
      const raisedAt = row.raisedAt ?? midnight(row.identifiedOn);
      return {
        ...row,
        evidenceSeen: row.evidenceSeen ?? notStated,
        gradeReason: row.gradeReason ?? notStated,
        raisedBy: row.raisedBy ?? row.owner,
        raisedByName: row.raisedByName ?? row.raisedBy?.name ?? 'not stated',
        raisedAt,
        stateByName: row.stateByName ?? row.stateBy?.name ?? null,
        stateAt: row.stateAt ?? closedAt ?? raisedAt,
        correctionByName: row.correctionByName ?? row.correctionBy?.name ?? null,
        causeMethod: row.causeMethod ?? (row.rootCause === null ? null : 'other'),
        causeByName: row.causeByName ?? row.causeBy?.name ?? null,
        planApprovedByName: row.planApprovedByName ?? row.planApprovedBy?.name ?? null,
        checkByName: row.checkByName ?? row.checkBy?.name ?? null,
        closedBy,
        closedByName: row.closedByName ?? closedBy?.name ?? null,
        closedAt,
      };
    });
}

/** Where no round is named, it is that of its non-conformity. */
export type ActionRow = Omit<ActionRecord, 'round'> & { round: number | null };

export function actionRow(people: readonly KnownPerson[], at: Date) {
  const person = maybe(readPerson(people));
  return z
    .object({
      reference: must(readReference('CA')),
      nonconformity: must(readReference('NC')),
      round: maybe(readWhole(1, 99)),
      description: must(readText(4_000)),
      expectedEvidence: words,
      owner: must(readPerson(people)),
      proposedBy: person,
      proposedAt: instant,
      dueOn: must(readDay),
      originalDueOn: day,
      state: must(readActionState),
      stateBy: person,
      stateByName: few,
      stateAt: instant,
      stateReason: words,
      progress: maybe(readPercent),
      doneAt: instant,
      verifiedBy: person,
      verifiedByName: few,
      verifiedAt: instant,
      evidence: lines,
    })
    .transform((row): ActionRow => {
      const done = row.state === 'done_claimed' || row.state === 'verified';
      return {
        ...row,
        proposedBy: row.proposedBy ?? row.owner,
        proposedAt: row.proposedAt ?? at,
        originalDueOn: row.originalDueOn ?? row.dueOn,
        stateByName: row.stateByName ?? row.stateBy?.name ?? null,
        stateAt: row.stateAt ?? row.verifiedAt ?? row.doneAt ?? at,
        progress: row.progress ?? (done ? 100 : 0),
        verifiedByName: row.verifiedByName ?? row.verifiedBy?.name ?? null,
      };
    });
}
