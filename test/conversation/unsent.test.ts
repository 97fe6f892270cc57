/** Faults 8 to 10: what a platform does not take now waits or is given up, and never holds up or doubles anything else. */
import { afterEach, expect, it } from 'vitest';
import type { Addressed } from '../../src/conversation/contract.ts';
import { NotSentError, UndeliverableError, type Delivery, type Port } from '../../src/conversation/port.ts';
import { statusText } from '../../src/cli/status-text.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, envelope, givenPeople } from '../support/harness.ts';
import {
  createScriptedCore,
  settledWithoutPauses,
  skippingPauses,
  type Script,
  type ScriptedCore,
} from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';

describeOnDatabases('a platform', (test) => {
  const started: ScriptedCore[] = [];
  let calls: Delivery[] = [];

  afterEach(async () => {
    for (const each of started.splice(0)) await each.core.stop();
  });

  async function start(
    deliver: (delivery: Delivery, n: number) => void,
    rest: Partial<Script> & { port?: Partial<Port> } = {},
  ): Promise<ScriptedCore> {
    calls = [];
    const isma = createScriptedCore({
      db: test.db,
      onTurn: ({ text }) => [{ text }],
      ...rest,
      port: {
        async deliver(delivery) {
          calls.push(delivery);
          deliver(delivery, calls.length);
          return `receipt-${delivery.id}`;
        },
        channelOf: (address) => address.split('/')[0] ?? address,
        ...rest.port,
      },
    });
    started.push(isma);
    await isma.core.start();
    return isma;
  }
  const say = (isma: ScriptedCore, email: string, text: string, thread = '') =>
    isma.send({
      kind: 'turn',
      ...envelope(email),
      place: { address: `${directAddress(email)}${thread}`, audience: 'direct' },
      text,
      attachments: [],
    });
  const outbox = async () =>
    (await test.db.query('select state, attempts, problem, channel from outbox order by inbox_id, id')).rows;

  it('that asks to wait is left alone in that channel until its time, also after a restart, and others go on', async () => {
    const isma = await start(({ address }, n) => {
      if (address.includes('erin') && n === 1) throw new NotSentError('rate limited', 30);
    });
    await say(isma, erin, 'first');
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await say(isma, erin, 'second, in a thread of the same channel', '/thread');
    await isma.core.settled((await say(isma, hanna, 'other')) ?? 0);

    await isma.core.stop();
    const before = calls.length;
    const again = await start(() => {});
    await new Promise((resolve) => setTimeout(resolve, 700));

    expect(before).toBe(2);
    expect(calls).toEqual([]);
    expect(await outbox()).toMatchObject([
      { state: 'planned', attempts: 0, problem: 'the platform asked to wait' },
      { state: 'planned' },
      { state: 'sent' },
    ]);
    const { rows } = await test.db.query(
      'select extract(epoch from until - now())::float8 as seconds from channel_pause where channel = $1',
      [directAddress(erin)],
    );
    expect(rows[0]?.seconds).toBeGreaterThan(10);

    await test.db.query('delete from channel_pause');
    await test.db.query("update outbox set run_after = now() where state = 'planned'");
    await again.core.quiet();

    expect(calls.map((delivery) => delivery.reply.text)).toEqual([
      'first',
      'second, in a thread of the same channel',
    ]);
  });

  it('that fails and then works is given one message', async () => {
    const isma = await start((_delivery, n) => {
      if (n <= 3) throw new NotSentError('it answered 503');
    });

    await settledWithoutPauses(test.db, isma.core, await say(isma, erin, 'hello'));

    expect(calls).toHaveLength(4);
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 4 }]);
  });

  it('that is away for long is tried again and again, with pauses that end at two minutes, and loses nothing', async () => {
    const isma = await start((_delivery, n) => {
      if (n <= 25) throw new NotSentError('it answered 503');
    });
    const longest: number[] = [];

    const id = await say(isma, erin, 'hello');
    await skippingPauses(test.db, isma.core.settled(id ?? 0), async () => {
      const { rows } = await test.db.query(
        'select extract(epoch from run_after - now())::float8 as wait from outbox where attempts > 12',
      );
      longest.push(...rows.map(({ wait }) => Number(wait)));
    });

    expect(calls).toHaveLength(26);
    expect(await outbox()).toMatchObject([{ state: 'sent', attempts: 26, problem: null }]);
    expect(Math.max(...longest)).toBeGreaterThan(30);
    expect(Math.max(...longest)).toBeLessThanOrEqual(180);
  });

  it('is given an answer for an hour, and for three days what is owed to somebody', async () => {
    await givenPeople(test.db);
    const isma = await start(
      () => {
        throw new NotSentError('it answered 503');
      },
      {
        actions: {
          'test.ask': async () => [
            { to: 'asker', reply: { text: 'I have asked Hanna.' } },
            { to: { personId: 2 }, reply: { text: 'Erin asks.' } },
          ],
        },
      },
    );
    await isma.send({ kind: 'action' as const, ...envelope(erin), id: 'test.ask', fields: {} });
    await expect.poll(() => calls.length).toBeGreaterThan(1);

    const { rows } = await test.db.query(
      `select round(extract(epoch from give_up_at - received_at) / 3600)::integer as hours from outbox join inbox on inbox.id = inbox_id order by outbox.id`,
    );
    expect(rows).toEqual([{ hours: 1 }, { hours: 72 }]);
    await test.db.query('delete from outbox');
  });

  it('that comes back too late is given one word about all that was missed, with the questions to ask again', async () => {
    let down = true;
    const isma = await start(() => {
      if (down) throw new NotSentError('it answered 503');
    });
    for (const text of ['one?', 'two?', 'three?', 'four?']) await say(isma, erin, text);
    await expect.poll(() => calls.length).toBeGreaterThan(0);

    const age = () => test.db.query('update outbox set give_up_at = now() where missed_inputs is null');
    const failed = async () => (await outbox()).filter(({ state }) => state === 'failed').length;
    const allFailed = async () => {
      await expect.poll(failed).toBe(4);
    };
    await skippingPauses(test.db, allFailed(), age);
    down = false;
    await skippingPauses(test.db, isma.core.quiet());

    const said = calls.filter(({ reply }) => reply.notice === 'failed');
    const [word] = new Map(said.map((each) => [each.id, each])).values();
    expect(new Set(said.map(({ id }) => id)).size).toBe(1);
    expect(word).toMatchObject({ address: directAddress(erin) });
    expect(word?.reply.text).toContain('may not have got through. Ask again where you still need it; 1 earlier ones');
    expect(word?.reply.items.map(({ text, button }) => [text, button?.label])).toEqual([
      ['two?', 'Ask again'],
      ['three?', 'Ask again'],
      ['four?', 'Ask again'],
    ]);
    const states = (await outbox()).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['failed', 'failed', 'failed', 'failed', 'sent']);

    const again = { kind: 'action' as const, ...envelope(erin), id: word?.reply.items[1]?.button?.id ?? '', fields: {} };
    await isma.core.settled((await isma.send(again)) ?? 0);
    expect(calls.at(-1)?.reply.text).toBe('three?');
  }); // prettier-ignore

  it('that cannot tell what became of an answer in a channel has its asker told alone', async () => {
    const isma = await start(({ reply }) => {
      if (reply.notice !== 'failed') throw new Error('no answer');
    }, { port: { lookUp: async () => 'cannot tell' } });
    const turn = { kind: 'turn' as const, ...envelope(erin, 'general'), text: 'why?', attachments: [] };

    await settledWithoutPauses(test.db, isma.core, await isma.send(turn));

    expect(calls.map(({ reply, ephemeralTo }) => [reply.text, ephemeralTo])).toEqual([
      ['why?', null],
      [expect.stringContaining('may not have got through'), erin],
    ]);
    expect((await outbox()).map(({ state }) => state)).toEqual(['unknown', 'sent']);
  }); // prettier-ignore

  it('that cannot reach a person any more has it recorded on them, until they write again', async () => {
    await givenPeople(test.db);
    const isma = await start(({ address }) => {
      if (address.includes('hanna')) throw new UndeliverableError('account_inactive');
    });
    await settledWithoutPauses(test.db, isma.core, await say(isma, hanna, 'hello'));

    const unreachable = async () =>
      (
        await test.db.query(
          'select unreachable_reason as reason from identity where unreachable_since is not null',
        )
      ).rows;
    expect(await unreachable()).toEqual([{ reason: 'account_inactive' }]);
    expect(await statusText(test.db)).toMatch(/cannot be reached[\s\S]*Hanna Human[\s\S]*account_inactive/);
    const { rows } = await test.db.query(
      "select record from audit_entry where action = 'person.unreachable'",
    );
    expect(rows).toHaveLength(1);

    await isma.core.stop();
    const better = await start(() => {});
    await better.send({ kind: 'turn', ...envelope(hanna), text: 'again', attachments: [] }, 'again');
    await better.core.quiet();

    expect(await unreachable()).toEqual([]);
  });

  it('that refuses one message of ours is no reason to think that its reader is gone', async () => {
    await givenPeople(test.db);
    const isma = await start(() => {
      throw new UndeliverableError('invalid_blocks', 'message');
    });

    await settledWithoutPauses(test.db, isma.core, await say(isma, hanna, 'hello'));

    expect(await outbox()).toMatchObject([{ state: 'failed', problem: 'invalid_blocks' }]);
    const { rows } = await test.db.query('select from identity where unreachable_since is not null');
    expect(rows).toEqual([]);
  });

  it('that cannot reach others says so once on the card of whoever wrote to them, and offers somebody else', async () => {
    await givenPeople(test.db);
    const hand = { id: 'test.hand', label: 'Hand over' };
    const says: Addressed[] = [
      { to: 'asker', reply: { text: 'I have asked both.', note: 'Noted.' } },
      { to: { personId: 2 }, reply: { text: 'Erin asks.', otherwise: [hand] } },
      { to: { personId: 2 }, reply: { text: 'And this.', otherwise: [hand] } },
      { to: { personId: 3 }, reply: { text: 'Erin asks you too.' } },
    ];
    const isma = await start(
      ({ address }) => {
        if (!address.includes('erin')) throw new UndeliverableError('account_inactive');
      },
      { actions: { 'test.ask': async () => says } },
    );

    const press = { kind: 'action' as const, ...envelope(erin), id: 'test.ask', fields: {} };
    await settledWithoutPauses(test.db, isma.core, await isma.send(press));
    await isma.core.quiet();

    const toErin = calls.filter(({ address }) => address === directAddress(erin));
    expect(toErin.map(({ reply }) => reply.text)).toEqual(toErin.map(() => 'I have asked both.'));
    expect(toErin.map(({ edits }) => edits !== null)).toEqual([false, true, true]);
    const { note, buttons } = toErin.at(-1)?.reply ?? {};
    expect(note?.split('\n').sort()).toEqual([
      'Hanna Human cannot be reached here. Choose somebody else, or tell them yourself.',
      'Hugo Owner cannot be reached here. Please tell them yourself, or ask an admin to give them access to me.',
      'Noted.',
    ]);
    expect(buttons?.map(({ label }) => label)).toEqual(['Hand over']);
  });

  it('that cannot reach another person says so on the card as it is by then', async () => {
    await givenPeople(test.db);
    const isma = await start(
      ({ address }, n) => {
        if (!address.includes('erin'))
          throw n < 4 ? new NotSentError('down') : new UndeliverableError('gone');
      },
      {
        actions: {
          'test.ask': async () => [
            { to: 'asker', reply: { text: 'I have asked Hanna.' } },
            { to: { personId: 2 }, reply: { text: 'Erin asks.' } },
          ],
          'test.note': async () => [
            { to: 'asker', reply: { text: 'Asked, and noted.' }, replacesCard: true },
          ],
        },
      },
    );
    const press = { kind: 'action' as const, ...envelope(erin), fields: {} };
    const asking = await isma.send({ ...press, id: 'test.ask' });
    while (!calls.some(({ address }) => address === directAddress(erin)))
      await new Promise((resolve) => setTimeout(resolve, 10));
    const card = `receipt-${calls.find(({ address }) => address === directAddress(erin))?.id}`;
    await isma.core.settled((await isma.send({ ...press, id: 'test.note', card }, 'note')) ?? 0);
    await settledWithoutPauses(test.db, isma.core, asking);
    await isma.core.quiet();

    const last = calls.findLast(({ address }) => address === directAddress(erin));
    expect([last?.edits, last?.reply.text]).toEqual([card, 'Asked, and noted.']);
    expect(last?.reply.note).toContain('Hanna Human cannot be reached here.');
  });

  it('that cannot edit a card any more is given the words as a message', async () => {
    const says: Addressed[] = [{ to: 'asker', reply: { text: 'Noted.' }, replacesCard: true }];
    const isma = await start(
      ({ edits }) => {
        if (edits !== null) throw new UndeliverableError('message_not_found');
      },
      { actions: { 'test.note': async () => says } },
    );
    await settledWithoutPauses(test.db, isma.core, await say(isma, erin, 'hello'));
    const card = `receipt-${calls[0]?.id}`;

    const press = { kind: 'action' as const, ...envelope(erin), id: 'test.note', fields: {}, card };
    await settledWithoutPauses(test.db, isma.core, await isma.send(press));

    expect(calls.map(({ edits, reply }) => [edits, reply.text])).toEqual([
      [null, 'hello'],
      [card, 'Noted.'],
      [null, 'Noted.'],
    ]);
  });

  it('is asked once who somebody is, outside of any transaction, and again after it could not say', async () => {
    let asked = 0;
    const isma = await start(() => {}, {
      port: {
        async profile() {
          asked += 1;
          if (asked === 1) throw new Error('down');
          return {
            name: 'Zoe New',
            email: 'zoe@test.example',
            timeZone: 'Europe/Madrid',
            locale: 'es-ES',
            colleague: true,
          };
        },
      },
    });
    const unknown = { ...envelope('U1'), sender: { ...envelope('U1').sender, email: null } };
    const send = async (text: string) =>
      settledWithoutPauses(
        test.db,
        isma.core,
        await isma.send({ kind: 'turn', ...unknown, text, attachments: [] }),
      );

    await send('one');
    await send('two');

    expect(asked).toBe(2);
    const { rows } = await test.db.query('select name, email, time_zone from person');
    expect(rows).toEqual([{ name: 'Zoe New', email: 'zoe@test.example', time_zone: 'Europe/Madrid' }]);
  });

  it('that knows somebody for a guest of another organisation has them turned away, and no record made', async () => {
    const guest = {
      name: 'Gil Guest',
      email: 'gil@other.example',
      timeZone: null,
      locale: null,
      colleague: false,
    };
    const isma = await start(() => {}, { port: { profile: async () => guest } });

    await settledWithoutPauses(test.db, isma.core, await say(isma, 'U9', 'what are your policies?'));
    const inChannel = { kind: 'turn' as const, ...envelope('U9', 'shared'), text: 'hello?', attachments: [] };
    await settledWithoutPauses(test.db, isma.core, await isma.send(inChannel));

    expect(calls.map(({ reply, ephemeralTo }) => [reply.notice, ephemeralTo])).toEqual([
      ['refused', null],
      ['refused', 'U9'],
    ]);
    expect((await test.db.query('select from person')).rows).toEqual([]);
  });
});
