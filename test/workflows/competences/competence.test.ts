/** What a role needs of somebody: who may write it and read it, its gap, what is done about it, and the list that it comes from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { competenceTransfer } from '../../../src/workflows/competences/import.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('The competence of somebody in a role', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query(
      `update person set manager_id = (select id from person where email = $1) where email = $2`,
      [hugo, erin],
    );
    isma = await startHarness({
      db: test.db,
      fetch: async () => new TextEncoder().encode('Certificate of Erin'),
    });
    folder = await mkdtemp(join(tmpdir(), 'isma-competence-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const record = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'competences.send-begin', { person: 'Erin', role: 'Auditor', needs: 'Can lead an audit', basis: 'education, experience', shown_by: 'Degree', gap: 'Never led one', ...fields }); // prettier-ignore
  const states = () => rows('select reference, state, version, gap, effect from competence order by id');
  const move = async (by: string, name: string, fields: Record<string, string>) => {
    const form = await isma.press(by, `competences.fill?record=CO-1&move=${name}`);
    return isma.press(by, last(form)?.form?.id ?? '', fields);
  };
  const bring = async (apply: boolean, ...lines: string[]) => {
    const path = join(folder, 'roles.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return competenceTransfer.bring(test.db, () => today, path, { beside: null, apply });
  };

  it('is written by their manager and the ISMS manager, and read by themselves', async () => {
    const own = await record(erin);
    const stranger = await record(hanna);
    const card = await record(hugo);
    const twice = await record(ines, { role: 'auditor' });

    expect(last(own)?.text).toBe('Only Hugo Owner and the ISMS manager can do that: they answer for what their people can do.'); // prettier-ignore
    expect(last(stranger)?.text).toContain('Only Hugo Owner and the ISMS manager');
    expect(last(card)?.text).toBe('CO-2026-001 · Auditor');
    expect(last(card)?.facts).toContainEqual({ label: 'Rests on', value: 'education, experience' });
    expect(last(twice)?.text).toBe('CO-2026-001 says already what «auditor» needs of them.');
    const read = [];
    for (const who of [erin, hanna, ines]) read.push(last(await isma.say(who, 'competence'))?.text);
    expect(read).toEqual(['1 competence record.', 'No competence records.', '1 competence record.']);
    expect(last(await isma.say(hanna, 'CO-1'))?.text).toContain('There is no CO-1 that you may see.');
    expect((await isma.say(erin, 'CO-1')).at(-1)?.reply.buttons.map(({ label }) => label)).toEqual(['What happened', 'Take it all']); // prettier-ignore
  });

  it('closes its gap with what shows that it helped, once its actions are done, and can have one again', async () => {
    await record(hugo);
    const action = await isma.press(hugo, 'corrective-actions.send-plan-action?record=CO-1', { what: 'Lead one beside Ines', who: 'Erin', due: '2026-12-20', evidence: '' }); // prettier-ignore
    const early = await isma.press(hugo, 'competences.fill?record=CO-1&move=meet');
    const denied = await isma.press(erin, 'competences.fill?record=CO-1&move=meet');
    await test.db.query("update corrective_action set state = 'verified'");
    const empty = await move(hugo, 'meet', { effect: '' });
    const met = await move(hugo, 'meet', { effect: 'Led the audit of October' });
    const again = await move(ines, 'reopen', { gap: 'New method since then' });

    expect(last(action)?.text).toContain('CA-2026-001');
    expect(last(early)?.text).toBe('CO-2026-001 lacks the end of its actions for that.');
    expect(last(denied)?.text).toContain('Only Hugo Owner and the ISMS manager');
    expect(last(empty)?.text).toBe('Please fill this in.');
    expect(last(met)?.facts).toContainEqual({ label: 'Effect', value: 'Led the audit of October' });
    expect(last(again)?.facts).toContainEqual({ label: 'State', value: 'gap' });
    expect(await states()).toMatchObject([{ state: 'gap', gap: 'New method since then' }]);
    const history = last(await isma.press(ines, 'competences.history?record=CO-1'))?.items;
    expect(history?.map(({ text }) => text)).toEqual([
      'Ines Isms found a gap in CO-2026-001',
      'Hugo Owner found the gap of CO-2026-001 closed',
      'Hugo Owner recorded CO-2026-001, what a role needs of Erin Employee, with a gap',
    ]);
    expect(history?.[0]?.detail).toContain('Gap was «Never led one»');
  });

  it('is asked for by name and by gap, in a list and as a file', async () => {
    await record(hugo);
    await record(ines, { person: 'Hanna', role: 'HR lead', gap: '' });

    const gaps = await isma.say(ines, 'competence gaps');
    const hers = await isma.say(ines, 'Competence of Hanna');
    const nobody = await isma.say(ines, 'competence of Zacharias');

    expect(last(gaps)?.text).toBe('1 competence record with a gap.');
    expect(last(gaps)?.items.map(({ text, detail }) => `${text} · ${detail ?? ''}`)).toEqual([expect.stringMatching(/Erin Employee.*CO-2026-001$/)]); // prettier-ignore
    expect(last(hers)?.text).toBe('1 competence record of Hanna Human.');
    expect(last(nobody)?.text).not.toContain('competence record');
    const file = await isma.press(
      ines,
      last(gaps)?.buttons.find(({ label }) => label === 'Excel file')?.id ?? '',
    );
    expect(last(file)?.text).toBe('1 competence record with a gap.');
  });

  it('has evidence by its reference, which the table names with its hash', async () => {
    await record(hugo);
    const attachments = [{ name: 'certificate.txt', size: 19, contentType: 'text/plain', source: 'x' }];
    const card = await isma.say(hugo, 'CO-1', { attachments });

    expect(last(card)?.items.map(({ text }) => text)).toEqual(['certificate.txt (text, 19 bytes)']);
    const { columns, rows: table } = await competenceTransfer.table(test.db);
    expect(table[0]?.[columns.indexOf('evidence')]).toMatch(/^certificate\.txt \(SHA-256 [0-9a-f]{64}\)$/);
  });

  it('comes from a list: tried first, then written whole, and the same list again changes nothing', async () => {
    const list = [
      'Employee,Job,Required competence,Basis,Gap,Action,Action owner,Action due,Assessed by',
      `${erin},Auditor,Can lead an audit,"education, experience",Never led one,Lead one,Erin Employee,20.12.2026,`,
      `Hanna Human,HR lead,Knows the law,training,,,,,`,
    ];
    const tried = await bring(false, ...list);
    const days = 'Action due is read as days, day-first: «20.12.2026» is 20 December 2026\n';
    expect(tried).toEqual({ text: days + 'Would add 2, change 0, unchanged 0.\nNothing was written yet. Say --apply to write it.\n', isWhole: true }); // prettier-ignore
    expect(await states()).toEqual([]);

    expect((await bring(true, ...list)).text).toBe(days + 'Added 2, changed 0, unchanged 0.\n');
    expect((await bring(true, ...list)).text).toContain('unchanged 2.\nThere is nothing to write.');
    const [, ...others] = list;
    const effect = await bring(true, `${list[0] ?? ''},Effect`, `${others[1] ?? ''},`.replace('Knows the law', 'Knows labour law')); // prettier-ignore
    expect(effect.text).toBe('Added 0, changed 1, unchanged 0.\n');
    expect(await rows('select description, owner_id = (select id from person where email = \'erin@test.example\') as hers, due_on::text from corrective_action')).toEqual([{ description: 'Lead one', hers: true, due_on: '2026-12-20' }]); // prettier-ignore
    expect(await rows("select actor, action from audit_entry where record like 'competence:%' order by seq")).toEqual([
      { actor: 'system:competence-import', action: 'competence.recorded' },
      { actor: 'system:competence-import', action: 'competence.recorded' },
      { actor: 'system:competence-import', action: 'competence.corrected' },
    ]); // prettier-ignore
    expect(await rows('select state_by_name from competence order by id')).toEqual([{ state_by_name: 'Hugo Owner' }, { state_by_name: 'Ines Isms' }]); // prettier-ignore
  });

  it('names every line of a list that does not do, and writes nothing of it', async () => {
    const { text, isWhole } = await bring(
      true,
      'email,role,needs,basis,gap,action,assessed_by,favourite colour',
      `${erin},Auditor,Can lead an audit,talent,,,,red`,
      'nobody@test.example,Auditor,Can lead an audit,,,,,',
      `${erin},Tester,Can test,,Too slow,Practise,,`,
      `${erin},Writer,Can write,,,,${hanna},`,
      `${hanna},HR lead,Knows the law,,,,,`,
    );

    expect(isWhole).toBe(false);
    expect(text.split('\n')).toEqual([
      'Columns that mean nothing here and are not read: favourite colour',
      '  roles.csv, line 2, basis: «talent» is none of education, training, experience; write what shows it under shown_by', // prettier-ignore
      '  roles.csv, line 3, email: «nobody@test.example» is nobody that I know; write the e-mail address of a person, whom "isma people import" adds', // prettier-ignore
      '  roles.csv, line 4, action: needs somebody who does it and a day: fill action_owner and action_due',
      '  roles.csv, line 5, Only Hugo Owner and the ISMS manager can do that: they answer for what their people can do.', // prettier-ignore
      'Would add 1, change 0, unchanged 0.',
      'Nothing was written: it is all or nothing. Mend these lines and try again.',
      '',
    ]);
    expect(await states()).toEqual([]);
  });
});
