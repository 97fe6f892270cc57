/** What the connector does wrong, through the door: nothing lost, nothing doubled, and the right people told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Reply } from '../../../src/conversation/contract.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { NotSentError, UndeliverableError } from '../../../src/conversation/port.ts';
import { sendErrorOf } from '../../../src/doors/teams/errors.ts';
import { endPauses, skippingPauses } from '../../conversation/core-harness.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import {
  errorBody,
  startConnector,
  type Call,
  type Connector,
  type Fault,
} from '../../support/teams-connector.ts';
import { startIssuer, type TestIssuer } from '../../support/teams-issuer.ts';
import { chatOf, memberOf, personOf, startTeams, type TeamsService } from '../../support/teams-service.ts';

const erin = personOf('erin@test.example', 'Erin Employee');
const hugo = personOf('hugo@test.example', 'Hugo Owner');

describeOnDatabases('the Teams door, when the service fails', (test) => {
  let connector: Connector;
  let issuer: TestIssuer;
  let teams: TeamsService;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'a.md', '---\nref: A\ntitle: A Policy\nversion: "1"\n---\n# A Policy\n\n## 1 Doors\n\nDoors are closed at night.\n'); // prettier-ignore
    [connector, issuer] = await Promise.all([startConnector(), startIssuer()]);
    teams = await startTeams({ db: test.db, connector, issuer });
    for (const person of [erin, hugo]) connector.members.set(person.id, memberOf(person));
  });
  afterEach(async () => {
    await teams.stop();
    await connector.close();
    await issuer.close();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    const { rows } = await test.db.query(
      "select id from inbox where state not in ('done', 'dead', 'quarantined')",
    );
    expect(rows).toEqual([]);
  });

  const messages = (call: Call) =>
    (call.kind === 'create' || call.kind === 'update') && call.body.type === 'message';
  const failing = (faults: Fault[], only: (call: Call) => boolean = messages) =>
    connector.script((call) => (only(call) ? (faults.shift() ?? null) : null));
  const outbox = async () => (await test.db.query('select state, attempts from outbox order by id')).rows;
  const sent = (person = erin) =>
    connector.calls.filter((call) => messages(call) && call.conversation === chatOf(person));

  it('takes one event four times, at once and on two replicas, as one (fault 1)', async () => {
    const second = await startTeams({ db: test.db, connector, issuer });
    const activity = teams.activity(erin, { text: 'When are doors closed?' });
    const answers = await Promise.all(
      [teams, second, teams, second].map((replica) => replica.post(activity)),
    );
    await teams.quiet();
    await second.stop();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(connector.shown(chatOf(erin))).toHaveLength(1);
  });

  it('does not send again what may have arrived, and says so in one word that may be wanted (fault 7)', async () => {
    failing(['drop']);
    await skippingPauses(test.db, teams.say(erin, 'When are doors closed?'));

    expect(await outbox()).toMatchObject([{ state: 'unknown' }, { state: 'sent' }]);
    const [answer, word, ...more] = connector.shown(chatOf(erin)).map(({ activity }) => activity.text);
    expect(answer).not.toContain('got through');
    expect(word).toContain('may not have got through');
    expect(more).toEqual([]);
  });

  it('waits as long as it was told to, and writes to others meanwhile (fault 8)', async () => {
    failing([{ status: 429, headers: { 'retry-after': '3600' } }]);
    await teams.post(teams.activity(erin, { text: 'When are doors closed?' }));
    await teams.post(teams.activity(hugo, { text: 'When are doors closed?' }));
    const states = async () => (await outbox()).map(({ state }) => String(state)).sort();
    await expect.poll(states).toEqual(['planned', 'sent']);
    const waits = await test.db.query(
      `select count(*)::integer as planned from outbox where state = 'planned'
         and exists (select from channel_pause where channel = outbox.channel and until > now() + interval '30 minutes')`,
    );
    const order = () => connector.calls.filter(messages).map((call) => call.conversation);
    const before = order();
    await endPauses(test.db);
    await teams.quiet();

    expect(waits.rows).toEqual([{ planned: 1 }]);
    expect(before).toHaveLength(2);
    expect(order()).toEqual([...before, before[0]]);
    expect(await outbox()).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
  });

  it('tries again after an error of the service, and sends one message (fault 9)', async () => {
    failing([{ status: 503 }, { status: 500 }]);
    await teams.say(erin, 'When are doors closed?');

    expect(sent()).toHaveLength(3);
    expect(connector.shown(chatOf(erin))).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent' }]);
  });

  it('takes a person who has blocked us for one who cannot be reached, until they write again (fault 10)', async () => {
    await teams.say(erin, 'help');
    failing([{ status: 403, body: errorBody('MessageWritesBlocked') }]);
    await teams.say(erin, 'When are doors closed?');
    const unreachable = async () =>
      (await test.db.query('select unreachable_reason from identity where unreachable_since is not null'))
        .rows;
    const before = await unreachable();
    await teams.say(erin, 'And now?');

    expect(before).toEqual([{ unreachable_reason: 'Teams refuses it for good (403, MessageWritesBlocked)' }]);
    expect(await unreachable()).toEqual([]);
    expect((await outbox()).map((row) => row.state)).toEqual(['sent', 'failed', 'sent']);
  });

  it('writes to nobody who has taken it out, without asking the service', async () => {
    await teams.say(erin, 'help');
    await teams.post(teams.activity(erin, { type: 'installationUpdate', action: 'remove', id: 'r' }));
    const calls = connector.calls.length;
    const address = String((await test.db.query('select address from address_reference')).rows[0]?.address);
    const delivering = teams.door.port.deliver(
      {
        id: 'd',
        address,
        to: null,
        ephemeralTo: null,
        reply: Reply.parse({ text: 'Hello' }),
        via: {},
        edits: null,
        draftKey: 'k',
        draft: null,
      },
      new AbortController().signal,
    );

    await expect(delivering).rejects.toThrow('taken out');
    expect(connector.calls).toHaveLength(calls);
  });

  it('checks a stored address again at every send', async () => {
    await teams.say(erin, 'help');
    await test.db.query(
      `update address_reference set reference = jsonb_set(reference, '{serviceUrl}', '"https://evil.trafficmanager.net/"')`,
    );
    const calls = connector.calls.length;
    await teams.say(erin, 'When are doors closed?', {});
    const { rows } = await test.db.query('select state, problem from outbox order by id');

    expect(rows.at(-1)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('list of hosts') as string,
    });
    expect(connector.calls.slice(calls).filter(messages)).toEqual([]);
  });

  it('answers 503 while nothing can be stored, and takes the event when it comes again', async () => {
    const activity = teams.activity(erin, { text: 'When are doors closed?' });
    await test.db.query('alter table inbox rename to inbox_away');
    const away = await teams.post(activity);
    await test.db.query('alter table inbox_away rename to inbox');
    const again = await teams.post(activity);
    await teams.quiet();

    expect([away.status, again.status]).toEqual([503, 200]);
    expect(connector.shown(chatOf(erin))).toHaveLength(1);
  });

  it.each([
    ['a NUL and a lone surrogate', { text: 'a\u0000b \ud800' }],
    ['parts that are not what they should be', { text: 5, entities: 'x', attachments: {} }],
    ['arrays in arrays, a hundred thousand deep', { value: 'DEEP' }],
    ['a type that nobody knows', { type: 'somethingNew' }],
    ['300 KB of text', { text: 'word '.repeat(60_000) }],
  ])('takes an activity with %s once, and goes on', async (_name, parts) => {
    const body = JSON.stringify(teams.activity(erin, parts));
    const deep = body.replace('"DEEP"', '['.repeat(100_000) + ']'.repeat(100_000));
    const { status } = await teams.post(deep, { serviceUrl: `${connector.url}/teams/` });
    const next = await teams.say(erin, 'help');

    expect([status, next.status]).toEqual([200, 200]);
    expect(connector.shown(chatOf(erin)).at(-1)?.activity.text).toMatch(/^(Hello|Welcome) Erin/);
  });
});

describe('an error of the service', () => {
  const failed = (status: number, headers: Record<string, unknown> = {}, data: unknown = {}) =>
    sendErrorOf({ response: { status, headers, data } });

  it.each([500, 502, 503, 401, 408, 412, 429])('%i is certainly not there', (status) => {
    expect(failed(status)).toBeInstanceOf(NotSentError);
  });

  it.each([400, 403, 404, 405, 413])('%i is final', (status) => {
    expect(failed(status)).toBeInstanceOf(UndeliverableError);
  });

  it('leaves it open after a time-out of a gateway, a broken connection or an unreadable answer', () => {
    for (const error of [
      failed(504),
      failed(302),
      sendErrorOf({ code: 'ECONNRESET' }),
      sendErrorOf({ code: 'ECONNABORTED' }),
    ]) {
      expect(error).not.toBeInstanceOf(NotSentError);
      expect(error).not.toBeInstanceOf(UndeliverableError);
    }
  });

  it('waits for the seconds or the date that it names', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();

    expect(failed(429, { 'retry-after': '30' })).toMatchObject({ retryAfter: 30 });
    expect((failed(429, { 'retry-after': inAMinute }) as NotSentError).retryAfter).toBeGreaterThan(55);
    expect(failed(429)).toMatchObject({ retryAfter: null });
  });

  it('takes nothing of what was sent or answered with it', () => {
    const data = errorBody('A code with words of somebody', 'erin@test.example wrote this');
    const { message } = failed(403, {}, data);

    expect(message).toBe('Teams refuses it for good (403)');
  });
});
