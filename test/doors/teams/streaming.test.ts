/** An answer while it is made: shown in a chat of two, stopped by the person, and completed whatever became of the stream. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy } from '../../support/phone-policy.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import {
  bot,
  chatOf,
  memberOf,
  personOf,
  startTeams,
  tenant,
  type TeamsService,
} from '../../support/teams-service.ts';

const erin = personOf('erin@test.example', 'Erin Employee');
const sentences = [
  'Personal phones may read company mail only after they are enrolled',
  'Lost phones are reported to the helpdesk within one hour',
  'Helpers wipe a lost phone on the same day',
];
const policy = phonePolicy(sentences);
const question = 'What about personal and lost phones?';

describeOnDatabases('an answer in the making, in Teams', (test) => {
  let model: ModelServer;
  let teams: TeamsService;

  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', policy);
    model.script((request) => {
      const [first] = passagesOf(request);
      return { text: sentences.map((each) => `${each} [${first?.n ?? 1}].`).join(' '), pace: 110 };
    });
    teams = await startTeams({ db: test.db, modelServer: model });
    teams.connector.members.set(erin.id, memberOf(erin));
  });
  afterEach(() => teams.stop());

  const parts = () =>
    teams.connector.calls.filter(
      (call) =>
        call.kind === 'create' &&
        call.body.type === 'typing' &&
        call.body.channelData?.streamType === 'streaming',
    );
  const shown = () => teams.connector.shown(chatOf(erin));
  const until = (condition: () => boolean) => expect.poll(condition).toBe(true);

  it('grows about once a second and becomes the message itself', async () => {
    await teams.say(erin, question);
    const sent = parts();
    const [message] = shown();

    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(sent.map((call) => call.body.channelData?.streamSequence)).toEqual(
      sent.map((_call, index) => index + 1),
    );
    expect(sent.slice(1).every((call) => call.body.channelData?.streamId === message?.id)).toBe(true);
    expect(shown()).toHaveLength(1);
    expect(message?.activity.text).toContain(sentences[2]);
    expect(message?.activity.channelData).toMatchObject({ streamType: 'final', streamId: message?.id });
    expect(message?.activity.entities).toContainEqual({
      type: 'streaminfo',
      streamId: message?.id,
      streamType: 'final',
    });
  });

  it('says nothing more once the person has pressed Stop', async () => {
    const posted = teams.post(teams.activity(erin, { text: question }));
    await posted;
    await until(() => parts().length > 0);
    teams.connector.pressStop();
    await teams.quiet();

    expect(shown()).toEqual([]);
    expect((await test.db.query("select state from inbox where platform = 'teams'")).rows).toEqual([
      { state: 'done' },
    ]);
    expect((await test.db.query('select 1 from identity where unreachable_since is not null')).rows).toEqual(
      [],
    );
  });

  it('becomes an edit when Teams has ended the stream', async () => {
    await teams.post(teams.activity(erin, { text: question }));
    await until(() => parts().length > 0);
    teams.connector.endStreams();
    await teams.quiet();

    expect(shown()).toHaveLength(1);
    expect(shown()[0]?.activity.text).toContain(sentences[2]);
    expect(shown()[0]?.activity.entities).not.toContainEqual(expect.objectContaining({ type: 'streaminfo' }));
  });

  it('becomes an ordinary message where a stream cannot begin', async () => {
    teams.connector.script((call) =>
      call.body.channelData?.streamType === 'streaming' ? { status: 400 } : null,
    );
    await teams.say(erin, question);

    expect(shown()).toHaveLength(1);
    expect(shown()[0]?.activity.text).toContain(sentences[2]);
  });

  it('is not held up by a first part that hangs', async () => {
    teams.connector.script((call) => (call.body.channelData?.streamType === 'streaming' ? 'hang' : null));
    await teams.say(erin, question);

    expect(shown()).toHaveLength(1);
  });

  it('is not shown in a channel, where only a sign of typing is', async () => {
    const channel = {
      conversation: { id: '19:room@thread.tacv2', conversationType: 'channel', tenantId: tenant },
    };
    await teams.say(erin, `<at>Isma</at> ${question}`, {
      ...channel,
      entities: [{ type: 'mention', mentioned: bot, text: '<at>Isma</at>' }],
    });
    const typing = teams.connector.calls.filter((call) => call.body.type === 'typing');

    expect(parts()).toEqual([]);
    expect(typing.map((call) => call.conversation)).toEqual(['19:room@thread.tacv2']);
    expect(teams.connector.shown('19:room@thread.tacv2')).toHaveLength(1);
  });
});
