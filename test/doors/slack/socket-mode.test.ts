/** Socket Mode, to try Isma without a public address: the same manners over a WebSocket. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople } from '../../support/harness.ts';
import { startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { appToken, startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

describeOnDatabases('the Slack door in Socket Mode', (test) => {
  let slack: SlackServer;
  let isma: SlackHarness;
  let erin: string;
  let dm: string;

  beforeAll(async () => {
    slack = await startSlackServer();
    erin = await slack.userOf('erin@test.example');
    dm = await slack.dmWith(erin);
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    isma = await startSlackHarness({ db: test.db, slack, door: { appToken, signingSecret: null } });
    await slack.socket.connected();
  });
  afterEach(() => isma.stop());

  const hello = () => isma.send.envelope(isma.send.directMessage(erin, dm, 'hello'));
  async function acknowledged(id: string) {
    await expect.poll(() => slack.socket.acks.some(({ envelope_id: acked }) => acked === id)).toBe(true);
    return slack.socket.acks.find(({ envelope_id: acked }) => acked === id);
  }
  async function inputs(): Promise<number> {
    const { rows } = await test.db.query('select count(*)::integer as count from inbox');
    return Number(rows[0]?.count);
  }

  it('has no path of its own, since nothing is sent to it', () => {
    expect(isma.door.routes).toEqual([]);
  });

  it('acknowledges an event once it is stored, and answers it once', async () => {
    const event = hello();
    const ids = [slack.socket.send('events_api', event), slack.socket.send('events_api', event)];
    for (const id of ids) await acknowledged(id);
    await isma.settled();

    expect(await inputs()).toBe(1);
    expect(slack.shown()).toHaveLength(1);
  });

  it('does not acknowledge what it could not store, and takes it when it comes again', async () => {
    const event = hello();
    await test.db.query('alter table inbox rename to inbox_away');
    const lost = slack.socket.send('events_api', event);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await test.db.query('alter table inbox_away rename to inbox');
    const kept = slack.socket.send('events_api', event);
    await acknowledged(kept);

    expect(slack.socket.acks.map(({ envelope_id: id }) => id)).not.toContain(lost);
    expect(await inputs()).toBe(1);
  });

  it('takes commands, the same one once', async () => {
    const command = {
      command: '/isma',
      text: 'help',
      team_id: team,
      channel_id: slack.channel,
      user_id: erin,
      response_url: slack.responseUrl(),
    };
    for (const id of [
      slack.socket.send('slash_commands', command),
      slack.socket.send('slash_commands', command),
    ])
      await acknowledged(id);
    await isma.settled();

    expect(slack.shown()).toHaveLength(1);
  });

  it('answers a sent form over the socket', async () => {
    const notes = {
      form: 'answers.reason?answer=1',
      address: `slack:${team}:@${erin}`,
      outsiders: false,
      card: null,
      via: {},
    };
    const id = slack.socket.send('interactive', {
      type: 'view_submission', team: { id: team }, user: { id: erin, team_id: team },
      view: { id: 'V1', type: 'modal', callback_id: 'form', private_metadata: JSON.stringify(notes), state: { values: {} } },
    }); // prettier-ignore
    const ack = await acknowledged(id);

    expect(ack?.payload).toEqual({ response_action: 'clear' });
  });

  it('acknowledges what it cannot read, so that it does not come again', async () => {
    const id = slack.socket.send('events_api', {
      type: 'event_callback',
      team_id: team,
      event: { type: 'message', channel: 4 },
    });

    await acknowledged(id);
  });
});
