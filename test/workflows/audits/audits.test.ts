/** An internal audit from its plan to its last finding: who may, who audits whom, what each move needs, and what is signed. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { verifyRevisions } from '../../../src/records/revision.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('An internal audit', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    // Hugo audits, and works in Quality; Hanna in HR reports to him in one test.
    await test.db.query("update person set roles = '{employee,action_owner,auditor}', department = 'Quality' where email = $1", [hugo]);
    await test.db.query("update person set department = 'IT' where email = $1", [erin]);
    isma = await startHarness({ db: test.db, clock: () => now });
  }); // prettier-ignore
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const last = (said: Said[]) => said.at(-1)?.reply;
  const first = (said: Said[]) => said[0]?.reply;
  const labels = (said: Said[]) => first(said)?.buttons.map(({ label }) => label);
  const plan = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'audits.send-plan', { kind: 'internal', covers: 'A.5.15 to A.5.18', departments: 'HR, IT', from: '2026-12-10', until: '2026-12-11', lead: 'Hugo', ...fields }); // prettier-ignore
  const fill = (by: string, move: string, fields: Record<string, string>, record = 'AU-1') => isma.press(by, `audits.send-fill?record=${record}&move=${move}`, fields); // prettier-ignore
  const move = (by: string, name: string, record = 'AU-1') => isma.press(by, `audits.move?record=${record}&move=${name}`); // prettier-ignore
  const talk = (fields: Record<string, string> = {}) => fill(hugo, 'schedule', { held_on: '2026-12-10', begins: '9:30', topic: 'Leavers', auditee: 'Hanna', ...fields }); // prettier-ignore
  const described = { criteria: 'ISO/IEC 27001:2022', scope: 'HR and IT', methods: 'Interviews' };
  const state = async () => (await rows('select state from audit')).map((row) => row.state);
  const sign = async (by: string) => {
    const report = await isma.press(by, 'audits.report?record=AU-1');
    const button = first(report)?.buttons.find(({ label }) => label.startsWith('Sign'));
    return isma.press(by, button?.id ?? 'no button');
  };
  const untilReporting = async () => {
    await plan(ines);
    await talk();
    await fill(hugo, 'prepare', described);
    await move(hugo, 'start');
    await fill(hugo, 'cover', { requirements: '', state: 'covered', note: 'Lists and interviews' });
    await move(hugo, 'report');
  };
  const untilSigned = async () => {
    await fill(hugo, 'conclude', { conclusion: 'It conforms but for one finding.' });
    await sign(hugo);
    return sign(ines);
  };

  it('is planned by the ISMS manager or an auditor who works here, from words that fill what it looks at; its lead hears of it', async () => {
    const opener = await isma.say(ines, 'Plan an internal audit of access in HR');
    const form = await isma.press(ines, first(opener)?.buttons[0]?.id ?? '');
    const planned = await plan(ines);
    const refused = await plan(erin);
    await test.db.query("update person set roles = '{employee,auditor}' where email = $1", [hanna]);
    const reader = await plan(hanna);

    expect(first(form)?.form?.fields.find(({ name }) => name === 'covers')?.value).toBe('access in HR');
    expect(to(planned, ines)[0]?.text).toBe('AU-2026-001 · Internal audit: A.5.15 to A.5.18');
    expect(to(planned, ines)[0]?.facts).toEqual(expect.arrayContaining([{ label: 'Days', value: '10 December 2026 to 11 December 2026' }, { label: 'Looks at', value: 'A.5.15 to A.5.18' }])); // prettier-ignore
    expect(to(planned, hugo).map(({ text }) => text)).toEqual(['Ines Isms planned «Internal audit: A.5.15 to A.5.18» (AU-2026-001), and you lead it. It begins on 10 December 2026.']); // prettier-ignore
    expect(first(refused)?.text).toContain('Audits are planned by the ISMS manager and internal auditors');
    expect(first(reader)?.text).toContain('You are here as an auditor');
    expect(await rows('select kind, state, departments, sites from audit')).toEqual([{ kind: 'internal', state: 'planned', departments: ['HR', 'IT'], sites: [] }]); // prettier-ignore
    expect(await rows("select count(*)::integer as count from audit_coverage where state = 'planned'")).toEqual([{ count: 4 }]); // prettier-ignore
  });

  it('knows each department and requirement by its name, and keeps the form open for what it does not', async () => {
    const department = await plan(ines, { departments: 'HR, Gardening' });
    const requirement = await plan(ines, { covers: 'A.5.15, gardening' });
    const days = await plan(ines, { until: '2026-12-01' });

    expect(last(department)?.text).toBe('I know no department «Gardening». There are HR, IT, Quality.');
    expect(last(department)?.form?.fields.find(({ name }) => name === 'covers')?.value).toBe('A.5.15 to A.5.18'); // prettier-ignore
    expect(last(requirement)?.text).toContain('I know no clause or control «gardening»');
    expect(last(days)?.text).toBe('The last day comes before the first.');
    expect(await rows('select from audit')).toEqual([]);
  });

  it('lets nobody audit their own department: not its lead, not one of its team, not in a talk, and not who moved there since', async () => {
    const lead = await plan(ines, { departments: 'Quality' });
    await plan(ines);
    const member = await fill(ines, 'team', { person: 'Erin', part: 'auditor' });
    const observer = await fill(ines, 'team', { person: 'Erin', part: 'observer' });
    await test.db.query("update person set department = 'Quality' where email = $1", [ines]);
    const own = await talk({ auditee: 'Ines' });
    const self = await talk({ auditee: 'Hugo', auditor: 'Hugo' });
    await talk();
    await fill(hugo, 'prepare', described);
    await test.db.query("update person set department = 'it ' where email = $1", [hugo]);
    const moved = await move(hugo, 'start');
    const card = await isma.say(ines, 'AU-1');

    expect(last(lead)?.text).toBe('Hugo Owner works in Quality, which AU-2026-001 looks at: nobody audits their own department. Choose somebody else.'); // prettier-ignore
    expect(last(member)?.text).toContain('Erin Employee works in IT, which AU-2026-001 looks at');
    expect(first(observer)?.facts).toContainEqual({ label: 'Team', value: 'Erin Employee (observer)' });
    expect(last(own)?.text).toContain('Hugo Owner works in Quality');
    expect(last(self)?.text).toContain('Hugo Owner works in Quality');
    expect(last(moved)?.text).toBe('AU-2026-001 lacks auditors of another department for that.');
    expect(first(card)?.facts).toContainEqual({ label: 'Not possible', value: 'Hugo Owner works in it , which AU-2026-001 looks at' }); // prettier-ignore
    expect(await rows('select topic from audit_plan_item')).toEqual([{ topic: 'Leavers' }]);
    expect(await state()).toEqual(['prepared']);
  });

  it('is prepared once it has a plan, and whoever is asked hears when and about what', async () => {
    await plan(ines);
    const early = await fill(hugo, 'prepare', described);
    const outside = await talk({ held_on: '2026-12-14' });
    const time = await talk({ begins: 'noon' });
    await talk();
    const empty = await fill(hugo, 'prepare', { ...described, scope: '' });
    const prepared = await fill(hugo, 'prepare', described);
    const stranger = await fill(erin, 'team', { person: 'Ines', part: 'auditor' });

    expect(last(early)?.text).toBe('AU-2026-001 lacks a plan: who talks to whom about what for that.');
    expect(last(outside)?.text).toContain('choose a day within');
    expect(last(time)?.text).toContain('«noon» is no time of day');
    expect(last(empty)?.text).toBe('Please fill this in.');
    expect(first(prepared)?.facts).toContainEqual({ label: 'Plan', value: '10 December 2026, 09:30: Leavers; Hugo Owner with Hanna Human' }); // prettier-ignore
    expect(to(prepared, hanna).map(({ text }) => text)).toEqual([
      '«Internal audit: A.5.15 to A.5.18»: you are asked to talk with the auditors. Nothing has to be prepared; show how you work.\n• 10 December 2026, 09:30: Leavers, with Hugo Owner',
    ]); // prettier-ignore
    expect(last(stranger)?.text).toContain('There is no AU-1 that you may see.');
    const plans = await isma.press(hugo, 'audits.talks?record=AU-1');
    await isma.press(hugo, first(plans)?.items[0]?.button?.id ?? '');
    expect(await rows('select from audit_plan_item')).toEqual([]);
  });

  it('keeps samples, notes and what was looked at, by those who audit and while it goes on', async () => {
    await plan(ines);
    await talk();
    await fill(hugo, 'prepare', described);
    const sample = { requirement: 'A.5.18', population: 'Leavers of 2026', size: '5 of 40', chosen: 'At random', items: 'Rows 3, 8, 12, 20, 31', result: 'One account open' }; // prettier-ignore
    const early = await fill(hugo, 'sample', sample);
    await move(hugo, 'start');
    const opened = await isma.say(hugo, 'add a sample to AU-1');
    await fill(hugo, 'sample', sample);
    const wrong = await fill(hugo, 'sample', { ...sample, size: '50 of 40' });
    const outsider = await fill(ines, 'sample', sample);
    const noted = await isma.say(hugo, 'Note for AU-1: the list of leavers comes from HR each Monday');
    const denied = await isma.say(ines, 'note for AU-1: I was not there');
    const tooSoon = await move(hugo, 'report');
    await fill(hugo, 'cover', { requirements: 'A.5.15-A.5.17', state: 'covered', note: '' });
    const unsaid = await fill(hugo, 'cover', { requirements: 'A.5.18', state: 'left_out', note: '' });
    const beside = await fill(hugo, 'cover', { requirements: 'A.8.2', state: 'covered', note: 'Came up' });
    await fill(hugo, 'cover', { requirements: '', state: 'left_out', note: 'Looked at in spring' });
    const ended = await move(hugo, 'report');

    expect(last(early)?.text).toBe('AU-2026-001 is prepared by now: look at it again.');
    expect(first(opened)?.buttons[0]?.id).toBe('audits.fill?record=AU-2026-001&move=sample');
    expect(last(wrong)?.text).toContain('50 of 40 cannot be');
    expect(last(outsider)?.text).toBe('Only Hugo Owner can do that: they audit AU-2026-001.');
    expect(first(noted)?.text).toContain('Noted.');
    expect(first(denied)?.text).toContain('Only Hugo Owner can do that');
    expect(last(tooSoon)?.text).toContain('lacks a word on each requirement of its scope');
    expect(last(unsaid)?.text).toContain('Say why it is left out');
    expect(first(beside)?.facts).toContainEqual({ label: 'Looked at', value: 'A.5.15 to A.5.17, A.8.2' });
    expect(first(ended)?.facts).toContainEqual({ label: 'Left out', value: 'A.5.18' });
    expect(await rows('select requirement, size, of_total, taken_by_name from audit_sample')).toEqual([{ requirement: 'A.5.18', size: 5, of_total: 40, taken_by_name: 'Hugo Owner' }]); // prettier-ignore
    expect(await rows('select text from register_note')).toEqual([{ text: 'the list of leavers comes from HR each Monday' }]); // prettier-ignore
    expect(await rows('select state, held_from, held_until from audit')).toEqual([{ state: 'reporting', held_from: '2026-11-24', held_until: '2026-11-24' }]); // prettier-ignore
  });

  it('raises what it finds as a non-conformity that names it, on a card that is confirmed, and takes none once it is signed', async () => {
    await untilReporting();
    const seen = { seen: 'Two of five leavers had live accounts.', gap: 'Access ends on the last day', requirement: '5.18', grade: 'minor', reason: 'Two of five' }; // prettier-ignore
    const card = await fill(hugo, 'finding', seen);
    const late = await fill(hugo, 'finding', { ...seen, seen: 'A third one.' });
    const confirm = (said: Said[]) => isma.press(hugo, first(said)?.buttons.find(({ label }) => label === 'Confirm')?.id ?? ''); // prettier-ignore
    await confirm(card);
    await untilSigned();
    const refused = await confirm(late);

    expect(first(card)?.facts).toContainEqual({ label: 'Source', value: 'Internal audit, AU-2026-001 · Internal audit: A.5.15 to A.5.18' }); // prettier-ignore
    expect(await rows('select nonconformity.reference, requirement, source, audit, audit.reference as of, grade from nonconformity join audit on audit.id = audit_id')).toEqual([
      { reference: 'NC-2026-001', requirement: 'A.5.18', source: 'internal_audit', audit: 'AU-2026-001 · Internal audit: A.5.15 to A.5.18', of: 'AU-2026-001', grade: 'minor' },
    ]); // prettier-ignore
    expect(last(refused)?.text).toContain('AU-2026-001 is complete: what is found now is raised by itself.');
    const shown = await isma.say(ines, 'AU-1');
    expect(first(shown)?.items).toMatchObject([{ text: 'NC-2026-001 · Two of five leavers had live accounts.', detail: 'minor · A.5.18 · open' }]); // prettier-ignore
  });

  it('is signed on its report by its lead and another, each as it is then, and what changed since is signed anew', async () => {
    await untilReporting();
    const unwritten = await isma.press(hugo, 'audits.report?record=AU-1');
    await fill(hugo, 'conclude', { conclusion: 'It conforms.' });
    const report = await isma.press(hugo, 'audits.report?record=AU-1');
    const button = first(report)?.buttons.find(({ label }) => label === 'Sign as lead')?.id ?? '';
    const blind = await isma.press(hugo, button.replace(/&seen=.*/, ''));
    await fill(hugo, 'conclude', { conclusion: 'It conforms, but for leavers.' });
    const changed = await isma.press(hugo, button);
    const lead = await sign(hugo);
    await fill(hugo, 'conclude', { conclusion: 'It conforms but for one finding.' });
    const alone = await sign(ines);
    const notYet = await state();
    await sign(hugo);
    await isma.runDue();

    expect(labels(unwritten)).toEqual(['As Word file', 'Show AU-2026-001']);
    expect(last(blind)?.text).toContain('Nothing is signed yet: look at it first.');
    expect(last(changed)?.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect(to(lead, ines).map(({ text }) => text)).toEqual(['The report of «Internal audit: A.5.15 to A.5.18» (AU-2026-001) is signed by its lead and waits for you. Read it before you sign.']); // prettier-ignore
    expect(first(alone)?.text).toContain('One signature is still missing.');
    expect(notYet).toEqual(['reporting']);
    expect(await state()).toEqual(['closed']);
    const kept = await rows("select content_hash, content -> 'audit' ->> 'conclusion' as conclusion from audit_sign_off join record_snapshot on hash = content_hash"); // prettier-ignore
    expect(kept.map(({ conclusion }) => conclusion)).toContain('It conforms but for one finding.');
    expect(new Set(kept.map((row) => row.content_hash)).size).toBe(1);
    await verifyAudit(test.db);
    expect(await verifyRevisions(test.db)).toEqual([]);
  });

  it('is signed beside the lead by whoever the lead reports to where the only ISMS manager leads it', async () => {
    await test.db.query('update person set manager_id = (select id from person where email = $1) where email = $2', [hanna, ines]); // prettier-ignore
    await plan(ines, { lead: '', departments: 'IT' });
    await fill(ines, 'schedule', { held_on: '2026-12-10', begins: '', topic: 'Accounts', auditee: 'Erin' });
    await fill(ines, 'prepare', described);
    await move(ines, 'start');
    await fill(ines, 'cover', { requirements: '', state: 'covered', note: '' });
    await move(ines, 'report');
    await fill(ines, 'conclude', { conclusion: 'It conforms.' });
    const lead = await sign(ines);

    expect(to(lead, hanna)).toHaveLength(1);
    expect(await rows('select part from audit_sign_off')).toEqual([{ part: 'lead' }]);
    // She reads it by the button that she was sent.
    await sign(hanna);
    expect(await state()).toEqual(['closed']);
  });

  it('closes by itself once all that it found is closed or was found to be none', async () => {
    await untilReporting();
    const card = await fill(hugo, 'finding', { seen: 'One account was open.', gap: 'None is to be', requirement: 'A.5.18', grade: 'minor', reason: 'One' }); // prettier-ignore
    await isma.press(hugo, first(card)?.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');
    await untilSigned();
    const early = [await isma.runDue(), await state()];
    await test.db.query("update nonconformity set state = 'rejected'");
    const told = await isma.runDue();

    expect(early).toEqual([[], ['complete']]);
    expect(to(told, hugo).map(({ text }) => text)).toEqual(['«Internal audit: A.5.15 to A.5.18» (AU-2026-001) is closed: nothing of what it found is open.']); // prettier-ignore
    expect(await state()).toEqual(['closed']);
    expect(await isma.runDue()).toEqual([]);
    expect(await rows("select actor from audit_entry where action = 'audit.closed'")).toEqual([{ actor: 'system:audits' }]); // prettier-ignore
  });

  it('is cancelled with a reason by the ISMS manager alone, and its lead and whoever was to be asked hear why', async () => {
    await plan(ines);
    await talk();
    const lead = await fill(hugo, 'cancel', { state_reason: 'No time' });
    const cancelled = await fill(ines, 'cancel', { state_reason: 'The office moves in that week' });

    expect(last(lead)?.text).toBe('AU-2026-001 can be cancelled by the ISMS manager only.');
    expect([...to(cancelled, hugo), ...to(cancelled, hanna)].map(({ text }) => text)).toEqual([
      'Ines Isms cancelled «Internal audit: A.5.15 to A.5.18» (AU-2026-001): The office moves in that week',
      'Ines Isms cancelled «Internal audit: A.5.15 to A.5.18» (AU-2026-001): The office moves in that week',
    ]);
    expect(await state()).toEqual(['cancelled']);
  });

  it('is read by those who audit, the ISMS manager and auditors; others see that one of their department is planned', async () => {
    await plan(ines);
    await talk();
    const [auditee, manager] = [await isma.say(hanna, 'our audits'), await isma.say(ines, 'our audits')];
    await test.db.query("update person set department = 'Sales' where email = $1", [erin]);
    const elsewhere = await isma.say(erin, 'our audits');
    const secret = await isma.say(hanna, 'AU-1');
    const coverage = await isma.say(hanna, 'audit coverage');

    expect(first(auditee)?.text).toBe('1 audit concerns you.');
    expect(first(auditee)?.items).toMatchObject([{ text: 'Internal audit: A.5.15 to A.5.18', detail: '10 December 2026 to 11 December 2026, led by Hugo Owner. You are asked on 10 December 2026, 09:30: Leavers', button: null }]); // prettier-ignore
    expect(first(manager)?.text).toBe('1 audit.');
    expect(first(elsewhere)?.text).toBe('No audit of your department is planned.');
    expect(first(secret)?.text).toContain('There is no AU-1 that you may see.');
    expect(first(coverage)?.text).toContain('is shown to the ISMS manager, auditors and administrators');
  });

  it('waits for its lead in each state, and for whoever signs beside them', async () => {
    await plan(ines);
    const waits = async (who: string) => first(await isma.say(who, "What's on my plate?"))?.items.map(({ text, detail }) => `${text} · ${detail ?? ''}`); // prettier-ignore
    const planned = await waits(hugo);
    await talk();
    await fill(hugo, 'prepare', described);
    const prepared = await waits(hugo);
    await move(hugo, 'start');
    const going = await waits(hugo);
    await fill(hugo, 'cover', { requirements: '', state: 'covered', note: '' });
    await move(hugo, 'report');
    const reporting = await waits(hugo);
    await fill(hugo, 'conclude', { conclusion: 'It conforms.' });
    await sign(hugo);

    expect(planned).toEqual(['Prepare «Internal audit: A.5.15 to A.5.18» · due Monday · AU-2026-001, begins on 10 December 2026']); // prettier-ignore
    expect(prepared).toEqual(['Begin «Internal audit: A.5.15 to A.5.18» · due Thursday 10 December · AU-2026-001, begins on 10 December 2026']); // prettier-ignore
    expect(going).toEqual(['Hold «Internal audit: A.5.15 to A.5.18» · due Friday 11 December · AU-2026-001, 4 of 4 requirements still to look at']); // prettier-ignore
    expect(reporting).toEqual(['Report of «Internal audit: A.5.15 to A.5.18» · due Tuesday 8 December · AU-2026-001, ended on 24 November 2026']); // prettier-ignore
    expect(await waits(hugo)).toEqual([]);
    expect(await waits(ines)).toEqual(['Sign the report of «Internal audit: A.5.15 to A.5.18» · due Tuesday 8 December · AU-2026-001']); // prettier-ignore
  });
});
