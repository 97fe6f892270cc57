/** Audits of the made-up company: the programme of three years, one that was held and signed, Stage 1, and those to come. */
import type { Queryable } from '../../db/database.ts';
import type { RoomSamples } from '../../dialogue/room.ts';
import { recordSamples, type Story } from '../../dialogue/record-samples.ts';
import { audits, type Audit, type AuditColumn } from '../../isms/audit/audit.ts';
import { closeSettled, signReport } from '../../isms/audit/ending.ts';
import { addSample, markLooked } from '../../isms/audit/fieldwork.ts';
import { linkFindings } from '../../isms/audit/findings.ts';
import { addTalk, planAudit } from '../../isms/audit/plan.ts';
import { approveProgramme, draftProgramme, programmes } from '../../isms/audit/programme.ts';
import { addDays, addMonths, dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import type { OwnEvent } from '../../records/record.ts';
import { readRequirements } from '../../records/requirement-set.ts';

/** As its findings in the register name it. */
const named = 'Internal audit of backup, summer';
const looked = 'A.5.15 to A.5.18, A.5.19 to A.5.22, A.8.2 to A.8.5, A.8.13, A.8.24';
const described = {
  criteria: 'ISO/IEC 27001:2022; our policies on access, suppliers and backup',
  methods: 'Interviews, documents and records, samples',
};

const programmeSamples = recordSamples(programmes, {
  many: 'audit programmes',
  title: 'title',
  of: 'owner_id = any($1)',
  async load(tx, { now, person, by }) {
    const quinn = await person('quinn');
    const from = addDays(dayOf(now, 'UTC'), -300);
    const draft = await draftProgramme(tx, by(quinn, 305), {
      title: 'Audit programme over three years',
      fromOn: from,
      untilOn: addDays(addMonths(from, 36), -1),
      objectives: 'Each clause and control is looked at once in three years; access, suppliers and backup every year.',
      frequency: 'Two internal audits a year',
      methods: described.methods,
    });
    await approveProgramme(tx, by(await person('clara'), 300), draft);
  },
}); // prettier-ignore

const heldSamples = recordSamples(audits, {
  many: 'audits',
  title: 'title',
  of: 'lead_id = any($1)',
  // A finding that stays because a real person worked on it keeps its audit.
  by: "array(select 'those who work on ' || reference from nonconformity where audit_id = audit.id order by id)",
  parts: {
    audit_sign_off: 'audit_id',
    audit_sample: 'audit_id',
    audit_plan_item: 'audit_id',
    audit_coverage: 'audit_id',
    audit_member: 'audit_id',
  },
  async load(tx, story) {
    const { now, ines, person, by } = story;
    const today = dayOf(now, 'UTC');
    const on = (days: number) => addDays(today, days);
    await held(tx, story);
    const stage1 = await planAudit(tx, by(ines, 150), { kind: 'stage1', title: 'Stage 1 audit: documents and readiness', requirements: readRequirements('clauses 4 to 10').ids, departments: [], sites: ['Hamburg'], plannedFrom: on(-40), plannedUntil: on(-40), leadId: ines.id, externalAuditors: ['Pat Plover'] });
    await markLooked(tx, by(ines, 40), stage1, null, { state: 'covered', note: null });
    await move(tx, by(ines, 39), stage1, { state: 'complete', ...described, criteria: 'ISO/IEC 27001:2022', scope: 'The whole ISMS', held_from: on(-40), held_until: on(-40), conclusion: 'Documents are in place; Stage 2 can be held as planned.', completed_at: by(ines, 39).at }, { action: 'audit.finished', detail: { from: 'planned', to: 'complete' } });
    await closeSettled(tx, by(ines, 39).at, stage1.id);
    const quinn = await person('quinn');
    const next = await planAudit(tx, by(ines, 30), { kind: 'internal', title: 'Internal audit: clauses 4 to 10', requirements: readRequirements('clauses 4 to 10').ids, departments: ['Information Security', 'Executive', 'HR'], sites: [], plannedFrom: on(20), plannedUntil: on(22), leadId: quinn.id });
    await addTalk(tx, by(quinn, 5), next, { heldOn: on(20), begins: '09:30', topic: 'Objectives and the management review', auditorId: quinn.id, auditeeId: (await person('clara')).id });
    await planAudit(tx, by(ines, 30), { kind: 'stage2', title: 'Stage 2 audit', requirements: readRequirements('everything').ids, departments: [], sites: [], plannedFrom: on(50), plannedUntil: on(52), leadId: ines.id, externalAuditors: ['Pat Plover'] });
  },
}); // prettier-ignore

/** Held and signed months ago; what it found stands in the register. */
async function held(tx: Queryable, { now, ines, person, by }: Story): Promise<void> {
  const quinn = await person('quinn');
  const [ada, victor] = [await person('ada'), await person('victor')];
  const on = (days: number) => addDays(dayOf(now, 'UTC'), days);
  const planned = await planAudit(tx, by(ines, 160), { kind: 'internal', title: named.replace('backup', 'access, suppliers and backup'), requirements: readRequirements(looked).ids, departments: ['IT', 'Finance'], sites: [], plannedFrom: on(-121), plannedUntil: on(-120), leadId: quinn.id });
  await addTalk(tx, by(quinn, 140), planned, { heldOn: on(-121), begins: '09:00', topic: 'Access rights and leavers', auditorId: quinn.id, auditeeId: ada.id });
  await addTalk(tx, by(quinn, 140), planned, { heldOn: on(-120), begins: '10:00', topic: 'Supplier reviews', auditorId: quinn.id, auditeeId: victor.id });
  const prepared = await move(tx, by(quinn, 135), planned, { state: 'prepared', ...described, scope: 'IT in Hamburg, procurement in Lyon' }, { action: 'audit.prepared', detail: { from: 'planned', to: 'prepared' } });
  const begun = await move(tx, by(quinn, 121), prepared, { state: 'in_progress', held_from: on(-121) }, { action: 'audit.started', detail: { from: 'prepared', to: 'in_progress' } });
  await addSample(tx, by(quinn, 121), begun, { requirement: 'A.8.13', population: 'Systems with a backup', size: 8, ofTotal: 8, chosenBy: 'All of them', items: 'Restore records of the first half-year', result: 'Two were not restored in six months' });
  await addSample(tx, by(quinn, 120), begun, { requirement: 'A.5.22', population: 'Suppliers of class A', size: 7, ofTotal: 21, chosenBy: 'The seven newest', items: 'Their last reviews', result: 'All within the year' });
  await markLooked(tx, by(quinn, 120), begun, null, { state: 'covered', note: null });
  const { rows } = await tx.query('select reference from nonconformity where audit = $1 and raised_at <= $2', [named, by(quinn, 116).at]);
  await linkFindings(tx, begun, rows.map(({ reference }) => String(reference)));
  const reporting = await move(tx, by(quinn, 119), begun, { state: 'reporting', held_until: on(-120), conclusion: 'Access and suppliers are in good order. Backup works, and its restore tests hang on one person.' }, { action: 'audit.concluded', detail: { from: 'in_progress', to: 'reporting' } });
  const lead = await signReport(tx, by(quinn, 116), reporting, 'lead');
  await signReport(tx, by(ines, 114), lead, 'isms_manager');
} // prettier-ignore

function move(tx: Queryable, command: CommandContext, audit: Audit, values: Partial<Record<AuditColumn, unknown>>, event: OwnEvent): Promise<Audit> {
  return audits.change(tx, command, audit, values, () => event);
} // prettier-ignore

export const auditSamples: RoomSamples = {
  async loadLast(tx, folder, now) {
    await programmeSamples.load?.(tx, folder, now);
    await heldSamples.load?.(tx, folder, now);
  },
  async remove(tx, scope) {
    await tx.query('update nonconformity set audit_id = null where audit_id in (select id from audit where reference = any($1))', [scope.also]);
    const gone = await heldSamples.remove(tx, scope);
    await tx.query('update audit set programme_id = null where programme_id in (select id from audit_programme where owner_id = any($1))', [scope.people]);
    const programme = await programmeSamples.remove(tx, scope);
    return {
      counts: { ...gone.counts, ...programme.counts },
      text: [gone.text, programme.text].filter((each) => each !== null).join('\n') || null,
      known: [...gone.known, ...programme.known],
      kept: [...gone.kept, ...programme.kept],
    };
  },
}; // prettier-ignore
