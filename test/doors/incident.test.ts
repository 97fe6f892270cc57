/** An incident in each door: said, asked about, taken, contained, and its reporter told. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const erin = 'erin@test.example';
const ines = 'ines@test.example';

describeOnDatabases('An incident', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(() => givenPeople(test.db));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, fill, stop } = stage;
    try {
      await say(ines, 'hello');
      await say(erin, 'hello');
      await say(erin, 'I think I clicked on a phishing link');
      await say(erin, 'It looked like our payroll');
      await press(erin, 'Skip');
      await press(erin, 'That is all');
      await press(ines, 'Look');
      await press(ines, 'I have it');
      await press(ines, 'Severity');
      await fill(ines, { severity: 'low', personal_data: 'no' });
      await press(ines, 'Contained');
      await fill(ines, { containment: 'The password was changed' });
      await say(erin, 'IN-1');
    } finally {
      await stop();
    }

    expect(
      await rows('select state, what, details, began, since, severity, containment, asked from incident'),
    ).toEqual([
      {
        state: 'contained',
        what: 'I think I clicked on a phishing link',
        details: 'It looked like our payroll',
        began: null,
        since: null,
        severity: 'low',
        containment: 'The password was changed',
        asked: 3,
      },
    ]);
    expect(await rows("select action from audit_entry where record like 'incident:%' order by seq")).toEqual(
      ['reported', 'described', 'taken', 'assessed', 'contained'].map((done) => ({
        action: `incident.${done}`,
      })),
    );
  });
});
