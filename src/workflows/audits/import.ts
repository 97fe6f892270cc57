/** `isma import audits <file>`, `isma import audit-programmes <file>`, and their exports: of past years and of those to come. */
import { z } from 'zod';
import { selectAll } from '../../db/rows.ts';
import type { Queryable } from '../../db/database.ts';
import { maybe, must, readChoice, readDay, readPersonId, readText, shortly, type Reader } from '../../dialogue/import-cells.ts'; // prettier-ignore
import { transferOf } from '../../dialogue/record-import.ts';
import { Refusal } from '../../errors.ts';
import { auditKinds, audits, auditStates, type Audit } from '../../isms/audit/audit.ts';
import { amendAudit, bringAudit, selectBrought } from '../../isms/audit/bring.ts';
import type { NewTalk } from '../../isms/audit/plan.ts';
import { bringProgramme, amendProgramme, programmes } from '../../isms/audit/programme.ts';
import { words } from '../../language/vocabulary.ts';
import { selectNotes } from '../../records/note.ts';
import type { Person } from '../../records/person.ts';
import { readRequirements, requirementsInWords } from '../../records/requirement-set.ts';

const text = maybe(readText(4_000));
const readList: Reader<string[]> = (said) => said.split(/[,;\n]/).map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore
const list = maybe(readList);

const readCovered: Reader<string[]> = (said) => {
  const { ids, unread } = readRequirements(said);
  if (unread.length > 0) throw new Refusal(`«${shortly(unread.join(', '))}» is no clause or control; write 4.1, 9.2.1 to 9.2.2, A.5.15`); // prettier-ignore
  return ids;
};
const covered = maybe(readCovered);

const linesIn = (said: string) => said.split('\n').map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore

/** A talk a line: «2026-12-10 | 09:30 | Leavers | hanna@example.com»; a fifth part is who asks, where that is not its lead. */
const readTalks = (people: readonly Person[]): Reader<NewTalk[]> => (said) =>
  linesIn(said).map((each) => {
    const [day = '', begins = '', topic = '', auditee = '', auditor = ''] = each.split('|').map((part) => part.trim());
    if (topic === '') throw new Refusal(`«${shortly(each)}» is no talk; write a line each: 2026-12-10 | 09:30 | topic | who is asked`);
    const personIn = (name: string) => (name === '' ? null : readPersonId(people)(name));
    return { heldOn: readDay(day), begins: begins === '' ? null : begins, topic, auditeeId: personIn(auditee), auditorId: personIn(auditor) };
  }); // prettier-ignore

export const auditTransfer = transferOf({
  name: 'audits',
  // Also one that has ended is the same again.
  record: { ...audits, ended: [] },
  people: ['leadId'],
  same: ['kind', 'title', 'plannedFrom'],
  columns: (people) => ({
    kind: must(readChoice(auditKinds, words('audits/kinds'))).describe('type, audit_type, art, auditart'),
    title: must(readText(200)).describe('audit, name, subject, titel'),
    plannedFrom: must(readDay).describe('from, date, start, start_date, day, held_on, planned_on, datum, von'),
    plannedUntil: maybe(readDay).describe('until, end, end_date, to, bis'),
    leadId: must(readPersonId(people)).describe('lead, lead_auditor, auditor, led_by, leitung'),
    externalAuditors: list.describe('auditors, external_auditor, certification_body_auditors'),
    departments: list.describe('department, area, areas, bereich, abteilung, abteilungen'),
    sites: list.describe('site, location, locations, standort, standorte'),
    criteria: text.describe('audit_criteria, kriterien'),
    scope: text.describe('audit_scope, umfang'),
    methods: text.describe('method, methoden'),
    conclusion: text.describe('result, overall_result, ergebnis, fazit'),
    coverage: covered.describe('requirements, clauses, controls, covered, covers, anforderungen'),
    leftOut: covered.describe('not_covered, excluded, ausgelassen'),
    findings: list.describe('ncs, nonconformities, feststellungen'),
    lookedAt: covered.describe('looked_at_so_far, seen_so_far, schon_angesehen'),
    team: maybe((said) => readList(said).map(readPersonId(people))).describe('audit_team, co_auditors, auditteam'),
    plan: maybe(readTalks(people)).describe('talks, interviews, audit_plan, auditplan, gespräche'),
    notes: maybe(linesIn).describe('note, working_notes, notizen'),
    became: maybe(readChoice(auditStates.names)).describe('state, status, stand'),
  }),
  async add(tx, command, row) {
    return bringAudit(tx, command, {
      ...row,
      plannedUntil: row.plannedUntil ?? row.plannedFrom,
      externalAuditors: row.externalAuditors ?? [],
      departments: row.departments ?? [],
      sites: row.sites ?? [],
      requirements: row.coverage ?? [],
      leftOut: row.leftOut ?? [],
      lookedAt: row.lookedAt ?? [],
      team: row.team ?? [],
      talks: row.plan ?? [],
      notes: row.notes ?? [],
      findings: row.findings ?? [],
      state: row.became ?? 'planned',
    });
  },
  async change(tx, command, row, { kind, externalAuditors, conclusion, ...changed }) {
    const fixed = Object.entries({ kind, externalAuditors, conclusion }).flatMap(([name, value]) => (value === undefined ? [] : [name])); // prettier-ignore
    if (fixed.length > 0) throw new Refusal(`${row.reference} has another ${fixed.join(', ')}; leave its reference empty for a new one`); // prettier-ignore
    await amendAudit(tx, command, row, changed);
  },
  shown: {
    coverage: (tx, rows) => coverageOf(tx, rows, ['covered', 'planned']),
    left_out: (tx, rows) => coverageOf(tx, rows, ['left_out']),
    looked_at: (tx, rows) => coverageOf(tx, rows, ['covered']),
    team: (tx, rows) => teamOf(tx, rows),
    plan: (tx, rows) => talksOf(tx, rows),
    notes: (tx, rows) => notesOf(tx, rows),
    findings: (tx, rows) => findingsOf(tx, rows),
    evidence_requests: (tx, rows) => requestsOf(tx, rows),
    brought: (tx, rows) => broughtOf(tx, rows),
    held_from: async (_tx, rows) => rows.map(({ heldFrom }) => heldFrom ?? ''),
    held_until: async (_tx, rows) => rows.map(({ heldUntil }) => heldUntil ?? ''),
    signed_by: (tx, rows) => signersOf(tx, rows),
    sha256_of_what_was_signed: (tx, rows) => hashesOf(tx, rows),
  },
}); // prettier-ignore

const Of = z.object({ auditId: z.number(), said: z.string() });

/** One value for each of these audits, from rows that have one or several. */
async function joined(tx: Queryable, rows: readonly Audit[], sql: string, parameters: readonly unknown[] = []): Promise<string[][]> {
  const found = await selectAll(tx, Of, sql, [rows.map(({ id }) => id), ...parameters]);
  const of = Map.groupBy(found, ({ auditId }) => auditId);
  return rows.map(({ id }) => [...new Set((of.get(id) ?? []).map(({ said }) => said))]);
} // prettier-ignore

async function coverageOf(
  tx: Queryable,
  rows: readonly Audit[],
  states: readonly string[],
): Promise<string[]> {
  const all = await joined(tx, rows, 'select audit_id, requirement as said from audit_coverage where audit_id = any($1) and state = any($2)', [states]); // prettier-ignore
  return all.map(requirementsInWords);
}

async function findingsOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, "select audit_id, reference as said from nonconformity where audit_id = any($1) and state <> 'rejected' order by id"); // prettier-ignore
  return all.map((each) => each.join(', '));
}

async function teamOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, "select audit_id, coalesce(email, name) as said from audit_member join person on person.id = person_id where audit_id = any($1) and part = 'auditor' order by audit_member.id"); // prettier-ignore
  return all.map((each) => each.join(', '));
}

/** As they are read. */
async function talksOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, `select audit_id, rtrim(concat_ws(' | ', held_on, coalesce(begins, ''), topic, coalesce(auditee.email, auditee.name, ''), coalesce(auditor.email, auditor.name, '')), ' |') as said
    from audit_plan_item item left join person auditee on auditee.id = auditee_id left join person auditor on auditor.id = auditor_id where audit_id = any($1) order by held_on, begins nulls last, item.id`); // prettier-ignore
  return all.map((each) => each.join('\n'));
}

async function notesOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await selectNotes(tx, rows.map(audits.nameOf)); // prettier-ignore
  return rows.map((row) => all.filter(({ belongsTo }) => belongsTo === audits.nameOf(row)).map(({ text: said }) => said.replace(/\s*\n\s*/g, ' ')).join('\n')); // prettier-ignore
}

/** «2026-11-24, in progress» */
async function broughtOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const brought = await selectBrought(tx, rows);
  return rows.map((row) => {
    const found = brought.get(audits.nameOf(row));
    return found === undefined ? '' : `${found.at.toISOString().slice(0, 10)}, ${found.state.replaceAll('_', ' ')}`; // prettier-ignore
  });
}

async function requestsOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, "select audit_id, reference as said from evidence_request where audit_id = any($1) and state <> 'withdrawn' order by id"); // prettier-ignore
  return all.map((each) => each.join(', '));
}

async function signersOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, "select audit_id, name || ' (' || replace(part, '_', ' ') || ', ' || to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD') || ')' as said from audit_sign_off where audit_id = any($1) order by signed_at"); // prettier-ignore
  return all.map((each) => each.join(', '));
}

async function hashesOf(tx: Queryable, rows: readonly Audit[]): Promise<string[]> {
  const all = await joined(tx, rows, 'select audit_id, content_hash as said from audit_sign_off where audit_id = any($1) order by signed_at'); // prettier-ignore
  return all.map((each) => each.join(', '));
}

export const programmeTransfer = transferOf({
  name: 'audit-programmes',
  record: { ...programmes, ended: [] },
  people: ['ownerId'],
  same: ['title', 'fromOn'],
  columns: (people) => ({
    title: must(readText(200)).describe('programme, program, name, titel'),
    fromOn: must(readDay).describe('from, start, von'),
    untilOn: must(readDay).describe('until, end, to, bis'),
    objectives: must(readText(4_000)).describe('objective, purpose, ziele'),
    frequency: must(readText(4_000)).describe('how_often, häufigkeit'),
    methods: must(readText(4_000)).describe('method, methoden'),
    ownerId: maybe(readPersonId(people)).describe('owner, kept_by'),
    became: maybe(readChoice(['draft', 'approved', 'superseded'])).describe('state, status, stand'),
  }),
  by: async (_tx, { ownerId }, people) => people.find(({ id }) => id === ownerId) ?? null,
  add: (tx, command, { became, ...fresh }) => bringProgramme(tx, command, fresh, became ?? 'draft'),
  change: (tx, command, row, { ownerId, became: _, ...changed }) => {
    if (ownerId !== undefined) throw new Refusal(`${row.reference} is kept by somebody else`);
    return amendProgramme(tx, command, row, changed);
  },
}); // prettier-ignore
