/** A certification from its record to its end: who may write and read it, what follows by itself, the body's own days, and the list that it comes from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bringCertifications } from '../../../src/workflows/certifications/import.ts';
import { certificationTable } from '../../../src/workflows/certifications/table.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts';

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('A certification', (test) => {
  let isma: Harness;
  let folder: string;
  let now: Date;
  beforeEach(async () => {
    now = today;
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
    folder = await mkdtemp(join(tmpdir(), 'isma-certification-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const state = async () => (await rows('select state from certification order by id')).map((row) => row['state']); // prettier-ignore
  const record = (fields: Record<string, string> = {}, by = ines) =>
    isma.press(by, 'certifications.send-begin', { body: 'Kestrel', scope: 'Robots, in Hamburg', standard: '', soa_version: '', contact: '', audit_days: 'Stage 1: 1,5; Stage 2: 4', ...fields }); // prettier-ignore
  const move = async (name: string, fields: Record<string, string> | null, by = ines) =>
    fields === null
      ? isma.press(by, `certifications.move?record=CE-1&move=${name}`)
      : isma.press(by, `certifications.send-fill?record=CE-1&move=${name}`, fields);
  const visit = (name: string, on: string) =>
    move(name, { visited_on: on, auditors: 'Pat Plover, Robin Rail' });
  const finding = (grade: string, source = 'external_audit') =>
    test.db.transaction(async (tx) => {
      const { raiseNonconformity } = await import('../../../src/isms/nonconformity/nonconformity.ts');
      const { selectOptionalByEmail } = await import('../../../src/records/person.ts');
      const actor = await selectOptionalByEmail(tx, ines);
      if (actor === null) throw new Error('nobody');
      return raiseNonconformity(tx, { actor, at: now, inputId: null, link: null }, { title: `A ${grade}`, requirement: '8.2', evidenceSeen: 'Seen', gap: 'Missing', source: source as 'self', identifiedOn: '2026-11-20', grade: grade as 'major', gradeReason: 'Because' }); // prettier-ignore
    });
  const body = (reference: string, fields: Record<string, string>) =>
    isma.press(ines, `corrective-actions.send-body?record=${reference}`, { 'finding': '', 'auditor': '', 'plan-by': '', 'evidence-by': '', 'sent': '', 'answer': 'none', 'answered': '', 'said': '', 'closed': '', ...fields }); // prettier-ignore
  const bring = async (apply: boolean, ...lines: string[]) => {
    const path = join(folder, 'certificates.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return bringCertifications(test.db, () => now, path, { beside: null, apply });
  };

  it('is recorded by the ISMS manager, shown to those who answer for it, and to everybody once it is there', async () => {
    const refused = await record({}, hugo);
    const card = await record();
    const twice = await record({ body: 'kestrel' });
    const wrong = await record({ body: 'Other', audit_days: 'some' });
    const before = last(await isma.say(erin, 'our certificate'))?.text;
    await test.db.query("update certification set state = 'certified', valid_until = '2029-01-01'");
    const after = last(await isma.say(erin, 'our certificate'));

    expect(last(refused)?.text).toBe('Only the ISMS manager records a certification.');
    expect(last(card)?.text).toBe('CE-2026-001 · Kestrel, ISO/IEC 27001:2022');
    expect(last(card)?.facts).toContainEqual({ label: 'Audit days', value: 'Stage 1: 1.5, Stage 2: 4' });
    expect(last(twice)?.text).toBe('CE-2026-001 is the certification by kestrel already.');
    expect(last(wrong)?.form?.fields.find(({ name }) => name === 'audit_days')?.error).toContain(
      'write the days as',
    );
    expect(before).toBe('There is no certificate yet that I could show.');
    expect(after?.text).toBe('CE-2026-001 · Kestrel, ISO/IEC 27001:2022');
    expect(after?.buttons.map(({ label }) => label)).toEqual(['What happened', 'Take it all']);
    expect(last(await move('stage1', null, erin))?.text).toContain('look at it again');
  });

  it('is shown with the visit that is planned, beside audits of our own', async () => {
    await record();
    const audit = (reference: string, kind: string, from: string) =>
      test.db.query(
        `insert into audit (reference, state, state_at, kind, title, lead_id, planned_from, planned_until)
         select $1, 'planned', now(), $2, 'Audit', id, $3::date, $3::date from person where email = $4`,
        [reference, kind, from, ines],
      );
    await audit('AU-2026-001', 'internal', '2026-12-01');
    await audit('AU-2027-001', 'stage1', '2027-01-12');
    await audit('AU-2027-002', 'internal', '2027-02-01');

    const card = last(await isma.say(ines, 'CE-1'));

    expect(card?.text).toBe('CE-2026-001 · Kestrel, ISO/IEC 27001:2022');
    expect(JSON.stringify(card)).toContain('12 January 2027');
  });

  it('waits by itself for majors of its audits, and goes on once the body has closed them', async () => {
    await record();
    await visit('stage1', '2026-10-20');
    await visit('stage2', '2026-11-20');
    const major = await finding('major');
    expect(await state()).toEqual(['major_open']);
    const early = await move('certify', { decided_on: '2026-11-23', valid_until: '', certificate_number: '', scope: 'Robots', soa_version: '2.0' }); // prettier-ignore
    await finding('minor');
    await finding('major', 'internal_audit');
    await body(major.reference, { sent: '2026-11-21', answer: 'accepted', answered: '2026-11-22' });
    expect(await state()).toEqual(['major_open']);

    await body(major.reference, { sent: '2026-11-21', answer: 'accepted', answered: '2026-11-22', closed: '2026-11-23' }); // prettier-ignore
    const free = await state();
    await move('certify', { decided_on: '2026-11-23', valid_until: '', certificate_number: 'K-1', scope: 'Robots', soa_version: '2.0' }); // prettier-ignore

    expect(last(early)?.text).toBe('CE-2026-001 is major open by now: look at it again.');
    expect(free).toEqual(['stage2_done']);
    expect(await rows('select state, decided_on::text, valid_until::text, certificate_number, soa_version from certification')).toEqual([{ state: 'certified', decided_on: '2026-11-23', valid_until: '2029-11-22', certificate_number: 'K-1', soa_version: '2.0' }]); // prettier-ignore
    const history = last(await isma.press(ines, 'certifications.history?record=CE-1&all=1'))?.items;
    expect(history?.map(({ text }) => text)).toEqual([
      'Ines Isms noted for CE-2026-001 that the body decided on 23 November 2026: certified until 22 November 2029',
      'The certification body has verified all majors of CE-2026-001',
      'CE-2026-001 waits: a major is open',
      'Ines Isms noted for CE-2026-001 that Stage 2 was held, until 20 November 2026',
      'Ines Isms noted for CE-2026-001 that Stage 1 was held, until 20 October 2026',
      'Ines Isms recorded CE-2026-001, the certification by Kestrel',
    ]);
  });

  it('finds its majors at once where Stage 2 is noted after them, and also those that a list brought', async () => {
    await record();
    await finding('major');
    await visit('stage1', '2026-10-20');
    expect(await state()).toEqual(['stage1_done']);
    await visit('stage2', '2026-11-20');
    expect(await state()).toEqual(['major_open']);

    await test.db.query("update nonconformity set body_closed_on = '2026-11-23'");
    await isma.runDue();

    expect(await state()).toEqual(['stage2_done']);
    expect(await rows("select actor from audit_entry where action = 'certification.majors_verified'")).toEqual([{ actor: 'system:certifications' }]); // prettier-ignore
  });

  it('goes through its visits, is suspended to where it came from, and ends on its day', async () => {
    await record();
    await visit('stage1', '2026-10-20');
    await visit('stage2', '2026-11-20');
    await move('certify', { decided_on: '2026-11-23', valid_until: '', certificate_number: 'K-1', scope: 'Robots', soa_version: '2.0' }); // prettier-ignore
    const next = last(await isma.say(ines, 'when is our next surveillance audit?'));
    const future = await visit('surveillance1', '2027-11-01');
    const backwards = await visit('surveillance1', '2026-11-01');
    now = new Date('2027-11-05T09:00:00Z');
    await visit('surveillance1', '2027-11-03');
    await move('suspend', { state_reason: 'Fees were not paid' });
    const suspended = await state();
    const wrongWay = await move('lift_certified', null);
    await move('lift_surveillance_1', null);
    const lifted = await rows('select state, suspended_from, state_reason from certification');
    now = new Date('2029-11-23T09:00:00Z');
    await isma.runDue();

    expect(next?.text).toBe('Next visit: Surveillance audit, 23 August 2027 to 23 November 2027 (Kestrel).');
    expect(last(future)?.text).toContain('is still to come');
    expect(last(backwards)?.text).toContain('Its last audit was held until 20 November 2026');
    expect(suspended).toEqual(['suspended']);
    expect(last(wrongWay)?.text).toContain('lift it, to where it was suspended from');
    expect(lifted).toEqual([{ state: 'surveillance_1', suspended_from: null, state_reason: null }]);
    expect(await state()).toEqual(['expired']);
    expect(await rows("select actor from audit_entry where action = 'certification.expired'")).toEqual([{ actor: 'system:certifications' }]); // prettier-ignore
  });

  it('gives findings of its audits the days of its own body, else those of the setting for that body, else the usual', async () => {
    const dueOf = async (reference: string) => (await rows(`select body_plan_due_on::text as plan, body_due_on::text as evidence from nonconformity where reference = '${reference}'`))[0]; // prettier-ignore
    const usual = await finding('major');
    await record();
    await changeSetting(test.db, 'certification.nc_rules', { body: 'default', bodies: { default: { majorPlanDays: 30, majorDays: 90, minorPlanDays: 60 }, Kestrel: { majorDays: 45, minorPlanDays: 20, minorDays: 80 } } }, 'system:test', now); // prettier-ignore
    const ofBody = await finding('major');
    const ofMinor = await finding('minor');
    const wrong = await move('rule', { majorPlanDays: 'soon', majorDays: '', minorPlanDays: '', minorDays: '' }); // prettier-ignore
    const ruled = await move('rule', {
      majorPlanDays: '10',
      majorDays: '',
      minorPlanDays: '',
      minorDays: '',
    });
    const own = await finding('major');
    const internal = await finding('major', 'internal_audit');

    expect(await dueOf(usual.reference)).toEqual({ plan: '2026-12-20', evidence: '2027-02-18' });
    expect(await dueOf(ofBody.reference)).toEqual({ plan: null, evidence: '2027-01-04' });
    expect(await dueOf(ofMinor.reference)).toEqual({ plan: '2026-12-10', evidence: '2027-02-08' });
    expect(last(wrong)?.form?.fields[0]?.error).toBe(
      'Write a whole number of days, from 1 to 730; 0 for not asked for.',
    );
    expect(last(ruled)?.facts).toContainEqual({ label: 'Own days for findings', value: 'Major: answer with plan in 10 days' }); // prettier-ignore
    expect(await dueOf(own.reference)).toEqual({ plan: '2026-11-30', evidence: '2027-01-04' });
    expect(await dueOf(internal.reference)).toEqual({ plan: null, evidence: null });
  });

  it('has the body’s own reckoning of its visits, which 0 leaves to the calendar, beside its days for findings', async () => {
    const list = ['body,state,scope,decided_on,valid_until,visited_on,surveillance_months,window_months,minor_days', 'Kestrel,surveillance 1,Robots,2026-01-15,2029-01-14,2026-11-10,12,2,0']; // prettier-ignore
    await bring(true, ...list);
    const [form] = await isma.press(ines, 'certifications.fill?record=CE-1&move=reckon');
    const brought = last(await isma.press(ines, 'certifications.show?record=CE-1'));
    const again = await bring(true, ...list);
    const wrong = await move('reckon', { windowMonths: '0' });
    const changed = last(await move('reckon', { surveillanceMonths: '0', windowMonths: '', stage2Months: '6' })); // prettier-ignore
    const { columns, rows: table } = await certificationTable(test.db);
    const cells = Object.fromEntries(columns.map((column, at) => [column, table[0]?.[at]]));

    expect(form?.reply.form?.fields.map(({ name, value }) => [name, value])).toContainEqual(['surveillanceMonths', '12']); // prettier-ignore
    expect(brought?.facts).toContainEqual({ label: 'Own days for findings', value: 'Minor: evidence not asked for' }); // prettier-ignore
    expect(brought?.facts).toContainEqual({ label: 'Own days for visits', value: 'Surveillance after the last visit: 12 months; Window before the last day of a visit: 2 months' }); // prettier-ignore
    expect(brought?.facts).toContainEqual({ label: 'Next visit', value: 'Surveillance audit, 10 September 2027 to 10 November 2027' }); // prettier-ignore
    expect(again.text).toContain('unchanged 1.');
    expect(last(wrong)?.form?.fields.find(({ name }) => name === 'windowMonths')?.error).toBe('Write a whole number of months, from 1 to 120.'); // prettier-ignore
    expect(changed?.facts).toContainEqual({ label: 'Own days for visits', value: 'Surveillance after the last visit one in each calendar year; Stage 2 after Stage 1: 6 months' }); // prettier-ignore
    expect(changed?.facts).toContainEqual({ label: 'Next visit', value: 'Surveillance audit, 1 January 2027 to 31 December 2027' }); // prettier-ignore
    expect(cells).toMatchObject({ surveillance_months: '0', window_months: '', stage2_months: '6', minor_days: '0' }); // prettier-ignore
  });

  it('says what its body still wants, in four languages, the most urgent first, and to nobody what they may not see', async () => {
    await record();
    const minor = await finding('minor');
    const major = await finding('major');
    const rejected = await finding('major');
    await test.db.query("update nonconformity set state = 'rejected' where id = $1", [rejected.id]);
    now = new Date('2026-12-22T09:00:00Z');

    const answers = [];
    for (const words of ['What does the certification body still want?', 'Was will die Zertifizierungsstelle noch?', "Que veut encore l'organisme de certification ?", '¿Qué quiere todavía la entidad certificadora?']) answers.push(last(await isma.say(ines, words))?.text); // prettier-ignore
    await body(minor.reference, { sent: '2026-12-20' });
    const later = last(await isma.say(ines, 'what does the certification body still want?'));
    const hers = last(await isma.say(erin, 'what does the certification body still want?'));
    const inChannel = await isma.say(ines, 'what does the certification body still want?', { channel: 'C1' });

    expect(answers).toEqual(
      Array.from({ length: 4 }, () => 'Kestrel still wants 2 things from us, 1 of them overdue.'),
    );
    expect(later?.text).toBe('Kestrel still wants 1 thing from us, and it is overdue.');
    expect(later?.items.map(({ text, detail }) => [text, detail])).toEqual([
      ['A major', `it wants our answer, 2 days overdue · ${major.reference} · major`],
      [
        'A minor',
        `it wants time to read our answer · ${minor.reference} · minor · answer sent 20 December 2026`,
      ],
    ]);
    expect(hers?.text).toBe('There is no certificate yet that I could show.');
    expect(inChannel.find(({ address }) => address === 'test:channel:C1')?.reply.text).not.toContain(
      'Kestrel',
    );
  });

  it('comes from a list: tried first, then written whole, and the same list again changes nothing', async () => {
    const list = ['Certifier,Status,Scope,Number,Decision,Valid to,Last audit,Audit days,Auditors,Major days', 'Kestrel,Surveillance 1,Robots,K-1,15.01.2026,14.01.2029,2026-11-10,"Surveillance: 1,5",Pat Plover,60']; // prettier-ignore
    const tried = await bring(false, ...list);
    const days = 'Decision is read as days, day-first: «15.01.2026» is 15 January 2026\nValid to is read as days, day-first: «14.01.2029» is 14 January 2029\n'; // prettier-ignore
    expect(tried.text).toBe(days + 'Would add 1, change 0, unchanged 0.\nNothing was written yet. Say --apply to write it.\n'); // prettier-ignore
    expect(await state()).toEqual([]);

    expect((await bring(true, ...list)).text).toBe(days + 'Added 1, changed 0, unchanged 0.\n');
    expect((await bring(true, ...list)).text).toContain('unchanged 1.\nThere is nothing to write.');
    const changed = await bring(true, 'body,state,scope,valid_until', 'KESTREL,withdrawn,Robots,');
    const { columns, rows: table } = await certificationTable(test.db);

    expect(changed.text).toBe('Added 0, changed 1, unchanged 0.\n');
    expect(Object.fromEntries(columns.map((column, at) => [column, table[0]?.[at]]))).toMatchObject({ state: 'withdrawn', certificate_number: 'K-1', decided_on: '2026-01-15', audit_days: 'Surveillance: 1.5', major_days: '60', open_majors: '0', next_visit: '' }); // prettier-ignore
    expect(await rows("select distinct actor from audit_entry where record like 'certification:%'")).toEqual([{ actor: 'system:certification-import' }]); // prettier-ignore
  });

  it('names every line of a list that does not do, and writes nothing of it', async () => {
    const { text, isWhole } = await bring(
      true,
      'body,state,scope,decided_on,audit_days,owner',
      'Kestrel,flying,Robots,,,',
      'Heron,certified,Robots,,,',
      'Osprey,preparing,Robots,,lots,nobody@test.example',
      'Merlin,preparing,Robots,,,',
    );

    expect(isWhole).toBe(false);
    expect(text.split('\n')).toEqual([
      expect.stringContaining('line 2, state: «flying» is none of preparing, stage1 done'),
      '  certificates.csv, line 3, lacks visited_on, decided_on, valid_until for «certified»',
      '  certificates.csv, line 4, audit_days: «lots»: write the days as «Stage 1: 1.5, Stage 2: 4»',
      '  certificates.csv, line 4, owner: «nobody@test.example» is nobody that I know; write the e-mail address of a person, whom "isma people import" adds', // prettier-ignore
      'Would add 1, change 0, unchanged 0.',
      'Nothing was written: it is all or nothing. Mend these lines and try again.',
      '',
    ]);
    expect(await state()).toEqual([]);
  });
});
