/** Somebody who is new hears their answer in the end, however busy the platform is, and holds up nobody who is known. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { NotSentError, type Port, type Profile } from '../../src/conversation/port.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { envelope, givenPeople, today } from '../support/harness.ts';
import { resolvePerson } from '../../src/records/identity.ts';
import { createScriptedCore, skippingPauses, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';
const colleague = (user: string): Profile => ({
  name: `Colleague ${user}`,
  email: `${user}@test.example`,
  timeZone: null,
  locale: null,
  colleague: true,
});

describeOnDatabases('a person who is new', (test) => {
  const started: ScriptedCore[] = [];

  afterEach(async () => {
    for (const each of started.splice(0)) await each.core.stop();
  });

  function create(profile: Port['profile']): ScriptedCore {
    const isma = createScriptedCore({
      db: test.db,
      onTurn: ({ text, sender }) => [{ text: `${sender.name}: ${text}` }],
      port: { ...(profile && { profile }) },
    });
    started.push(isma);
    return isma;
  }
  async function start(profile: Port['profile']): Promise<ScriptedCore> {
    const isma = create(profile);
    await isma.core.start();
    return isma;
  }
  const nameless = (user: string, channel?: string) => {
    const { sender, place } = envelope(user, channel);
    return { sender: { ...sender, email: null }, place };
  };
  const ask = (isma: ScriptedCore, user: string, text = 'hi', channel?: string) =>
    isma.send({ kind: 'turn', ...nameless(user, channel), text, attachments: [] }, `${user} ${text}`);
  const givenErin = () => test.db.transaction((tx) => resolvePerson(tx, envelope(erin).sender, today));
  const texts = (isma: ScriptedCore) => isma.delivered.map(({ reply }) => reply.text);
  const inbox = async () =>
    (await test.db.query('select state, failures, waits from inbox order by id')).rows;

  it('is answered although the platform tells of but a few people at a time, and one who is known does not wait', async () => {
    await givenPeople(test.db);
    await givenErin();
    let [closed, asked] = [true, 0];
    const isma = await start(async ({ user }) => {
      asked += 1;
      if (closed || asked % 5 === 0) throw new NotSentError('asked to wait', 1);
      return colleague(user);
    });
    const users = Array.from({ length: 12 }, (_value, n) => `u${n}`);

    for (const user of users) await ask(isma, user);
    await isma.core.settled((await ask(isma, erin)) ?? 0);
    const before = texts(isma);
    [closed, asked] = [false, 0];
    await isma.core.quiet();

    expect(before).toEqual(['null: hi']);
    expect(texts(isma).toSorted()).toEqual(
      [...users.map((user) => `Colleague ${user}: hi`), 'null: hi'].toSorted(),
    );
    // Each wish to be left alone may still meet one question that is under way: nobody asks anew before its time.
    expect(asked).toBeLessThanOrEqual(users.length + 2 * 3);
    expect((await inbox()).every((row) => row.state === 'done' && row.failures === 0)).toBe(true);
  });

  it('is asked after by no other process either while the platform wants to be left alone', async () => {
    const first = await start(() => Promise.reject(new NotSentError('asked to wait', 60)));
    await ask(first, 'u1');
    await expect.poll(inbox).toMatchObject([{ state: 'received', waits: 1 }]);
    await first.core.stop();
    let asked = 0;

    const second = await start(async ({ user }) => {
      asked += 1;
      return colleague(user);
    });
    await ask(second, 'u2');
    await pause(700);
    const meanwhile = asked;
    await test.db.query('delete from channel_pause');
    await second.core.quiet();

    expect([meanwhile, asked]).toEqual([0, 2]);
    expect(texts(second).sort()).toEqual(['Colleague u1: hi', 'Colleague u2: hi']);
  });

  it('waits through failures of the platform without being given up, and is asked after once for all that they said', async () => {
    let asked = 0;
    const isma = create(async ({ user }) => {
      asked += 1;
      if (asked <= 5) throw new Error('no answer');
      return colleague(user);
    });
    for (const text of ['one', 'two', 'three']) await ask(isma, 'u1', text);
    await isma.core.start();

    await skippingPauses(test.db, isma.core.quiet());

    expect(asked).toBe(6);
    expect(texts(isma)).toEqual(['Colleague u1: one', 'Colleague u1: two', 'Colleague u1: three']);
    expect(await inbox()).toMatchObject(Array(3).fill({ state: 'done', failures: 0 }));
  });

  it('hears «sorry» once nobody could say for an hour who they are, and no record is made of them', async () => {
    const isma = await start(() => Promise.reject(new NotSentError('it answered 503')));
    await ask(isma, 'u1');
    await expect.poll(inbox).toMatchObject([{ state: 'received', waits: 1 }]);

    await test.db.query("update inbox set fresh_since = now() - interval '61 minutes', run_after = now()");
    await skippingPauses(test.db, isma.core.quiet());

    expect(isma.delivered.map(({ reply }) => reply.notice)).toEqual(['failed']);
    expect(await inbox()).toMatchObject([{ state: 'dead' }]);
    expect((await test.db.query('select from person')).rows).toEqual([]);
  });

  it('holds up nobody who is known in the same channel', async () => {
    await givenErin();
    const isma = await start(() => Promise.reject(new NotSentError('asked to wait', 60)));

    await ask(isma, 'u1', 'hi', 'general');
    await isma.core.settled((await ask(isma, erin, 'me too', 'general')) ?? 0);

    expect(texts(isma)).toEqual(['null: me too']);
    await expect.poll(inbox).toMatchObject([{ state: 'received', waits: 1 }, { state: 'done' }]);
  });
});
