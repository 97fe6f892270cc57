/** From containment to an approved plan, and every other end that a record of the register may come to, by buttons and forms alone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { startHarness, today, type Harness } from '../../support/harness.ts';
import { dialogueOf, errorsOf, textTo, to, toldBy, type Dialogue } from './dialogue.ts';
import { givenNonconformity, givenStaff, type Name } from './given-records.ts';

describeOnDatabases('a non-conformity on its way', (test) => {
  let isma: Harness;
  let talk: Dialogue;
  let ids: Record<Name, number>;

  beforeEach(async () => {
    ids = await givenStaff(test.db);
    isma = await startHarness({ db: test.db });
    talk = dialogueOf(isma);
  });
  afterEach(async () => {
    await isma.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
  });

  const given = (reference: string, values: Record<string, unknown> = {}) =>
    givenNonconformity(test.db, {
      reference, owner_id: ids.hugo, approver_id: ids.ines, raised_by: ids.erin, grade: 'major', source: 'external_audit', body_due_on: '2027-02-15', ...values,
    }); // prettier-ignore
  const states = async () =>
    (await test.db.query('select reference, state, grade from nonconformity order by reference')).rows.map(
      ({ reference, state, grade }) => `${String(reference)} ${String(state)} ${String(grade)}`,
    );

  it('is contained at the form, and its plan goes to the approver, back with a reason, and is approved once', async () => {
    await given('NC-2025-001', { grade: 'major' });
    await talk.command('erin', 'corrective-actions.contain?record=NC-2025-001');
    const empty = await talk.fill('erin', { correction: '', consequences: 'None' });
    const contained = await talk.fill('erin', { correction: 'A restore was tried', consequences: 'None' });
    const late = await talk.command('hugo', 'corrective-actions.contain?record=NC-2025-001');
    await test.db.query(
      "update nonconformity set state = 'cause_found', root_cause = 'No one plans restores'",
    );
    const bare = await talk.command('hugo', 'corrective-actions.plan?record=NC-2025-001');
    await talk.command('hugo', 'corrective-actions.plan-action?record=NC-2025-001');
    const wrong = await talk.fill('hugo', { what: 'Plan restores', who: 'Hu Nobody', due: '2026-11-01' });
    const past = await talk.fill('hugo', { who: 'Omar' });
    const planned = await talk.fill('hugo', { due: 'end of december' });
    const unsaid = await talk.command('hugo', 'corrective-actions.plan?record=NC-2025-001');
    await talk.press('hugo', 'Plan the check', planned);
    const vague = await talk.fill('hugo', { criterion: 'A restore each quarter', change: 'yes' });
    const whole = await talk.fill('hugo', { change: 'no' });
    await talk.press('hugo', 'Look at the plan', whole);
    const sent = await talk.press('hugo', 'Send the plan to be approved');
    const twice = await talk.command('hugo', 'corrective-actions.plan?record=NC-2025-001');
    const self = await talk.command('hugo', 'corrective-actions.approve-plan?record=NC-2025-001');
    await talk.press('ines', 'Look at the plan', sent);
    await talk.press('ines', 'Send back');
    const returned = await talk.fill('ines', { reason: 'Who watches it?' });
    const gone = await talk.fill('ines', { reason: 'Once more' });
    await talk.sign('hugo', 'corrective-actions.plan?record=NC-2025-001');
    await talk.press('ines', 'Look at the plan');
    const approved = await talk.press('ines', 'Approve');
    const again = await talk.press('ines', 'Approve');

    expect(errorsOf(empty)).toEqual({ correction: 'Please fill this in.' });
    expect(textTo('erin', contained)).toContain('blocks the certificate until it is corrected and verified');
    expect(textTo('hugo', late)).toMatch(/NC-2025-001 is contained.*by Erin Employee on 24 November 2026/);
    expect(textTo('hugo', bare)).toContain('A plan needs at least one');
    expect(textTo('hugo', unsaid)).toContain('does not say yet what will show that it worked and whether');
    expect(Object.keys(errorsOf(vague))).toEqual(['change-what']);
    expect(errorsOf(wrong)).toEqual({ who: expect.stringContaining('I know nobody called') as unknown });
    expect(errorsOf(past)).toEqual({ due: expect.stringContaining('is past') as unknown });
    expect(toldBy(planned)).toEqual(['hugo', 'omar']);
    expect(to('omar', planned)[0]?.buttons.map(({ label }) => label)).toEqual(['Look']);
    expect(toldBy(sent)).toEqual(['hugo', 'ines']);
    expect(to('hugo', sent)[0]?.buttons.map(({ label }) => label)).not.toContain(
      'Send the plan to be approved',
    );
    expect(textTo('hugo', twice)).toContain('You sent the plan of NC-2025-001 already');
    expect(textTo('hugo', self)).toContain('can be approved by Ines Isms only');
    expect(textTo('hugo', returned)).toContain('sent the plan back to you: «Who watches it?»');
    expect(textTo('ines', gone)).toContain('sent back already by you');
    expect(toldBy(approved)).toEqual(['hugo', 'ines']);
    expect(textTo('ines', again)).toContain('approved already by you');
    expect(await states()).toEqual(['NC-2025-001 action_planned major']);
  });

  it('of a minor stands and is then accepted; a check is planned with nobody who does the work', async () => {
    await given('NC-2025-001', { grade: 'minor', state: 'cause_found', root_cause: 'No plan' });
    await talk.command('hugo', 'corrective-actions.plan-action?record=NC-2025-001');
    await talk.fill('hugo', { what: 'Plan restores', who: 'omar@test.example', due: '2026-12-31' });
    await talk.command('hugo', 'corrective-actions.plan-check?record=NC-2025-001');
    const owner = await talk.fill('hugo', { criterion: 'A restore each year', who: 'Omar', change: 'no' });
    await talk.fill('hugo', { who: 'Mona', due: '2027-03-01' });
    await talk.press('hugo', 'Look at the plan');
    const stands = await talk.press('hugo', 'The plan stands');
    await talk.press('ines', 'Look at the plan', stands);
    const accepted = await talk.press('ines', 'Approve');

    expect(textTo('ines', stands)).toContain(
      'The certification body wants the evidence by Monday 15 February 2027.',
    );
    expect(errorsOf(owner)).toEqual({
      who: expect.stringContaining('owns an action of NC-2025-001') as unknown,
    });
    expect(textTo('hugo', accepted)).toContain('Ines Isms approved the plan');
    expect(
      (await test.db.query('select checker_id, check_due_on, plan_approved_by from nonconformity')).rows,
    ).toEqual([{ checker_id: ids.mona, check_due_on: '2027-03-01', plan_approved_by: ids.ines }]);
  });

  it('is regraded, rejected, settled, corrected and opened again, with the reason told to those whom it concerns', async () => {
    await given('NC-2025-001');
    await given('NC-2025-002');
    await given('NC-2025-003', { grade: 'ofi' });
    await given('NC-2025-004', { state: 'closed', closed_by: ids.ines, closed_at: today });
    const send = async (name: Name, id: string, fields: Record<string, string>) => {
      await (id.startsWith('amend') ? talk.command : talk.sign)(name, `corrective-actions.${id}`);
      return talk.fill(name, fields);
    };
    const regraded = await send('ines', 'regrade?record=NC-2025-001', {
      grade: 'minor',
      reason: 'One server',
    });
    const rejected = await send('ines', 'reject?record=NC-2025-002', { reason: 'It was a test system' });
    const settled = await send('hugo', 'settle?record=NC-2025-003&decision=declined', { reason: 'Too dear' });
    const reopened = await send('ines', 'reopen?record=NC-2025-004', { reason: 'Seen again' });
    const amended = await send('ines', 'amend?record=NC-2025-001', {
      title: 'Restores',
      owner: 'Mona',
    });
    await talk.command('ines', 'corrective-actions.body?record=NC-2025-001');
    await talk.fill('ines', { 'evidence-by': '2027-01-31', finding: 'CB-4' });
    const form = to('ines', await talk.sign('ines', 'corrective-actions.reject?record=NC-2025-004'))[0]?.form;
    const refused = await talk.command('hugo', form?.id ?? '', { reason: 'I say so' });

    expect(textTo('erin', regraded)).toContain('«One server»');
    expect(textTo('erin', rejected)).toContain('«It was a test system»');
    expect(textTo('erin', settled)).toContain('Hugo Owner declined this: «Too dear»');
    expect(textTo('hugo', reopened)).toContain('opened this again: «Seen again»');
    expect(textTo('mona', amended)).toContain('you lead it now');
    expect(errorsOf(refused)).toEqual({ reason: 'NC-2025-004 can be rejected by the ISMS manager only.' });
    expect(await states()).toEqual([
      'NC-2025-001 open minor',
      'NC-2025-002 rejected major',
      'NC-2025-003 closed ofi',
      'NC-2025-004 open major',
    ]);
    expect((await test.db.query("select title, owner_id, body_due_on from nonconformity where reference = 'NC-2025-001'")).rows).toEqual([
      { title: 'Restores', owner_id: ids.mona, body_due_on: '2027-01-31' },
    ]); // prettier-ignore
  });

  it('waits for whoever moves it on, majors near their date first, and is not there for whoever has no part in it', async () => {
    await given('NC-2025-001', { grade: 'minor', title: 'A minor' });
    await given('NC-2025-002', { title: 'A major for later', body_due_on: '2027-06-30', state: 'contained' });
    await given('NC-2025-003', { title: 'A major for soon', state: 'cause_found' });
    await given('NC-2025-004', { title: 'Mona’s', owner_id: ids.mona });
    const list = await talk.say('hugo', "what's on my plate?");
    const commands = [
      'contain',
      'skip',
      'cause',
      'why',
      'similar',
      'plan-action',
      'plan',
      'approve-plan',
      'plan-check',
      'check',
      'amend',
    ];
    const answers: string[] = [];
    for (const command of commands)
      answers.push(
        textTo(
          'hanna',
          await talk.command('hanna', `corrective-actions.${command}?record=NC-2025-004&method=other`),
        ),
      );

    expect(list[0]?.reply.items.map(({ text, button }) => `${text} [${button?.label ?? ''}]`)).toEqual([
      'NC-2025-003 · A major for soon [Look]',
      'NC-2025-002 · A major for later [Five whys]',
      'NC-2025-001 · A minor [Done at once]',
    ]);
    expect(answers.filter((text) => !text.startsWith('There is no NC-2025-004 that you may see'))).toEqual(
      [],
    );
  });
});
