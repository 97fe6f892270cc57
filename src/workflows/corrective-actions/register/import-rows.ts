/** The rows of a register's file as records: which columns mean what, what may be left out, and what then holds. */
import { z } from 'zod';
import {
  readActionPurpose,
  readBodyAnswer,
  readActionState,
  readCauseMethod,
  readCheckLines,
  readDecision,
  readGrade,
  readInstant,
  readLines,
  readNonconformityState,
  readReference,
  readResult,
  readSimilar,
  readSource,
} from './import-cells.ts';
import {
  maybe,
  must,
  readDay,
  readPercent,
  readPerson,
  readText,
  readWhole,
  readYesNo,
} from '../../../dialogue/import-cells.ts';
import type { ActionRecord, KnownPerson, NonconformityRecord } from '../../../isms/register/transfer.ts';

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
      reference: must(readReference('NC')).describe(
        'ref, nc, nc_no, nc_number, nc_ref, nc_id, number, no, id',
      ),
      title: must(readText(200)).describe('summary, short_description, subject, name'),
      requirement: must(readText(200)).describe(
        'clause, control, iso_clause, standard_reference, annex_a_control, criteria',
      ),
      evidenceSeen: words.describe('evidence, objective_evidence, audit_evidence'),
      gap: must(readText(4_000)).describe('description, gap_statement, finding, details, statement'),
      source: must(readSource).describe('origin, type_of_audit'),
      audit: few.describe('audit_reference, audit_name'),
      department: few.describe('area, unit'),
      identifiedOn: must(readDay).describe(
        'identified_at, date, date_identified, date_found, found_on, finding_date, detected_on',
      ),
      raisedBy: person.describe('raiser, reported_by, identified_by'),
      raisedByName: few.describe('auditor'),
      raisedAt: instant.describe('raised_on, date_raised'),
      owner: must(readPerson(people)).describe(
        'responsible, responsible_person, assigned_to, assignee, owner_email',
      ),
      approver: person.describe('approver_email'),
      grade: must(readGrade).describe('severity, classification, category, type, rating'),
      gradeReason: words.describe('reason_for_grade, justification'),
      correctionDueOn: day.describe('correction_due, correction_due_date'),
      planDueOn: day.describe('plan_due, plan_due_date'),
      actionsDueOn: day.describe('due, due_on, due_date, deadline, target_date'),
      bodyFinding: few.describe('finding_number, finding_no, certification_body_reference, cb_reference'),
      bodyAuditor: few.describe('external_auditor, certification_body_auditor'),
      bodyPlanDueOn: day.describe('certification_body_plan_due'),
      bodyDueOn: day.describe('certification_body_due, certification_body_due_date'),
      bodyAnsweredOn: day.describe('answer_sent, answer_sent_on'),
      bodyAnswer: maybe(readBodyAnswer),
      bodyAnswerOn: day,
      bodyAnswerNote: words,
      bodyClosedOn: day.describe('closed_by_certification_body'),
      state: must(readNonconformityState).describe('status'),
      stateBy: person,
      stateByName: few,
      stateAt: instant,
      cycle: count,
      round: count,
      correction: words.describe('containment, immediate_action, immediate_correction'),
      correctionBy: person,
      correctionByName: few,
      correctionAt: instant.describe('correction_date, corrected_on'),
      correctionSkipped: words.describe('no_correction_because'),
      correctionEvidence: lines,
      consequences: words.describe('impact'),
      rootCause: words.describe('cause, root_cause_analysis, rca'),
      causeMethod: maybe(readCauseMethod).describe('method, rca_method, root_cause_method'),
      causeChain: lines.describe('whys, five_whys, 5_whys'),
      causeBy: person,
      causeByName: few,
      causeAt: instant.describe('cause_date'),
      similarSearchedAt: instant.describe('similar_searched_on'),
      similarSearchedBy: person,
      similarResult: words.describe('similar_nonconformities, similar_ncs, extent, extent_check'),
      similar: maybe(readSimilar)
        .transform((value) => value ?? [])
        .describe('similar_records, related, related_ncs, linked'),
      planApprovedBy: person.describe('approved_by'),
      planApprovedByName: few,
      planApprovedAt: instant.describe('approved_on, approved_at, approval_date'),
      criterion: words.describe('effectiveness_criterion, success_criterion'),
      checkDueOn: day.describe('effectiveness_due, effectiveness_due_on, check_due'),
      checker: person,
      earlierChecks: maybe(readCheckLines).transform((value) => value ?? []),
      checkBy: person.describe('checked_by, effectiveness_checked_by, verified_by'),
      checkByName: few,
      checkedAt: instant.describe('checked_on, effectiveness_checked_on, verified_on, verification_date'),
      checkMethod: words.describe('effectiveness_method, verification_method'),
      checkResult: maybe(readResult).describe('effectiveness, effective, effectiveness_result'),
      checkFindings: words.describe('effectiveness_findings, effectiveness_notes, verification_notes'),
      effectivenessEvidence: lines,
      ismsChangeNeeded: maybe(readYesNo),
      ismsChange: words,
      changeWaivedBy: person,
      changeWaivedByName: few,
      changeWaivedAt: instant,
      changeWaiver: words,
      decision: maybe(readDecision),
      decisionReason: words.describe('rejection_reason'),
      duplicateOf: maybe(readReference('NC')),
      closedBy: person,
      closedByName: few,
      closedAt: instant.describe('closed_on, closing_date, closure_date, date_closed'),
      reopenedFrom: instant,
      reopenedReason: words,
      findingEvidence: lines.describe('evidence_files, evidence_links'),
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
      reference: must(readReference('CA')).describe(
        'ref, ca, ca_no, ca_number, ca_id, action_no, action_id, number, no, id',
      ),
      nonconformity: must(readReference('NC')).describe(
        'nc, nc_ref, nc_no, nc_number, nc_id, nonconformity_reference, non_conformity, related_nc, finding',
      ),
      round: maybe(readWhole(1, 99)),
      purpose: maybe(readActionPurpose)
        .transform((value) => value ?? ('corrective' as const))
        .describe('kind, kind_of_action, action_type'),
      description: must(readText(4_000)).describe('action, corrective_action, title, task, measure, what'),
      expectedEvidence: words.describe('evidence_expected'),
      owner: must(readPerson(people)).describe(
        'responsible, responsible_person, assigned_to, assignee, owner_email, who',
      ),
      proposedBy: person.describe('raised_by'),
      proposedAt: instant.describe('proposed_on, raised_on, date_raised, created, created_on'),
      dueOn: must(readDay).describe('due, due_date, deadline, target_date, by_when, when'),
      originalDueOn: day.describe('original_due_date, original_due, first_due_date'),
      state: must(readActionState).describe('status'),
      stateBy: person,
      stateByName: few,
      stateAt: instant,
      stateReason: words.describe('reason'),
      progress: maybe(readPercent).describe('percent, percent_complete, complete, completion'),
      doneAt: instant.describe('done_on, completed_on, completion_date, date_completed'),
      verifiedBy: person.describe('checked_by'),
      verifiedByName: few,
      verifiedAt: instant.describe('verified_on, verification_date, closed_on, date_closed'),
      evidence: lines.describe('evidence_links, evidence_files, proof'),
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
