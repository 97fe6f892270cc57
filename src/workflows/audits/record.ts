/** An audit as those see it who plan it, hold it and read it: its card, its list, its moves. */
import type { Context } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { field } from '../../dialogue/form-fields.ts';
import type { Beside } from '../../dialogue/record-room-declaration.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import { audits, auditStates, isInternal, type Audit, type AuditFacts } from '../../isms/audit/audit.ts';
import { selectBrought } from '../../isms/audit/bring.ts';
import { followAudit } from '../../isms/audit/ending.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import { conflictInWords, selectConflicts } from '../../isms/audit/independence.ts';
import { selectReport, selectSignOffs, type AuditReport, type Sample, type Talk } from '../../isms/audit/report.ts'; // prettier-ignore
import { gradeInWords, grades } from '../../isms/nonconformity/nonconformity.ts';
import { dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectNotes } from '../../records/note.ts';
import { selectNames } from '../../records/person.ts';
import { requirementsInWords } from '../../records/requirement-set.ts';
import { daysOf, kindOf, recordButton, room } from './buttons.ts';
import { requestsShown } from './requests.ts';
import { findingOf, moved, toAuditees, toTeam } from './moves.ts';

/** Notes and samples that a card has room for; the history and the report have all. */
const shown = 5;
const longestLine = 160;

const textArea = (name: string, label: string, rest: Parameters<typeof field>[3] = {}) => field(name, label, 'multiline', rest); // prettier-ignore
const line = (name: string, label: string, rest: Parameters<typeof field>[3] = {}) => field(name, label, 'text', rest); // prettier-ignore
const option = (value: string, label: string) => ({ value, label });
const who = 'Name or e-mail address.';

const description = (row: Audit) => [
  textArea('criteria', 'Against what is it held?', { value: row.criteria ?? 'ISO/IEC 27001:2022 and our own policies' }),
  textArea('scope', 'What of the organisation does it look at?', { value: row.scope ?? [...row.departments, ...row.sites].join(', ') }),
  textArea('methods', 'How?', { value: row.methods ?? 'Interviews, documents and records, samples' }),
]; // prettier-ignore

export const base = recordRoom<Audit, AuditFacts>({
  name: room,
  offer: {
    text: 'I keep audits and their programme, and what they have not looked at yet.',
    examples: ['audit coverage', 'our audits'],
    to: ({ roles }) => roles.includes('isms_manager') || roles.includes('auditor'),
  },
  record: audits,
  states: auditStates,
  facts: selectAuditFacts,
  title: (row) => row.title,
  columns: {
    Audit: 'title',
    Kind: kindOf,
    Days: daysOf,
    'Led by': 'leadId',
    Auditors: ({ externalAuditors }) => externalAuditors.join(', ') || null,
    Departments: ({ departments }) => departments.join(', ') || null,
    Sites: ({ sites }) => sites.join(', ') || null,
    Criteria: 'criteria',
    Scope: 'scope',
    Methods: 'methods',
    Conclusion: 'conclusion',
    'Why cancelled': 'stateReason',
  },
  people: ['leadId'],
  list: {
    says: 'our audits',
    words: words('audits/list'),
    one: 'audit',
    many: 'audits',
    columns: ['Audit', 'Days', 'Led by'],
    part: async (_tx, _context, said) =>
      words('audits/all').is(said) === null ? null : { where: 'true', parameters: [], noun: 'so far', said },
  },
  shows: async (tx, row, context) => auditShown(await selectReport(tx, row), tx, context),
  moves: {
    sample: {
      label: 'Add a sample',
      fields: [
        line('requirement', 'On which requirement?', { hint: 'A clause (9.2.1) or a control (A.5.18).' }),
        line('population', 'What was there to choose from?', { hint: 'Leavers of the last 12 months' }),
        line('size', 'How many of how many?', { hint: '5 of 40' }),
        line('chosen', 'How were they chosen?', { hint: 'At random; the newest; those of two sites' }),
        textArea('items', 'Which are they?'),
        textArea('result', 'What was seen?', { required: false }),
      ],
      sets: moved.sample,
      event: () => [],
    },
    finding: {
      label: 'Raise a finding',
      fields: (row) => [
        textArea('seen', 'What was seen?', { hint: 'Facts: how many, which, when.' }),
        textArea('gap', 'What should have been so, and is not?'),
        line('requirement', 'Which requirement?', { hint: 'A clause (9.2.1), a control (A.5.18) or a section of our policies.' }),
        field('grade', 'How serious is it?', 'choice', { value: 'minor', options: grades.map((grade) => option(grade, gradeInWords[grade])) }),
        textArea('reason', 'Why this grade?', { required: false, hint: isInternal(row) ? null : 'As the certification body says it.' }),
      ],
      proposes: findingOf,
    },
    cover: {
      label: 'Mark what was looked at',
      fields: [
        line('requirements', 'Which?', { required: false, hint: 'A.5.15 to A.5.18, 9.2.1. Empty: all that is left.' }),
        field('state', 'And?', 'choice', { value: 'covered', options: [option('covered', 'Looked at'), option('left_out', 'Left out')] }),
        textArea('note', 'Note', { required: false, hint: 'What was seen, or why it is left out.' }),
      ],
      sets: moved.cover,
      event: () => [],
    },
    start: { label: 'Begin', sets: moved.start, event: (detail) => ({ action: 'audit.started', detail }) },
    conclude: {
      label: 'Conclusion',
      fields: [textArea('conclusion', 'What does it come to?', { hint: 'Does it conform, and does it work? What was good, what has to change?' })],
      event: (detail) => ({ action: 'audit.concluded', detail }),
    },
    finish: { label: 'Complete it', event: (detail) => ({ action: 'audit.finished', detail }), sets: (_tx, { now }) => ({ completed_at: now }) },
    schedule: {
      label: 'Add to the plan',
      fields: (row) => [
        field('held_on', 'On which day?', 'date', { value: row.plannedFrom }),
        line('begins', 'At what time?', { required: false, hint: '09:30' }),
        line('topic', 'About what?'),
        ...(isInternal(row) ? [line('auditor', 'Who asks?', { required: false, hint: `${who} Empty: whoever leads it.` })] : []),
        line('auditee', 'Who is asked?', { required: false, hint: who }),
      ],
      sets: moved.schedule,
      event: () => [],
    },
    prepare: { label: 'Prepare', fields: description, event: (detail) => ({ action: 'audit.prepared', detail }), told: toAuditees },
    report: { label: 'End the fieldwork', sets: moved.report, event: (detail) => ({ action: 'audit.looked', detail }) },
    note: { label: 'Add a note', fields: [textArea('note', 'What was seen or said?')], sets: moved.note, event: () => [] },
    team: {
      label: 'Team',
      fields: [
        line('person', 'Whom?', { hint: who }),
        field('part', 'As what?', 'choice', { value: 'auditor', options: [option('auditor', 'Auditor'), option('observer', 'Observer, who only listens'), option('out', 'Not in the team any more')] }),
      ],
      sets: moved.team,
      event: () => [],
    },
    aim: {
      label: 'What it looks at',
      fields: [line('requirements', 'Which clauses and controls?', { hint: 'clauses 4 to 10; A.5.15 to A.5.18; access' })],
      sets: moved.aim,
      event: () => [],
    },
    describe: { label: 'Criteria and scope', fields: description, event: (detail) => ({ action: 'audit.described', detail }) },
    change: {
      label: 'Change',
      fields: ({ title, plannedFrom, plannedUntil, departments, sites }) => [
        line('title', 'Title', { value: title }),
        field('planned_from', 'From', 'date', { value: plannedFrom }),
        field('planned_until', 'Until', 'date', { value: plannedUntil }),
        line('lead', 'Who leads it?', { required: false, hint: `${who} Empty: as it is.` }),
        line('departments', 'Which departments?', { required: false, value: departments.join(', '), hint: 'With commas between them.' }),
        line('sites', 'Which sites?', { required: false, value: sites.join(', ') }),
      ],
      sets: moved.change,
      event: (_moved, before, after) => ({ action: 'audit.replanned', detail: { fields: changedFields(before, after) } }),
    },
    cancel: {
      label: 'Cancel it',
      fields: [textArea('state_reason', 'Why?')],
      event: (detail) => ({ action: 'audit.cancelled', detail }),
      told: toTeam,
    },
  },
  follows: followAudit,
  evidence: 'audit',
}); // prettier-ignore

function changedFields(before: Audit, after: Audit): string[] {
  const all = { title: 'title', plannedFrom: 'days', plannedUntil: 'days', leadId: 'lead', departments: 'departments', sites: 'sites' } as const; // prettier-ignore
  const fields = Object.entries(all).filter(([key]) => JSON.stringify(before[key as keyof Audit]) !== JSON.stringify(after[key as keyof Audit])); // prettier-ignore
  return [...new Set(fields.map(([, label]) => label))];
}

/** «12 March 2027, 09:30: leavers; Quinn asks Hugo». */
export function talkInWords({ heldOn, begins, topic, auditor, auditee }: Talk): string {
  const people = auditee === null ? (auditor ?? '') : `${auditor ?? 'the auditors'} with ${auditee}`;
  return [`${dayInWords(heldOn)}${begins === null ? '' : `, ${begins}`}: ${topic}`, people].filter(Boolean).join('; '); // prettier-ignore
}

export function sampleInWords({ requirement, population, size, ofTotal, result }: Sample): string {
  const many = ofTotal === null ? String(size) : `${size} of ${ofTotal}`;
  return `${requirement}: ${many}, ${population}${result === null ? '' : `. ${result}`}`;
}

/** What it looks at, and how far that is. */
export function lookedInWords({ looked }: Pick<AuditReport, 'looked'>): { label: string; value: string }[] {
  const all = [...new Set(looked.map(({ requirement }) => requirement))];
  if (all.length === 0) return [];
  const in_ = (state: string) => [...new Set(looked.filter((row) => row.state === state).map(({ requirement }) => requirement))]; // prettier-ignore
  const [covered, out, left] = [in_('covered'), in_('left_out'), in_('planned')];
  if (covered.length + out.length === 0) return [{ label: 'Looks at', value: requirementsInWords(all) }];
  return [
    { label: 'Looked at', value: requirementsInWords(covered) },
    { label: 'Left out', value: requirementsInWords(out) },
    { label: 'Still to look at', value: requirementsInWords(left) },
  ].filter(({ value }) => value !== '');
}

async function auditShown(report: AuditReport, tx: Queryable, context: Context): Promise<Beside> {
  const { audit, team, talks, samples, findings } = report;
  const { reference, state } = audit;
  const { person } = context;
  const asked = await requestsShown(tx, context, audit);
  const notes = (await selectNotes(tx, [audits.nameOf(audit)])).slice(-shown);
  const names = await selectNames(tx, notes.map(({ writtenBy }) => writtenBy)); // prettier-ignore
  const conflicts = state === 'closed' || state === 'complete' ? [] : await selectConflicts(tx, audit);
  const signOffs = await selectSignOffs(tx, audit.id);
  const brought = (await selectBrought(tx, [audit])).get(audits.nameOf(audit));
  const hasReport = state === 'reporting' || state === 'complete' || state === 'closed';
  return {
    facts: [
      ...(brought === undefined ? [] : [{ label: 'Brought from a list', value: `${dayInWords(dayOf(brought.at, person.timeZone))}, as ${brought.state.replaceAll('_', ' ')}` }]),
      ...conflicts.map((each) => ({ label: 'Not possible', value: conflictInWords(each, audit) })),
      ...(team.length === 0 ? [] : [{ label: 'Team', value: team.map(({ name, part }) => (part === 'observer' ? `${name} (observer)` : name)).join(', ') }]),
      ...lookedInWords(report),
      ...(talks.length === 0 ? [] : [{ label: 'Plan', value: talks.map(talkInWords).join('\n') }]),
      ...samples.slice(-shown).map((sample) => ({ label: 'Sample', value: shortened(sampleInWords(sample), longestLine) })),
      ...notes.map(({ writtenBy, writtenAt, text }) => ({ label: `${names.get(writtenBy) ?? ''}, ${momentInWords(writtenAt, person.timeZone)}`, value: shortened(text, longestLine) })),
      ...signOffs.map(({ part, name, signedAt }) => ({ label: part === 'lead' ? 'Signed by the lead' : 'Signed beside', value: `${name}, ${momentInWords(signedAt, person.timeZone)}` })),
    ],
    items: [...findings.map((finding) => ({
      text: `${finding.reference} · ${finding.title}`,
      detail: `${finding.grade} · ${finding.requirement} · ${finding.state.replaceAll('_', ' ')}`,
      button: { id: actionId('corrective-actions.show', { record: finding.reference }), label: 'Look' },
    })), ...asked.items],
    buttons: [...(hasReport ? [recordButton('report', 'Read the report', reference, { style: state === 'reporting' && audit.conclusion !== null ? 'primary' : 'plain' })] : [])],
    further: asked.buttons,
  };
} // prettier-ignore
