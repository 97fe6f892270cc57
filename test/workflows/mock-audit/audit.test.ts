/** A mock audit of records and people, from its list to its report and findings. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportTable, importFromFile } from '../../../src/cli/tables.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { drawSample } from '../../../src/isms/mock-audit/sample.ts';
import { saysOf } from '../../../src/workflows/mock-audit/audits.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, startHarness, type Harness, type Said } from '../../support/harness.ts';
import { givenStaff, mail, type Name } from '../corrective-actions/given-records.ts';
import { dialogueOf, to, type Dialogue } from '../corrective-actions/dialogue.ts';

const leavers = [
  'Name;Department;Last day',
  ...Array.from({ length: 12 }, (_, at) => `Leaver ${at + 1};IT;2026-0${1 + (at % 9)}-11`),
].join('\n');
const files: Record<string, string> = {
  'leavers.csv': leavers,
  'many.csv': ['Name', ...Array.from({ length: 40 }, (_, at) => `Leaver ${at + 1}`)].join('\n'),
  'ticket.txt': 'Closed on 11 March.',
  'empty.csv': 'Name;Department\n',
};
const file = (name: string) => ({
  name,
  size: files[name]?.length ?? 1,
  contentType: 'text/plain',
  source: name,
});

describeOnDatabases('A mock audit', (test) => {
  let isma: Harness;
  let talk: Dialogue;
  let ids: Record<Name, number>;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-mock-'));
    ids = await givenStaff(test.db);
    isma = await startHarness({ db: test.db, files: { kind: 'folder', folder }, fetch: async ({ name }) => new TextEncoder().encode(files[name] ?? '') });
    talk = dialogueOf(isma);
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true, force: true });
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const shown = (name: Name, said: Said[] = isma.delivered) => to(name, said).at(-1);
  const sends = (name: Name, text: string, ...attached: string[]) => isma.say(mail(name), text, { attachments: attached.map(file) });

  async function drawn(size = 5) {
    await talk.say('ines', 'mock audit of leavers');
    await sends('ines', '', 'leavers.csv');
    await talk.press('ines', 'Draw');
    await talk.fill('ines', { size: String(size), requirement: 'A.5.18' });
  }

  async function judged(...verdicts: string[]) {
    await drawn(verdicts.length);
    await talk.press('ines', 'Next case');
    for (const verdict of verdicts) await talk.say('ines', verdict);
  }

  /** Everybody who is invited answers the first question as they say, and gives what they missed, or keeps it. */
  async function interviewed(answers: Partial<Record<Name, 'gives' | 'keeps' | 'declines'>>) {
    await talk.press('ines', 'Invite people');
    await talk.fill('ines', { people: Object.keys(answers).map((name) => ids[name as Name]).join(', ') });
    for (const [name, does] of Object.entries(answers) as [Name, string][]) {
      await talk.press(name, does === 'declines' ? 'Rather not' : 'Begin');
      if (does === 'declines') continue;
      await talk.say(name, `My secret words, says ${name}`);
      await talk.say(name, 'A');
      await talk.press(name, 'That is enough');
      if (does === 'keeps') continue;
      await talk.press(name, 'For MA-2026-001');
      await talk.press(name, 'Give it');
    }
  }

  it('takes the list as it is, draws at random, and keeps what anybody needs to draw the same again', async () => {
    await drawn();

    const [list] = await rows('select title, columns, rows, hash from mock_population');
    expect(list).toMatchObject({ title: 'leavers.csv', columns: ['Name', 'Department', 'Last day'] });
    expect((list?.rows as string[][])[6]).toEqual(['Leaver 7', 'IT', '2026-07-11']);
    const [audit] = await rows('select reference, state, seed, requirement, name_at from mock_audit');
    expect(audit).toMatchObject({ reference: 'MA-2026-001', state: 'in_progress', requirement: 'A.5.18', name_at: 1 });
    const again = drawSample(String(audit?.seed), String(list?.hash), 12, 5);
    expect(await rows('select title, row_number from mock_case order by ordinal')).toEqual(again.map((row) => ({ title: `Leaver ${row}`, row_number: row })));
    expect(shown('ines')?.facts).toContainEqual({ label: 'Drawn', value: `5 of 12 in leavers.csv, rows ${again.join(', ')}` });
    expect(shown('ines')?.aside).toContain(String(audit?.seed));
  });

  it('begins in one message with its list, and says what is wrong with one that cannot be read', async () => {
    const empty = await sends('ines', 'mock audit of leavers', 'empty.csv');
    const whole = await sends('ines', 'mock audit of joiners', 'leavers.csv');

    expect(shown('ines', empty)?.text).toContain('empty.csv has no rows');
    expect(await rows('select about, population_id is not null as listed from mock_audit')).toEqual([{ about: 'joiners', listed: true }]);
    expect(shown('ines', whole)?.text).toContain('leavers.csv has 12 rows. How many shall I draw?');
  });

  it('draws once: a second drawing or another list is refused, and nothing changes', async () => {
    await drawn();
    const before = await rows('select * from mock_case');
    const again = await talk.command('ines', 'mock-audit.send-draw?record=MA-2026-001', { size: '7', name: '1' });
    const card = await talk.say('ines', 'MA-1');

    expect(shown('ines', again)?.text).toBe('MA-2026-001 has no list that is still to be drawn from.');
    expect(shown('ines', card)?.buttons.map(({ label }) => label)).not.toContain('Draw');
    expect(await rows('select * from mock_case')).toEqual(before);
  });

  it('records each case with what was seen and its evidence, and loses no word that is changed', async () => {
    await drawn(2);
    await talk.press('ines', 'Next case');
    const wordless = await talk.say('ines', 'conforms');
    await sends('ines', 'does not conform: the mail account was open for 12 days', 'ticket.txt');
    const next = shown('ines');
    await talk.say('ines', 'n/a: a trainee who never had an account');
    await talk.command('ines', 'mock-audit.case?record=MC-2026-001');
    await talk.say('ines', 'conforms: I had read the wrong ticket');

    expect(shown('ines', wordless)?.text).toContain('What did you see?');
    expect(next?.text).toContain('Case 2 of 2');
    expect(await rows('select state, words from mock_case order by ordinal')).toEqual([
      { state: 'conforming', words: 'the mail account was open for 12 days\nI had read the wrong ticket' },
      { state: 'not_applicable', words: 'a trainee who never had an account' },
    ]);
    expect(await rows("select belongs_to, title from evidence where purpose = 'case'")).toEqual([{ belongs_to: 'mock_case:1', title: 'ticket.txt' }]);
    expect(await rows("select fields -> 'words' ->> 'from' as was from record_revision where record = 'mock_case:1' order by version desc limit 1")).toEqual([{ was: 'the mail account was open for 12 days' }]);
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'mock_case.judged'")).toEqual([{ n: 3 }]);
    expect(await rows('select state from mock_audit')).toEqual([{ state: 'in_review' }]);
  });

  it('says what its result says and what it does not, is made final on the card that shows it, and raises nothing by itself', async () => {
    await judged('ok: closed', 'does not conform: open for 12 days', 'ok: closed');
    const report = shown('ines');
    await talk.press('ines', 'Make it final');
    const later = await talk.command('ines', 'mock-audit.send-judge?record=MC-2026-001&as=fail', { words: 'Changed my mind' });

    expect(report?.text).toContain('2 of 3 conform, 1 does not. So at least 1 of all 12 does not. How many of the 9 that nobody looked at, the sample cannot say');
    expect(await rows('select state, state_by_name from mock_audit')).toEqual([{ state: 'final', state_by_name: 'Ines Isms' }]);
    expect(shown('ines', later)?.notice).toBe('refused');
    expect(await rows('select (select count(*)::integer from nonconformity) as raised, (select count(*)::integer from proposal) as proposed')).toEqual([{ raised: 0, proposed: 0 }]);
  });

  it('proposes what it found as a non-conformity, which is raised once a person confirms', async () => {
    await judged('ok: closed', 'does not conform: open for 12 days', 'ok: closed');
    await talk.press('ines', 'Raise it');
    const none = await rows('select reference from nonconformity');
    const card = shown('ines');
    await talk.press('ines', card?.buttons[0]?.label ?? '');

    expect(none).toEqual([]);
    expect(await rows('select requirement, audit, source, grade, evidence_seen from nonconformity')).toEqual([
      { requirement: 'A.5.18', audit: 'MA-2026-001', source: 'internal_audit', grade: 'minor', evidence_seen: expect.stringMatching(/^MC-2026-002 Leaver \d+: open for 12 days$/) as string },
    ]);
  });

  it('asks people in their own conversation, tells them that no name is in the report, and takes no for an answer', async () => {
    await drawn();
    await interviewed({ mona: 'keeps', omar: 'declines', erin: 'keeps' });
    const card = await talk.say('ines', 'MA-1');

    const invitation = to('omar', isma.delivered)[0];
    expect(invitation?.text).toContain('Your name is not in the report, and nobody but you reads what you answer.');
    expect(shown('ines', card)?.facts).toContainEqual({ label: 'Interviews', value: '2 of 3 who were invited have answered' });
    expect(await rows("select action, payload::jsonb -> 'detail' ->> 'people' as people from audit_entry where action like 'mock_audit.inv%'")).toEqual([{ action: 'mock_audit.invited', people: '3' }]);
    expect(JSON.stringify(await rows('select * from audit_entry'))).not.toMatch(/secret words|declin/);
  });

  it('suggests people by what they do, and asks three to five of them, never who leads it or only reads', async () => {
    await drawn();
    const form = shown('ines', await talk.press('ines', 'Invite people'))?.form;
    const two = await talk.fill('ines', { people: `${ids.mona}, ${ids.omar}` });

    expect(form?.fields[0]?.options.map(({ value }) => Number(value)).toSorted()).toEqual([ids.mona, ids.omar, ids.erin, ids.hanna, ids.hugo].toSorted());
    expect(form?.fields[0]?.options[0]?.label).toMatch(/ · /);
    expect(shown('ines', two)?.text).toContain('Invite 3 to 5 people');
    expect(await rows('select * from mock_interview')).toEqual([]);
  });

  it('shows what people left out once it is final, of three or more who gave it: no name, no word, and not before', async () => {
    await judged('ok: closed', 'ok: closed');
    await interviewed({ mona: 'gives', omar: 'gives', erin: 'gives', hanna: 'keeps' });
    const before = await talk.say('ines', 'MA-1');
    await talk.press('ines', 'Make it final');
    const final = shown('ines');

    expect(JSON.stringify(shown('ines', before)?.facts)).not.toContain('Left out');
    const left = final?.facts.find(({ label }) => label === 'Left out most often in interviews')?.value;
    expect(left).toContain('(3 of 3)');
    const told = JSON.stringify(isma.delivered.filter(({ address }) => address === directAddress(mail('ines'))));
    expect(told).not.toMatch(/secret words|Mona Manager said|Omar Oakapple (answered|gave)/);
    await talk.press('ines', 'Raise an improvement');
    expect(JSON.stringify(shown('ines'))).toContain('Left out most often in the interviews of MA-2026-001');
  });

  it('shows nothing of two who gave it', async () => {
    await judged('ok: closed', 'ok: closed');
    await interviewed({ mona: 'gives', omar: 'gives', erin: 'keeps' });
    await talk.press('ines', 'Make it final');

    expect(shown('ines')?.facts).toContainEqual({ label: 'From interviews', value: 'nothing can be shown: too few gave what they missed' });
  });

  it('shows whoever gives it what is given, to the letter', async () => {
    await drawn();
    await interviewed({ mona: 'keeps', omar: 'keeps', erin: 'keeps' });
    await talk.press('mona', 'For MA-2026-001');
    const card = shown('mona');

    expect(card?.text).toContain('without your name and without your words');
    expect(card?.facts).toHaveLength(1);
    expect(card?.facts[0]?.value).toMatch(/^missing: /);
    expect(JSON.stringify(card)).not.toContain('secret words');
    expect(await rows('select count(*)::integer as n from mock_interview where given_to_audit')).toEqual([{ n: 0 }]);
  });

  it('is led by the ISMS manager or an auditor who works here, read by auditors, and not known to others', async () => {
    await drawn();
    const refused = await talk.command('erin', 'mock-audit.open-audit?about=leavers');
    const other = await talk.say('erin', 'MA-1');
    const auditor = await talk.say('quinn', 'MA-1');
    const writes = [
      await talk.command('quinn', 'mock-audit.send-judge?record=MC-2026-001&as=conform', { words: 'Fine' }),
      await talk.command('erin', 'mock-audit.send-judge?record=MC-2026-001&as=conform', { words: 'Fine' }),
      await talk.command('quinn', `mock-audit.send-invite?record=MA-2026-001`, { people: `${ids.mona},${ids.omar},${ids.erin}` }),
    ];

    expect(shown('erin', refused)?.text).toContain('led by the ISMS manager or an auditor who works here');
    expect(shown('erin', other)?.text).toBe('There is no MA-2026-001 that you may see. Say «mock audits» for those that you may.'.replace('MA-2026-001', 'MA-1'));
    expect(shown('quinn', auditor)?.text).toContain('MA-2026-001 · leavers');
    expect(shown('quinn', auditor)?.buttons.map(({ label }) => label)).toEqual(['Cases']);
    expect(writes.flat().map(({ reply }) => reply.notice)).toEqual(['refused', 'refused', 'refused']);
    expect(await rows("select distinct state from mock_case")).toEqual([{ state: 'open' }]);
  });

  it('is made final only as the card shows it, also where its sample is large', async () => {
    await talk.say('ines', 'mock audit of leavers');
    await sends('ines', '', 'many.csv');
    await talk.press('ines', 'Draw');
    await talk.fill('ines', { size: '40', requirement: 'A.5.18' });
    await test.db.query("update mock_case set state = 'conforming', words = 'Closed'");
    await test.db.query("update mock_audit set state = 'in_review'");
    const card = await talk.say('ines', 'MA-1');
    await talk.command('ines', 'mock-audit.send-judge?record=MC-2026-040&as=fail', { words: 'Open for 12 days' });
    await talk.press('ines', 'Make it final', card);

    expect(shown('ines')?.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect(await rows('select state from mock_audit')).toEqual([{ state: 'in_review' }]);
  });

  it('is opened once, however often its button is pressed, and anew once it has begun', async () => {
    await talk.command('ines', 'mock-audit.open-audit?about=leavers');
    await talk.command('ines', 'mock-audit.open-audit?about=Leavers');
    const opened = await rows('select reference from mock_audit');
    await drawn();
    await talk.say('ines', 'mock audit of leavers');

    expect(opened).toEqual([{ reference: 'MA-2026-001' }]);
    expect(await rows('select reference, state from mock_audit order by id')).toEqual([
      { reference: 'MA-2026-001', state: 'in_progress' },
      { reference: 'MA-2026-002', state: 'draft' },
    ]);
  });

  it('has each list that an operator brings in the log, and keeps it once', async () => {
    const path = join(folder, 'suppliers.csv');
    await writeFile(path, 'Supplier,Service\nAcme,Hosting\nBolt,Logistics\n');
    await importFromFile(isma.app, 'population', path, { apply: true });
    await importFromFile(isma.app, 'population', path, { apply: true });
    const [list] = await rows('select id, hash from mock_population');

    expect(await rows('select count(*)::integer as n from mock_population')).toEqual([{ n: 1 }]);
    expect(await rows("select actor, record, payload::jsonb -> 'detail' as detail from audit_entry where action = 'mock_population.imported'")).toEqual([
      { actor: 'system:population-import', record: `mock_population:${String(list?.['id'])}`, detail: { rows: 2, hash: list?.['hash'] } },
    ]);
  });

  it('takes the place of the last final one about the same', async () => {
    await judged('ok: closed');
    await talk.press('ines', 'Make it final');
    await judged('ok: closed');
    await talk.press('ines', 'Make it final');

    expect(await rows('select reference, state from mock_audit order by id')).toEqual([
      { reference: 'MA-2026-001', state: 'superseded' },
      { reference: 'MA-2026-002', state: 'final' },
    ]);
  });

  it('is exported with its cases, never with what people practised; and offers lists that an operator brings', async () => {
    await judged('ok: closed', 'does not conform: open');
    await interviewed({ mona: 'gives', omar: 'gives', erin: 'gives' });
    const out = join(folder, 'audits.csv');
    const path = join(folder, 'suppliers.csv');
    await exportTable(isma.app, 'mock-audits', out);
    await writeFile(path, 'Supplier,Service\nAcme,Hosting\nBolt,Logistics\n');
    await importFromFile(isma.app, 'population', path, {});
    const planned = await rows('select title from mock_population order by id');
    await importFromFile(isma.app, 'population', path, { apply: true });
    await talk.say('ines', 'mock audit of suppliers');
    await talk.press('ines', 'Use suppliers.csv (2 rows)');

    const text = await readFile(out, 'utf8');
    expect(text.trim().split('\n')).toHaveLength(3);
    expect(text).toContain('"MA-2026-001","leavers","A.5.18"');
    expect(text).not.toMatch(/secret words|Mona|Omar|Erin/);
    expect(planned).toHaveLength(1);
    expect(shown('ines')?.text).toContain('suppliers.csv has 2 rows');
  });
}); // prettier-ignore

describe('What a sample says', () => {
  it.each([
    [{ conforming: 5, nonconforming: 0, open: 0, apart: 0 }, 12, 'All 5 that were drawn conform. That is no proof for the other 7: even if 4 of them did not'],
    [{ conforming: 5, nonconforming: 0, open: 0, apart: 0 }, 5, 'All 5 conform, and no others are on the list.'],
    [{ conforming: 3, nonconforming: 2, open: 0, apart: 1 }, 12, '3 of 5 conform, 2 do not. 1 does not count. So at least 2 of all 12 do not. How many of the 6'],
    [{ conforming: 0, nonconforming: 0, open: 0, apart: 2 }, 12, 'No case that was drawn applies. 2 do not count.'],
  ])('of %o out of %i', (counts, all, says) => {
    expect(saysOf(counts, all)).toContain(says);
  });
}); // prettier-ignore
