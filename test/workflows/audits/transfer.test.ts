/** Audits and programmes of past years from a list, as files and as a report, and those of the made-up company. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tableBytes } from '../../../src/files/write-table.ts';
import { importPeople } from '../../../src/isms/person/people-import.ts';
import { auditsRoom } from '../../../src/workflows/audits/room.ts';
import { auditTransfer, programmeTransfer } from '../../../src/workflows/audits/import.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today } from '../../support/harness.ts';

describeOnDatabases('A list of audits', (test) => {
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query("update person set department = 'Quality' where name = 'Hugo Owner'");
    folder = await mkdtemp(join(tmpdir(), 'isma-audits-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const bring = async (apply: boolean, lines: string[], { bring: into } = auditTransfer) => {
    const path = join(folder, 'audits.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return into(test.db, () => today, path, { beside: null, apply });
  };
  const head = 'Type,Audit,Date,End,Lead auditor,Auditors,Department,Criteria,Scope,Methods,Result,Covered,Not covered,State'; // prettier-ignore
  const held = 'Internes Audit,Access 2025,10.06.2025,11.06.2025,Hugo Owner,,HR,ISO 27001,HR,Interviews,Conforms,"A.5.15 to A.5.18, 9.2.1",A.5.16,closed'; // prettier-ignore
  const next = 'internal,Suppliers 2027,2027-02-01,,hugo@test.example,,HR,,,,,A.5.19-A.5.22,,';

  it('is tried first, then written whole, and the same list again and its own export change nothing', async () => {
    const tried = await bring(false, [head, held, next]);
    const before = await rows('select from audit');
    const written = await bring(true, [head, held, next]);
    const again = await bring(true, [head, held, next]);
    const exported = await auditTransfer.table(test.db);
    await writeFile(join(folder, 'out.csv'), await tableBytes('csv', exported));
    const back = await auditTransfer.bring(test.db, () => today, join(folder, 'out.csv'), { beside: null, apply: true }); // prettier-ignore

    const days = 'Date is read as days, day-first: «10.06.2025» is 10 June 2025\nEnd is read as days, day-first: «11.06.2025» is 11 June 2025\n'; // prettier-ignore
    expect(tried.text).toBe(days + 'Would add 2, change 0, unchanged 0.\nNothing was written yet. Say --apply to write it.\n'); // prettier-ignore
    expect(before).toEqual([]);
    expect(written.text).toBe(days + 'Added 2, changed 0, unchanged 0.\n');
    expect(again.text).toContain('unchanged 2.\nThere is nothing to write.');
    expect(await rows("select state, kind, held_from, held_until, conclusion from audit where title = 'Access 2025'")).toEqual([
      { state: 'closed', kind: 'internal', held_from: '2025-06-10', held_until: '2025-06-11', conclusion: 'Conforms' },
    ]); // prettier-ignore
    expect(await rows("select requirement, coverage.state from audit_coverage coverage join audit on audit.id = audit_id where title = 'Access 2025' and requirement in ('9.2.1', 'A.5.16') order by requirement")).toEqual([
      { requirement: '9.2.1', state: 'covered' },
      { requirement: 'A.5.16', state: 'left_out' },
    ]); // prettier-ignore
    expect(exported.rows[0]?.slice(0, 3)).toEqual(['AU-2026-001', 'internal', 'Access 2025']);
    expect(back.text).toContain('Would add 0, change 0, unchanged 2.');
    expect(await rows("select distinct actor from audit_entry where action = 'audit.imported'")).toEqual([{ actor: 'system:audits-import' }]); // prettier-ignore
  });

  it('names every line that does not do, and what a held audit lacks, and writes nothing of it', async () => {
    const { text, isWhole } = await bring(true, [
      head,
      held.replace('Conforms', ''),
      held.replace('Access 2025', 'Other').replace('"A.5.15 to A.5.18, 9.2.1"', 'gardening'),
      next.replace(',HR,', ',Quality,'),
      next.replace('Suppliers', 'Vendors').replace('internal', 'secret'),
      next.replace('Suppliers', 'Doors').replace(/,$/, ',flying'),
    ]);

    expect(isWhole).toBe(false);
    expect(text.split('\n').slice(0, 7)).toEqual([
      'Date is read as days, day-first: «10.06.2025» is 10 June 2025',
      'End is read as days, day-first: «11.06.2025» is 11 June 2025',
      '  audits.csv, line 2, is closed and lacks a conclusion',
      '  audits.csv, line 3, Covered: «gardening» is no clause or control; write 4.1, 9.2.1 to 9.2.2, A.5.15',
      '  audits.csv, line 4, Hugo Owner works in Quality, which AU-2026-001 looks at: nobody audits their own department. Choose somebody else.',
      '  audits.csv, line 5, Type: «secret» is none of internal, stage1, stage2, surveillance, recertification',
      '  audits.csv, line 6, State: «flying» is none of planned, prepared, in_progress, reporting, complete, closed, cancelled',
    ]);
    expect(await rows('select from audit')).toEqual([]);
  }); // prettier-ignore

  it('brings audits that are under way, several at once, with plan, team and notes, marked as brought; they go on from there', async () => {
    await test.db.query("update person set department = 'Quality', roles = '{employee,action_owner,auditor}' where name = 'Hugo Owner'"); // prettier-ignore
    const more = `${head},Looked at,Team,Plan,Notes`;
    const begun = 'internal,Access 2026,2026-11-20,2026-11-27,Hugo Owner,,HR,ISO 27001,HR,Interviews,,"A.5.15 to A.5.18",,in progress,A.5.15,Erin Employee,"2026-11-23 | 09:30 | Leavers | hanna@test.example\n2026-11-26 | | Joiners | Hanna Human","Lists of leavers are there.\nTwo accounts of leavers are open."'; // prettier-ignore
    const ready =
      'internal,Suppliers 2026,2026-12-07,,Hugo Owner,,HR,ISO 27001,HR,Interviews,,A.5.19,,prepared,,,,';
    const written = 'internal,Backup 2026,2026-11-02,2026-11-03,Hugo Owner,,HR,ISO 27001,HR,Interviews,,A.8.13,,reporting,,,,'; // prettier-ignore
    const wrong = await bring(true, [more, begun.replace('2026-11-20', '2026-11-25'), ready.replace(',ISO 27001,', ',,'), ready.replace(',HR,ISO', ',Quality,ISO').replace('Suppliers', 'Doors')]); // prettier-ignore
    const lines = [more, begun, ready, written];
    const tried = await bring(false, lines);
    const brought = await bring(true, lines);
    await writeFile(join(folder, 'out.csv'), await tableBytes('csv', await auditTransfer.table(test.db)));
    const back = await auditTransfer.bring(test.db, () => today, join(folder, 'out.csv'), { beside: null, apply: true }); // prettier-ignore
    const isma = await startHarness({ db: test.db });
    const card = (await isma.say('hugo@test.example', 'AU-2026-001'))[0]?.reply;
    await isma.press('hugo@test.example', 'audits.send-fill?record=AU-1&move=cover', { requirements: '', state: 'covered', note: 'Lists' }); // prettier-ignore
    await isma.press('hugo@test.example', 'audits.move?record=AU-1&move=report');
    await isma.press('hugo@test.example', 'audits.move?record=AU-2&move=start');
    await isma.press('hugo@test.example', 'audits.send-fill?record=AU-3&move=conclude', {
      conclusion: 'It works.',
    });
    await isma.stop();

    expect(wrong.text.split('\n').slice(0, 3)).toEqual([
      expect.stringContaining('is in progress, and begins only on 2026-11-25'),
      expect.stringContaining('is prepared and lacks criteria'),
      expect.stringContaining('nobody audits their own department'),
    ]);
    expect(tried.text).toContain('Would add 3, change 0, unchanged 0.');
    expect(brought.text).toBe('Added 3, changed 0, unchanged 0.\n');
    expect(back.text).toContain('Would add 0, change 0, unchanged 3.');
    const fact = (label: string) => card?.facts.find((each) => each.label === label)?.value;
    expect(['Brought from a list', 'Team', 'Looked at', 'Still to look at', 'Plan'].map(fact)).toEqual([
      '24 November 2026, as in progress',
      'Erin Employee',
      'A.5.15',
      'A.5.16 to A.5.18',
      '23 November 2026, 09:30: Leavers; Hugo Owner with Hanna Human\n26 November 2026: Joiners; Hugo Owner with Hanna Human',
    ]);
    expect(card?.facts.map(({ value }) => value)).toContain('Two accounts of leavers are open.');
    expect(await rows('select state, held_from from audit order by id')).toEqual([
      { state: 'reporting', held_from: '2026-11-20' },
      { state: 'in_progress', held_from: expect.any(String) as string },
      { state: 'reporting', held_from: '2026-11-02' },
    ]);
  });

  it('brings programmes too, to which audits of their days belong', async () => {
    const lines = ['Programme,From,Until,Purpose,Frequency,Methods,State', 'Programme 2025,2025-01-01,2027-12-31,All in three years,Two a year,Samples,approved']; // prettier-ignore
    const brought = await bring(true, lines, programmeTransfer);
    const second = await bring(true, [lines[0] ?? '', (lines[1] ?? '').replace('Programme 2025', 'Another')], programmeTransfer); // prettier-ignore
    await bring(true, [head, held]);

    expect(brought.text).toBe('Added 1, changed 0, unchanged 0.\n');
    expect(second.text).toContain('AP-2026-001 is approved already');
    expect(await rows('select programme_id from audit')).toEqual([{ programme_id: 1 }]);
    expect((await programmeTransfer.table(test.db)).rows[0]?.slice(0, 4)).toEqual(['AP-2026-001', 'Programme 2025', '2025-01-01', '2027-12-31']); // prettier-ignore
  });

  it.each([
    ['en', 'Conclusion'],
    ['de', 'Schlussfolgerung'],
    ['fr', 'Conclusion'],
    ['es', 'Conclusión'],
  ])('has a report for each audit, in the language %s of its reader', async (language, word) => {
    await bring(true, [head, held]);
    const bytes = await auditsRoom.documents?.['audits']?.(test.db, { record: 'AU-1', language, now: today });
    const text = strFromU8(unzipSync(new Uint8Array(bytes ?? []))['word/document.xml'] ?? new Uint8Array()).replace(/<[^>]+>/g, '|'); // prettier-ignore

    expect(text).toContain(word);
    expect(text).toMatch(/Access 2025.*Conforms.*A\.5\.18 Access rights/s);
    await expect(auditsRoom.documents?.['audits']?.(test.db, { record: 'AU-9', language, now: today })).rejects.toThrow('There is no audit AU-9.'); // prettier-ignore
  });
});

describeOnDatabases('Audits of the made-up company', (test) => {
  it('are loaded by the commands that people use, once, and taken out again', async () => {
    const folder = join(import.meta.dirname, '../../../knowledge');
    const people = (await readFile(join(folder, 'people.csv'), 'utf8')).trim().split('\n').slice(1).map((line) => line.split(',')); // prettier-ignore
    await test.db.transaction((tx) =>
      importPeople(tx, people.map(([email = '', name = '', department = '', title = '', manager = '', roles = '']) => ({ email, name, department, title, manager: manager === '' ? null : manager, roles: roles.split(';') as never, groups: [], timeZone: 'Europe/Berlin', locale: 'en-GB' })), 'test', today),
    ); // prettier-ignore
    const load = () => test.db.transaction(async (tx) => auditsRoom.samples?.loadLast?.(tx, folder, today));
    await load();
    await load();
    const isma = await startHarness({ db: test.db });
    const said = await isma.say('ines@demo.example', 'our audits');
    await isma.stop();
    const ids = (await test.db.query("select id from person where email like '%@demo.example'")).rows.map(({ id }) => Number(id)); // prettier-ignore
    const removed = await test.db.transaction(async (tx) => {
      await tx.query("select set_config('isma.removing_samples', 'yes', true)");
      return auditsRoom.samples?.remove(tx, { people: ids, also: [] });
    });

    expect(said[0]?.reply.items.map(({ text }) => text)).toEqual([
      'Internal audit: clauses 4 to 10',
      'Stage 2 audit',
    ]);
    expect(removed?.text).toBe('4 audits; their numbers are not given out again\n1 audit programmes; their numbers are not given out again'); // prettier-ignore
    for (const table of ['audit', 'audit_programme', 'audit_coverage', 'audit_sample', 'audit_sign_off', 'audit_plan_item'])
      expect((await test.db.query(`select from ${table}`)).rows, table).toEqual([]);
  }); // prettier-ignore
});
