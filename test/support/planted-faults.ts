/** Faults that an auditor would find, one for each rule and planted as rows: what the report is held against knows nothing of the rules. */
import type { Queryable } from '../../src/db/database.ts';
import { dateRows, pickIn, type Organisation } from './generated-organisation.ts';

export interface Fault {
  /** What the report calls it: the rule, and the requirement where its rule has none of its own. */
  finding: string;
  plant(sql: Sql, organisation: Organisation): Promise<unknown>;
  /** Findings that cannot be seen beside it, or would follow from it. */
  not?: readonly string[];
}
/** Text of a statement, its values from `$1` on. */
type Sql = (text: string, ...values: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;

const person = ({ people }: Organisation, name: string) => people.get(name);
const before = ({ now }: Organisation, days: number) => new Date(now.getTime() - days * 86_400_000);

/** A minor of self, open since long, with what differs. */
async function finding(
  sql: Sql,
  at: Organisation,
  reference: string,
  values: Record<string, unknown>,
): Promise<number> {
  const all: Record<string, unknown> = {
    reference, title: `Planted ${reference}`, requirement: 'A.8.1', evidence_seen: 'Seen', gap: 'Not so', source: 'self', identified_on: at.day(-100),
    raised_by: person(at, 'quinn'), raised_by_name: 'Quinn', raised_at: before(at, 100), owner_id: person(at, 'hugo'), grade: 'minor', grade_reason: 'One case',
    state: 'contained', state_at: before(at, 90), ...values,
  }; // prettier-ignore
  const names = Object.keys(all);
  const { rows } = await sql(
    `insert into nonconformity (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning id`,
    ...Object.values(all),
  );
  return Number(rows[0]?.id);
}

const closed = (at: Organisation) => ({
  state: 'closed',
  closed_by: person(at, 'ines'),
  closed_by_name: 'Ines',
  closed_at: before(at, 40),
});

async function checked(sql: Sql, at: Organisation, id: number, by = 'ines'): Promise<void> {
  await sql(
    `insert into effectiveness_check (nonconformity_id, cycle, criterion, due_on, checked_by, checked_by_name, checked_at, method, result, findings)
     values ($1, 1, 'None', $2, $3, $4, $5, 'Sample', 'effective', 'None')`,
    id, at.day(-40), person(at, by), by, before(at, 41),
  );
} // prettier-ignore

async function action(sql: Sql, at: Organisation, id: number, reference: string, values: { owner: string; due: number; state: string }): Promise<void> {
  await sql(
    `insert into corrective_action (reference, nonconformity_id, round, description, owner_id, proposed_by, proposed_at, due_on, original_due_on, state, state_at)
     values ($1, $2, 1, 'Planted', $3, $3, $4, $5, $5, $6, $4)`,
    reference, id, person(at, values.owner), before(at, 90), at.day(values.due), values.state,
  );
} // prettier-ignore

async function request(sql: Sql, at: Organisation, reference: string, requirement: string, values: Record<string, unknown>): Promise<void> {
  const all: Record<string, unknown> = {
    reference, state: 'requested', state_at: before(at, 80), title: 'Planted', requirements: [requirement], what: 'What shows it', owner_id: person(at, 'hugo'),
    asked_by: person(at, 'ines'), asked_by_name: 'Ines', asked_at: before(at, 80), due_on: at.day(-50), ...values,
  };
  const names = Object.keys(all);
  await sql(`insert into evidence_request (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`, ...Object.values(all));
} // prettier-ignore

/** No longer asked for elsewhere, so that one record alone decides. */
async function alone(sql: Sql, control: string): Promise<void> {
  await sql('update evidence_request set requirements = array_remove(requirements, $1) where cardinality(requirements) > 1', control);
} // prettier-ignore

/** Approved text never changes: a new one takes its place, which differs in one control. */
async function soaWith(sql: Sql, control: string, set: string): Promise<void> {
  await sql(`alter table soa_entry disable trigger soa_entry_is_kept`);
  await sql(`update soa_entry set ${set} where control = $1`, control);
  await sql(`alter table soa_entry enable trigger soa_entry_is_kept`);
}

const incident = (sql: Sql, at: Organisation, reference: string, values: string) =>
  sql(
    `insert into incident (reference, state, state_at, what, aware_at, reporter_id, on_call, told, told_at, severity, lessons, notices)
     values ($1, $2, $3, 'Planted', $4, $5, array[$6::integer], '{}', $4, ${values})`,
    reference, values.startsWith('null') ? 'contained' : 'closed', before(at, 30), before(at, 60), person(at, 'ada'), person(at, 'ines'),
  ); // prettier-ignore

export const faults: readonly Fault[] = [
  { finding: 'scope.missing', plant: (sql) => sql("update document set archived_at = now() where reference = 'POL-30'") },
  { finding: 'parties.review_late', plant: (sql, at) => sql('update interested_party set review_on = $1', at.day(-40)) },
  { finding: 'parties.unmet', plant: (sql) => sql("update interested_party set met_by = ' '") },
  { finding: 'policy.missing', plant: (sql) => sql("update document_version set status = 'archived' where document_id = (select id from document where reference = 'POL-01')") },
  {
    finding: 'owners.left',
    async plant(sql, at) {
      await sql('update person set active = false where id = $1', person(at, 'dora'));
      await sql('update interested_party set owner_id = $1', person(at, 'dora'));
    },
  },
  { finding: 'soa.missing', plant: (sql) => sql("update soa set state = 'in_review'"), not: ['soa.', 'certificate.soa_differs'] },
  {
    finding: 'soa.incomplete',
    async plant(sql, at) {
      await soaWith(sql, pickIn(at, ['A.5.1', 'A.7.9', 'A.8.34']), 'applies = null, implemented = null');
    },
  },
  {
    finding: 'soa.exclusions',
    async plant(sql, at) {
      await soaWith(sql, pickIn(at, ['A.5.3', 'A.7.10', 'A.8.30']), "applies = false, justification = null, implemented = null");
    },
  },
  {
    finding: 'soa.inclusions',
    async plant(sql, at) {
      await soaWith(sql, pickIn(at, ['A.5.4', 'A.7.11', 'A.8.31']), "applies = true, basis = null, justification = ''");
    },
  },
  { finding: 'soa.review_late', plant: (sql, at) => sql('update soa set review_on = $1', at.day(-30)) },
  {
    finding: 'soa.unproven',
    async plant(sql, at) {
      const control = pickIn(at, ['A.5.5', 'A.6.1', 'A.8.2']);
      await alone(sql, control);
      await soaWith(sql, control, "applies = true, implemented = 'yes'");
    },
  },
  { finding: 'objectives.missing', plant: (sql) => sql("update objective set state = 'dropped'"), not: ['objectives.'] },
  { finding: 'objectives.late', plant: (sql, at) => sql("update objective set due_on = $1 where state = 'open'", at.day(-20)) },
  { finding: 'objectives.no_result', plant: (sql) => sql("update objective set result = null where state = 'met'") },
  { finding: 'competence.missing', plant: (sql) => sql("update competence set state = 'ended'"), not: ['competence.'] },
  { finding: 'competence.gap', plant: (sql, at) => sql("update competence set state = 'gap', gap = 'Never restored one', assessed_on = $1", at.day(-60)) },
  {
    finding: 'training.late',
    plant: (sql, at) =>
      sql(
        `insert into training (reference, state, state_at, person_id, lesson, text_hash, assigned_at, due_on)
         select 'TR-2026-' || (900 + id), 'assigned', $1, id, 'phishing', 'x', $1, $2 from person where id = any($3)`,
        before(at, 120), at.day(-60), ['ada', 'ben'].map((name) => person(at, name)),
      ),
  },
  {
    finding: 'acknowledgements.late',
    plant: (sql, at) =>
      sql(
        `insert into acknowledgement_request (state, state_at, person_id, document_id, version_id, why, asked_at, due_on)
         select 'viewed', $1, $2, document.id, version.id, 'you work here', $1, $3
         from document join document_version version on version.document_id = document.id where document.reference = 'POL-15'`,
        before(at, 120), person(at, 'ada'), at.day(-70),
      ),
  },
  { finding: 'documents.review_late', plant: (sql, at) => sql("update document_version set review_on = $1 where document_id = (select id from document where reference = 'POL-11')", at.day(-45)) },
  { finding: 'documents.no_approver', plant: (sql) => sql("update document_version set approver_email = null where document_id = (select id from document where reference = 'POL-15')") },
  { finding: 'documents.draft_in_use', plant: (sql) => sql("update document_version set status = 'in_review' where document_id = (select id from document where reference = 'POL-27')") },
  {
    finding: 'risks.old:8.2',
    async plant(sql, at) {
      await alone(sql, '8.2');
      await request(sql, at, 'EV-2025-801', '8.2', { state: 'accepted', accepted_at: before(at, 450), dated_on: at.day(-460) });
    },
  },
  { finding: 'metrics.missing', plant: (sql) => sql("update metric set state = 'ended'"), not: ['metrics.'] },
  { finding: 'metrics.late', plant: (sql, at) => sql('update metric set next_due_on = $1', at.day(-33)) },
  {
    finding: 'audit.missing',
    plant: (sql, at) => sql("update audit set held_from = $1, held_until = $1 where kind = 'internal' and held_from is not null", at.day(-420)),
    not: ['audit.own_department', 'audit.unreported', 'audit.unsigned'],
  },
  { finding: 'audit.no_programme', plant: (sql) => sql("update audit_programme set state = 'draft'"), not: ['audit.uncovered'] },
  { finding: 'audit.own_department', plant: (sql) => sql("update audit set departments = array['quality and audit'] where kind = 'internal' and held_from is not null") },
  { finding: 'audit.uncovered', plant: (sql, at) => sql('delete from audit_coverage where requirement = $1', pickIn(at, ['7', '10', 'A.5.7'])) },
  { finding: 'audit.late', plant: (sql, at) => sql("update audit set planned_from = $1, planned_until = $1 where kind = 'internal' and held_from is null", at.day(-25)) },
  {
    finding: 'audit.unreported',
    plant: (sql, at) =>
      sql(
        `insert into audit (reference, state, state_at, kind, title, lead_id, planned_from, planned_until, held_from, held_until)
         values ('AU-2026-901', 'reporting', $1, 'internal', 'Planted', $2, $3, $3, $3, $3)`,
        before(at, 50), person(at, 'quinn'), at.day(-50),
      ),
  },
  { finding: 'audit.unsigned', plant: (sql) => sql('delete from audit_sign_off') },
  { finding: 'review.missing', plant: (sql, at) => sql("update management_review set held_on = $1 where state = 'signed'", at.day(-400)), not: ['review.inputs', 'review.unsigned'] },
  { finding: 'review.inputs', plant: (sql, at) => sql('update review_input set discussed_at = null where input = $1', pickIn(at, ['b', 'd3', 'g'])) },
  { finding: 'review.unsigned', plant: (sql) => sql("update management_review set state = 'complete', signed_at = null") },
  { finding: 'review.decisions', plant: (sql) => sql('update review_decision set became = null') },
  { finding: 'nonconformity.correction_late', plant: (sql, at) => finding(sql, at, 'NC-2026-901', { state: 'open', correction_due_on: at.day(-60) }) },
  { finding: 'nonconformity.plan_late', plant: (sql, at) => finding(sql, at, 'NC-2026-902', { plan_due_on: at.day(-60), requirement: 'A.8.3', grade: 'major' }) },
  {
    finding: 'nonconformity.body_late',
    plant: (sql, at) => finding(sql, at, 'NC-2026-903', { source: 'external_audit', body_plan_due_on: at.day(-3), requirement: 'A.8.4' }),
  },
  { finding: 'nonconformity.unchecked', plant: (sql, at) => finding(sql, at, 'NC-2026-904', { ...closed(at), requirement: 'A.8.6' }) },
  {
    finding: 'nonconformity.check_late',
    plant: (sql, at) => finding(sql, at, 'NC-2026-905', { state: 'verifying', check_due_on: at.day(-20), requirement: 'A.8.7' }),
  },
  {
    finding: 'nonconformity.own_check',
    async plant(sql, at) {
      const id = await finding(sql, at, 'NC-2026-906', { ...closed(at), requirement: 'A.8.8' });
      await checked(sql, at, id, 'ben');
      await action(sql, at, id, 'CA-2026-906', { owner: 'ben', due: -60, state: 'verified' });
    },
  },
  {
    finding: 'nonconformity.repeated',
    async plant(sql, at) {
      await checked(sql, at, await finding(sql, at, 'NC-2026-907', { ...closed(at), requirement: 'A.8.9' }));
      await finding(sql, at, 'NC-2026-908', { requirement: 'A.8.9', identified_on: at.day(-10), state: 'contained' });
    },
  },
  {
    finding: 'actions.late',
    async plant(sql, at) {
      const id = await finding(sql, at, 'NC-2026-909', { state: 'action_planned', plan_approved_at: before(at, 80), requirement: 'A.8.10' });
      await action(sql, at, id, 'CA-2026-909', { owner: 'ada', due: -30, state: 'in_progress' });
    },
  },
  { finding: 'improvements.late', plant: (sql, at) => sql('update improvement set due_on = $1', at.day(-40)) },
  {
    finding: 'evidence.expired:A.7.4',
    async plant(sql, at) {
      await alone(sql, 'A.7.4');
      await request(sql, at, 'EV-2026-802', 'A.7.4', { state: 'expired', accepted_at: before(at, 400), expires_on: at.day(-5) });
    },
  },
  {
    finding: 'evidence.late:A.5.30',
    async plant(sql, at) {
      await alone(sql, 'A.5.30');
      await request(sql, at, 'EV-2026-803', 'A.5.30', {});
    },
  },
  { finding: 'incidents.unassessed', plant: (sql, at) => incident(sql, at, 'IN-2026-901', "null, null, '[]'") },
  {
    finding: 'incidents.notices',
    plant: (sql, at) => incident(sql, at, 'IN-2026-902', `'low', 'Lock it', '[{"to": "the authority", "dueAt": "${before(at, 57).toISOString()}", "settledAt": null}]'`),
  },
  { finding: 'incidents.lessons', plant: (sql, at) => incident(sql, at, 'IN-2026-903', "'high', '', '[]'") },
  {
    finding: 'questions.unanswered',
    async plant(sql, at) {
      const { rows: [input] } = await sql("insert into inbox (platform, event_id, state) values ('planted', 'planted', 'done') returning id");
      const { rows: [answer] } = await sql(
        "insert into answer (inbox_id, person_id, address, outcome, section_ids, at) values ($1, $2, 'planted', 'not_covered', '{}', $3) returning id",
        input?.id, person(at, 'ada'), before(at, 50),
      );
      await sql(
        `insert into open_question (reference, answer_id, asker_id, asker_platform, asker_address, owner_id, question, routed_by_input, state, routed_at, state_at)
         values ('Q-2026-901', $1, $2, 'planted', 'planted', $3, 'May I?', $4, 'routed', $5, $5)`,
        answer?.id, person(at, 'ada'), person(at, 'hugo'), input?.id, before(at, 50),
      );
    },
  },
  { finding: 'certificate.expired', plant: (sql, at) => sql('update certification set valid_until = $1', at.day(-2)), not: ['certificate.'] },
  { finding: 'certificate.surveillance_late', plant: (sql, at) => sql('update certification set decided_on = $1', at.day(-380)), not: ['certificate.expired'] },
  { finding: 'certificate.renewal_late', plant: (sql, at) => sql('update certification set valid_until = $1', at.day(80)), not: ['certificate.expired'] },
  { finding: 'certificate.soa_differs', plant: (sql) => sql("update certification set soa_version = '1.3'") },
]; // prettier-ignore

/** @param at  when their rows became so, as the history has it */
export async function plantFaults(
  tx: Queryable,
  organisation: Organisation,
  planted: readonly Fault[],
  at = organisation.now,
): Promise<void> {
  for (const fault of planted) await fault.plant((text, ...values) => tx.query(text, values), organisation);
  await dateRows(tx, at);
}

/** Some of them that can stand side by side. */
export function chooseFaults({ random }: Organisation, count: number, first: readonly Fault[] = []): Fault[] {
  const chosen: Fault[] = [];
  for (const fault of [...first, ...faults.toSorted(() => random() - 0.5)])
    if (chosen.length < count && chosen.every((other) => other !== fault && !clash(fault, other))) chosen.push(fault);
  return chosen;
} // prettier-ignore

function clash(one: Fault, other: Fault): boolean {
  const hides = (fault: Fault, { finding: hidden }: Fault) => (fault.not ?? []).some((begin) => hidden.startsWith(begin));
  return hides(one, other) || hides(other, one);
} // prettier-ignore
