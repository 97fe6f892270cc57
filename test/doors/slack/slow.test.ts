/** A Slack that does what it was asked to, but late, has each message once: whichever step was slow, and whoever gave it up. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { Reply } from '../../../src/conversation/contract.ts';
import { keepOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { withTimeout } from '../../../src/conversation/time-limit.ts';
import { skippingPauses } from '../../conversation/core-harness.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople } from '../../support/harness.ts';
import { startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

const names = ['erin', 'hanna', 'hugo', 'ines'];

describeOnDatabases('a slow Slack', (test) => {
  let slack: SlackServer;
  let isma: SlackHarness;
  let users: string[];
  let release: () => void;

  beforeAll(async () => {
    slack = await startSlackServer();
    users = await Promise.all(names.map((name) => slack.userOf(`${name}@test.example`)));
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    isma = await startSlackHarness({
      db: test.db,
      slack,
      door: { callTimeout: 1_000 },
      timing: { sendTimeout: 2_500, settling: 60_000 },
    });
  });
  afterEach(async () => {
    release();
    await isma.stop();
  });

  /** The first call of everybody takes effect only when it is released. */
  function hold(...methods: string[]): void {
    const until = new Promise<void>((resolve) => (release = resolve));
    for (const method of methods) slack.fail(method, { kind: 'held', until }, { times: names.length });
  }
  /** One message to each, as the core plans what nobody asked for here. */
  async function sayToEach(parts: Partial<Reply> = {}): Promise<void> {
    const reply = JSON.stringify(Reply.parse({ text: 'Something waits for you.', ...parts }));
    const { rows } = await test.db.query(
      "insert into inbox (platform, event_id, state) values ('slack', 'e', 'done') returning id",
    );
    for (const [n, user] of users.entries())
      await test.db.query(
        "insert into outbox (inbox_id, ordinal, platform, address, channel, reply) values ($1, $2, 'slack', $3, $3, $4)",
        [rows[0]?.id, n, `slack:${team}:@${user}`, reply],
      );
  }
  const outbox = async () => (await test.db.query('select * from outbox order by id')).rows;
  const posts = () => slack.calls.filter(({ method }) => method === 'chat.postMessage');

  /** Sits out no pause, but ages nothing: what has to settle still has to. */
  const hurried = <T>(work: Promise<T>) => skippingPauses(test.db, work);
  async function lookedUpTwice(): Promise<void> {
    const looks = async () => (await outbox()).map((row) => Number(row.looks));
    await hurried(
      (async () => {
        await expect.poll(async () => Math.min(...(await looks()))).toBeGreaterThanOrEqual(2);
      })(),
    );
  }
  async function expectOneEach(): Promise<void> {
    const rows = await outbox();
    const ids = rows.filter((row) => row.missed_inputs === null).map((row) => row.delivery_id);
    const shown = slack
      .shown()
      .map(({ deliveryId }) => deliveryId)
      .filter((id) => ids.includes(id));
    expect(shown.toSorted()).toEqual(ids.toSorted());
    expect(rows.every(({ state }) => state === 'sent')).toBe(true);
  }

  it.each([
    ['post', ['chat.postMessage']],
    ['opening of the conversation and post', ['conversations.open', 'chat.postMessage']],
  ])('whose %s takes effect long after it was given up has each message once', async (_name, methods) => {
    hold(...methods);
    await sayToEach();
    await lookedUpTwice();
    expect(posts().length).toBeLessThanOrEqual(names.length);

    release();
    await expect.poll(() => slack.shown().length).toBe(posts().length);
    // A call that was given up before it was out at all, as a busy machine has it, is sent again now; no other is.
    await test.db.query("update outbox set doubtful_since = now() - interval '61 seconds' where state = 'sending'");
    await hurried(isma.settled());

    expect(posts()).toHaveLength(names.length);
    await expectOneEach();
  }); // prettier-ignore

  it('that never does what it was asked to is asked again after a minute, once', async () => {
    hold('chat.postMessage');
    await sayToEach();
    await lookedUpTwice();
    await test.db.query("update outbox set doubtful_since = now() - interval '61 seconds' where state = 'sending'");
    await hurried(isma.settled());

    expect(posts().length).toBeGreaterThan(names.length);
    await expectOneEach();
  }); // prettier-ignore

  it.each([
    ['getting the place for a file', 'files.getUploadURLExternal'],
    ['sharing a file', 'files.completeUploadExternal'],
  ])('that is late with %s has each message once', async (_name, method) => {
    hold(method);
    const file = await keepOutgoingFile(test.db, 'list.csv', Buffer.from('a,b\n'));
    await sayToEach({ files: [file] });
    await hurried(isma.settled());
    release();

    // One that a busy machine gave up before it was out at all is posted again: what is shown counts.
    await expectOneEach();
    expect(posts().length).toBeGreaterThanOrEqual(names.length);
  });

  it('gets nothing from a process that was frozen on the way, and finds its time over', async () => {
    hold('files.getUploadURLExternal');
    const delivery = {
      id: 'd', address: `slack:${team}:@${users[0]}`, to: null, ephemeralTo: null, via: {}, edits: null, draftKey: 'k', draft: null,
      reply: Reply.parse({ text: 'Here.', files: [{ name: 'a.csv', id: 'f' }] }), enclosed: new Map([['f', Buffer.from('a')]]),
    }; // prettier-ignore

    const sending = withTimeout((signal) => isma.door.port.deliver(delivery, signal), 600_000);
    await expect.poll(() => slack.calls.some(({ method }) => method === 'files.getUploadURLExternal')).toBe(true);
    // Its timers stood still; the clock did not.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 660_000 });
    release();
    await expect(sending).rejects.toThrow().finally(() => vi.useRealTimers());

    expect(posts()).toEqual([]);
  }); // prettier-ignore
});
