/** People come from an import, all of a file or none, and a column that it does not have changes nothing; who leaves has no rights from that day. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importText } from '../../src/cli/people.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { bindIdentity, changeAddress } from '../../src/records/identity-admin.ts';
import { comeBack, endWhoLeft, leave, selectOwned } from '../../src/isms/person/leaving.ts';
import { selectByRole, selectOptionalByEmail } from '../../src/records/person.ts';
import { importPeopleFile, type PeopleReport } from '../../src/app/people-file.ts';
import { describeOnDatabases } from '../support/databases.ts';

const now = new Date('2026-11-24T09:00:00Z');
const staff =
  'email,name,department,manager,roles,groups,time_zone\nana@test.example,Ana Aster,IT,bob@test.example,employee;admin,hamburg,Europe/Madrid\nbob@test.example,Bob Birch,Board,,employee;manager,leadership,Europe/Berlin\n';

describeOnDatabases('an import of people', (test) => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-people-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  async function imported(
    content: string | Uint8Array,
    { apply = true, name = 'people.csv', at = now } = {},
  ): Promise<PeopleReport> {
    const path = join(folder, name);
    await writeFile(path, content);
    return importPeopleFile(test.db, path, 'system:test', at, { apply });
  }
  const counts = ({ added, changed, unchanged }: PeopleReport) => [added.length, changed.length, unchanged];
  const people = async () =>
    (
      await test.db.query(
        `select person.email, person.name, person.department, person.roles, person.groups, person.time_zone, manager.email as manager, person.active
         from person left join person manager on manager.id = person.manager_id order by person.email`,
      )
    ).rows;
  const audited = async () =>
    (await test.db.query('select payload from audit_entry order by seq')).rows.map(
      ({ payload }) => JSON.parse(String(payload)) as { action: string; detail: Record<string, unknown> },
    );

  it('takes names, roles, groups, managers and time zones', async () => {
    expect(counts(await imported(staff.replace('ana@test', 'Ana@Test')))).toEqual([2, 0, 0]);

    expect(await people()).toEqual([
      { email: 'ana@test.example', name: 'Ana Aster', department: 'IT', roles: ['employee', 'admin'], groups: ['hamburg'], time_zone: 'Europe/Madrid', manager: 'bob@test.example', active: true },
      { email: 'bob@test.example', name: 'Bob Birch', department: 'Board', roles: ['employee', 'manager'], groups: ['leadership'], time_zone: 'Europe/Berlin', manager: null, active: true },
    ]); // prettier-ignore
  });

  it('of names and departments leaves roles, groups, managers and time zones as they are, and says old and new', async () => {
    await imported(staff);
    const before = await people();

    const report = await imported(
      'email,name,department\nana@test.example,Ana Aster,Security\nbob@test.example,Bob Birch,Board\n',
    );

    expect(counts(report)).toEqual([0, 1, 1]);
    expect(report.changed[0]?.fields).toEqual([{ field: 'department', from: 'IT', to: 'Security' }]);
    expect(await people()).toEqual([{ ...before[0], department: 'Security' }, before[1]]);
    expect((await audited()).at(-1)).toMatchObject({
      action: 'person.changed',
      detail: { fields: ['department'], was: { roles: ['employee', 'admin'] } },
    });
  });

  it('says first what it would change, and writes nothing until it is told to', async () => {
    await imported(staff);
    const [before, entries] = [await people(), (await verifyAudit(test.db)).entries];

    const report = await imported(
      'email,name,manager,role\nana@test.example,Ana Aster,,boss\ncleo@test.example,Cleo Cedar,bob@test.example,\n',
      { apply: false },
    );

    expect(importText(report)).toBe(
      [
        'Columns that mean nothing here and are not read: role',
        '  new      cleo@test.example · Cleo Cedar · employee',
        '  changed  ana@test.example · Ana Aster',
        '             manager: bob@test.example → none',
        'Would add 1, change 1, unchanged 0.',
        'Nothing was written yet. Say --apply to write it.\n',
      ].join('\n'),
    );
    expect(await people()).toEqual(before);
    expect((await verifyAudit(test.db)).entries).toBe(entries);
  });

  it('never leaves nobody as ISMS manager, by a list or by leaving', async () => {
    await imported(staff.replace('employee;manager', 'employee;isms_manager'));
    const file = 'email,roles\nbob@test.example,employee\n';

    expect(importText(await imported(file, { apply: false }))).toContain(
      'nobody would be ISMS manager any more (Bob Birch). Give somebody else the role «isms_manager» first.',
    );
    await expect(imported(file)).rejects.toThrow(
      'nobody would be ISMS manager any more. Bob Birch is the last',
    );
    await expect(
      test.db.transaction((tx) => leave(tx, 'bob@test.example', null, 'system:test', now)),
    ).rejects.toThrow('nobody would be ISMS manager any more');
  });

  it.each([
    ['Entra', 'User principal name,Display name,Mail,Department,Job title,Manager\nax@test.example,Ana Aster,ana@test.example,IT,Engineer,bob@test.example\n'],
    ['Entra by its attributes', 'userPrincipalName,displayName,department,jobTitle,manager\nana@test.example,Ana Aster,IT,Engineer,Bob Birch\n'],
    ['Workday', 'Worker,Work Email,Business Title,Supervisory Organization,Manager,Termination Date\nAna Aster,ana@test.example,Engineer,IT,"Birch, Bob",\n'],
    ['a payroll', 'Full name;E-Mail-Adresse;Abteilung;Position;Manager name\nAna Aster;ana@test.example;IT;Engineer;Bob Birch\n'],
    ['a list of our own', 'email,name,department,title,manager,groups\nana@test.example,Ana Aster,IT,Engineer,bob birch,"Sales, EMEA;hamburg"\n'],
  ])('takes the headings of %s, and managers by their names', async (_what, csv) => {
    await imported('email,name\nbob@test.example,Bob Birch\n');

    const report = await imported(csv);

    expect(report.added).toMatchObject([{ email: 'ana@test.example', name: 'Ana Aster' }]);
    expect((await people())[0]).toMatchObject({ department: 'IT', manager: 'bob@test.example' });
    if (csv.includes('Sales')) expect((await people())[0]).toMatchObject({ groups: ['sales, emea', 'hamburg'] });
    await imported('email,name\nother@test.example,Bob Birch\n');
    await expect(imported('email,manager\nana@test.example,Bob Birch\n')).rejects.toThrow('is the name of 2 people');
    await expect(imported('email,manager\nana@test.example,Nobody\n')).rejects.toThrow('is the name of nobody');
  }); // prettier-ignore

  it('never leaves nobody as admin, and says so before', async () => {
    await imported(staff);
    const before = await people();
    const file = 'email,roles\nana@test.example,employee\n';

    const report = await imported(file, { apply: false });

    expect(importText(report)).toContain('nobody would be admin any more (Ana Aster)');
    await expect(imported(file)).rejects.toThrow('nobody would be admin any more. Ana Aster is the last');
    await expect(imported('email,left\nana@test.example,2027-01-01\n')).rejects.toThrow(
      'nobody would be admin',
    );
    await expect(
      test.db.transaction((tx) => leave(tx, 'ana@test.example', null, 'system:test', now)),
    ).rejects.toThrow('nobody would be admin any more');
    expect(await people()).toEqual(before);
  });

  it('of two at once lets neither take the last admin away', async () => {
    await imported('email,name,roles\nana@test.example,Ana,admin\nbob@test.example,Bob,admin\n');

    const both = await Promise.allSettled(
      ['ana', 'bob'].map((who) =>
        imported(`email,roles\n${who}@test.example,employee\n`, { name: `${who}.csv` }),
      ),
    );

    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await selectByRole(test.db, 'admin')).toHaveLength(1);
  });

  it('names each wrong line, and takes nobody in', async () => {
    const importing = imported(
      'email,name,roles,time_zone,manager,left\nana@test.example,Ana,employee,,,\nbob,Bob,,,,\ncid@test.example,,boss,Mars/Base,,31.11.2026\nana@test.example,Again,,,,\neve@test.example,Eve,,,eve@test.example,\n',
    );

    await expect(importing).rejects.toThrow(/^Nobody was imported from .*people\.csv:/);
    const message = String(await importing.catch((error: unknown) => error));
    for (const said of [
      'line 3: email must be an e-mail address',
      'line 4: name is missing',
      'line 4: roles must be among employee, action_owner, manager, isms_manager, auditor, admin',
      'line 4: time_zone must be a time zone such as Europe/Berlin',
      'line 4: left «31.11.2026» is no date; write 2026-11-30',
      'line 5: ana@test.example stands there twice',
      'line 6: eve@test.example cannot be their own manager',
    ])
      expect(message).toContain(said);
    expect(await people()).toEqual([]);
  });

  it('knows managers who are not in the file, and names the line of one who is nowhere', async () => {
    await imported(staff);

    await imported('email,name,manager\ncleo@test.example,Cleo,bob@test.example\n');

    expect((await people()).at(-1)).toMatchObject({ manager: 'bob@test.example' });
    await expect(imported('email,manager\ncleo@test.example,nobody@test.example\n')).rejects.toThrow(
      'line 2: the manager of cleo@test.example, nobody@test.example, is neither in the file nor known here',
    );
    await expect(imported('email,department\nnew@test.example,IT\n')).rejects.toThrow(
      'line 2: name is missing, and nobody is known here as new@test.example',
    );
  });

  it.each([
    ['no CSV', 'email,name\n"ana,Ana\n', /is no CSV that can be read/],
    ['without addresses', 'who,name\nana@test.example,Ana\n', /lacks the column email/],
    ['with a column twice', 'email,mail\nana@test.example,ana@test.example\n', /two columns that mean email/],
  ])('of a file that is %s is refused', async (_kind, csv, problem) => {
    await expect(imported(csv)).rejects.toThrow(problem);
  });

  it('of a file that is not there names the file', async () => {
    await expect(importPeopleFile(test.db, join(folder, 'none.csv'), 'system:test', now)).rejects.toThrow(
      /none\.csv cannot be read/,
    );
  });

  it.each<[string, string, Uint8Array]>([
    ['UTF-8 with a mark and semicolons', 'a.csv', Buffer.from('\uFEFFE-Mail;Name\r\njo@test.example;Jörg Müller\r\n\r\n')],
    ['Windows-1252', 'b.csv', Buffer.from('Email;Name\r\njo@test.example;Jörg Müller\r\n', 'latin1')],
    ['UTF-16 with tabs', 'c.txt', Buffer.from('\uFEFFEmail\tName\r\njo@test.example\tJörg Müller\r\n', 'utf16le')],
  ])('takes a file as Excel saves it: %s', async (_what, name, bytes) => {
    const report = await imported(bytes, { name });

    expect(await people()).toMatchObject([{ email: 'jo@test.example', name: 'Jörg Müller' }]);
    expect(report.guessed).toBe(name === 'b.csv');
  }); // prettier-ignore

  it('run twice changes nothing, and writes no second audit entry', async () => {
    await imported(staff);
    const before = (await verifyAudit(test.db)).entries;

    const again = await imported(staff.replace('employee;admin', 'admin;employee'));

    expect(counts(again)).toEqual([0, 0, 2]);
    expect((await verifyAudit(test.db)).entries).toBe(before);
  });

  it('with a day on which somebody left ends roles and rights, on record, and twice changes nothing', async () => {
    await imported(staff);
    const file = 'email,roles,left\nbob@test.example,employee;isms_manager,2026-11-24\n';

    const report = await imported(file);
    const again = await imported(file);

    expect(report.changed[0]?.fields).toContainEqual({ field: 'left', from: '', to: '2026-11-24' });
    expect(counts(again)).toEqual([0, 0, 1]);
    expect((await people())[1]).toMatchObject({ roles: ['employee'], groups: [], active: false });
    expect(await selectByRole(test.db, 'isms_manager')).toEqual([]);
    expect(await selectOptionalByEmail(test.db, 'bob@test.example')).toBeNull();
    expect((await audited()).at(-1)).toMatchObject({
      action: 'person.left',
      detail: { leftOn: '2026-11-24' },
    });
  });

  it('leaves who has left as they are where it has no such column, and brings them back with an empty cell, as an employee', async () => {
    await imported(staff);
    const id = async () =>
      (await test.db.query("select id from person where email = 'bob@test.example'")).rows;
    const before = await id();
    await test.db.transaction((tx) => leave(tx, 'bob@test.example', '2026-11-01', 'system:test', now));

    await imported('email,name,roles\nbob@test.example,Robert Birch,employee;manager\n');
    const away = await people();
    await imported('email,left\nbob@test.example,\n');

    expect(away[1]).toMatchObject({ name: 'Robert Birch', roles: ['employee'], active: false });
    expect((await people())[1]).toMatchObject({ roles: ['employee'], groups: [], active: true });
    expect(await id()).toEqual(before);
  });
});

describeOnDatabases('somebody who leaves', (test) => {
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isma-people-'));
    await writeFile(join(folder, 'people.csv'), staff);
    await importPeopleFile(test.db, join(folder, 'people.csv'), 'system:test', now);
    await rm(folder, { recursive: true });
  });
  const bob = async () =>
    (await test.db.query("select active, roles, left_on from person where name = 'Bob Birch'")).rows[0];
  const go = (day: string | null, at = now) =>
    test.db.transaction((tx) => leave(tx, 'Bob@test.example', day, 'system:test', at));

  it('on a day to come keeps roles until that day begins where they are', async () => {
    const { id } = await go('2026-12-01');

    expect(await bob()).toEqual({ active: true, roles: ['employee', 'manager'], left_on: '2026-12-01' });
    expect(await test.db.transaction((tx) => selectOwned(tx, id))).toEqual([
      { what: 'manages', reference: 'Ana Aster', title: '' },
    ]);
    // Berlin is an hour ahead.
    await test.db.transaction((tx) => endWhoLeft(tx, new Date('2026-11-30T22:59:00Z')));
    expect(await bob()).toMatchObject({ active: true });
    await test.db.transaction((tx) => endWhoLeft(tx, new Date('2026-11-30T23:00:00Z')));
    expect(await bob()).toMatchObject({ active: false, roles: ['employee'] });
  });

  it('twice, or when nobody knows them, is told so; and who comes back is the same person', async () => {
    await go(null);

    const account = { platform: 'slack', tenant: 'T1', user: 'U1' };
    await expect(
      test.db.transaction((tx) => bindIdentity(tx, 'bob@test.example', account, 'system:test', now)),
    ).rejects.toThrow('Bob Birch has left: nothing is bound to them');
    await expect(go(null)).rejects.toThrow('Bob Birch has left already, on 2026-11-24');
    await expect(
      test.db.transaction((tx) => leave(tx, 'no@test.example', null, 'system:test', now)),
    ).rejects.toThrow('Nobody is known here as no@test.example');
    await test.db.transaction((tx) => comeBack(tx, 'bob@test.example', 'system:test', now));
    expect(await bob()).toEqual({ active: true, roles: ['employee'], left_on: null });
    await expect(
      test.db.transaction((tx) => comeBack(tx, 'bob@test.example', 'system:test', now)),
    ).rejects.toThrow('Bob Birch is here');
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('and who has a new address is who they were, unless somebody else has it', async () => {
    const rename = (to: string) =>
      test.db.transaction((tx) => changeAddress(tx, 'bob@test.example', to, 'system:test', now));

    await expect(rename('ana@test.example')).rejects.toThrow(
      'Ana Aster is known as ana@test.example already',
    );
    await rename('Robert@test.example');

    expect(await selectOptionalByEmail(test.db, 'robert@test.example')).toMatchObject({
      name: 'Bob Birch',
      roles: ['employee', 'manager'],
    });
  });
});
