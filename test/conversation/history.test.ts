/** Follow-ups: what was said before goes along, in one conversation and for two hours. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendHistory, selectHistory } from '../../src/conversation/history.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople, startHarness, today, type Harness } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { answerFromPassages, lostDevicePolicy, modelAnswer, question } from '../faults/doors.ts';

const erin = 'erin@test.example';

describeOnDatabases('a follow-up', (test) => {
  let model: ModelServer;
  let isma: Harness;
  let now: Date;

  beforeEach(async () => {
    now = today;
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
    model = await startModelServer();
    model.script(answerFromPassages);
    isma = await startHarness({ db: test.db, modelServer: model, clock: () => now });
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });

  const historyOf = (n: number) =>
    model.chatRequests[n]?.messages.slice(1, -1).map(({ role, content }) => [role, content]);

  it('reaches the model together with the question and the answer that it leans on', async () => {
    await isma.say(erin, question);
    await isma.say(erin, 'And on holiday?');

    expect(historyOf(0)).toEqual([]);
    expect(historyOf(1)).toEqual([
      ['user', question],
      ['assistant', `${modelAnswer}.`], // its numbers mean other passages by now
    ]);
  });

  it('is told of the values that a card showed, and of what became of it', async () => {
    await isma.say(erin, 'raise an NC: three leavers with live accounts in the CRM');
    await isma.say(erin, 'Accounts are closed on the last day.');
    const card = isma.delivered.at(-1)!.reply;
    await isma.press(erin, card.buttons.find(({ label }) => label === 'Cancel')?.id ?? '');
    await isma.say(erin, question);

    const [, , , shown, settled] = historyOf(0) ?? [];
    expect(shown?.[0]).toBe('assistant');
    expect(shown?.[1]).toMatch(/^Three leavers with live accounts/i);
    expect(shown?.[1]).toContain('Grade: ');
    expect(settled?.[1]).toMatch(/[Nn]othing/);
  });

  it('finds the passage that only the question before it names', async () => {
    await isma.say(erin, question);

    const [said] = await isma.say(erin, 'And then?');

    expect(said?.reply.citations[0]?.heading).toBe('Lost devices');
  });

  it('after two hours is a question of its own', async () => {
    await isma.say(erin, question);
    now = new Date(today.getTime() + 2 * 60 * 60_000 + 1_000);

    await isma.say(erin, 'And on holiday?');

    expect(historyOf(1)).toEqual([]);
  });

  it('of another person, or elsewhere, sees nothing of it', async () => {
    await isma.say(erin, question);
    await isma.say('hanna@test.example', question);
    await isma.say(erin, question, { channel: 'general' });

    expect([historyOf(1), historyOf(2)]).toEqual([[], []]);
  });

  it('takes along six messages, of two thousand characters each at most', async () => {
    const long = 'x'.repeat(5_000);
    for (let index = 0; index < 5; index += 1)
      await appendHistory(test.db, 'a', now, [
        { author: 'person', text: `${index}${long}` },
        { author: 'isma', text: 'ok' },
      ]);

    const history = await selectHistory(test.db, 'a', now);

    expect(history.map(({ text }) => text[0])).toEqual(['2', 'o', '3', 'o', '4', 'o']);
    expect(history[0]?.text).toHaveLength(2_000);
  });
});
