/** A model beside incidents: it offers the report and shows the list, and reports nothing itself; files that come along are kept. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import { startModelServer, type ModelServer } from '../../support/model-server.ts';

const erin = 'erin@test.example';

describeOnDatabases('A model', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({
      db: test.db,
      modelServer: model,
      fetch: async () => Buffer.from('From: bank'),
    });
  });
  afterEach(() => isma.stop());

  const what = async () => (await test.db.query('select what from incident')).rows.map((row) => row['what']);

  it('offers to report in the words of the person, who presses or leaves it', async () => {
    model.script(() => ({ calls: [{ name: 'offer_incident_report', arguments: JSON.stringify({ what: 'my screen talks to me' }) }] })); // prettier-ignore
    const [offered] = await isma.say(erin, 'hmm strange, my screen talks to me since this morning');
    const before = await what();
    await isma.press(erin, offered?.reply.buttons[0]?.id ?? '');

    expect(offered?.reply.text).toBe('«my screen talks to me»');
    expect(before).toEqual([]);
    expect(await what()).toEqual(['my screen talks to me']);
  });

  it('is not asked where somebody plainly tells what happened, and the file that came along is kept', async () => {
    const asked = model.chatRequests.length;
    await isma.say(erin, 'I clicked on the link in this mail', {
      attachments: [{ name: 'mail.txt', size: 10, contentType: 'text/plain', source: 'x' }],
    });
    const [card] = await isma.say(erin, 'IN-1');

    expect(model.chatRequests).toHaveLength(asked);
    expect(card?.reply.items[0]?.text).toContain('mail.txt');
  });
});
