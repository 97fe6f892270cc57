/** Who is asked by a campaign, who comes and goes while it runs, and how far it was on a day. */
import { beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import {
  draftCampaign,
  moveCampaign,
  campaigns,
  type CampaignDraft,
} from '../../../src/isms/campaign/campaign.ts';
import { selectCounts, selectMembers } from '../../../src/isms/campaign/rate.ts';
import { goOn, reviewCampaigns, startCampaign } from '../../../src/isms/campaign/run.ts';
import { assignTraining } from '../../../src/isms/training/assign.ts';
import { lessonCalled, waiveTraining } from '../../../src/isms/training/training.ts';
import { comeBack, leave } from '../../../src/isms/person/leaving.ts';
import { AudienceSpec } from '../../../src/records/audience.ts';
import type { CommandContext } from '../../../src/records/command-context.ts';
import { selectOptionalByEmail } from '../../../src/records/person.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';

const policy = (version: string, audience = 'everyone') => `---
ref: POL-05
title: Access Control Policy
version: "${version}"
status: published
owner: hugo@test.example
effective: 2026-01-01
audience: [${audience}]
---

# Access Control Policy

## 1 Purpose

It says who gets in.
`;

describeOnDatabases('A campaign', (test) => {
  let ids: Record<string, number>;
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'access.md', policy('2.0'));
    ids = Object.fromEntries((await rows('select id, email from person')).map(({ id, email }): [string, number] => [String(email).split('@')[0] ?? '', Number(id)]));
  }); // prettier-ignore

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const at = (day: string) => new Date(`${day}T09:00:00Z`);
  async function by(day: string, email = 'ines@test.example'): Promise<CommandContext> {
    const actor = await selectOptionalByEmail(test.db, email);
    if (actor === null) throw new Error(email);
    return { actor, at: at(day), inputId: null, link: null };
  }
  async function drafted(more: Partial<CampaignDraft> = {}, day = '2026-12-01') {
    const [{ id } = {}] = await rows('select id from document');
    const draft: CampaignDraft = {
      title: 'Access', who: 'everyone', audience: AudienceSpec.parse({ everyone: true }), standing: false, newcomers: false,
      subjects: { documents: [Number(id)], lessons: [] }, dueOn: '2026-12-18', dueDays: null, ...more,
    }; // prettier-ignore
    const command = await by(day);
    return test.db.transaction((tx) => draftCampaign(tx, command, draft, null));
  }
  async function started(more: Partial<CampaignDraft> = {}, day = '2026-12-01') {
    const { id } = await drafted(more, day);
    const command = await by(day);
    return test.db.transaction(async (tx) => startCampaign(tx, command, await campaigns.lock(tx, id)));
  }
  const review = (day: string) => test.db.transaction((tx) => reviewCampaigns(tx, at(day)));
  const rate = async (id: number, day: string) => {
    const { of, done, overdue, exempt, onLeave, left } = await selectCounts(test.db, { id }, day);
    return { of, done, overdue, exempt, onLeave, left };
  };
  const standing = async (id: number, day: string) =>
    Object.fromEntries((await selectMembers(test.db, { id }, day)).map((each): [string, string] => [each.name.split(' ')[0] ?? '', each.standing])); // prettier-ignore
  const acknowledge = (name: string, day: string, version = '2.0') =>
    rows(
      `with done as (update acknowledgement_request set state = 'acknowledged' where person_id = $1 and state = 'pending')
       insert into acknowledgement (person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
       select $1, 'x', document_id, id, 'POL-05', $3, 'en', 'x', 'x', 'en', 'chat', $2 from document_version limit 1`,
      [ids[name], at(day), version],
    ); // prettier-ignore
  const exempt = (name: string, until: string | null, campaign: number | null) =>
    rows(
      `insert into exemption (person_id, campaign_id, document_id, reason, from_day, until_day, granted_by, granted_by_name, granted_at)
       select $1, $3, case when $3::integer is null then (select id from document) end, 'On the line', '2026-11-30', $2, $1, 'Ines', '2026-11-30' `,
      [ids[name], until, campaign],
    ); // prettier-ignore
  const away = (name: string, until: string) =>
    rows("insert into absence (person_id, from_day, until_day, said_by, said_at) values ($1, '2026-11-20', $2, 'person', now())", [ids[name], until]); // prettier-ignore
  const open = async () =>
    (await rows("select name, due_on::text from acknowledgement_request join person on person.id = person_id where state = 'pending' order by name")).map(({ name, due_on }) => `${String(name).split(' ')[0]} ${String(due_on)}`); // prettier-ignore

  it('asks whoever counts and has not done it, and says of the others why', async () => {
    await acknowledge('erin', '2026-11-01');
    await exempt('hanna', '2026-12-10', null);
    await away('hugo', '2026-12-06');
    const { id, state } = await started();

    expect(state).toBe('running');
    expect(await open()).toEqual(['Ines 2026-12-18']);
    expect(await standing(id, '2026-12-01')).toEqual({
      Erin: 'done',
      Hanna: 'exempt',
      Hugo: 'on_leave',
      Ines: 'open',
    });
    expect(await rate(id, '2026-12-01')).toEqual({
      of: 2,
      done: 1,
      overdue: 0,
      exempt: 1,
      onLeave: 1,
      left: 0,
    });

    await review('2026-12-07');
    await review('2026-12-11');
    expect(await open()).toEqual(['Hanna 2026-12-18', 'Hugo 2026-12-18', 'Ines 2026-12-18']);
    expect(await rate(id, '2026-12-01')).toEqual({
      of: 2,
      done: 1,
      overdue: 0,
      exempt: 1,
      onLeave: 1,
      left: 0,
    });
    expect(await rate(id, '2026-12-19')).toEqual({
      of: 4,
      done: 1,
      overdue: 3,
      exempt: 0,
      onLeave: 0,
      left: 0,
    });
    const entries = await rows("select payload::jsonb ->> 'action' as action from audit_entry where record = $1 order by seq", [`campaign:${id}`]); // prettier-ignore
    expect(entries.map(({ action }) => action)).toEqual(['campaign.drafted', 'campaign.started', 'campaign.asked', 'campaign.asked']); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('reads the same a year later, whatever has happened since', async () => {
    const { id } = await started();
    await acknowledge('erin', '2026-12-02');
    await exempt('hanna', null, id);
    await review('2026-12-03');
    const days = ['2026-12-01', '2026-12-02', '2026-12-03', '2026-12-19'];
    const then = [];
    for (const day of days) then.push(await selectCounts(test.db, { id }, day));

    await acknowledge('erin', '2027-01-02', '3.0');
    await acknowledge('hugo', '2026-12-20');
    await test.db.query("update person set name = 'Else Other', department = 'IT' where id = $1", [
      ids['ines'],
    ]);
    await test.db.query("update exemption set until_day = '2026-12-20'");
    await test.db.transaction((tx) => leave(tx, 'hugo@test.example', '2026-12-21', 'test', at('2026-12-21')));
    await review('2026-12-21');
    await test.db.transaction((tx) => comeBack(tx, 'hugo@test.example', 'test', at('2026-12-22')));
    await review('2026-12-22');
    await givenDocument(test.db, 'access.md', policy('3.0'));
    const now = [];
    for (const day of days) now.push(await selectCounts(test.db, { id }, day));

    expect(now).toEqual(then);
    expect(then.map(({ of, done, overdue, exempt }) => [of, done, overdue, exempt])).toEqual([[3, 0, 0, 1], [3, 1, 0, 1], [3, 1, 0, 1], [3, 1, 2, 1]]); // prettier-ignore
    expect((await selectCounts(test.db, { id }, '2026-12-21')).left).toBe(1);
    expect((await selectCounts(test.db, { id }, '2026-12-22')).left).toBe(0);
  });

  it('that stands asks joiners, movers and who is back from leave, and lets go who moved away', async () => {
    await test.db.query("update person set department = 'Sales' where id = any($1)", [
      [ids['erin'], ids['hugo']],
    ]);
    await away('hugo', '2026-12-13');
    const sales = {
      who: 'Sales',
      audience: AudienceSpec.parse({ departments: ['Sales'] }),
      dueOn: null,
      dueDays: 10,
    };
    const { id } = await started({ ...sales, standing: true, subjects: { documents: (await drafted()).subjects.documents, lessons: ['phishing'] } }); // prettier-ignore
    expect(await open()).toEqual(['Erin 2026-12-11']);

    await test.db.query(
      "insert into person (email, name, department) values ('june@test.example', 'June Joiner', 'Sales')",
    );
    await test.db.query("update person set department = 'Sales' where id = $1", [ids['hanna']]);
    await test.db.query("update person set department = 'IT' where id = $1", [ids['erin']]);
    await review('2026-12-07');
    await review('2026-12-14');
    await review('2026-12-14');

    expect(await open()).toEqual(['Hanna 2026-12-17', 'Hugo 2026-12-24', 'June 2026-12-17']);
    expect(await rows("select name, state, due_on::text as due from training join person on person.id = person_id order by name")).toEqual([
      { name: 'Erin Employee', state: 'waived', due: null },
      { name: 'Hanna Human', state: 'assigned', due: '2026-12-17' },
      { name: 'Hugo Owner', state: 'assigned', due: '2026-12-24' },
      { name: 'June Joiner', state: 'assigned', due: '2026-12-17' },
    ]); // prettier-ignore
    expect(await standing(id, '2026-12-14')).toEqual({
      Erin: 'moved',
      Hanna: 'open',
      Hugo: 'open',
      June: 'open',
    });
    expect(await rows("select reason from acknowledgement_request where state = 'cancelled'")).toEqual([{ reason: 'they are not meant by CM-2026-002 any more' }]); // prettier-ignore
  });

  it('for newcomers asks nobody who is here when it starts, and each who comes later', async () => {
    const { id, state } = await started({ standing: true, newcomers: true, dueOn: null, dueDays: 14 });
    expect([state, await open(), await rate(id, '2026-12-01')]).toEqual(['running', [], { of: 0, done: 0, overdue: 0, exempt: 0, onLeave: 0, left: 0 }]); // prettier-ignore

    await test.db.query("insert into person (email, name) values ('june@test.example', 'June Joiner')");
    await review('2026-12-02');
    expect(await open()).toEqual(['June 2026-12-16']);
    expect(await standing(id, '2026-12-02')).toEqual({ June: 'open' });
  });

  it('needs both of what it asks, a lesson and a document, and keeps when a lesson was first done', async () => {
    const { id } = await started({ subjects: { documents: (await drafted()).subjects.documents, lessons: ['phishing'] } }); // prettier-ignore
    await acknowledge('erin', '2026-12-02');
    await acknowledge('hugo', '2026-12-02');
    const complete = (day: string) =>
      rows("update training set state = 'completed', completed_on = $2, expires_on = '2027-12-03', state_at = $3 where person_id = $1", [ids['erin'], day, at(day)]); // prettier-ignore
    await complete('2026-12-03');
    expect(await standing(id, '2026-12-03')).toEqual({
      Erin: 'done',
      Hanna: 'open',
      Hugo: 'open',
      Ines: 'open',
    });
    await complete('2027-11-30');

    expect((await standing(id, '2026-12-02'))['Erin']).toBe('open');
    expect((await standing(id, '2026-12-03'))['Erin']).toBe('done');
  });

  it('leaves in peace who was let off the lesson, until it is given to them anew', async () => {
    const { id } = await started({ subjects: { documents: [], lessons: ['phishing'] } });
    const [before, given] = [await by('2026-12-02'), await by('2026-12-04')];
    const lesson = lessonCalled('phishing');
    const erin = { id: ids['erin'] ?? 0, name: 'Erin' };
    await test.db.transaction((tx) => waiveTraining(tx, before, erin, lesson, 'On the line'));
    await review('2026-12-03');
    expect((await standing(id, '2026-12-03'))['Erin']).toBe('exempt');
    expect(await rows('select state from training where person_id = $1', [erin.id])).toEqual([
      { state: 'waived' },
    ]);

    await test.db.transaction((tx) => assignTraining(tx, given, lesson, [erin.id], '2026-12-20'));
    expect([(await standing(id, '2026-12-03'))['Erin'], (await standing(id, '2026-12-04'))['Erin']]).toEqual(['exempt', 'open']); // prettier-ignore
  });

  it('asks nothing while it is paused, and goes on with all who came meanwhile', async () => {
    const { id } = await started({ standing: true, dueOn: null, dueDays: 5 });
    const pause = await by('2026-12-02');
    await test.db.transaction(async (tx) => moveCampaign(tx, pause, await campaigns.lock(tx, id), 'pause'));
    await test.db.query("insert into person (email, name) values ('june@test.example', 'June Joiner')");
    await review('2026-12-03');
    expect((await open()).length).toBe(4);

    const again = await by('2026-12-04');
    await test.db.transaction(async (tx) => goOn(tx, again, await campaigns.lock(tx, id)));
    expect((await open()).at(-1)).toBe('June 2026-12-09');
  });

  it('asks for nothing more once it is stopped, and is started by one of two who press at once (faults 14 and 15)', async () => {
    const { id } = await drafted();
    const command = await by('2026-12-01');
    const start = () =>
      test.db.transaction(async (tx) => startCampaign(tx, command, await campaigns.lock(tx, id)));
    const both = await Promise.allSettled([start(), start()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await open()).length).toBe(4);

    await test.db.transaction(async (tx) => moveCampaign(tx, command, await campaigns.lock(tx, id), 'stop'));
    await test.db.query("insert into person (email, name) values ('june@test.example', 'June Joiner')");
    await review('2026-12-10');
    expect(await open()).toEqual([]);
    expect(await rows('select state from campaign')).toEqual([{ state: 'stopped' }]);
  });

  it('ends by itself once all have done it, or the last reminder is past', async () => {
    const { id: early } = await started({ audience: AudienceSpec.parse({ people: [ids['erin']] }) });
    const { id: late } = await started({ audience: AudienceSpec.parse({ people: [ids['hugo']] }) });
    await acknowledge('erin', '2026-12-02');
    await review('2026-12-02');
    await review('2026-12-31');
    const states = () => rows('select id, state, ended_on::text as ended from campaign order by id');
    expect(await states()).toEqual([{ id: early, state: 'ended', ended: '2026-12-02' }, { id: late, state: 'running', ended: null }]); // prettier-ignore

    await review('2027-01-04');
    expect(await states()).toEqual([{ id: early, state: 'ended', ended: '2026-12-02' }, { id: late, state: 'ended', ended: '2027-01-04' }]); // prettier-ignore
    expect(await rate(late, '2027-01-04')).toMatchObject({ of: 1, done: 0, overdue: 1 });
  });
});
