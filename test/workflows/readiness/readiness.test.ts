/** «Are we ready?»: the verdict by stage, whom it is told, as of any day, what its numbers open, and asking whoever owns a gap. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendAudit } from '../../../src/db/audit.ts';
import type { Queryable } from '../../../src/db/database.ts';
import { insert } from '../../isms/given-register.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore
const now = new Date('2027-03-01T09:00:00Z');

describeOnDatabases('Readiness', (test) => {
  let isma: Harness;
  let ids: Record<string, number>;
  beforeEach(async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id, email from person');
    ids = Object.fromEntries(rows.map(({ id, email }) => [String(email), Number(id)]));
    await test.db.query(`update person set manager_id = $1, roles = '{employee}' where id = $2`, [ids[hugo], ids[erin]]);
    await test.db.query(`update person set roles = '{employee,manager}' where id = $1`, [ids[hugo]]);
    await test.db.query(`update person set roles = '{employee}' where id = $1`, [ids[hanna]]);
    isma = await startHarness({ db: test.db, clock: () => now });
  }); // prettier-ignore
  afterEach(() => isma.stop());

  const last = (said: Said[]) => said.at(-1)?.reply;
  const on = (day: string, work: (tx: Queryable) => Promise<unknown>) =>
    test.db.transaction(async (tx) => {
      await work(tx);
      await appendAudit(tx, { actor: 'system:test', action: 'setting.changed', record: 'setting:x', detail: { value: 1 }, at: new Date(`${day}T08:00:00Z`) }); // prettier-ignore
    });
  const audit = (tx: Queryable, held: string, values = {}) =>
    insert(tx, 'audit', { reference: 'AU-2027-001', state: 'complete', state_at: now, kind: 'internal', title: 'Internal audit A', lead_id: ids[hugo], planned_from: held, planned_until: held, held_until: held, ...values }); // prettier-ignore
  const finding = (tx: Queryable, values = {}) =>
    insert(tx, 'nonconformity', {
      reference: 'NC-2027-001', title: 'Leavers keep access', requirement: 'A.5.18', evidence_seen: 'x', gap: 'x', source: 'self', identified_on: '2027-02-10', raised_by: ids[ines], raised_by_name: 'x',
      raised_at: now, owner_id: ids[hugo], grade: 'major', grade_reason: 'x', state: 'open', state_at: now, ...values,
    }); // prettier-ignore
  const review = (tx: Queryable) =>
    insert(tx, 'management_review', { reference: 'MR-2027-001', state: 'signed', state_at: now, title: 'Review', planned_on: '2026-11-02', held_on: '2026-11-02', chair_id: ids[hugo], secretary_id: ids[ines] }); // prettier-ignore
  const training = (person: string, state: string, due: string) =>
    insert(test.db, 'training', { reference: `TR-${person}`, state, state_at: new Date('2027-01-01T08:00:00Z'), person_id: ids[person], lesson: 'phishing', assigned_at: new Date('2027-01-01T08:00:00Z'), due_on: due }); // prettier-ignore

  it('says first what stands against it, by the audit that is asked about', async () => {
    await on('2027-02-10', async (tx) => {
      await finding(tx);
      await audit(tx, '2025-12-20');
      await review(tx);
    });

    const card = last(await isma.say(ines, 'Are we ready for Stage 2?'));

    expect(card?.text).toBe('Not yet for Stage 2: 1 major open, internal audit 14 months old, no Statement of Applicability approved and 1 more.'); // prettier-ignore
    expect(card?.items.map(({ text }) => text)).toContain('Non-conformities: 1 major open since 10 February 2027');
    expect(card?.items.find(({ text }) => text.startsWith('Audits'))?.detail).toBe('Hugo Owner · Hold an internal audit');
    expect(card?.facts.find(({ label }) => label === 'In order')?.value).toContain('Management review');
    expect(card?.picture?.alt).toContain('Not yet for Stage 2; blocks: Documents, Statement of Applicability, Audits, Non-conformities');
    expect(card?.buttons.map(({ label }) => label)).toEqual(['Documents', 'Evidence', 'All numbers']);
    expect(last(await isma.say(ines, 'ready'))?.text).toBe(card?.text);
    expect(last(await isma.say(ines, 'Sind wir bereit für das Überwachungsaudit?'))?.text).toContain('Not yet for the surveillance audit');
  }); // prettier-ignore

  it('is never outweighed by what is in order', async () => {
    await on('2027-02-10', async (tx) => {
      await audit(tx, '2027-02-01');
      await review(tx);
      const { id } = await insert(tx, 'soa', { reference: 'SO-2027-001', state: 'draft', state_at: now, edition: '1.0', owner_id: ids[ines], approver_id: ids[hugo] }); // prettier-ignore
      await tx.query(`insert into soa_entry (soa_id, control, applies, basis, justification) select $1, 'A.' || a || '.' || b, false, 'law', 'No' from generate_series(5, 8) a, generate_series(1, 40) b`, [id]); // prettier-ignore
      await tx.query("update soa set state = 'approved', approved_at = $1", [now]);
      await finding(tx);
    });

    const facts = last(await isma.say(ines, 'ready'));

    expect(facts?.text).toMatch(/^Not yet for Stage 2: 1 major open, \d+ required documents missing\.$/);
  });

  it('is told as it stood on a day, and of a day before its records that it cannot say', async () => {
    await on('2026-06-10', (tx) => finding(tx));
    await on('2027-02-20', (tx) => tx.query("update nonconformity set state = 'rejected'"));

    const then = last(await isma.say(ines, 'where did we stand on 1 July 2026?'));
    const today = last(await isma.say(ines, 'ready'));
    const before = last(await isma.say(ines, 'how ready were we on 1 June 2025?'));
    const ahead = last(await isma.say(ines, 'how ready are we on 1 June 2028?'));

    expect(then?.text).toContain('Not yet for Stage 2, as of 1 July 2026: 1 major open');
    expect(today?.text).not.toContain('major');
    expect(before?.text).toMatch(
      /^I cannot say how things stood on 1 June 2025: my records of that begin on /,
    );
    expect(ahead?.text).toContain('is still to come');
    const change = last(await isma.press(ines, 'readiness.show?day=2027-02-25'))?.facts.find(({ label }) => label === 'Since 18 February 2027'); // prettier-ignore
    expect(change?.value).toContain('majors open 1 → 0');
  });

  it('tells managers the shares of their own people, and others kindly whom to ask', async () => {
    await training(erin, 'assigned', '2027-02-01');
    await training(hanna, 'assigned', '2027-02-01');
    await finding(test.db);

    const manager = last(await isma.say(hugo, 'are we ready for the audit?'));
    const employee = last(await isma.say(hanna, 'are we ready for the audit?'));

    expect(manager?.items.map(({ text }) => text)).toEqual(['Training: 0 of 1 lessons due are passed, 1 overdue']);
    expect(JSON.stringify(manager)).not.toContain('major');
    expect(employee?.text).toContain('Ines Isms, our ISMS manager, can tell you how ready we are');
    const list = last(await isma.press(hugo, 'readiness.list?key=training.overdue'));
    expect(list?.table?.rows.map((row) => row[1])).toEqual(['Erin Employee · phishing']);
    expect(last(await isma.press(hugo, 'readiness.list?key=nonconformities.major_open'))?.text).toBe('I count nothing of that for you.');
    expect(last(await isma.press(hugo, 'readiness.documents'))?.text).toContain('for the ISMS manager and auditors');
    expect(last(await isma.press(hanna, 'readiness.facts?part=documents'))?.text).toContain('can tell you how ready we are');
    const { rows } = await test.db.query("select detail from (select payload::jsonb -> 'detail' as detail, action from audit_entry) seen where action = 'training.seen'");
    expect(rows).toEqual([{ detail: expect.objectContaining({ people: [ids[erin]] }) as unknown }]);
  }); // prettier-ignore

  it('opens behind each number the records that it counts, as a list and as a file', async () => {
    await on('2027-02-10', (tx) => finding(tx));

    const part = last(await isma.press(ines, 'readiness.facts?part=nonconformities'));
    const look = part?.items.find(({ text }) => text === 'majors open: 1')?.button?.id ?? '';
    const list = last(await isma.press(ines, look));
    const file = last(await isma.press(ines, list?.buttons.find(({ label }) => label === 'Excel file')?.id ?? ''));

    expect(list?.table?.rows).toEqual([['NC-2027-001', 'Leavers keep access', 'open', '10 February 2027', 'Hugo Owner']]);
    expect(list?.choices.map(({ label }) => label)).toEqual(['NC-2027-001']);
    expect(file?.files[0]?.name).toBe('nonconformities-major-open-2027-03-01.xlsx');
  }); // prettier-ignore

  it('asks whoever owns what is missing, in their language, and notes that', async () => {
    const { id } = await insert(test.db, 'document', { reference: 'POL-30', kind: 'policy' });
    await insert(test.db, 'document_version', {
      document_id: id, version: '1.0', status: 'draft', title: 'Scope of the ISMS', language: 'en', owner_email: hugo, audience: ['everyone'], controls: [], content_hash: 'x', stored_at: now,
    }); // prettier-ignore
    await test.db.query("update person set locale = 'de-DE' where id = $1", [ids[hugo]]);

    const list = last(await isma.say(ines, 'stage 1 list'));
    const ask = list?.items.find(({ text }) => text === 'Scope of the management system (4.3)')?.button;
    const said = await isma.press(ines, ask?.id ?? '');

    expect(ask?.label).toBe('Ask Hugo Owner');
    expect(said.map(({ reply }) => reply.text)).toEqual(expect.arrayContaining([
      'Scope of the management system (4.3) ist ein Entwurf, und das Audit wird danach fragen. Ines Isms bittet Sie, sich darum zu kümmern. Sagen Sie kurz, wann es da ist oder wer es sonst haben sollte.',
      'I have asked Hugo Owner for Scope of the management system (4.3).',
    ]));
    const { rows } = await test.db.query("select action, record from audit_entry where action like 'missing%'");
    expect(rows).toEqual([{ action: 'missing.asked', record: `document:${id}` }]);
    expect(last(await isma.press(hugo, ask?.id ?? ''))?.text).toContain('for the ISMS manager and auditors');
  }); // prettier-ignore

  it('shows evidence by control with its age, fresh and missing', async () => {
    await insert(test.db, 'evidence_request', {
      reference: 'EV-2027-001', state: 'accepted', state_at: now, title: 'Access review', requirements: ['A.5.18'], what: 'x', owner_id: ids[hugo], asked_by: ids[ines], asked_by_name: 'x', asked_at: now, due_on: '2027-01-01', dated_on: '2026-12-01',
    }); // prettier-ignore

    const list = last(await isma.say(ines, 'stage 2 list'));

    expect(list?.text).toBe('1 of 93 controls that apply have fresh evidence.');
    expect(list?.table?.rows).toEqual([['A.5.18', 'Access review', '3 months']]);
    expect(list?.items[0]?.text).toBe('A.5.1 Policies for information security');
    await on('2027-02-20', async (tx) => {
      const { id } = await insert(tx, 'soa', { reference: 'SO-2027-001', state: 'draft', state_at: now, edition: '1.0', owner_id: ids[hugo], approver_id: ids[hugo] }); // prettier-ignore
      await insert(tx, 'soa_entry', { soa_id: id, control: 'A.5.1', applies: true, owner_id: ids[hugo] });
      await tx.query("update soa set state = 'approved', approved_at = $1", [now]);
    });
    const [gap] = last(await isma.say(ines, 'stage 2 list'))?.items ?? [];
    expect(gap?.button?.label).toBe('Ask Hugo Owner');
    const card = last(await isma.press(ines, gap?.button?.id ?? ''));
    expect(card?.facts).toContainEqual({ label: 'Of', value: 'Hugo Owner' });
    expect(card?.facts).toContainEqual({ label: 'For', value: 'A.5.1 Policies for information security' });
  });

  it('stands on Home for those who see all of it, and for nobody else', async () => {
    await on('2027-02-10', (tx) => finding(tx));

    const [mine, others] = [last(await isma.press(ines, 'home')), last(await isma.press(hanna, 'home'))];

    expect(mine?.items[0]?.text).toContain('Not yet for Stage 2: 1 major open');
    expect(JSON.stringify(others)).not.toContain('Not yet');
  });
});
