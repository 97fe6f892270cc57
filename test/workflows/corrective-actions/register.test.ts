/** Questions to the register: each person is shown what they may read, and told what was looked for. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buttonsOf } from '../../../src/doors/console/render.ts';
import type { Reply } from '../../../src/conversation/contract.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, startHarness, type Harness, type Said } from '../../support/harness.ts';
import { givenAction, givenNonconformity, givenStaff, mail, type Name } from './given-records.ts';

describeOnDatabases('the register', (test) => {
  let isma: Harness;
  let ids: Record<Name, number>;

  beforeEach(async () => {
    ids = await givenStaff(test.db);
    isma = await startHarness({ db: test.db });
    await test.db.transaction(async (tx) => {
      const { ines, omar, hugo, hanna } = ids;
      const backups = await givenNonconformity(tx, {
        reference: 'NC-2026-001', owner_id: hugo, grade: 'major', body_due_on: '2026-12-30', department: 'IT', state: 'action_planned',
      }); // prettier-ignore
      const leavers = await givenNonconformity(tx, {
        reference: 'NC-2026-002', owner_id: hanna, title: 'Leavers keep their accounts', gap: 'Access ends on the last day', requirement: 'A.5.18',
        department: 'Human Resources', body_due_on: '2026-11-20', source: 'incident',
      }); // prettier-ignore
      await givenNonconformity(tx, {
        reference: 'NC-2026-003', owner_id: ines, requirement: 'POL-07 3.2', title: 'Desks were not clear', grade: 'observation', state: 'closed',
      }); // prettier-ignore
      await givenNonconformity(tx, { reference: 'NC-2026-004', owner_id: ines, requirement: 'A.8.1', title: 'Laptops without a list', gap: 'None' }); // prettier-ignore
      await givenAction(tx, { reference: 'CA-2026-001', nonconformity_id: backups, owner_id: omar, due_on: '2026-11-10', description: 'Restore a backup of the firewall' }); // prettier-ignore
      await givenAction(tx, { reference: 'CA-2026-002', nonconformity_id: backups, owner_id: hugo, due_on: '2026-12-01', state: 'in_progress', progress: 40 }); // prettier-ignore
      await givenAction(tx, { reference: 'CA-2026-003', nonconformity_id: leavers, owner_id: hanna, due_on: '2026-11-01', state: 'done_claimed' }); // prettier-ignore
      await givenAction(tx, { reference: 'CA-2026-004', nonconformity_id: leavers, owner_id: hanna, due_on: '2026-10-01', state: 'verified' }); // prettier-ignore
    });
  });
  afterEach(() => isma.stop());

  const ask = async (name: Name, text: string): Promise<Reply> => {
    const said = await isma.say(mail(name), text);
    expect(said).toHaveLength(1);
    return said[0]!.reply;
  };
  const contentOf = async (said: Said | undefined) =>
    Buffer.from((await isma.core.readFile(said?.reply.files[0]?.id ?? '')) ?? []).toString();
  const rows = (reply: Reply) =>
    reply.items.flatMap(({ button }) => /record=([A-Z]{2}-\d{4}-\d+)/.exec(button?.id ?? '')?.[1] ?? []);
  const lines = ({ items }: Reply) => items.map(({ text, detail, late }) => [text, detail, late]);

  it('answers each question with the rows that it asks for, the most urgent first, and says in words what was filtered', async () => {
    const cases: [Name, string, string[], string][] = [
      ['ines', 'open majors', ['NC-2026-001'], '1 open major non-conformity.'],
      ['ines', "what's overdue in IT?", ['CA-2026-001'], '1 overdue corrective action in IT.'],
      ['ines', 'everything on A.8.13', ['NC-2026-001'], '1 non-conformity on A.8.13 (Information backup).'],
      ['ines', 'everything on A.8.1', ['NC-2026-004'], '1 non-conformity on A.8.1 (User end point devices).'],
      ['ines', 'everything on POL-07', ['NC-2026-003'], '1 non-conformity on POL-07.'],
      ['ines', 'open actions', ['CA-2026-003', 'CA-2026-001', 'CA-2026-002'], '3 open corrective actions, the most urgent first.'],
      ['ines', 'overdue NCs', ['NC-2026-001', 'NC-2026-002'], '2 overdue non-conformities, the most urgent first.'],
      ['ines', 'open NCs in HR', ['NC-2026-002'], '1 open non-conformity in Human Resources.'],
      ['ines', 'open actions of Omar', ['CA-2026-001'], '1 open corrective action owned by Omar Oakapple.'],
      ['ines', 'actions about firewall', ['CA-2026-001'], '1 corrective action with the words «firewall».'],
      ['quinn', 'open NCs', ['NC-2026-001', 'NC-2026-002', 'NC-2026-004'], '3 open non-conformities, the most urgent first.'],
      ['omar', 'open NCs', ['NC-2026-001'], '1 open non-conformity that you have a part in.'],
      ['mona', 'open actions', ['CA-2026-001', 'CA-2026-002'], '2 open corrective actions that you have a part in, the most urgent first.'],
    ]; // prettier-ignore
    for (const [name, question, references, words] of cases) {
      const reply = await ask(name, question);
      expect([question, reply.text, rows(reply)]).toEqual([question, words, references]);
    }
  });

  it('names beside them what else is late with the people of a manager, and nothing of anybody else', async () => {
    const objective = (title: string, of: Name, dueOn: string) =>
      test.db.query("insert into objective (reference, state, state_at, title, measure, target, plan, owner_id, due_on) values ($1, 'open', now(), $1, '', '', '', $2, $3)", [title, ids[of], dueOn]);
    await objective('Fewer clicks', 'omar', '2026-11-20');
    await objective('Quicker patches', 'hanna', '2026-11-20');
    await objective('Clear desks', 'omar', '2026-12-20');

    const whole = await ask('mona', 'what is late in my department?');
    const actions = await ask('mona', 'overdue actions in my team');
    await test.db.query("update corrective_action set state = 'cancelled' where reference = 'CA-2026-001'");
    const others = await ask('mona', 'everything overdue in my team');

    expect(whole.text).toBe('1 overdue non-conformity or corrective action in your team.\n1 other thing is late with your people.');
    expect(whole.items.slice(1).map(({ text, detail }) => [text, detail])).toEqual([['Omar Oakapple: Say what came of the objective: Fewer clicks', '4 days overdue']]);
    expect(actions.text).toBe('1 overdue corrective action in your team.');
    expect(others.text).toBe('1 thing is late with your people, and no finding or action.');
  }); // prettier-ignore

  it('counts, by person, team and year, both kinds of record together, and takes a name for whichever it is', async () => {
    const cases: [Name, string, string[], string][] = [
      ['ines', 'how many NCs are open?', ['NC-2026-001', 'NC-2026-002', 'NC-2026-004'],
        '3 open non-conformities, the most urgent first. 2 of them are overdue. By grade: 2 minor, 1 major.'],
      ['ines', 'how many NCs last year', [], 'There is no non-conformity begun in 2025. I looked through the whole register.'],
      ['ines', 'how many NCs did we close this quarter', ['NC-2026-003'],
        '1 non-conformity in state «closed» ended between 1 October 2026 and 31 December 2026.'],
      ['ines', 'what has hugo got open', ['NC-2026-001', 'CA-2026-002'],
        '2 open non-conformities and corrective actions owned by Hugo Owner, the most urgent first.'],
      ['ines', 'what has HR got open', ['CA-2026-003', 'NC-2026-002'],
        '2 open non-conformities and corrective actions in Human Resources, the most urgent first.'],
      ['mona', 'everything overdue in my team', ['CA-2026-001'],
        '1 overdue non-conformity or corrective action in your team.'],
      ['erin', 'everything overdue in my team', [], 'Nobody reports to you here, so I know no team of yours. Name a department or a person.'],
      ['erin', 'what has Hugo got open', [],
        'There is no open non-conformity or corrective action owned by Hugo Owner. I looked through the records that you have a part in.'],
    ]; // prettier-ignore
    for (const [name, question, references, words] of cases) {
      const reply = await ask(name, question);
      expect([question, reply.text, rows(reply)]).toEqual([question, words, references]);
    }
    const files = await isma.press(
      mail('ines'),
      'corrective-actions.export?kind=records&owner=Hugo&format=csv',
    );
    expect(files[0]?.reply.buttons.map(({ label }) => label)).toContain('The non-conformities');
    expect(await contentOf(files[0])).toContain('CA-2026-002');
  });

  it('says first of a record that is open what it waits for, whom, and until when', async () => {
    const cases: [string, string][] = [
      ['why is NC-1 still open?', 'NC-2026-001 is still open: actions planned. Its plan is to be approved by the ISMS manager, once Hugo Owner or the ISMS manager has sent it.'],
      ['worauf wartet NC-2?', 'NC-2026-002 is open. What was done at once comes next; Hanna Human or the ISMS manager can record it.'],
      ['what is CA-2 waiting for', 'CA-2026-002 waits for Hugo Owner until 1 December 2026.'],
      ['why is CA-3 still open', 'CA-2026-003 waits for somebody to verify what Hanna Human reports done.'],
      ['why is CA-4 not closed yet?', 'CA-2026-004 is verified and waits for nobody.'],
    ]; // prettier-ignore
    for (const [question, first] of cases)
      expect((await ask('ines', question)).text.split('\n')[0], question).toBe(first);
    await test.db.query('update nonconformity set plan_approved_at = now() where id = 1');

    expect((await ask('ines', 'why is NC-1 still open?')).text.split('\n')[0]).toBe(
      'NC-2026-001 waits for Omar Oakapple until 10 November 2026 (CA-2026-001), and for Hugo Owner until 1 December 2026 (CA-2026-002).',
    );
    expect((await ask('erin', 'why is NC-1 still open?')).text).toContain('There is no NC-1');
  });

  it('lists title, day, state, owner and grade, and marks what is overdue', async () => {
    const overdue = await ask('ines', 'overdue NCs');
    expect(overdue).toMatchObject({ title: overdue.text, table: null, choices: [] });
    expect(lines(overdue)).toEqual([
      ['Backups were never restored', '14 days overdue (10 Nov) · actions planned · Hugo Owner · major · NC-2026-001', '14 days overdue (10 Nov)'],
      ['Leavers keep their accounts', '4 days overdue (20 Nov) · open · Hanna Human · minor · NC-2026-002', '4 days overdue (20 Nov)'],
    ]); // prettier-ignore
    expect(lines(await ask('ines', 'open actions'))).toEqual([
      ['Restore a backup', 'due 1 Nov · reported done · Hanna Human · minor · CA-2026-003 for NC-2026-002', null],
      ['Restore a backup of the firewall', '14 days overdue (10 Nov) · accepted · Omar Oakapple · major · CA-2026-001 for NC-2026-001', '14 days overdue (10 Nov)'],
      ['Restore a backup', 'due 1 Dec · in progress, 40 % · Hugo Owner · major · CA-2026-002 for NC-2026-001', null],
    ]); // prettier-ignore
  });

  it('says plainly that there is nothing, and what was looked through; names that fit nothing are answered with those that exist', async () => {
    const cases: [Name, string, string][] = [
      ['ines', 'open majors in Sales', 'There is no open major non-conformity in Sales. I looked through the whole register.'],
      ['erin', 'open NCs', 'There is no open non-conformity. I looked through the records that you have a part in.'],
      ['ines', 'open NCs in Marketing', 'I know no department «Marketing». There are: Human Resources, Information Security, IT, Sales.'],
      ['ines', 'open NCs of Xaver', 'I know nobody here called «Xaver». Records belong to: Hanna Human, Hugo Owner, Ines Isms, Omar Oakapple.'],
      ['erin', 'open NCs of Xaver', 'I know nobody here called «Xaver».'],
    ]; // prettier-ignore
    for (const [name, question, words] of cases) expect((await ask(name, question)).text).toBe(words);
  });

  it('has the same words for a record that is not there and one that is not theirs, by words and by button', async () => {
    const { text } = await ask('erin', 'show NC-2026-001');
    expect(text).toBe('There is no NC-2026-001 that you may see. Say «my actions» for what is yours.');
    expect((await ask('erin', 'show NC-2026-099')).text).toBe(text.replace('001', '099'));
    expect((await ask('erin', 'history of CA-2026-001')).text).toBe(text.replace('NC', 'CA'));
    for (const command of ['show', 'history']) {
      const pressed = await isma.press(mail('erin'), `corrective-actions.${command}?record=NC-2026-001`);
      expect(pressed.map(({ reply }) => reply.text)).toEqual([text]);
    }
    expect((await ask('mona', 'show CA-1')).text).toContain('CA-2026-001');
  });

  it('pages, narrows and opens by buttons, and takes no button that is not ours', async () => {
    await test.db.transaction(async (tx) => {
      for (let n = 10; n < 30; n += 1)
        await givenNonconformity(tx, {
          reference: `NC-2026-0${n}`,
          owner_id: ids.ines,
          body_due_on: `2027-01-${n}`,
        });
    });
    const first = await ask('ines', 'open NCs');
    expect(first.text).toBe('23 open non-conformities, the most urgent first.');
    expect(first.buttons.map(({ label }) => label)).toEqual(['Only overdue', 'Excel file', 'CSV file']);
    const pressIn = async (reply: Reply, label: string) =>
      (await isma.press(mail('ines'), buttonsOf(reply).find((each) => each.label === label)?.id ?? ''))[0]!
        .reply;

    const second = await pressIn(first, 'Next');
    const last = await pressIn(second, 'Next');
    expect(first.items.at(-1)).toMatchObject({ text: '15 more', button: { label: 'Next' } });
    expect(second.text).toContain('These are 9 to 16.');
    expect(new Set([first, second, last].flatMap(rows)).size).toBe(23);
    expect(last.items).toHaveLength(7);
    expect(rows(await pressIn(first, 'Only overdue'))).toEqual(['NC-2026-001', 'NC-2026-002']);
    expect((await pressIn(first, 'Look')).text).toContain('NC-2026-001');
    for (const id of ['kind=users', 'kind=actions&grades=none', 'kind=actions&owner=' + 'x'.repeat(80), ''])
      expect((await isma.press(mail('ines'), `corrective-actions.list?${id}`))[0]?.reply.text).toContain(
        'too old',
      );
  });

  it('exports all fields of what the person may read, as a workbook and as CSV that no spreadsheet runs', async () => {
    await test.db.query("update nonconformity set title = '=cmd|calc' where reference = 'NC-2026-001'");
    const list = await ask('omar', 'open NCs');
    const [excel, comma] = list.buttons.slice(-2);
    const [workbook] = await isma.press(mail('omar'), excel!.id);
    const [sheet] = await isma.press(mail('omar'), comma!.id);

    expect(workbook?.reply.files[0]?.name).toBe('nonconformities-2026-11-24.xlsx');
    expect(sheet?.reply.text).toBe('1 open non-conformity, with all fields.');
    expect(sheet?.reply.files[0]?.name).toBe('nonconformities-2026-11-24.csv');
    const csv = await contentOf(sheet);
    const [heading, ...lines] = csv.trim().split('\r\n');
    expect(heading).toContain('"requirement"');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"\'=cmd|calc"');
    expect(csv).not.toContain('NC-2026-002');
    expect((await contentOf(workbook)).slice(0, 2)).toBe('PK');
  });

  it('says nothing of a record in a channel: the answer goes to the one who asked', async () => {
    const said = await isma.say(mail('ines'), 'open majors', { channel: 'general' });

    expect(said.map(({ address }) => address).sort()).toEqual(
      ['test:channel:general', directAddress(mail('ines'))].sort(),
    );
    const here = said.find(({ address }) => address === 'test:channel:general');
    expect(here?.reply).toMatchObject({ notice: 'private', table: null });
  });
});
