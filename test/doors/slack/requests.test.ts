/** What Slack sends is verified, stored once and acknowledged; what others send is not, whatever they try. */
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSlackDoor } from '../../../src/doors/slack/door.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, silentLog } from '../../support/harness.ts';
import { installationsOf, startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

describeOnDatabases('a request to the Slack door', (test) => {
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
    isma = await startSlackHarness({ db: test.db, slack });
  });
  afterEach(() => isma.stop());

  async function stored(): Promise<{ state: string }[]> {
    const { rows } = await test.db.query('select state from inbox order by id');
    return rows.map((row) => ({ state: String(row.state) }));
  }
  const hello = () => JSON.stringify(isma.send.envelope(isma.send.directMessage(erin, dm, 'hello')));
  const now = () => Math.floor(Date.now() / 1_000);

  it('is taken once, however often and from however many sides it comes', async () => {
    const body = hello();
    const retry = (count: number) =>
      isma.send.send(body, {
        headers: { 'x-slack-retry-num': String(count), 'x-slack-retry-reason': 'http_timeout' },
      });

    const answers = await Promise.all([isma.send.send(body), retry(1), retry(2), retry(3)]);
    await isma.settled();
    answers.push(await retry(3));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await stored()).toHaveLength(1);
    expect(slack.shown()).toHaveLength(1);
  });

  it('is taken once by three processes on one database', async () => {
    const others = [
      await startSlackHarness({ db: test.db, slack }),
      await startSlackHarness({ db: test.db, slack }),
    ];
    const body = hello();

    const answers = await Promise.all([isma, isma, ...others].map(({ send }) => send.send(body)));
    await isma.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await stored()).toHaveLength(1);
    expect(slack.shown()).toHaveLength(1);
    for (const other of others) await other.stop();
  });

  it('is on disk before it is acknowledged, and nothing is asked of Slack before', async () => {
    slack.fail('users.info', { kind: 'status', status: 503 }, { times: 9 });
    const { status } = await isma.send.send(hello());

    expect(status).toBe(200);
    expect(await stored()).toHaveLength(1);
  });

  it.each([
    ['is stale', { timestamp: now() - 600 }],
    ['comes from the future', { timestamp: now() + 600 }],
    ['is signed with another secret', { secret: 'another-secret' }],
    ['is signed with no secret', { secret: '' }],
    ['has no readable time', { headers: { 'x-slack-request-timestamp': 'soon' } }],
    ['has another signature', { headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } }],
    ['has a signature of another version', { headers: { 'x-slack-signature': 'v1=abc' } }],
  ])('is refused when it %s', async (_what, signing) => {
    const { status } = await isma.send.send(hello(), signing);

    expect(status).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it('is refused when it is not signed at all', async () => {
    const response = await fetch(`${isma.url}/slack/events`, { method: 'POST', body: hello() });

    expect(response.status).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it('is refused before its body is read when nobody signed it', async () => {
    const status = await new Promise((resolve, reject) => {
      const sending = request(`${isma.url}/slack/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 3_000_000 },
      });
      sending.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      sending.write('{"the rest": "never comes'); // and the answer does not wait for it
    });

    expect(status).toBe(401);
  });

  it('is not parsed before its signature holds, however large it is', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const body = JSON.stringify({ filler: 'x'.repeat(1_500_000) });
    const { status } = await isma.send.send(body, { secret: 'another-secret' });
    const parsed = parse.mock.calls.filter(([text]) => text.length > 1_000_000);
    parse.mockRestore();

    expect([status, parsed]).toEqual([401, []]);
  });

  it('leaves one line in the log where it is refused, without words, however many follow', async () => {
    const lines: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => void lines.push(fields) };
    const other = await startSlackHarness({ db: test.db, slack, door: { log } });

    for (let count = 0; count < 20; count += 1) await other.send.send(hello(), { secret: 'another-secret' });
    await fetch(`${other.url}/slack/events`, { method: 'POST', body: hello() });
    await other.stop();

    expect(lines).toEqual([
      { door: 'slack', status: 401, reason: 'another signature' },
      { door: 'slack', status: 401, reason: 'no signature' },
    ]);
    expect(await stored()).toEqual([]);
  });

  it('is refused when its body was changed', async () => {
    const body = hello();
    const signature = `v0=${createHmac('sha256', 'the-secret-of-the-tests').update(`v0:${now()}:${body}`).digest('hex')}`;
    const { status } = await isma.send.send(body.replace('hello', 'hullo'), {
      headers: { 'x-slack-signature': signature },
    });

    expect(status).toBe(401);
  });

  it('is refused when it is larger than anything that Slack sends', async () => {
    const { status } = await isma.send.send(JSON.stringify({ filler: 'x'.repeat(5 * 1024 * 1024) }));

    expect(status).toBe(413);
    expect(await stored()).toEqual([]);
  });

  it('proves our address, and that we speak TLS', async () => {
    const verified = await isma.send.send(
      JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' }),
    );
    const checked = await isma.send.send('ssl_check=1&token=x&payload={}', {
      contentType: 'application/x-www-form-urlencoded',
      secret: 'none',
    });

    expect([verified.status, JSON.parse(verified.body)]).toEqual([200, { challenge: 'abc' }]);
    expect(checked.status).toBe(200);
    expect(await stored()).toEqual([]);
  });

  it('may name its character set', async () => {
    const { status } = await isma.send.command('help', { user_id: erin, channel_id: slack.channel, response_url: slack.responseUrl() }, { contentType: 'application/x-www-form-urlencoded; charset=utf-8' }); // prettier-ignore
    await isma.settled();

    expect(status).toBe(200);
    expect(slack.shown()).toHaveLength(1);
  });

  it('that is a replayed command is answered once', async () => {
    const fields = { user_id: erin, channel_id: slack.channel, response_url: slack.responseUrl() };
    const timestamp = now();
    const answers = [
      await isma.send.command('help', fields, { timestamp }),
      await isma.send.command('help', fields, { timestamp }),
    ];
    await isma.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await stored()).toHaveLength(1);
  });

  it.each([
    [
      'an event of an unknown type',
      (send: SlackHarness['send']) => JSON.stringify(send.envelope({ type: 'moon_rose', phase: 'full' })),
      [],
    ],
    ['an envelope of an unknown type', () => JSON.stringify({ type: 'something_else', team_id: team }), []],
    [
      'an event of a type that is no word',
      (send: SlackHarness['send']) => JSON.stringify(send.envelope({ type: 7 })),
      ['quarantined'],
    ],
    ['an event that is none', () => JSON.stringify({ type: 'event_callback', team_id: team, event: null }), ['quarantined']],
    [
      'an interaction that nobody knows',
      () => `payload=${encodeURIComponent('{"type":"dance","user":{"id":"U1"}}')}`,
      [],
    ],
    ['a list', () => '[]', ['quarantined']],
    ['no JSON', () => '{"broken', ['quarantined']],
    [
      'a message whose parts have the wrong kind',
      (send: SlackHarness['send']) =>
        JSON.stringify(send.envelope({ type: 'message', channel_type: 'im', channel: 4, ts: [] })),
      ['quarantined'],
    ],
    ['a hundred thousand lists in one another', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`, ['quarantined']],
    [
      'NUL and half a character',
      (send: SlackHarness['send']) =>
        JSON.stringify(send.envelope(send.directMessage(erin, dm, '\u0000 \uD800'))),
      ['done'],
    ],
  ])('that is %s gets its 200 each time that it comes, and is kept once where it may be for us', async (_what, body, kept) => {
    const text = body(isma.send);
    const contentType = text.startsWith('payload=')
      ? 'application/x-www-form-urlencoded'
      : 'application/json';

    const request = { contentType, timestamp: now() };
    const answers = [await isma.send.send(text, request), await isma.send.send(text, request)];
    await isma.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await stored()).map(({ state }) => state)).toEqual(kept);
  }); // prettier-ignore

  it('gets a 503 while the database is away, and is taken when it comes again', async () => {
    const body = hello();
    await test.db.query('alter table inbox rename to inbox_away');
    const away = await isma.send.send(body);
    await test.db.query('alter table inbox_away rename to inbox');
    const back = await isma.send.send(body);

    expect([away.status, back.status]).toEqual([503, 200]);
    expect(await stored()).toHaveLength(1);
  });

  it('takes an installation away when the workspace takes the app out, once', async () => {
    const installations = installationsOf(test.db);
    await installations.save('slack', 'T-GONE', JSON.stringify({ savedAt: Date.now() - 60_000 }));
    await installations.save('slack', 'T-BACK', JSON.stringify({ savedAt: Date.now() + 60_000 }));

    for (const gone of ['T-GONE', 'T-BACK'])
      await isma.send.event({ type: 'app_uninstalled' }, { team_id: gone });
    await isma.send.event(
      { type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } },
      { team_id: 'T-BACK' },
    );

    expect(await installations.tenants('slack')).toEqual(['T-BACK']);
  });
});

describe('the Slack door', () => {
  const settings = {
    signingSecret: 'x', botToken: 'xoxb-1', appToken: null, oauth: null, apiUrl: null, publicUrl: null, log: silentLog,
    installations: { save: async () => {}, find: async () => null, remove: async () => {}, tenants: async () => [], isFirst: async () => false },
  }; // prettier-ignore

  it.each([
    ['signing secret', { signingSecret: '' }, 'SLACK_SIGNING_SECRET'],
    ['signing secret of spaces', { signingSecret: '  ' }, 'SLACK_SIGNING_SECRET'],
    ['token', { botToken: null }, 'SLACK_BOT_TOKEN'],
  ])('does not open without a %s', (_what, changes, named) => {
    expect(() => createSlackDoor({ ...settings, ...changes })).toThrow(named);
  });
});
