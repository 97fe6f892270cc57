/** The door as the playground finds it: no token, this machine alone, and one message where others have two. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReferences } from '../../../src/conversation/reference.ts';
import { createTeamsDoor } from '../../../src/doors/teams/door.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, silentLog, type Harness } from '../../support/harness.ts';
import { cardOf, wordsIn } from '../../support/teams-cards.ts';
import { startConnector, type Connector } from '../../support/teams-connector.ts';

const erin = { id: 'user-id-0', aadObjectId: 'aad-erin', name: 'Erin Employee' };

describeOnDatabases('the Teams door in the playground', (test) => {
  let connector: Connector;
  let isma: Harness;
  let server: Server;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'a.md', '---\nref: A\ntitle: A Policy\nversion: "1"\n---\n# A Policy\n\n## 1 Doors\n\nDoors are closed at night.\n'); // prettier-ignore
    connector = await startConnector();
    connector.members.set(erin.id, { id: erin.id, name: erin.name, email: 'erin@test.example' });
    const door = createTeamsDoor({
      mode: { kind: 'playground' },
      references: createReferences(test.db),
      shortcuts: [],
      log: silentLog,
    });
    isma = await startHarness({ db: test.db, port: door.port });
    await door.start(isma.core);
    server = createServer((request, response) => void door.routes[0]?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await isma.stop();
    await connector.close();
  });

  async function post(parts: Record<string, unknown>): Promise<number> {
    const activity = {
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: `${connector.url}/_connector`,
      from: erin,
      recipient: { id: 'bot', name: 'Isma' },
      conversation: { id: 'personal-chat-id', conversationType: 'personal' },
      ...parts,
    };
    const { status } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      method: 'POST',
      body: JSON.stringify(activity),
    });
    await isma.core.quiet();
    return status;
  }
  const feedback = async () => (await test.db.query('select helpful, reason from answer_feedback')).rows;

  it('answers without a token, with text and card in one body', async () => {
    expect(await post({ text: 'When are doors closed?' })).toBe(200);
    const [message] = connector.shown('personal-chat-id');

    expect(message?.activity.text).toBe('');
    expect(wordsIn(cardOf(message))).toContain('word for word');
    expect(connector.calls.every((call) => call.authorization === null)).toBe(true);
  });

  it('writes to nothing but this machine', async () => {
    expect(await post({ text: 'help', serviceUrl: 'https://smba.trafficmanager.net/teams/' })).toBe(403);
    expect(connector.calls).toEqual([]);
  });

  it('takes a verdict that names no message as one on the newest answer', async () => {
    await post({ text: 'When are doors closed?' });
    const value = {
      actionName: 'feedback',
      actionValue: { reaction: 'dislike', feedback: '{"feedbackText":"Which doors?"}' },
    };
    await post({ id: '2', type: 'invoke', name: 'message/submitAction', value });

    expect(await feedback()).toEqual([{ helpful: false, reason: 'other: Which doors?' }]);
  });
});
