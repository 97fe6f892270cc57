/** People come from an import, all of a file or none. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { selectOptionalByEmail } from '../../src/isms/person.ts';
import { importPeopleFile } from '../../src/people-file.ts';
import { describeOnDatabases } from '../support/databases.ts';

const now = new Date('2026-11-24T09:00:00Z');

describeOnDatabases('an import of people', (test) => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-people-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  async function imported(csv: string | Uint8Array) {
    const path = join(folder, 'people.csv');
    await writeFile(path, csv);
    return importPeopleFile(test.db, path, 'system:test', now);
  }
  const people = async () =>
    (await test.db.query('select email, name, roles from person order by email')).rows;

  it('takes names, roles, groups, managers and time zones', async () => {
    const counts = await imported(
      'email,name,department,manager,roles,groups,time_zone\nAna@Test.Example,Ana Aster,IT,bob@test.example,employee;manager,Hamburg|Crisis,Europe/Madrid\nbob@test.example,Bob Birch,,,,,\n',
    );

    expect(counts).toEqual({ added: 2, changed: 0, unchanged: 0 });
    const ana = await selectOptionalByEmail(test.db, 'ANA@test.example');
    expect(ana).toMatchObject({
      department: 'IT',
      roles: ['employee', 'manager'],
      groups: ['hamburg', 'crisis'],
      timeZone: 'Europe/Madrid',
    });
    const { rows } = await test.db.query(
      "select manager.name from person join person manager on manager.id = person.manager_id where person.name = 'Ana Aster'",
    );
    expect(rows).toEqual([{ name: 'Bob Birch' }]);
    expect(await people()).toContainEqual({
      email: 'bob@test.example',
      name: 'Bob Birch',
      roles: ['employee'],
    });
  });

  it('names each wrong line, and takes nobody in', async () => {
    const importing = imported(
      'email,name,roles,time_zone,manager\nana@test.example,Ana,employee,,\nbob,Bob,,,\ncid@test.example,,boss,Mars/Base,\nana@test.example,Again,,,\ndan@test.example,Dan,,,nobody@test.example\neve@test.example,Eve,,,eve@test.example\n',
    );

    await expect(importing).rejects.toThrow(/^Nobody was imported from .*people\.csv:/);
    const message = String(await importing.catch((error: unknown) => error));
    expect(message).toContain('line 3: email must be an e-mail address');
    expect(message).toContain('line 4: name is missing');
    expect(message).toContain(
      'line 4: roles must be among employee, action_owner, manager, isms_manager, auditor, admin',
    );
    expect(message).toContain('line 4: time_zone must be a time zone such as Europe/Berlin');
    expect(message).toContain('ana@test.example stands there twice');
    expect(message).toContain('the manager of dan@test.example, nobody@test.example, is not in the file');
    expect(message).toContain('eve@test.example cannot be their own manager');
    expect(await people()).toEqual([]);
  });

  it.each([
    ['no CSV', 'email,name\n"ana,Ana\n', /is not a CSV file that can be read/],
    ['without the columns', 'mail,who\nana@test.example,Ana\n', /line 2: email/],
  ])('of a file that is %s is refused', async (_kind, csv, problem) => {
    await expect(imported(csv)).rejects.toThrow(problem);
  });

  it('of a file that is not there names the file', async () => {
    await expect(importPeopleFile(test.db, join(folder, 'none.csv'), 'system:test', now)).rejects.toThrow(
      /none\.csv cannot be read/,
    );
  });

  it('takes a file with a byte order mark, Windows lines and tabs', async () => {
    await imported('\uFEFFEmail\tName\r\nana@test.example\tAna Aster\r\n\r\n');

    expect(await people()).toEqual([{ email: 'ana@test.example', name: 'Ana Aster', roles: ['employee'] }]);
  });

  it('run twice changes nothing, and writes no second audit entry', async () => {
    await imported('email,name,roles\nana@test.example,Ana,employee;admin\n');
    const before = (await verifyAudit(test.db)).entries;

    const again = await imported('email,name,roles\nana@test.example,Ana,employee;admin\n');

    expect(again).toEqual({ added: 0, changed: 0, unchanged: 1 });
    expect((await verifyAudit(test.db)).entries).toBe(before);
  });

  it('changes a manager, on record', async () => {
    await imported('email,name,manager\nana@test.example,Ana,\nbob@test.example,Bob,\n');

    const counts = await imported(
      'email,name,manager\nana@test.example,Ana,bob@test.example\nbob@test.example,Bob,\n',
    );

    expect(counts).toEqual({ added: 0, changed: 1, unchanged: 1 });
    const { rows } = await test.db.query(
      "select count(*) as n from audit_entry where action = 'person.changed'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('changes roles, on record, and removes nobody who is absent', async () => {
    await imported('email,name,roles\nana@test.example,Ana,employee;admin\nbob@test.example,Bob,\n');

    const counts = await imported('email,name,roles\nana@test.example,Ana,employee\n');

    expect(counts).toEqual({ added: 0, changed: 1, unchanged: 0 });
    expect(await people()).toMatchObject([{ roles: ['employee'] }, { name: 'Bob' }]);
    const { rows } = await test.db.query("select payload from audit_entry where action = 'person.changed'");
    expect(rows.map((row) => JSON.parse(String(row.payload)) as unknown)).toMatchObject([
      { actor: 'system:test', detail: { roles: ['employee'] } },
    ]);
  });
});
