/** An audit in each door: planned, prepared, held, and its report signed by two. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const hanna = 'hanna@test.example';
const hugo = 'hugo@test.example';
const ines = 'ines@test.example';

describeOnDatabases('An audit', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query("update person set roles = '{employee,action_owner,auditor}', department = 'Quality' where email = $1", [hugo]); // prettier-ignore
  });

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, fill, stop } = stage;
    try {
      for (const person of [ines, hugo, hanna]) await say(person, 'hello');
      await say(ines, 'plan an internal audit of A.5.15 to A.5.16');
      await press(ines, 'Plan an audit');
      await fill(ines, { kind: 'internal', covers: 'A.5.15 to A.5.16', departments: 'HR', from: '2027-12-10', until: '', lead: hugo }); // prettier-ignore
      await press(hugo, 'Look');
      await press(hugo, 'Add to the plan');
      await fill(hugo, { held_on: '2027-12-10', begins: '09:30', topic: 'Leavers', auditor: '', auditee: hanna }); // prettier-ignore
      await press(hugo, 'Prepare');
      await fill(hugo, { criteria: 'ISO/IEC 27001:2022', scope: 'HR', methods: 'Interviews' });
      await press(hugo, 'Begin');
      await say(hugo, 'note for AU-1: leavers are told on Mondays');
      await say(hugo, 'mark looked at in AU-1');
      await press(hugo, 'Fill in');
      await fill(hugo, { requirements: '', state: 'covered', note: 'Lists' });
      await say(hugo, 'AU-1');
      await press(hugo, 'More');
      await press(hugo, 'End the fieldwork');
      await say(hugo, 'conclusion of AU-1');
      await press(hugo, 'Fill in');
      await fill(hugo, { conclusion: 'It conforms.' });
      await say(hugo, 'report of AU-1');
      await press(hugo, 'Sign as lead');
      await press(ines, 'Look');
      await press(ines, 'Sign beside the lead');
    } finally {
      await stop();
    }

    expect((await test.db.query('select state, title, departments, conclusion from audit')).rows).toEqual([
      { state: 'closed', title: 'Internal audit: A.5.15 to A.5.16', departments: ['HR'], conclusion: 'It conforms.' }, // prettier-ignore
    ]);
    expect((await test.db.query('select part, name from audit_sign_off order by part')).rows).toEqual([
      { part: 'isms_manager', name: 'Ines Isms' },
      { part: 'lead', name: 'Hugo Owner' },
    ]);
    expect((await test.db.query('select text from register_note')).rows).toEqual([{ text: 'leavers are told on Mondays' }]); // prettier-ignore
  });
});
