/**
 * An organisation with nothing for an auditor to find, made by our own commands from a seed: people, policies, findings that were closed
 * as they should be, an incident with its lessons. What has no command of its own here is written as rows, dated like the rest.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'yaml';
import type { Database, Queryable } from '../../src/db/database.ts';
import { recordCompetence } from '../../src/isms/competence/competence.ts';
import { incidents, reportIncident } from '../../src/isms/incident/incident.ts';
import { importPeople, type Role } from '../../src/isms/person/people-import.ts';
import { addDays, dayOf } from '../../src/language/calendar.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { selectOptionalByEmail } from '../../src/records/person.ts';
import { requirements } from '../../src/records/requirement.ts';
import { loadSampleRegister } from '../../src/workflows/corrective-actions/samples/register.ts';
import { givenDocument } from './harness.ts';

export interface Organisation {
  now: Date;
  /** From 0 to 1, the same again for the same seed. */
  random(): number;
  /** By the name before their address. */
  people: ReadonlyMap<string, number>;
  /** A day so far from now, as 2026-11-25. */
  day(days: number): string;
}

/** Mulberry32: short, and good enough to choose among a few. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pickIn<Of>({ random }: Pick<Organisation, 'random'>, all: readonly Of[]): Of {
  const picked = all[Math.floor(random() * all.length)];
  if (picked === undefined) throw new Error('there is nothing to pick from');
  return picked;
}

/** Those who are always there: they own what is written as rows. */
const always = ['clara', 'ines', 'hugo', 'quinn', 'mona', 'hanna', 'dora', 'ben', 'ada', 'ewan'];

export async function generateOrganisation(db: Database, seed: number, now: Date): Promise<Organisation> {
  const random = randomOf(seed);
  const people = await peopleOf(db, random, now);
  const organisation = { now, random, people, day: (days: number) => addDays(dayOf(now, 'UTC'), days) };
  await policiesOf(db, organisation);
  await registerOf(db, organisation);
  await db.transaction(async (tx) => {
    await othersOf(tx, organisation);
    await rowsOf(tx, organisation);
    await dateRows(tx, daysBefore(now, 90));
  });
  return organisation;
}

/** Rows that no command wrote became so at a time, as the log would say of others. */
export async function dateRows(tx: Queryable, at: Date): Promise<void> {
  await tx.query('update row_history set at = $1, undated_in = null where undated_in is not null', [at]);
}

async function peopleOf(db: Database, random: () => number, now: Date): Promise<Map<string, number>> {
  const csv = readFileSync(join(import.meta.dirname, '../../knowledge/people.csv'));
  const rows = parse<Record<string, string>>(csv, { columns: true, bom: true });
  const nameOf = (email = '') => email.split('@')[0] ?? '';
  const kept = rows.filter(({ email }) => always.includes(nameOf(email)) || random() < 0.4);
  const addresses = new Set(kept.map(({ email }) => email));
  const list = kept.map(({ email = '', name = '', department = '', manager = '', roles = '' }) => ({
    email,
    name,
    department,
    manager: addresses.has(manager) ? manager : null,
    roles: roles.split(';') as Role[],
  }));
  await db.transaction((tx) => importPeople(tx, list, 'test', daysBefore(now, 800)));
  const { rows: ids } = await db.query('select id, email from person');
  return new Map(ids.map(({ id, email }) => [nameOf(String(email)), Number(id)]));
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}

/** Title and what it promises. */
const policies = {
  'POL-01 Information Security Policy':
    'Once a year the Managing Director and the ISMS Manager hold the management review.',
  'POL-30 Scope of the Management System': 'The management system covers all that we do at every site.',
  'POL-26 Internal Audit Policy':
    'Internal audits take place at least once a year. Auditors do not audit their own department.',
  'POL-27 Document Control Policy': 'The owner reviews each document every 12 months.',
  'POL-15 Incident Management Policy': 'The person on call sets the severity.',
  'POL-11 Backup Policy': 'Backups are tried every month.',
};

async function policiesOf(db: Database, { now, day, random }: Organisation): Promise<void> {
  for (const [name, line] of Object.entries(policies)) {
    const [reference = ''] = name.split(' ');
    const effective = -30 - Math.floor(random() * 200);
    await givenDocument(
      db,
      `${reference}.md`,
      `---\nref: ${reference}\ntitle: ${name.slice(reference.length + 1)}\nversion: "${1 + Math.floor(random() * 4)}.0"\nstatus: published\nowner: ines@demo.example\napprover: clara@demo.example\neffective: ${day(effective)}\nreview: ${day(effective + 365)}\naudience: everyone\ncontrols: [A.5.35]\n---\n# ${name}\n\n## 1 Rules\n\n${line}\n`,
      { now: daysBefore(now, -effective) },
    );
  }
}

interface Step {
  day: number;
  by: string;
  [what: string]: unknown;
}

/** Of findings that went the whole way, and of one on its way in good time. */
async function registerOf(db: Database, organisation: Organisation): Promise<void> {
  const areas = [
    ['A.7.4', 'Facilities', 'A camera was dark'], ['A.8.5', 'IT', 'An account had no second factor'], ['A.5.9', 'Operations', 'The inventory was behind'],
    ['A.6.6', 'HR', 'An agreement was missing'], ['A.8.19', 'Engineering', 'A tool was not on the list'],
  ].toSorted(() => organisation.random() - 0.5); // prettier-ignore
  const entries = areas.slice(0, 3).map(([requirement = '', department = '', title = ''], at) => {
    const begun = at === 2 ? -12 : -220 + at * 20;
    return entry({ requirement, department, title }, begun, at === 2 ? 'planned' : 'closed');
  });
  const folder = await mkdtemp(join(tmpdir(), 'isma-register-'));
  const path = join(folder, 'register.yaml');
  await writeFile(path, stringify(entries));
  await db.transaction((tx) => loadSampleRegister(tx, path, organisation.now));
  await rm(folder, { recursive: true });
}

function entry(
  of: { requirement: string; department: string; title: string },
  begun: number,
  end: 'closed' | 'planned',
) {
  const at = (days: number, by: string, what: Record<string, unknown>): Step => ({
    day: begun + days,
    by,
    ...what,
  });
  const planned = [
    at(1, 'hugo', { contain: 'It was mended at once', consequences: 'None were seen' }),
    at(4, 'hugo', {
      cause: {
        method: 'five_whys',
        root_cause: 'Nobody was asked to look',
        chain: [{ question: 'Why?', answer: 'Nobody was asked' }],
      },
    }),
    at(5, 'hugo', { similar: 'The others were looked at, and are in order' }),
    at(5, 'hugo', {
      action: 'one',
      what: `Put a look at it on the weekly list: ${of.title}`,
      owner: 'ada',
      due: begun + 40,
      evidence: 'The list',
    }),
    at(5, 'hugo', { check: { criterion: 'Four weeks without another', checker: 'ines' } }),
    at(6, 'ines', { approve: true }),
    at(7, 'ada', { accept: 'one' }),
  ];
  const ended = [
    at(20, 'ada', { attach: { action: 'one', link: 'https://wiki.larkspur.example/list' } }),
    at(20, 'ada', { done: 'one' }),
    at(22, 'hugo', { verify: 'one' }),
    at(95, 'ines', {
      checked: { method: 'Sample of four weeks', result: 'effective', findings: 'None was found' },
    }),
  ];
  return {
    ...of,
    evidence_seen: 'Seen on a walk through the building',
    gap: 'It is to work at all times',
    source: 'self',
    grade: 'minor',
    grade_reason: 'A single case',
    raised: { day: begun, by: 'quinn' },
    owner: 'hugo',
    steps: end === 'closed' ? [...planned, ...ended] : planned,
  };
}

async function othersOf(tx: Queryable, { now, day }: Organisation): Promise<void> {
  const command = async (name: string, days: number): Promise<CommandContext> => {
    const actor = await selectOptionalByEmail(tx, `${name}@demo.example`);
    if (actor === null) throw new Error(`${name} is missing`);
    return { actor, at: daysBefore(now, days), inputId: null, link: null };
  };
  const [ines, ada] = [await command('ines', 300), await command('ada', 90)];
  await recordCompetence(tx, ines, {
    personId: ada.actor.id, role: 'System administrator', needs: 'Can restore a backup', basis: ['training'], shownBy: 'Course of the maker', gap: null, effect: null, assessedOn: day(-310),
  }); // prettier-ignore
  const incident = await reportIncident(tx, ada, 'A laptop was left on a train');
  const settled = [
    {
      to: 'the data protection authority',
      dueAt: daysBefore(now, 87),
      settledAt: daysBefore(now, 89),
      settledBy: 'Dora',
      how: 'By their form',
    },
  ];
  await incidents.change(
    tx,
    { ...ada, at: daysBefore(now, 60) },
    incident,
    {
      severity: 'medium', personal_data: true, notices: JSON.stringify(settled), containment: 'It was locked from afar', cause: 'It was in the rack above',
      lessons: 'Bags stay at the feet', state: 'closed',
    },
    (as) => ({ action: 'incident.closed', detail: { from: 'contained', to: as.state } }),
  ); // prettier-ignore
}

/** One letter stands for an input of 9.3.2 in each. */
export const reviewInputs = ['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g'];

/** The Statement of Applicability with its evidence, audits of three years, a review, figures, parties, the certificate. */
async function rowsOf(tx: Queryable, { now, day, people, random }: Organisation): Promise<void> {
  const of = (name: string) => people.get(name) ?? 0;
  const insert = async (table: string, values: Record<string, unknown>): Promise<number> => {
    const names = Object.keys(values);
    const { rows } = await tx.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')}) returning *`,
      Object.values(values),
    );
    return Number(rows[0]?.id ?? 0);
  };
  const ago = (days: number) => daysBefore(now, days);
  const by = { state_by: of('ines'), state_by_name: 'Ines Ivyleaf' };
  const controls = [...requirements().values()].filter(({ kind }) => kind === 'control').map(({ id }) => id);
  const excluded = new Set(controls.filter((id) => id.startsWith('A.7.') && random() < 0.1));

  const soa = await insert('soa', { ...by, reference: 'SO-2026-001', state: 'in_review', state_at: ago(210), edition: '2.0', owner_id: of('ines'), approver_id: of('clara'), review_on: day(150) });
  await tx.query(
    `insert into soa_entry (soa_id, control, applies, basis, justification, implemented)
     select $1, control, not control = any($3), 'risk', 'As the risk assessment says', case when control = any($3) then null else 'yes' end
     from unnest($2::text[]) as control`,
    [soa, controls, [...excluded]],
  );
  await tx.query("update soa set state = 'approved', approved_by = $2, approved_by_name = 'Clara', approved_at = $3, state_at = $3 where id = $1", [soa, of('clara'), ago(200)]);

  const evidence = (number: number, asked: readonly string[], values: Record<string, unknown>) =>
    insert('evidence_request', {
      ...by, reference: `EV-2026-${String(number).padStart(3, '0')}`, state: 'accepted', state_at: ago(60), title: `Evidence ${number}`, requirements: asked, what: 'What shows it',
      owner_id: of('hugo'), asked_by: of('ines'), asked_by_name: 'Ines', asked_at: ago(100), due_on: day(-70), accepted_at: ago(60), accepted_by: of('ines'), accepted_by_name: 'Ines', dated_on: day(-65), expires_on: day(300), ...values,
    });
  const parts = 6 + Math.floor(random() * 4);
  for (let at = 0; at < parts; at += 1) await evidence(at + 1, controls.filter((_, index) => index % parts === at), {});
  await evidence(90, ['8.2', '8.3'], { title: 'Risk assessment of the year', owner_id: of('mona') });

  const programme = await insert('audit_programme', { ...by, reference: 'AP-2025-001', state: 'approved', state_at: ago(500), title: 'Three years', from_on: day(-500), until_on: day(580), objectives: 'See whether it works', frequency: 'Twice a year', methods: 'Interviews and samples', owner_id: of('quinn') });
  const audit = (reference: string, values: Record<string, unknown>) =>
    insert('audit', { ...by, reference, state_at: ago(100), kind: 'internal', programme_id: programme, title: reference, lead_id: of('quinn'), departments: ['IT'], ...values });
  const held = await audit('AU-2026-001', { state: 'complete', planned_from: day(-110), planned_until: day(-108), held_from: day(-110), held_until: day(-108), conclusion: 'It works', completed_at: ago(100) });
  const planned = await audit('AU-2027-001', { state: 'planned', departments: ['Operations'], planned_from: day(200), planned_until: day(203) });
  await insert('audit_sign_off', { audit_id: held, person_id: of('quinn'), name: 'Quinn', part: 'lead', content_hash: 'x', signed_at: ago(99) });
  const clauses = ['4', '5', '6', '7', '8', '9', '10'];
  for (const [at, requirement] of [...clauses, ...controls].entries())
    await insert('audit_coverage', { audit_id: at % 2 === 0 ? held : planned, requirement, state: at % 2 === 0 ? 'covered' : 'planned', noted_at: ago(100) });

  const review = await insert('management_review', { ...by, reference: 'MR-2026-001', state: 'signed', state_at: ago(120), title: 'Review of the year', planned_on: day(-130), held_on: day(-130), chair_id: of('clara'), secretary_id: of('ines'), signed_by: of('clara'), signed_by_name: 'Clara', signed_at: ago(120) });
  for (const input of reviewInputs) await insert('review_input', { review_id: review, input, discussed_at: ago(130) });
  await insert('review_decision', { review_id: review, kind: 'action', text: 'Buy a second safe', became: 'corrective_action:1', decided_at: ago(130) });

  const metric = await insert('metric', { ...by, reference: 'ME-2026-001', state: 'active', state_at: ago(300), title: 'Phishing reported', method: 'Count', cadence: 'monthly', owner_id: of('ben'), next_due_on: day(10) });
  await insert('objective', { ...by, reference: 'OB-2026-001', state: 'open', state_at: ago(300), title: 'More reports', measure: 'Share', target: '60 %', metric_id: metric, plan: 'Talk about it', owner_id: of('ben'), due_on: day(60) });
  await insert('objective', { ...by, reference: 'OB-2025-001', state: 'met', state_at: ago(300), title: 'All trained', measure: 'Share', target: '95 %', plan: 'Ask', owner_id: of('hanna'), due_on: day(-300), result: '97 %' });
  await insert('interested_party', { ...by, reference: 'IP-2026-001', state: 'current', state_at: ago(300), name: 'Growers', kind: 'customer', needs: 'Secrecy', basis: 'contract', met_by: 'POL-15', addressed: true, owner_id: of('mona'), review_on: day(90), reviewed_on: day(-270) });
  await insert('improvement', { ...by, reference: 'IM-2026-001', state: 'accepted', state_at: ago(50), title: 'Clearer words', idea: 'Say it shorter', source: 'questions', proposed_by_name: 'Ines', owner_id: of('ines'), due_on: day(40) });

  const certificate = await insert('certification', { ...by, reference: 'CE-2025-001', state: 'certified', state_at: ago(320), body: 'Kestrel Certification', scope: 'All', soa_version: '2.0', decided_on: day(-320), valid_until: day(775), owner_id: of('ines') });
  await audit('AU-2027-002', { kind: 'surveillance', programme_id: null, certification_id: certificate, lead_id: of('ines'), state: 'planned', planned_from: day(30), planned_until: day(31) });
} // prettier-ignore
