/** Who is asked to acknowledge what. */
import { beforeEach, expect, it } from 'vitest';
import { askToAcknowledge, cancelRequests, type Ask } from '../../../src/isms/acknowledgement/request.ts';
import { recordAcknowledged } from '../../../src/isms/acknowledgement/recorded.ts';
import { leave } from '../../../src/isms/person/leaving.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';

const at = new Date('2026-12-01T09:00:00Z');

export const policy = (version: string, { ref = 'POL-03', effective = '2026-01-01', more = '' } = {}) => `---
ref: ${ref}
title: Access Control Policy
version: "${version}"
status: published
owner: hugo@test.example
effective: ${effective}
audience: [everyone]
${more}
---

# Access Control Policy

## 1 Purpose

It says who gets in.

## 2 Passwords

Passwords have at least 12 characters.
`;

describeOnDatabases('Asking people to acknowledge a policy', (test) => {
  let people: number[];
  beforeEach(async () => {
    await givenPeople(test.db);
    people = (await rows('select id from person order by id')).map(({ id }) => Number(id));
  });

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const requests = () => rows('select name, acknowledgement_request.state, due_on::text as due, reason from acknowledgement_request join person on person.id = person_id order by person_id'); // prettier-ignore
  const documentId = async (ref = 'POL-03') => Number((await rows('select id from document where reference = $1', [ref]))[0]?.['id']); // prettier-ignore
  const ask = async (more: Partial<Ask> = {}) => {
    const whole = { documentId: await documentId(), people, dueOn: '2026-12-09', campaignId: null, why: 'you work here', ...more };
    return test.db.transaction((tx) => askToAcknowledge(tx, { id: people[3] ?? null, at }, whole));
  }; // prettier-ignore

  it('asks each once, for the version in force, and keeps the earlier day', async () => {
    await givenDocument(test.db, 'access.md', policy('2.0'));
    await givenDocument(test.db, 'access-3.md', policy('3.0', { effective: '2027-01-01' }));
    const first = await ask({ people: people.slice(0, 2), dueOn: (person) => (person === people[0] ? '2026-12-20' : '2026-12-05') }); // prettier-ignore
    const again = await ask();

    expect([first, again]).toEqual([people.slice(0, 2), people.slice(2)]);
    expect((await requests()).map(({ due }) => due)).toEqual(['2026-12-09', '2026-12-05', '2026-12-09', '2026-12-09']); // prettier-ignore
    expect(await rows('select distinct version from acknowledgement_request join document_version v on v.id = version_id')).toEqual([{ version: '2.0' }]); // prettier-ignore
    expect(await rows('select count(*)::integer as n from nudge_agenda')).toEqual([{ n: 4 }]);
  });

  it('leaves out who may not read it, who only audits, who is exempt and who has acknowledged it already', async () => {
    await givenDocument(
      test.db,
      'access.md',
      policy('2.1').replace('[everyone]', '[HR, isms_manager, auditor]'),
    );
    await test.db.query("update person set roles = '{auditor}' where email like 'hugo%'");
    await test.db.query("update person set department = 'hr' where email like 'erin%'");
    const [hanna, erin] = [people[1], people[0]];
    await test.db.query(
      `insert into exemption (person_id, document_id, reason, from_day, until_day, granted_by, granted_by_name, granted_at)
       values ($1, $2, 'on leave', '2026-11-01', '2026-12-01', $1, 'Hanna', now())`,
      [hanna, await documentId()],
    );
    await test.db.query(
      `insert into acknowledgement (person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
       select $1, 'Erin', document_id, id, 'POL-03', '2.0', 'en', 'x', 'x', 'en', 'chat', now() from document_version`,
      [erin],
    );

    expect(await ask()).toEqual([people[3]]);
  });

  it('is done for whom the ISMS manager records it from a signed list, in the version of its day', async () => {
    await givenDocument(test.db, 'access.md', policy('2.0'));
    await givenDocument(test.db, 'access-3.md', policy('3.0', { effective: '2026-11-30' }));
    await ask({ people: people.slice(0, 2) });
    const by = (id: number | undefined, roles: string[]) => ({ actor: { id: id ?? 0, name: 'Ines', roles, timeZone: 'UTC' }, at, inputId: null, link: null });
    const attendance = { documentId: await documentId(), people, how: 'list' as const, place: 'folder 7' };
    const record = (on: string, roles = ['isms_manager']) => test.db.transaction((tx) => recordAcknowledged(tx, by(people[3], roles), { ...attendance, on }));

    await expect(record('2026-11-30', ['employee'])).rejects.toThrow('Only the ISMS manager records');
    await expect(record('2026-12-24')).rejects.toThrow('still to come');
    expect(await record('2026-11-20')).toEqual(people);
    expect((await requests()).map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect([await record('2026-11-30'), await record('2026-11-30')]).toEqual([people, []]);

    expect((await requests()).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    expect(await rows('select distinct version, how, place, request_id is null as unasked from acknowledgement order by 1, 4')).toEqual([
      { version: '2.0', how: 'list', place: 'folder 7', unasked: false },
      { version: '2.0', how: 'list', place: 'folder 7', unasked: true },
      { version: '3.0', how: 'list', place: 'folder 7', unasked: false },
      { version: '3.0', how: 'list', place: 'folder 7', unasked: true },
    ]);
  }); // prettier-ignore

  it('is refused for what is a draft, and leaves nothing', async () => {
    await givenDocument(test.db, 'access.md', policy('2.0').replace('status: published', 'status: draft'));

    await expect(ask()).rejects.toThrow('No version of that document is in force now');
    expect(await requests()).toEqual([]);
  });

  it('ends with a campaign, and with whoever leaves, and what was acknowledged stays', async () => {
    await givenDocument(test.db, 'access.md', policy('2.0'));
    await ask();
    await test.db.query("update acknowledgement_request set state = 'acknowledged' where person_id = $1", [
      people[1],
    ]);
    await test.db.transaction((tx) => leave(tx, 'erin@test.example', null, 'test', at));
    await test.db.transaction((tx) => leave(tx, 'hanna@test.example', null, 'test', at));
    await test.db.transaction((tx) => cancelRequests(tx, { people: people.slice(2, 3) }, 'stopped', at));

    expect((await requests()).map(({ state, reason }) => [state, reason])).toEqual([['cancelled', 'left'], ['acknowledged', null], ['cancelled', 'stopped'], ['pending', null]]); // prettier-ignore
  });
});
