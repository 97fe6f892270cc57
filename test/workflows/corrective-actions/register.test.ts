/** Questions to the register: each person is shown what they may read, and told what was looked for. */
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  const rows = (reply: Reply) => reply.table?.rows.map((row) => row[0]) ?? [];

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
    expect(whole.items.map(({ text, detail }) => [text, detail])).toEqual([['Omar Oakapple: Say what came of the objective: Fewer clicks', '4 days overdue']]);
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

  it('shows grade, state, owner and due date, and marks what is overdue', async () => {
    expect((await ask('ines', 'overdue NCs')).table).toEqual({
      columns: ['Reference', 'Title', 'Grade', 'State', 'Owner', 'Due'],
      rows: [
        ['NC-2026-001', 'Backups were never restored', 'major', 'actions planned', 'Hugo Owner', '10 Nov 2026, overdue'],
        ['NC-2026-002', 'Leavers keep their accounts', 'minor', 'open', 'Hanna Human', '20 Nov 2026, overdue'],
      ],
    }); // prettier-ignore
    expect((await ask('ines', 'open actions')).table?.rows).toEqual([
      ['CA-2026-003', 'Restore a backup', 'NC-2026-002 (minor)', 'reported done', 'Hanna Human', '1 Nov 2026'],
      ['CA-2026-001', 'Restore a backup of the firewall', 'NC-2026-001 (major)', 'accepted', 'Omar Oakapple', '10 Nov 2026, overdue'],
      ['CA-2026-002', 'Restore a backup', 'NC-2026-001 (major)', 'in progress, 40 %', 'Hugo Owner', '1 Dec 2026'],
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
    expect(first.text).toBe(
      '23 open non-conformities, the most urgent first. And 8 more: export them, or narrow the list.',
    );
    expect(first.buttons.map(({ label }) => label)).toEqual([
      'Only overdue',
      'Only majors',
      'Next',
      'Export',
    ]);
    expect(first.choices.map(({ label }) => label)).toEqual(rows(first).slice(0, 4));
    const press = async (label: string) => {
      const button = [...first.buttons, ...first.choices].find((each) => each.label === label);
      return (await isma.press(mail('ines'), button?.id ?? ''))[0]!.reply;
    };

    const next = await press('Next');
    expect(next.text).toContain('These are 16 to 23.');
    expect(new Set([...rows(first), ...rows(next)]).size).toBe(23);
    expect(rows(await press('Only majors'))).toEqual(['NC-2026-001']);
    expect((await press('NC-2026-001')).text).toContain('NC-2026-001');
    for (const id of ['kind=users', 'kind=actions&grades=none', 'kind=actions&owner=' + 'x'.repeat(80), ''])
      expect((await isma.press(mail('ines'), `corrective-actions.list?${id}`))[0]?.reply.text).toContain(
        'too old',
      );
  });

  it('exports all fields of what the person may read, as a workbook and as CSV that no spreadsheet runs', async () => {
    await test.db.query("update nonconformity set title = '=cmd|calc' where reference = 'NC-2026-001'");
    const list = await ask('omar', 'open NCs');
    const [workbook] = await isma.press(
      mail('omar'),
      list.buttons.find(({ label }) => label === 'Export')!.id,
    );
    const [sheet] = await isma.press(mail('omar'), workbook!.reply.buttons[0]!.id);

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
