/** An auditor from outside: let in until a day, reads and asks, is given what was brought; `auditor-presses.test.ts`: they write nothing else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { letAuditorIn } from '../../../src/isms/person/auditor-access.ts';
import { comeBack } from '../../../src/isms/person/leaving.ts';
import { auditorRequestsTable } from '../../../src/workflows/evidence-requests/table.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, type Harness, type Said } from '../../support/harness.ts';
import { file, pat, startWithVisitor } from './visitor.ts';

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('An auditor from outside', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    isma = await startWithVisitor(test.db, () => now);
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const last = (said: Said[], email: string) => to(said, email).at(-1);
  const button = (said: Said[], email: string, label: string) =>
    to(said, email).flatMap((reply) => [...reply.buttons, ...reply.choices]).find((each) => each.label === label)?.id ?? `no button «${label}»`; // prettier-ignore
  const ask = async (words = 'request: the last restore test for A.8.13') =>
    isma.press(pat, button(await isma.say(pat, words), pat, 'Confirm'));

  it('asks for what they want to see, which stands on their list and goes to the ISMS manager at once', async () => {
    const asked = await ask();
    const mine = await isma.say(pat, 'my requests');
    const theirs = await isma.say(ines, 'auditor requests');

    expect(last(asked, pat)?.text).toContain('EV-2026-001 · Last restore test: asked by Wednesday 25 November 2026. Ines Isms is being told now.'); // prettier-ignore
    expect(last(asked, ines)?.text).toContain('Pat Plover needs evidence from you by 25 November 2026: Last restore test'); // prettier-ignore
    expect(last(mine, pat)?.text).toBe('1 piece of evidence that you asked for.');
    expect(last(theirs, ines)?.text).toBe('1 piece of evidence on the auditor’s list.');
    expect(await rows('select for_auditor, asked_by_name, requirements from evidence_request')).toEqual([{ for_auditor: true, asked_by_name: 'Pat Plover', requirements: ['A.8.13'] }]); // prettier-ignore
  });

  it('asks politely, too, of what is no document of ours, and of no control', async () => {
    const polite = await isma.say(pat, 'Please show me the minutes of the crisis team');
    const policy = await isma.say(pat, 'please show me the backup policy');

    expect(last(polite, pat)?.text).toContain('Ask for evidence: Minutes of the crisis team');
    expect(last(policy, pat)?.aside ?? '').not.toContain('Not written yet');
    await isma.press(pat, button(polite, pat, 'Confirm'));
    expect(await rows('select requirements from evidence_request')).toEqual([{ requirements: [] }]);
  });

  it('hears of it once it is given, and opens the file then and not before, by whichever button', async () => {
    await ask();
    await isma.press(ines, 'evidence-requests.send-fill?record=EV-1&move=passOn', { who: 'Hugo' });
    const brought = await isma.say(hugo, 'EV-1', { attachments: file });
    const [{ id = 0 } = {}] = await rows('select id from evidence');
    const before = [
      last(await isma.say(pat, 'EV-1'), pat)?.items,
      last(await isma.press(pat, `evidence-requests.open?evidence=${Number(id)}`), pat)?.notice,
      last(await isma.press(pat, `corrective-actions.open?evidence=${Number(id)}`), pat)?.notice,
      last(await isma.press(pat, 'evidence-requests.archive?record=EV-1'), pat)?.notice,
    ];
    const looked = await isma.press(ines, button(brought, ines, 'Look at it'));
    const given = await isma.press(ines, button(looked, ines, 'Give it to the auditor'));
    const opened = await isma.press(pat, last(given, pat)?.items[0]?.button?.id ?? '');

    expect(before).toEqual([[], 'refused', 'refused', 'refused']);
    expect(last(looked, ines)?.files.map(({ name }) => name)).toEqual(['restore.txt']);
    expect(last(given, pat)?.text).toBe('Here is what you asked for: Last restore test');
    expect(last(opened, pat)?.files.map(({ name }) => name)).toEqual(['restore.txt']);
    const { columns, rows: table } = await auditorRequestsTable(test.db);
    const cell = (name: string) => table[0]?.[columns.indexOf(name)];
    expect(['asked', 'asked_by', 'with', 'state', 'given_by'].map(cell)).toEqual(['Last restore test', 'Pat Plover', 'Hugo Owner', 'given', 'Ines Isms']); // prettier-ignore
    expect(cell('evidence')).toMatch(/^restore\.txt \(SHA-256 [0-9a-f]{64}\)$/);
  });

  it('takes what the ISMS manager alone brought and gave, or sends it back until it does', async () => {
    await ask();
    const brought = await isma.say(ines, 'EV-1', { attachments: file });
    const [early] = await isma.press(pat, 'evidence-requests.review?record=EV-1');
    const looked = await isma.press(ines, button(brought, ines, 'Look at it'));
    const own = await isma.press(ines, 'evidence-requests.accept?record=EV-1');
    const given = await isma.press(ines, button(looked, ines, 'Give it to the auditor'));
    const waits = await isma.say(pat, 'what do I have to do?');
    const first = await isma.press(pat, button(given, pat, 'Take it or send it back'));
    const form = await isma.press(pat, button(first, pat, 'Send back'));
    const back = await isma.press(pat, last(form, pat)?.form?.id ?? '', { reason: 'It names no server' });
    const again = await isma.say(ines, 'EV-1', { attachments: [{ ...file[0]!, name: 'second.txt' }] });
    const regiven = await isma.press(ines, button(await isma.press(ines, button(again, ines, 'Look at it')), ines, 'Give it to the auditor')); // prettier-ignore
    const second = await isma.press(pat, button(regiven, pat, 'Take it or send it back'));
    const taken = await isma.press(pat, button(second, pat, 'Take it'));

    expect(early?.reply.text).toContain('EV-2026-001 is given to you by the ISMS manager first.');
    expect(last(brought, ines)?.text).toBe('Kept for EV-2026-001, Last restore test. Look at it once more and give it to Pat Plover.'); // prettier-ignore
    expect(last(own, ines)?.text).not.toContain('Accepted');
    expect(last(waits, pat)?.items.map(({ text }) => text)).toEqual(['Given to you: Last restore test (A.8.13)']); // prettier-ignore
    expect(last(first, pat)?.files.map(({ name }) => name)).toEqual(['restore.txt']);
    expect(last(back, ines)?.text).toContain('Pat Plover sent your evidence for Last restore test back: «It names no server»'); // prettier-ignore
    expect(last(taken, pat)?.text).toBe('Accepted: Last restore test (A.8.13).');
    expect(await rows('select state, accepted_by_name, given_by_name from evidence_request')).toEqual([{ state: 'accepted', accepted_by_name: 'Pat Plover', given_by_name: 'Ines Isms' }]); // prettier-ignore
    expect((await auditorRequestsTable(test.db)).rows[0]).toContain('taken');
  });

  it('asks in the audit that they were let in for, on its card, and nothing once its report is there', async () => {
    await isma.press(ines, 'audits.send-plan', { kind: 'stage2', covers: 'everything', departments: '', from: '2026-11-24', until: '2026-11-26', lead: '' }); // prettier-ignore
    const opened = await isma.press(ines, 'evidence-requests.access');
    const fields = last(opened, ines)?.form?.fields ?? [];
    const [stage2 = {}] = await rows('select id, reference from audit');
    const audit = String(stage2.reference);
    const letIn = await isma.press(ines, 'evidence-requests.send-access', { name: 'Pat Plover', email: pat, until: '2026-11-27', audit }); // prettier-ignore
    await ask();
    const form = await isma.press(pat, button(await isma.say(pat, audit), pat, 'Ask for evidence'));
    const inForm = await isma.press(pat, last(form, pat)?.form?.id ?? '', { title: 'List of changes', requirements: '', what: '', due: '' }); // prettier-ignore
    await isma.say(ines, audit);
    const below = await isma.say(ines, 'ask Hugo for the patch report for A.8.8');
    const inWords = await isma.say(ines, `ask Hugo for the patch report for A.8.8 in ${audit}`);
    await isma.press(ines, button(inWords, ines, 'Confirm'));
    const card = await isma.say(ines, audit);
    const list = await isma.say(ines, `requests of ${audit}`);
    const one = await isma.say(pat, 'EV-1');
    await test.db.query("update audit set state = 'complete' where id = $1", [stage2.id]);
    const late = await isma.press(pat, `evidence-requests.ask?audit=${audit}`);
    const after = await ask('request: the list of visitors for A.7.2');

    expect(fields.find(({ name }) => name === 'audit')?.value).toBe(audit);
    expect(last(letIn, ines)?.facts).toContainEqual({ label: 'Here for', value: `${audit} · Stage 2 audit: everything` }); // prettier-ignore
    expect(last(inForm, pat)?.text).toBe(`EV-2026-002 · List of changes: asked for in ${audit}.`);
    for (const said of [below, inWords]) expect(JSON.stringify(last(said, ines))).toContain(`${audit} · Stage 2 audit: everything`); // prettier-ignore
    expect(last(card, ines)?.items.map(({ text, detail }) => `${text}: ${detail ?? ''}`)).toEqual([
      'EV-2026-001 · Last restore test: asked by Pat Plover · by 25 November 2026',
      'EV-2026-002 · List of changes: asked by Pat Plover · by 25 November 2026',
      'EV-2026-003 · Patch report: asked by Ines Isms · by 8 December 2026',
    ]);
    expect(last(list, ines)?.text).toBe(`3 pieces of evidence asked for in ${audit}.`);
    expect(last(one, pat)?.facts).toContainEqual({ label: 'Audit', value: `${audit} · Stage 2 audit: everything` }); // prettier-ignore
    expect(last(late, pat)?.text).toContain(`${audit} is complete: nothing is asked for in it any more.`);
    expect(last(after, pat)?.text).toContain('EV-2026-004');
    expect(await rows('select audit_id from evidence_request order by id')).toEqual([...[1, 2, 3].map(() => ({ audit_id: stage2.id })), { audit_id: null }]); // prettier-ignore
  });

  it('takes back what they asked for, and nothing of anybody else', async () => {
    await ask();
    await isma.press(ines, 'evidence-requests.send-begin', { who: 'Erin', title: 'Access review', requirements: 'A.5.18', urgent: 'gathered' }); // prettier-ignore
    const other = await isma.press(pat, 'evidence-requests.send-fill?record=EV-2&move=withdraw', { state_reason: 'No' }); // prettier-ignore
    const own = await isma.press(pat, 'evidence-requests.send-fill?record=EV-1&move=withdraw', { state_reason: 'Seen on screen' }); // prettier-ignore

    expect(last(other, pat)?.text).toContain('they asked for EV-2026-002');
    expect(last(own, pat)?.facts).toContainEqual({ label: 'Taken back', value: 'Seen on screen' });
    expect(await rows('select state from evidence_request order by id')).toEqual([{ state: 'withdrawn' }, { state: 'requested' }]); // prettier-ignore
  });

  it('is told nothing from the day after, in words, by a button and on Home, and has no right that a list would count', async () => {
    await ask();
    const lastDay = async (time: string) => {
      now = new Date(time);
      return last(await isma.say(pat, 'my requests'), pat)?.text;
    };
    const during = await lastDay('2026-11-27T23:00:00Z');
    const after = await lastDay('2026-11-28T00:01:00Z');
    const pressed = last(await isma.press(pat, 'evidence-requests.show?record=EV-1'), pat)?.text;
    const home = last(await isma.press(pat, 'home'), pat)?.text;
    const again = last(await isma.press(pat, 'evidence-requests.list?part=all evidence'), pat)?.text;

    expect(during).toBe('1 piece of evidence that you asked for.');
    for (const said of [after, pressed, home, again]) expect(said).toContain('I can only help people of this organisation'); // prettier-ignore
    expect(await rows('select active, roles from person where email = $1', [pat])).toEqual([{ active: false, roles: ['employee'] }]); // prettier-ignore
    expect(await rows("select actor from audit_entry where action = 'person.let_out'")).toEqual([{ actor: 'system:leaving' }]); // prettier-ignore
  });

  it('is ended by the clock alone, where they say nothing, and let in again with another day only', async () => {
    now = new Date('2026-11-28T00:01:00Z');
    await isma.runDue();
    const ended = await rows('select active from person where email = $1', [pat]);
    const back = test.db.transaction((tx) => comeBack(tx, pat, 'test', now));
    await expect(back).rejects.toThrow('give them another day with "isma people auditor"');
    await test.db.transaction((tx) => letAuditorIn(tx, { email: pat, name: 'Pat Plover', until: '2026-12-02' }, 'test', now)); // prettier-ignore
    const home = last(await isma.say(pat, 'hello'), pat);

    expect(ended).toEqual([{ active: false }]);
    expect(home?.text).toContain('Pat');
  });

  it('is let in by the ISMS manager alone, by a form with the day that was said', async () => {
    const words = await isma.say(ines, 'give an auditor access until 20 January');
    const form = await isma.press(ines, button(words, ines, 'Let an auditor in'));
    const fields = { name: 'Quentin Quail', email: 'Quentin@kestrel.example', until: '2027-01-20' };
    const done = await isma.press(ines, last(form, ines)?.form?.id ?? '', fields);
    const colleague = await isma.press(ines, last(form, ines)?.form?.id ?? '', { ...fields, email: erin });
    const past = await isma.press(ines, last(form, ines)?.form?.id ?? '', { ...fields, until: '2026-01-20' });
    const others = await isma.press(erin, 'evidence-requests.send-access', fields);

    expect(last(form, ines)?.form?.fields.find(({ name }) => name === 'until')?.value).toBe('2027-01-20');
    expect(last(done, ines)?.text).toBe('Quentin Quail reads here until Wednesday 20 January 2027, and changes nothing.'); // prettier-ignore
    expect(last(colleague, ines)?.text).toContain('is somebody who works here, or did');
    expect(last(past, ines)?.text).toContain('is past. Say a day to come.');
    expect(last(others, erin)?.text).toContain('Only the ISMS manager can let an auditor in.');
    expect(await rows("select roles, reads_until::text from person where email = 'quentin@kestrel.example'")).toEqual([{ roles: ['auditor'], reads_until: '2027-01-20' }]); // prettier-ignore
  });

  it('sees first what they came for, and not what employees do', async () => {
    const help = last(await isma.say(pat, 'help'), pat);
    const all = last(await isma.say(pat, 'What else can you do?'), pat);

    expect(help?.choices.map(({ label }) => label)).toContain('my requests');
    expect(help?.text).not.toMatch(/learn|lesson|Report something/i);
    expect(all?.items.map(({ text }) => text).join()).not.toMatch(/lesson|incident|odd happened/i);
  });
});
