/** The ledger of deliveries: each message reaches the platform once, or the operator sees why not. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { Addressed } from '../../src/conversation/contract.ts';
import type { CoreOptions } from '../../src/conversation/port.ts';
import { NotSentError, UndeliverableError, type Delivery, type Port } from '../../src/conversation/port.ts';
import { statusText } from '../../src/cli/status-text.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, givenPeople } from '../support/harness.ts';
import {
  createScriptedCore,
  settledWithoutPauses,
  skippingPauses,
  type ScriptedCore,
} from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';

describeOnDatabases('a delivery', (test) => {
  let scripted: ScriptedCore;
  let posts: Delivery[];

  afterEach(() => scripted.core.stop());

  async function start(
    port: Partial<Port>,
    says: (text: string) => Addressed[] = sayIt,
    timing: CoreOptions['timing'] = { settling: 0 },
  ) {
    posts = [];
    const { deliver, ...others } = port;
    scripted = createScriptedCore({
      db: test.db,
      timing,
      onTurn:
        ({ text }) =>
        async () =>
          says(text),
      port: {
        ...others,
        async deliver(delivery, signal) {
          posts.push(delivery);
          return deliver === undefined ? `receipt-${delivery.id}` : await deliver(delivery, signal);
        },
      },
    });
    await scripted.core.start();
  }
  const outbox = async () =>
    (await test.db.query('select state, attempts, receipt, problem, address from outbox order by id')).rows;
  const lookedUp = async () => Number((await test.db.query('select looks from outbox')).rows[0]?.looks ?? 0);
  const ageDoubt = () =>
    test.db.query("update outbox set doubtful_since = now() - interval '61 seconds' where state = 'sending'");
  const nextLook = () => test.db.query("update outbox set lease_until = now() - interval '1 second'");
  const say = async (email: string, text = 'hi') =>
    settledWithoutPauses(test.db, scripted.core, await scripted.receive(email, text));

  it('is sent once and keeps its receipt', async () => {
    await start({});

    await say(erin);

    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatchObject({ address: directAddress(erin), to: null, reply: { text: 'hi' } });
    expect(await outbox()).toMatchObject([
      { state: 'sent', attempts: 1, receipt: `receipt-${posts[0]?.id}` },
    ]);
  });

  it('that the platform refuses for good has failed, is not tried again, and the next one goes out', async () => {
    await start({
      async deliver({ reply }) {
        if (reply.text === 'blocked') throw new UndeliverableError('the person has blocked us');
        return 'receipt';
      },
    });

    await say(erin, 'blocked');
    await say(erin, 'next');

    expect(posts.map(({ reply }) => reply.text)).toEqual(['blocked', 'next']);
    expect(await outbox()).toMatchObject([
      { state: 'failed', problem: 'the person has blocked us' },
      { state: 'sent' },
    ]);
    expect(await statusText(test.db)).toMatch(
      /delivery 1 is failed for \d+ s: the person has blocked us \(isma resend delivery 1\)/,
    );
  });

  it('that failed with the message taken is not sent again', async () => {
    await start({
      deliver: () => Promise.reject(new Error('socket hang up')),
      lookUp: async () => ({ found: true, receipt: 'found' }),
    });

    await say(erin);

    expect(posts).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'found', problem: null }]);
  });

  it('that failed with nothing taken is sent again under the same id, after a pause', async () => {
    await start({
      async deliver() {
        if (posts.length < 3) throw new Error('500');
        return 'receipt';
      },
    });

    await say(erin);

    expect(posts).toHaveLength(3);
    expect(new Set(posts.map(({ id }) => id)).size).toBe(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 3 }]);
  });

  it('waits longer after each attempt, never twice the same', async () => {
    let attempted = 0;
    await start({
      deliver() {
        attempted = Date.now();
        return Promise.reject(new Error('500'));
      },
    });
    await scripted.receive(erin, 'hi');
    const pauses: { atLeast: number; atMost: number }[] = [];

    for (let attempt = 1; attempt <= 4; attempt += 1) {
      for (;;) {
        const { rows } = await test.db.query(
          `select extract(epoch from run_after - to_timestamp($2))::float8 as "atMost", extract(epoch from run_after - now())::float8 as "atLeast"
           from outbox where state = 'planned' and attempts = $1 and problem is not null`,
          [attempt, attempted / 1_000],
        );
        if (rows[0] !== undefined && pauses.push(rows[0] as (typeof pauses)[number])) break;
        await pause(10);
      }
      await test.db.query('update outbox set run_after = now()');
    }

    for (const [index, { atLeast, atMost }] of pauses.entries()) {
      expect(atMost).toBeGreaterThan(2 ** index - 0.01);
      expect(atLeast).toBeLessThan(2 ** (index + 1) * 1.5);
    }
  });

  it('of which the platform can never tell whether it arrived is unknown, and never sent again', async () => {
    await start({
      deliver: ({ reply }) =>
        reply.notice === 'failed' ? Promise.resolve('receipt') : Promise.reject(new Error('timeout')),
      lookUp: async () => 'cannot tell',
    });

    await say(erin);
    await say(erin, 'next');

    const answers = posts.filter(({ reply }) => reply.notice !== 'failed');
    expect(answers.map(({ reply }) => reply.text)).toEqual(['hi', 'next']);
    expect((await outbox())[0]).toMatchObject({ state: 'unknown', problem: 'timeout' });
    expect(await statusText(test.db)).toMatch(
      /delivery 1 is unknown for \d+ s: timeout \(it may have arrived; isma resend delivery 1 --even-twice\)/,
    );
  });

  it('is looked up again until the platform can be asked, and is not sent again when it was there', async () => {
    let asked = 0;
    await start({
      deliver: () => Promise.reject(new Error('timeout')),
      async lookUp() {
        asked += 1;
        if (asked < 4) throw new NotSentError('it answered 503');
        return { found: true, receipt: 'found' };
      },
    });

    await say(erin);

    expect(asked).toBeGreaterThanOrEqual(4);
    expect(posts).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'found', attempts: 1 }]);
  });

  it('is not believed to be missing before the request that was given up would have taken effect', async () => {
    let asked = 0;
    let there = false;
    await start({
      deliver: () => Promise.reject(new Error('timeout')),
      lookUp: async () => ((asked += 1), there ? { found: true, receipt: 'late' } : { found: false }),
    }, sayIt, { settling: 60_000 });
    const id = await scripted.receive(erin, 'hi');

    for (const looks of [1, 2, 3]) {
      await expect.poll(() => asked).toBe(looks);
      await expect.poll(lookedUp).toBe(looks);
      if (looks < 3) await nextLook();
    }
    there = true;
    await nextLook();
    await scripted.core.settled(id ?? 0);

    expect(posts).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'late' }]);
  }); // prettier-ignore

  it('is sent again once it is missing for so long after', async () => {
    await start({
      deliver: () => (posts.length === 1 ? Promise.reject(new Error('timeout')) : Promise.resolve('second')),
      lookUp: async () => ({ found: false }),
    }, sayIt, { settling: 60_000 });
    const id = await scripted.receive(erin, 'hi');
    await expect.poll(lookedUp).toBe(1);
    await test.db.query("update outbox set doubtful_since = now() - interval '61 seconds'");
    await nextLook();
    await settledWithoutPauses(test.db, scripted.core, id);

    expect(posts).toHaveLength(2);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'second' }]);
  }); // prettier-ignore

  it('is not sent by a process that was frozen before it sent it, once another has it', async () => {
    let thaw = () => {};
    const frozen = new Promise<void>((resolve) => (thaw = resolve));
    let stands = false;
    // A process that stands still right after it has claimed the row.
    const slow = createScriptedCore({
      db: {
        ...test.db,
        query: async (sql, ...rest) => {
          stands ||= /from channel_pause where outbox/.test(sql);
          if (stands) await frozen;
          return test.db.query(sql, ...rest);
        },
      },
      onTurn: ({ text }) => [{ text }],
    });
    await slow.core.start();
    await slow.receive(erin, 'hi');
    await expect.poll(async () => (await outbox()).map((row) => row.state)).toEqual(['sending']);
    await test.db.query("update outbox set lease_until = now() - interval '15 seconds'");

    await start({});
    await skippingPauses(test.db, scripted.core.quiet(), ageDoubt);
    thaw();
    await slow.core.stop();

    expect([posts.length, slow.delivered.length]).toEqual([1, 0]);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: `receipt-${posts[0]?.id}` }]);
  });

  it('that another process has sent meanwhile is not planned again by whoever was cut off from it', async () => {
    let fail = (_error: Error) => {};
    await start({ deliver: () => new Promise<string>((_resolve, reject) => (fail = reject)) });
    await scripted.receive(erin, 'hi');
    await expect.poll(() => posts.length).toBe(1);
    // What another process does, once the lease has run out.
    await test.db.query("update outbox set claims = claims + 1, state = 'sent', receipt = 'theirs', ended_at = now()");

    fail(new NotSentError('it answered 503'));
    await scripted.core.stop();

    expect(posts).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'theirs', problem: null }]);
  }); // prettier-ignore

  it('that was sent in the end by a process without the row is sent by no other', async () => {
    let take = (_receipt: string) => {};
    await start({ deliver: () => new Promise<string>((resolve) => (take = resolve)) });
    await scripted.receive(erin, 'hi');
    await expect.poll(() => posts.length).toBe(1);
    // Another took the row over, found nothing, and waits to send it.
    await test.db.query("update outbox set claims = claims + 1, state = 'planned', run_after = now() + interval '1 hour'");

    take('late');
    await scripted.core.quiet();

    expect(posts).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'sent', receipt: 'late' }]);
  }); // prettier-ignore

  it('to one address never overtakes the one before, not even while that waits to be sent again', async () => {
    let failures = 2;
    await start({
      async deliver() {
        if (failures-- > 0) throw new Error('500');
        return 'receipt';
      },
    });

    const first = await scripted.receive(erin, 'first');
    const second = await scripted.receive(erin, 'second');
    await settledWithoutPauses(test.db, scripted.core, first);
    await settledWithoutPauses(test.db, scripted.core, second);

    expect(posts.map(({ reply }) => reply.text)).toEqual(['first', 'first', 'first', 'second']);
  });

  it('that hangs, or waits to be sent again, holds back no other address', async () => {
    let release = (_receipt: string) => {};
    await start({
      deliver: ({ address }) =>
        address === directAddress(erin)
          ? new Promise<string>((resolve) => (release = resolve))
          : Promise.resolve('receipt'),
    });
    await scripted.receive(erin, 'hangs');
    while (posts.length === 0) await pause(5);

    for (const name of ['hanna', 'hugo', 'ines'])
      await scripted.core.settled((await scripted.receive(`${name}@test.example`, 'hi')) ?? 0);

    expect((await outbox()).map((row) => row.state)).toEqual(['sending', 'sent', 'sent', 'sent']);
    release('receipt');
  });

  it('to another person finds where their direct messages reach them', async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id from person where email = $1', [hanna]);
    await start({}, () => [
      { to: { personId: Number(rows[0]?.id) }, reply: { text: 'for Hanna' } },
      { to: 'place', reply: { text: 'I told her' } },
    ]);

    await say(erin);

    expect(posts.map(({ address, to, reply }) => [address, to, reply.text]).sort()).toEqual([
      [directAddress(erin), null, 'I told her'],
      [directAddress(hanna), hanna, 'for Hanna'],
    ]);
  });

  it('to a person whom no platform knows has failed, and the operator sees it', async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id from person where email = $1', [hanna]);
    await start({ directAddress: async () => null }, () => [
      { to: { personId: Number(rows[0]?.id) }, reply: { text: 'for Hanna' } },
    ]);

    await say(erin);

    expect(posts.map(({ address, reply }) => [address, reply.notice])).toEqual([
      [directAddress(erin), 'failed'],
    ]);
    expect(await outbox()).toMatchObject([
      { state: 'failed', problem: 'no platform knows where to reach this person' },
      { state: 'sent' },
    ]);
  });

  it('to a person is tried again when the platform cannot say where they are', async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id from person where email = $1', [hanna]);
    let asked = 0;
    await start(
      {
        async directAddress() {
          asked += 1;
          if (asked < 3) throw new Error('the platform is down');
          return directAddress(hanna);
        },
      },
      () => [{ to: { personId: Number(rows[0]?.id) }, reply: { text: 'for Hanna' } }],
    );

    await say(erin);

    expect(posts.map(({ address }) => address)).toEqual([directAddress(hanna)]);
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 3 }]);
  });
});

function sayIt(text: string): Addressed[] {
  return [{ to: 'place', reply: { text } }];
}
