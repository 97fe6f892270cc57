/** The check whether it worked: asked for on its day, once, of somebody who did none of it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { startHarness, today, type Harness, type Said } from '../../support/harness.ts';
import { dialogueOf, errorsOf, textTo, to, toldBy, type Dialogue } from './dialogue.ts';
import { givenAction, givenNonconformity, givenStaff, type Name } from './given-records.ts';

describeOnDatabases('the check of a non-conformity', (test) => {
  let isma: Harness;
  let talk: Dialogue;
  let ids: Record<Name, number>;
  let now: Date;

  beforeEach(async () => {
    now = new Date('2027-02-28T22:30:00Z');
    ids = await givenStaff(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
    talk = dialogueOf(isma);
  });
  afterEach(async () => {
    await isma.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
  });

  const verifying = async (reference: string, owner: Name, values: Record<string, unknown> = {}) => {
    const id = await givenNonconformity(test.db, {
      reference, owner_id: ids.hugo, approver_id: ids.ines, raised_by: ids.erin, state: 'verifying', criterion: 'A restore each year',
      check_due_on: '2027-03-01', root_cause: 'No plan', isms_change_needed: false, plan_approved_at: today, plan_approved_by: ids.ines, ...values,
    }); // prettier-ignore
    await givenAction(test.db, {
      reference: reference.replace('NC', 'CA'), nonconformity_id: id, owner_id: ids[owner], due_on: '2026-12-31', state: 'verified',
      verified_by: ids[owner === 'hugo' ? 'ines' : 'hugo'], verified_by_name: 'Somebody', verified_at: today,
    }); // prettier-ignore
  };
  /** The only action of a plan that is approved is said to be done, and verified. */
  const lastVerified = async (reference: string, values: Record<string, unknown>) => {
    const id = await givenNonconformity(test.db, {
      reference, owner_id: ids.hugo, approver_id: ids.ines, raised_by: ids.erin, state: 'action_planned', root_cause: 'No plan',
      plan_approved_at: today, plan_approved_by: ids.ines, ...values,
    }); // prettier-ignore
    const action = reference.replace('NC', 'CA');
    await givenAction(test.db, { reference: action, nonconformity_id: id, owner_id: ids.omar, due_on: '2027-12-31', state: 'in_progress' }); // prettier-ignore
    await talk.say('omar', `${action} is done, see https://wiki.demo.example/1`);
    await talk.press('omar', 'Confirm');
    return talk.sign('ines', `corrective-actions.verify?record=${action}`);
  };
  const stateOf = async () =>
    (
      await test.db.query(
        `select state, round, closed_by, (select title from evidence where nonconformity_id = nonconformity.id and purpose = 'effectiveness') as proof from nonconformity order by reference`,
      )
    ).rows;

  it('is booked when the last action is verified, and whoever leads hears when, or what is missing', async () => {
    const booked = await lastVerified('NC-2025-001', {
      criterion: 'A restore each year',
      checker_id: ids.mona,
    });
    const missing = await lastVerified('NC-2025-002', { criterion: null });
    const own = await lastVerified('NC-2025-003', { criterion: null, owner_id: ids.omar });

    const labels = (said: Said[], name: Name) =>
      to(name, said)
        .at(-1)
        ?.buttons.map(({ label }) => label);
    expect(toldBy(booked)).toEqual(['hugo', 'ines', 'omar']);
    expect(textTo('hugo', booked)).toMatch(/^Ines Isms verified CA-2025-001: all actions of this are done\.\nNC-2025-001 .*\nWhether it worked is checked on \w+ \d+ \w+ 2027, by Mona Manager\.$/); // prettier-ignore
    expect(labels(booked, 'hugo')).toEqual(['Change the check', 'Look']);
    expect(textTo('hugo', missing)).toContain('Say what will show that it worked: then the check is booked.');
    expect(labels(missing, 'hugo')).toEqual(['Plan the check', 'Look']);
    expect(to('omar', own)).toHaveLength(1);
    expect(textTo('omar', own)).toContain('all actions of this are done');
  });

  it('is asked for when the day begins where its checker is, once, and of nobody who owns an action of it', async () => {
    await verifying('NC-2025-001', 'omar', { checker_id: ids.mona });
    await verifying('NC-2025-002', 'ines', { checker_id: null });
    await verifying('NC-2025-003', 'omar', { checker_id: ids.omar, check_due_on: '2027-03-02' });

    const before = await isma.runDue();
    now = new Date('2027-02-28T23:30:00Z');
    const due = await isma.runDue();
    const again = await isma.runDue();
    now = new Date('2027-03-02T08:00:00Z');
    const next = await isma.runDue();

    expect(before).toEqual([]);
    expect(toldBy(due)).toEqual(['ines', 'mona']);
    expect(textTo('mona', due)).toContain('NC-2025-001');
    expect(to('mona', due)[0]?.buttons.map(({ label }) => label)).toEqual(['Look']);
    expect(textTo('ines', due)).toContain('Please choose somebody else.');
    expect(to('ines', due)[0]?.buttons.map(({ label }) => label)).toEqual(['Choose who looks', 'Look']);
    expect(again).toEqual([]);
    expect(toldBy(next)).toEqual(['ines']);
    expect(textTo('ines', next)).toContain('NC-2025-003');
  });

  it('closes what worked, and leads what did not back to its cause, told to those who go on', async () => {
    await verifying('NC-2025-001', 'omar', { checker_id: ids.mona });
    await verifying('NC-2025-002', 'omar', { checker_id: ids.mona });
    now = new Date('2027-03-01T08:00:00Z');
    const [first, second] = [1, 2].map((n) => `corrective-actions.check?record=NC-2025-00${n}`) as [
      string,
      string,
    ];
    const findings = { method: 'Sample of 20', findings: 'Two were not restored' };

    await talk.sign('mona', first);
    const wrong = await talk.fill('mona', { method: '', result: 'perhaps' });
    const strange = await talk.fill('mona', { ...findings, result: 'not', link: 'ftp://x' });
    const not = await talk.fill('mona', { link: 'https://wiki.demo.example/sample' });
    const form = to('mona', await talk.sign('mona', second))[0]?.form;
    const self = await talk.command('omar', form?.id ?? '', {
      ...findings,
      result: 'effective',
    });
    const worked = await talk.fill('mona', { ...findings, result: 'effective', findings: 'All were' });
    const twice = await talk.fill('mona', { ...findings, result: 'not' });

    expect(Object.keys(errorsOf(wrong)).sort()).toEqual(['findings', 'method', 'result']);
    expect(Object.keys(errorsOf(strange))).toEqual(['link']);
    expect(toldBy(not)).toEqual(['hugo', 'mona', 'omar']);
    expect(to('hugo', not)[0]?.buttons.map(({ label }) => label)).toEqual(['Add an action', 'Look']);
    expect(errorsOf(self)).toEqual({ result: expect.stringContaining('You own an action') as unknown });
    expect(toldBy(worked)).toEqual(['erin', 'hugo', 'mona']);
    expect(textTo('mona', twice)).toMatch(/NC-2025-002 is closed .*by you/);
    expect(await stateOf()).toEqual([
      { state: 'cause_found', round: 2, closed_by: null, proof: 'https://wiki.demo.example/sample' },
      { state: 'closed', round: 1, closed_by: ids.mona, proof: null },
    ]);
  });
});
