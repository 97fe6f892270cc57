/** A policy is read and acknowledged in each door, with a question to its owner on the way. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { ask, policy, stored } from '../workflows/acknowledgements/given-policy.ts';
import { stages } from './stages.ts';

const [erin, hugo] = ['erin@test.example', 'hugo@test.example'] as const;

describeOnDatabases('A policy that is acknowledged', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(() => givenPeople(test.db));

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const rest = Array.from({ length: 20 }, (_, at) => `## ${at + 3} Part ${at}\n\n${'You keep to what this part says. '.repeat(8)}`).join('\n\n'); // prettier-ignore
    const now = new Date('2026-11-24T09:00:00Z');
    await stored(test.db, policy('2.0', { rest }), now);
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, fill, stop } = stage;
    try {
      await say(erin, 'hello');
      await say(hugo, 'hello');
      await ask(test.db, [erin], now);
      await say(erin, 'what do I have to acknowledge?');
      await press(erin, 'Look');
      await press(erin, 'I have a question');
      await fill(erin, { question: 'May I use a passkey?' });
      await press(hugo, 'Answer');
      await fill(hugo, { answer: 'Yes.', keep: 'asker' });
      await press(erin, 'Back to the text');
      await press(erin, 'Read it');
      for (let page = 1; page < 3; page += 1) await press(erin, 'Next');
      await press(erin, 'Acknowledge');
    } finally {
      await stop();
    }

    const { rows } = await test.db.query('select request.state, name, version, how from acknowledgement_request request join acknowledgement on request_id = request.id'); // prettier-ignore
    expect(rows).toEqual([{ state: 'acknowledged', name: 'Erin Employee', version: '2.0', how: 'chat' }]);
  });
});
