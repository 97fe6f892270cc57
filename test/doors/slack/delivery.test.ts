/** What is said to Slack arrives once, whatever Slack does: lost answers, silence, rate limits, outages, people who are gone. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Reply, type ReplyParts } from '../../../src/conversation/contract.ts';
import { NotSentError, UndeliverableError, type Delivery } from '../../../src/conversation/port.ts';
import { endPauses } from '../../conversation/core-harness.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople } from '../../support/harness.ts';
import { startSlackHarness, withoutPauses, type SlackHarness } from '../../support/slack-harness.ts';
import { allScopes, startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

let count = 0;
function deliveryTo(address: string, reply: ReplyParts, rest: Partial<Delivery> = {}): Delivery {
  return {
    id: `delivery-${(count += 1)}`, address, to: null, ephemeralTo: null, reply: Reply.parse(reply), via: {}, edits: null,
    draftKey: `draft-${count}`, draft: null, ...rest,
  }; // prettier-ignore
}

describeOnDatabases('a message to Slack', (test) => {
  let slack: SlackServer;
  let isma: SlackHarness;
  let erin: string;
  let hanna: string;
  let dm: string;

  beforeAll(async () => {
    slack = await startSlackServer();
    [erin, hanna] = [await slack.userOf('erin@test.example'), await slack.userOf('hanna@test.example')];
    dm = await slack.dmWith(erin);
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    isma = await startSlackHarness({ db: test.db, slack });
  });
  afterEach(async () => {
    await isma.stop();
    expect(slack.violations).toEqual([]);
  });

  const posts = () => slack.calls.filter(({ method }) => method === 'chat.postMessage');
  const sayHello = () => isma.send.event(isma.send.directMessage(erin, dm, 'hello'));
  async function outbox(): Promise<unknown[]> {
    const { rows } = await test.db.query('select state from outbox order by id');
    return rows.map((row) => row.state);
  }
  const deliver = (delivery: Delivery) => isma.door.port.deliver(delivery, new AbortController().signal);

  it('whose answer was lost is looked up and not sent again', async () => {
    slack.fail('chat.postMessage', { kind: 'dropped' });
    await sayHello();
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(posts()).toHaveLength(1);
    expect(await outbox()).toEqual(['sent']);
  });

  it('that hangs is given up in time, looked up and not sent again', async () => {
    slack.fail('chat.postMessage', { kind: 'hangs' });
    await sayHello();
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(posts()).toHaveLength(1);
    expect(await outbox()).toEqual(['sent']);
  });

  it('whose answer was lost in a channel, where nobody can look, is never sent again, and its asker alone is told', async () => {
    slack.fail('chat.postMessage', { kind: 'dropped' }, { channel: slack.channel });
    await isma.send.event(isma.send.mention(erin, slack.channel, 'hello'));
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown.map(({ only }) => only)).toEqual([null, erin]);
    expect(shown[1]?.words).toContain('may not have got through');
    expect(posts()).toHaveLength(1);
    expect(await outbox()).toEqual(['unknown', 'sent']);
  });

  it('waits as long as Slack says, while other channels go on', async () => {
    slack.fail('chat.postMessage', { kind: 'rate-limited', retryAfter: 3_600 }, { channel: dm });
    await sayHello();
    await expect.poll(() => posts().length).toBe(1);
    await isma.send.event(isma.send.directMessage(hanna, await slack.dmWith(hanna), 'hello'));
    await expect.poll(outbox).toEqual(['planned', 'sent']);
    const { rows } = await test.db.query(
      "select until > now() + interval '30 minutes' as long from channel_pause",
    );
    const toErin = () =>
      posts()
        .filter(({ args }) => args.channel === dm)
        .map(({ outcome }) => outcome);
    const before = toErin();
    await endPauses(test.db);
    await isma.settled();

    expect(rows).toEqual([{ long: true }]);
    expect(before).toEqual(['rate-limited']);
    expect(toErin()).toEqual(['rate-limited', 'ok']);
    expect(slack.shown()).toHaveLength(2);
  });

  it('is tried again after an outage, and arrives once', async () => {
    slack.fail('chat.postMessage', { kind: 'status', status: 503 }, { times: 2 });
    await sayHello();
    const shown = await withoutPauses(test.db, isma.settled());

    expect(shown).toHaveLength(1);
    expect(posts().map(({ outcome }) => outcome)).toEqual(['status', 'status', 'ok']);
  });

  it.each(['channel_not_found', 'account_inactive', 'is_archived', 'not_in_channel', 'token_revoked'])(
    'that Slack refuses with %s is not tried again',
    async (error) => {
      slack.fail('chat.postMessage', { kind: 'error', error }, { times: 9 });
      await sayHello();
      await withoutPauses(test.db, isma.settled());

      expect(posts()).toHaveLength(1);
      expect(await outbox()).toEqual(['failed']);
      await expect(
        deliver(deliveryTo(`slack:${team}:@${erin}`, { text: 'x' }, { via: { dm } })),
      ).rejects.toThrow(UndeliverableError);
    },
  );

  it.each(['missing_scope', 'not_authed', 'service_unavailable'])(
    'that fails with %s for a reason of our own is tried again, and nobody is marked as gone',
    async (error) => {
      slack.fail('chat.postMessage', { kind: 'error', error });
      await sayHello();
      await withoutPauses(test.db, isma.settled());

      expect(await outbox()).toEqual(['sent']);
      const { rows } = await test.db.query('select from identity where unreachable_since is not null');
      expect(rows).toEqual([]);
    },
  );

  it('is known to be unsent when nobody listens at Slack', async () => {
    const lonely = await startSlackHarness({
      db: test.db,
      slack,
      door: { apiUrl: 'http://127.0.0.1:9/api/' },
    });
    const sending = lonely.door.port.deliver(
      deliveryTo(`slack:${team}:@${erin}`, { text: 'x' }),
      new AbortController().signal,
    );

    await expect(sending).rejects.toThrow(NotSentError);
    await lonely.stop();
  });

  it('finds the person by e-mail, whom nobody has met yet', async () => {
    const address = await isma.door.port.directAddress(
      { email: 'hanna@test.example' } as never,
      new AbortController().signal,
    );
    const nobody = await isma.door.port.directAddress(
      { email: 'nobody@test.example' } as never,
      new AbortController().signal,
    );

    expect([address, nobody]).toEqual([`slack:${team}:@${hanna}`, null]);
    await deliver(deliveryTo(address ?? '', { text: 'Something waits for you.' }));
    expect(slack.shown()).toMatchObject([{ channel: await slack.dmWith(hanna) }]);
  });

  it('is edited in place, and the same edit twice does no harm', async () => {
    const address = `slack:${team}:@${erin}`;
    const receipt = await deliver(deliveryTo(address, { text: 'before' }));
    const edit = deliveryTo(address, { text: 'after' }, { edits: receipt });

    const receipts = [await deliver(edit), await deliver(edit)];

    expect(receipts).toEqual([receipt, receipt]);
    expect(slack.shown()).toMatchObject([{ words: 'after' }]);
  });

  it('to one person goes directly where an ephemeral message cannot', async () => {
    slack.fail('chat.postEphemeral', { kind: 'error', error: 'user_not_in_channel' });
    await deliver(
      deliveryTo(`slack:${team}:${slack.channel}:1.1`, { text: 'only you' }, { ephemeralTo: erin }),
    );

    expect(slack.shown()).toMatchObject([{ channel: dm, words: 'only you' }]);
  });

  it('goes by no address but Slack’s own, and at most five times by one', async () => {
    const via = { response_url: slack.responseUrl(), response_at: new Date().toISOString() };
    const address = `slack:${team}:${slack.channel}:&${erin}`;
    for (let time = 0; time < 6; time += 1) await deliver(deliveryTo(address, { text: `${time}` }, { via }));
    const late = {
      ...via,
      response_url: slack.responseUrl(),
      response_at: new Date(Date.now() - 31 * 60_000).toISOString(),
    };
    await deliver(deliveryTo(address, { text: 'late' }, { via: late }));

    expect(slack.calls.map(({ method }) => method)).toEqual([...Array<string>(5).fill('response_url'), 'chat.postEphemeral', 'chat.postEphemeral']); // prettier-ignore
  });

  it('brings its files and its picture along', async () => {
    const enclosed = new Map([
      ['f1', Buffer.from('a,b\n1,2\n')],
      ['f2', Buffer.from('89504e470d0a1a0a', 'hex')],
    ]);
    await deliver(
      deliveryTo(
        `slack:${team}:@${erin}`,
        {
          text: 'Here it is.',
          files: [{ name: 'report.csv', id: 'f1' }],
          picture: { name: 'chart.png', id: 'f2', alt: 'Two bars' },
        },
        { enclosed },
      ),
    );

    const [message] = slack.shown();
    expect(message?.blocks.find(({ type }) => type === 'image')).toMatchObject({ alt_text: 'Two bars' });
    const shared = slack.calls.filter(
      ({ method, args }) => method === 'files.completeUploadExternal' && args.channel_id === dm,
    );
    expect(shared.map(({ outcome }) => outcome)).toEqual(['ok']);
  });

  it('says in words what it may not attach', async () => {
    const poor = await startSlackServer(allScopes.filter((scope) => scope !== 'files:write'));
    const without = await startSlackHarness({ db: test.db, slack: poor });
    const enclosed = new Map([['f1', Buffer.from('a,b')]]);
    const file = { name: 'report.csv', id: 'f1' };
    const user = await poor.userOf('erin@test.example');
    await without.door.port.deliver(
      deliveryTo(`slack:${team}:@${user}`, { text: 'Here.', files: [file] }, { enclosed }),
      new AbortController().signal,
    );
    const [message] = poor.shown();
    await without.stop();
    await poor.close();

    expect(message?.words).toContain('«report.csv» cannot be attached here');
    expect(message?.text).toContain('cannot be attached here');
  });
});
