/** An organisation from nothing to its certificate and its first surveillance, by our own commands in conversation, as time goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import type { Reply } from '../../src/conversation/contract.ts';
import { importPeople } from '../../src/isms/person/people-import.ts';
import { selectFacts } from '../../src/isms/readiness/fact.ts';
import { controlNumbers } from '../../src/records/requirement-set.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import { dayInWords } from '../../src/language/calendar.ts';
import { bringSoa } from '../../src/workflows/statement-of-applicability/import.ts';
import { dialogueOf, to, type Dialogue } from '../workflows/corrective-actions/dialogue.ts';
import { mail, type Name } from '../workflows/corrective-actions/given-records.ts';
import { startHarness, type Harness } from './harness.ts';
import { aimed, aims, measured, people, policies, reached } from './year-organisation.ts';

export interface Chapter {
  /** As 2026-01-12. */
  day: string;
  title: string;
  /** What is told of it, and what was said and answered, in Markdown. */
  told: string[];
  /** What an auditor would find at its end, a line each. */
  findings: string[];
  /** What keeps from an audit whatever else is done, by the keys of readiness. */
  blocks: string[];
}

interface Stage {
  isma: Harness;
  talk: Dialogue;
  db: Database;
  folder: string;
  now(): Date;
  /** Time goes on, within a chapter. */
  goTo(day: string): void;
  /** Tells something. */
  tell(text: string): void;
  /** Tells what somebody says, and what they are answered. */
  ask(name: Name, text: string): Promise<Reply>;
}

interface Part {
  day: string;
  title: string;
  run(stage: Stage): Promise<void>;
}

const question = 'What would an auditor find today?';

export async function liveThrough(db: Database, parts: readonly Part[] = year): Promise<Chapter[]> {
  let now = new Date(0);
  const at = (day: string) => new Date(`${day}T09:00:00Z`);
  now = at(parts[0]?.day ?? '2026-01-12');
  const folder = await mkdtemp(join(tmpdir(), 'isma-year-'));
  const isma = await startHarness({
    db,
    clock: () => now,
    fetch: async () => new TextEncoder().encode('What shows it'),
  });
  const talk = dialogueOf(isma);
  const chapters: Chapter[] = [];
  /** What limits answers is told once. */
  const limits = new Set<string | null>();
  try {
    for (const { day, title, run } of parts) {
      now = at(day);
      const told: string[] = [];
      const ask = async (name: Name, text: string) => {
        const [reply] = to(name, await talk.say(name, text));
        if (reply === undefined) throw new Error(`${name} was not answered: ${text}`);
        const { aside } = reply;
        told.push(
          `**${firstName(name)}:** ${text}`,
          shownAs(limits.has(aside) ? { ...reply, aside: null } : reply),
        );
        limits.add(aside);
        return reply;
      };
      await run({
        isma,
        talk,
        db,
        folder,
        now: () => now,
        goTo: (later) => (now = at(later)),
        tell: (text) => told.push(text),
        ask,
      });
      const report = await ask('ines', question);
      const facts = await selectFacts(db, now);
      chapters.push({
        day,
        title,
        told,
        findings: report.items.map(({ text }) => text),
        blocks: facts.filter(({ blocks }) => blocks).map(({ key }) => key),
      });
    }
  } finally {
    await isma.stop();
    await rm(folder, { recursive: true });
  }
  return chapters;
}

const firstName = (name: Name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** Facts of cards that the page tells: others are theirs to change. */
const telling = ['State', 'Conclusion', 'Discussed', 'Root cause', 'Majors', 'Of', 'For', 'By', 'Rests on', 'Progress', 'Done at once', 'Check due', 'Certificate', 'Number of the certificate', 'Valid until']; // prettier-ignore

/** A reply as it reads: its text, a line for each thing in it, the words that go with its picture, its buttons. */
function shownAs({ text, line, facts, items, picture, buttons, aside }: Reply): string {
  const lines = [
    ...[text, line].filter((each) => each !== null),
    ...facts
      .filter(({ label }) => telling.includes(label) || label.startsWith('ME-'))
      .map(({ label, value }) => `  ${label}: ${value}`),
    ...items.flatMap((item) => [`  - ${item.text}`, ...(item.detail === null ? [] : [`    ${item.detail}`])]),
    ...(picture === null ? [] : [`  Picture: ${picture.alt}`]),
    ...(aside === null ? [] : [aside]),
    ...(buttons.length === 0 ? [] : [`[${buttons.map(({ label }) => label).join('] [')}]`]),
  ];
  return ['```text', ...lines, '```'].join('\n');
}

export function toldAs(chapters: readonly Chapter[]): string {
  return [
    '# From nothing to the certificate',
    'What Isma answers here is what it answered: a test lives through all of it ([year.ts](../test/support/year.ts)) and holds each word against this page. Of cards it shows what matters here, and of pictures the words that go with them. Ines is the ISMS manager, Hugo the managing director, Mona leads IT, Omar works there, and Quinn audits.',
    ...chapters.flatMap(({ day, title, told }) => [`## ${dayInWords(day)}: ${title}`, ...told]),
    '',
  ].join('\n\n').trimEnd().concat('\n');
} // prettier-ignore

async function begin({ db, folder, now, isma, tell }: Stage): Promise<void> {
  const list = people.map(([name, full, department, roles, manager]) => ({
    email: mail(name), name: full, department, roles, manager: manager === null ? null : mail(manager), timeZone: 'Europe/Berlin', locale: 'en-GB',
  })); // prettier-ignore
  await db.transaction((tx) => importPeople(tx, list, 'system:people-import', now()));
  for (const [name, body] of Object.entries(policies)) {
    const [reference = ''] = name.split(' ');
    const head = `ref: ${reference}\ntitle: ${name.slice(reference.length + 1)}\nversion: "1.0"\nstatus: published\nowner: ${mail('ines')}\napprover: ${mail('hugo')}\neffective: 2026-01-01\nreview: 2027-12-31\naudience: everyone\ncontrols: [A.5.35]`;
    await writeFile(
      join(folder, `${reference}.md`),
      `---\n${head}\n---\n# ${name}\n\n## 1 Rules\n\n${body}\n`,
    );
  }
  await ingest({ ...isma.app, folder, now: now(), actor: 'system:ingest' });
  tell('People come from a list (`isma import people`), policies from a folder (`isma ingest`). Nothing else is there, and Ines asks the question that she will ask to the end.'); // prettier-ignore
}

const applies = 'Yes,Risk,R-1,It lowers a risk';

async function applicability({ db, folder, now, talk, ask, tell }: Stage): Promise<void> {
  await talk.command('ines', 'statement-of-applicability.send-begin', { edition: '1.0', approver: mail('hugo'), owner: mail('ines'), review: '2027-12-31' }); // prettier-ignore
  const rows = controlNumbers().map((control) => {
    if (control === 'A.8.30') return `${control},No,Decision,Minutes 4,We write all software ourselves,,,`;
    const there = ['A.5.15', 'A.8.13'].includes(control);
    return `${control},${applies},${there ? 'Implemented' : 'Planned'},In our policies,${mail('ines')}`;
  });
  const path = join(folder, 'soa.csv');
  await writeFile(path, ['Control,Applicable,Source,Risk reference,Justification,Implementation status,Implementation description,Control owner', ...rows].join('\n')); // prettier-ignore
  await bringSoa(db, now, path, { beside: null, apply: true });
  tell('The Statement of Applicability is a spreadsheet that Ines had already (`isma import soa`); she sends it to Hugo, who reads and approves it.'); // prettier-ignore
  await talk.command('ines', 'statement-of-applicability.send?record=SO-1');
  await talk.sign('hugo', 'statement-of-applicability.approve?record=SO-2026-001');
  await ask('ines', 'Does A.8.30 apply?');
}

async function evidence(stage: Stage): Promise<void> {
  await stage.talk.command('ines', 'competences.send-begin', { person: 'Quinn', role: 'Internal auditor', needs: 'Has led two audits', basis: 'training', shown_by: 'Course of 2024' }); // prettier-ignore
  stage.tell('Two controls are said to be in place, so what shows it is asked for in a sentence each. Files are dropped into the chat, and Ines accepts what she has opened.'); // prettier-ignore
  await bringEvidence(
    stage,
    'EV-2026-001',
    'ask Omar for the restore test of February for A.8.13 until 20 March',
  );
  await bringEvidence(
    stage,
    'EV-2026-002',
    'ask Omar for the access review of February for A.5.15 until 20 March',
  );
}

async function bringEvidence({ talk, isma, ask }: Stage, record: string, words: string): Promise<void> {
  await ask('ines', words);
  await talk.press('ines', 'Confirm');
  const attachments = [{ name: `shown-${record}.txt`, size: 13, contentType: 'text/plain', source: 'x' }];
  await isma.say(mail('omar'), record, { attachments, eventId: `file-${record}` });
  const card = await talk.command('ines', `evidence-requests.review?record=${record}`);
  await talk.press('ines', 'Accept', card);
}

async function internalAudit(stage: Stage): Promise<void> {
  const { talk, ask, tell } = stage;
  tell('Ines drafts the programme of three years, which Hugo approves, and plans its first audit. Quinn leads it: nobody audits their own department, and Isma would refuse it.'); // prettier-ignore
  await talk.command('ines', 'audit-programmes.send-begin', { title: 'Audits of 2026 to 2028', from_on: '2026-01-01', until_on: '2028-12-31', objectives: 'Every clause and control within three years', frequency: 'Once a year', methods: 'Interviews and samples' }); // prettier-ignore
  await talk.sign('hugo', 'audit-programmes.approve?record=AP-2026-001');
  await holdAudit(stage, { record: 'AU-2026-001', covers: 'everything', from: '2026-05-18', until: '2026-05-20', reported: '2026-05-26' }); // prettier-ignore
  await ask('quinn', 'AU-1');
  await ask('ines', 'audit coverage');
}

interface AuditHeld {
  record: string;
  covers: string;
  from: string;
  until: string;
  reported: string;
}

async function holdAudit({ talk, ask, goTo }: Stage, { record, covers, from, until, reported }: AuditHeld): Promise<void> {
  const move = (name: string, fields: Record<string, string>) => talk.command('quinn', `audits.send-fill?record=${record}&move=${name}`, fields);
  await talk.command('ines', 'audits.send-plan', { kind: 'internal', covers, departments: 'IT, HR', from, until, lead: 'Quinn' });
  await move('schedule', { held_on: from, begins: '9:30', topic: 'Leavers and backups', auditee: 'Mona' });
  await move('prepare', { criteria: 'ISO/IEC 27001:2022', scope: 'IT and HR', methods: 'Interviews and samples' });
  goTo(from);
  await talk.command('quinn', `audits.move?record=${record}&move=start`);
  await ask('quinn', `Note for ${record}: the list of leavers goes to payroll first`);
  await move('cover', { requirements: '', state: 'covered', note: 'Interviews and samples' });
  goTo(reported);
  await talk.command('quinn', `audits.move?record=${record}&move=report`);
  await move('conclude', { conclusion: 'The management system conforms.' });
  for (const name of ['quinn', 'ines'] as const) {
    const [report] = to(name, await talk.command(name, `audits.report?record=${record}`));
    await talk.command(name, report?.buttons.find(({ label }) => label.startsWith('Sign'))?.id ?? '');
  }
} // prettier-ignore

async function managementReview(stage: Stage): Promise<void> {
  const { talk, ask, tell, goTo } = stage;
  tell('Hugo chairs the management review. Its paper comes with the figures of the day; each input is ticked as it is discussed, a decision becomes an action, and he signs what the minutes say.'); // prettier-ignore
  await holdReview(stage, { record: 'MR-2026-001', on: '2026-06-15', decided: { text: 'Look at leavers each month', due: '2026-07-31' } }); // prettier-ignore
  await ask('hugo', 'MR-1');
  goTo('2026-07-20');
  await measured(stage, '2026-Q2', '52');
  await ask('mona', 'CA-1 is done, see https://wiki.test.example/looks');
  await talk.press('mona', 'Confirm');
  await talk.sign('ines', 'corrective-actions.verify?record=CA-2026-001');
}

const inputs = ['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g'];

interface ReviewHeld {
  record: string;
  on: string;
  decided: { text: string; due: string } | null;
}

async function holdReview({ talk, db, goTo }: Stage, { record, on, decided }: ReviewHeld): Promise<void> {
  const command = (name: string, fields: Record<string, string> = {}) => talk.command('ines', `management-reviews.${name}record=${record}`, fields);
  await talk.command('ines', 'management-reviews.send-plan', { on, chair: 'Hugo', secretary: 'Ines', members: 'Mona' });
  goTo(on);
  await command('hold?');
  const { rows } = await db.query('select id from review_attendance where review_id = (select max(id) from management_review) order by id');
  await command('send-attend?', { present: rows.map(({ id }) => String(id)).join(','), deputies: '', guests: '' });
  for (const input of inputs) await command(`discussed?input=${input}&`);
  if (decided !== null) {
    await command('send-decide?input=d1&', { text: decided.text, as: 'action', who: 'Mona', due: decided.due });
    await talk.press('ines', 'Confirm');
  }
  await command('send-complete?', { held_on: on, suitable: 'yes', adequate: 'yes', effective: 'yes', conclusion: 'It does what it is for' });
  const minutes = await talk.command('hugo', `management-reviews.minutes?record=${record}`);
  await talk.press('hugo', 'Sign', minutes);
} // prettier-ignore

async function firstVisits({ talk, ask, tell }: Stage): Promise<void> {
  await talk.command('ines', 'certifications.send-begin', { body: 'Kestrel Certification', scope: 'All that we do in Bremen', standard: '', soa_version: '1.0', contact: 'Robin Rail', audit_days: 'Stage 1: 1, Stage 2: 2.5' }); // prettier-ignore
  await talk.command('ines', 'certifications.send-fill?record=CE-1&move=stage1', { visited_on: '2026-08-20', auditors: 'Pat Plover' }); // prettier-ignore
  tell('Kestrel Certification has held Stage 1 on 20 August.');
  await ask('ines', 'CE-1');
  await ask('ines', 'Are we ready for Stage 2?');
}

const major = {
  evidence: 'Three of twelve leavers still had live accounts.',
  gap: 'Access ends on the last working day.',
  title: 'Three leavers had live accounts',
  requirement: 'A.5.18',
  grade: 'major',
  reason: 'A quarter of the sample',
  source: 'external_audit',
  audit: 'Stage 2, Kestrel',
  noticed: '2026-09-24',
  department: 'IT',
  owner: 'Mona',
};

async function secondVisit({ talk, ask, tell }: Stage): Promise<void> {
  await talk.command('ines', 'certifications.send-fill?record=CE-1&move=stage2', { visited_on: '2026-09-24', auditors: 'Pat Plover' }); // prettier-ignore
  tell('Stage 2 ends with a major. Ines raises it as the body wrote it, and Mona leads it.');
  await talk.command('ines', 'corrective-actions.send-raise', major);
  await talk.press('ines', 'Confirm');
  await ask('ines', 'NC-1');
  await ask('ines', 'CE-1');
}

async function correction({ talk, ask, tell }: Stage): Promise<void> {
  tell(
    'Mona has the accounts closed, finds the cause, looks for others like it, and plans what Ines approves.',
  );
  await talk.command('mona', 'corrective-actions.contain?record=NC-1');
  await talk.fill('mona', { correction: 'The three accounts were closed', consequences: 'None of them was used after the last day' }); // prettier-ignore
  await talk.command('mona', 'corrective-actions.cause?record=NC-1&method=five_whys');
  await talk.say('mona', 'IT was not told that they left');
  await talk.say('mona', 'The list of leavers goes to payroll alone');
  await talk.say('mona', 'that is the cause');
  await talk.press('mona', 'Confirm');
  await talk.press('mona', 'Look for similar ones');
  await talk.fill('mona', {
    result: 'All 40 leavers of the year were looked at; one more was found and closed',
  });
  await talk.command('mona', 'corrective-actions.plan-action?record=NC-1');
  await talk.fill('mona', { what: 'HR sends the list of leavers to IT each Friday', who: 'Omar', due: '2026-10-30' }); // prettier-ignore
  await talk.command('mona', 'corrective-actions.plan-check?record=NC-1');
  await talk.fill('mona', { criterion: 'No live account among the leavers of four weeks', who: 'Ines', due: '2026-11-27', change: 'no' }); // prettier-ignore
  await talk.sign('mona', 'corrective-actions.plan?record=NC-2026-001');
  await talk.sign('ines', 'corrective-actions.approve-plan?record=NC-2026-001');
  await talk.command('ines', 'corrective-actions.body?record=NC-1');
  await talk.fill('ines', { sent: '2026-10-05' });
  await measured({ talk }, '2026-Q3', '63');
  await ask('mona', 'NC-1');
}

async function done({ talk, ask, tell }: Stage): Promise<void> {
  tell('Omar says in his own words that it is done, and Mona opens what he shows before she verifies it.');
  await ask('omar', 'CA-2 is done, see https://wiki.test.example/leavers');
  await talk.press('omar', 'Confirm');
  await talk.sign('mona', 'corrective-actions.verify?record=CA-2026-002');
  await ask('ines', 'NC-1');
}

async function certified(stage: Stage): Promise<void> {
  const { talk, ask, tell } = stage;
  tell('Four weeks later Ines checks whether it worked, and the body closes its finding and decides.');
  await talk.sign('ines', 'corrective-actions.check?record=NC-2026-001');
  await talk.fill('ines', { method: 'All leavers of November', result: 'effective', findings: 'None of 5 had a live account' }); // prettier-ignore
  await talk.command('ines', 'corrective-actions.body?record=NC-1');
  await talk.fill('ines', { sent: '2026-11-28', answer: 'accepted', answered: '2026-11-30', closed: '2026-12-01' }); // prettier-ignore
  await talk.command('ines', 'certifications.send-fill?record=CE-1&move=certify', { decided_on: '2026-12-04', valid_until: '', certificate_number: 'K-4711', scope: 'All that we do in Bremen', soa_version: '1.0' }); // prettier-ignore
  await ask('ines', 'NC-1');
  await ask('ines', 'CE-1');
  tell('What Hugo aimed for is reached before the year ends.');
  await reached(stage);
}

async function renewal(stage: Stage): Promise<void> {
  const { ask, tell } = stage;
  tell('Nine months later Ines looks ahead of the surveillance audit. A year has passed since the last internal audit and review, and evidence has run out.'); // prettier-ignore
  await aimed(stage, { title: 'Phishing is still reported', due: '2027-12-31' });
  await ask('ines', question);
  for (const [period, value] of [['2026-Q4', '64'], ['2027-Q1', '66'], ['2027-Q2', '65']] as const) await measured(stage, period, value); // prettier-ignore
  tell('Both are held in time, and what has run out is asked for anew.');
  await holdAudit(stage, { record: 'AU-2027-001', covers: 'clauses 4 to 10, A.5.15, A.5.18', from: '2027-09-13', until: '2027-09-14', reported: '2027-09-17' }); // prettier-ignore
  await holdReview(stage, { record: 'MR-2027-001', on: '2027-09-27', decided: null });
  await bringEvidence(
    stage,
    'EV-2027-001',
    'ask Omar for the restore test of September for A.8.13 until 15 October',
  );
  await bringEvidence(
    stage,
    'EV-2027-002',
    'ask Omar for the access review of September for A.5.15 until 15 October',
  );
}

async function surveillance({ talk, ask, tell }: Stage): Promise<void> {
  await measured({ talk }, '2027-Q3', '67');
  await talk.command('ines', 'certifications.send-fill?record=CE-1&move=surveillance1', { visited_on: '2027-11-10', auditors: 'Pat Plover' }); // prettier-ignore
  tell('The first surveillance audit was held. How it stood on any day before can still be asked.');
  await ask('ines', 'CE-1');
  await ask('ines', 'What would an auditor have found on 12 March 2026?');
}

export const year: readonly Part[] = [
  { day: '2026-01-12', title: 'nothing is there yet', run: begin },
  { day: '2026-02-02', title: 'which controls apply', run: applicability },
  { day: '2026-03-02', title: 'what shows it', run: evidence },
  { day: '2026-04-07', title: 'what we aim for, and measure', run: aims },
  { day: '2026-05-04', title: 'the internal audit', run: internalAudit },
  { day: '2026-06-01', title: 'the management review', run: managementReview },
  { day: '2026-08-24', title: 'Stage 1', run: firstVisits },
  { day: '2026-09-25', title: 'Stage 2, and a major', run: secondVisit },
  { day: '2026-10-05', title: 'the cause and the plan', run: correction },
  { day: '2026-10-28', title: 'it is done', run: done },
  { day: '2026-12-07', title: 'certified', run: certified },
  { day: '2027-09-06', title: 'before the surveillance audit', run: renewal },
  { day: '2027-11-15', title: 'the first surveillance', run: surveillance },
];
