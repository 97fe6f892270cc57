/** How the core runs what was received: in order, at once, again, and to an end. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actionId, type Outcome, type ReplyParts, type Turn } from '../../src/conversation/contract.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { Refusal } from '../../src/errors.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress } from '../support/harness.ts';
import { createScriptedCore, settledWithoutPauses, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';

describeOnDatabases('the core', (test) => {
  let scripted: ScriptedCore;
  let onTurn: (turn: Turn) => Promise<Outcome | ReplyParts[]> | Outcome | ReplyParts[];
  let ran: string[];

  beforeEach(async () => {
    ran = [];
    onTurn = ({ text }) => [{ text: `You said ${text}.` }];
    scripted = createScriptedCore({
      db: test.db,
      onTurn(turn) {
        ran.push(turn.text);
        return onTurn(turn);
      },
      actions: {
        'scripted.refuse': async (tx) => {
          await tx.query("insert into message (address, author, text, at) values ('x', 'isma', 'x', now())");
          throw new Refusal('That is closed already.');
        },
        'scripted.echo': async (_tx, _context, { argument, fields }) => [
          { to: 'asker', reply: { text: `${argument('word')} ${JSON.stringify(fields)}` } },
        ],
      },
    });
    await scripted.core.start();
  });
  afterEach(() => scripted.core.stop());

  const texts = () => scripted.delivered.map(({ reply }) => reply.text);
  const inbox = async () =>
    (await test.db.query('select state, attempts, problem from inbox order by id')).rows;

  it('runs the messages of one conversation one after the other, in the order in which they came', async () => {
    let running = 0;
    onTurn = async ({ text }) => {
      expect((running += 1)).toBe(1);
      await pause(text === 'a' ? 80 : 5);
      running -= 1;
      return [{ text }];
    };

    for (const text of ['a', 'b', 'c', 'd']) await scripted.receive(erin, text);
    await scripted.core.quiet();

    expect(ran).toEqual(['a', 'b', 'c', 'd']);
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('works on four conversations at once, and on no more', async () => {
    let running = 0;
    let most = 0;
    onTurn = async () => {
      most = Math.max(most, (running += 1));
      while (most < 4) await pause(10);
      await pause(50);
      running -= 1;
      return [{ text: 'done' }];
    };

    for (let index = 0; index < 9; index += 1) await scripted.receive(`person${index}@test.example`, 'hi');
    await scripted.core.quiet();

    expect(most).toBe(4);
    expect(scripted.delivered).toHaveLength(9);
  });

  it('runs an event once, however often and however much at once it is delivered', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => scripted.receive(erin, 'hi', 'same')));
    await scripted.core.quiet();
    ids.push(await scripted.receive(erin, 'hi', 'same'));
    await scripted.core.quiet();

    expect(ids.filter((id) => id !== null)).toHaveLength(1);
    expect(texts()).toEqual(['You said hi.']);
  });

  it('counts an attempt before it runs, tries again, and answers once', async () => {
    const counted: unknown[] = [];
    onTurn = async () => {
      counted.push((await inbox())[0]?.attempts);
      if (counted.length < 3) throw new Error('not yet');
      return [{ text: 'at last' }];
    };

    await settledWithoutPauses(test.db, scripted.core, await scripted.receive(erin, 'hi'));

    expect(counted).toEqual([1, 2, 3]);
    expect(texts()).toEqual(['at last']);
    expect(await inbox()).toMatchObject([{ state: 'done', attempts: 3, problem: null }]);
  });

  it('ends a turn that always fails with an honest word, and shows it to the operator without its text', async () => {
    onTurn = () => {
      throw new Error(`no: secret words`);
    };

    const id = await scripted.receive(erin, 'secret words');
    await settledWithoutPauses(test.db, scripted.core, id);

    expect(ran).toHaveLength(3);
    expect(scripted.delivered.map(({ reply }) => reply.notice)).toEqual(['failed']);
    expect(texts()[0]).toContain(`(number ${id})`);
    expect(await inbox()).toMatchObject([{ state: 'dead', attempts: 3 }]);
    expect(JSON.stringify(await inbox())).not.toContain('secret');
  });

  it('lets nobody else wait for a turn that fails', async () => {
    onTurn = ({ text }) => {
      if (text === 'bad') throw new Error('no');
      return [{ text: 'fine' }];
    };
    await scripted.receive(erin, 'bad');
    await expect.poll(inbox).toMatchObject([{ state: 'received', attempts: 1 }]);
    await test.db.query("update inbox set run_after = now() + interval '1 hour'");

    await scripted.core.settled((await scripted.receive(hanna, 'good')) ?? 0);

    expect(texts()).toEqual(['fine']);
    expect(await inbox()).toMatchObject([{ state: 'received' }, { state: 'done' }]);
  });

  it('goes on with the conversation once a turn in it is dead', async () => {
    onTurn = ({ text }) => {
      if (text === 'bad') throw new Error('no');
      return [{ text: 'fine' }];
    };
    await scripted.receive(erin, 'bad');

    await settledWithoutPauses(test.db, scripted.core, await scripted.receive(erin, 'good'));

    expect(texts()).toEqual([expect.stringContaining('something broke on my side'), 'fine']);
  });

  it('runs again what was cut off, however often kills hit it, and counts no failure', async () => {
    await scripted.core.stop();
    const id = await scripted.receive(erin, 'hi');
    await test.db.query("update inbox set state = 'running', attempts = 12, cut_offs = 11, lease_until = now() - interval '1 hour'");
    const next = createScriptedCore({ db: test.db, onTurn: () => [{ text: 'at last' }] });
    await next.core.start();
    await next.core.settled(id ?? 0);
    await next.core.stop();

    expect(next.delivered.map(({ reply }) => reply.text)).toEqual(['at last']);
    expect((await test.db.query('select state, attempts, cut_offs, failures from inbox')).rows).toEqual([
      { state: 'done', attempts: 13, cut_offs: 12, failures: 0 },
    ]);
  }); // prettier-ignore

  it('waits before it runs again what ended every process that took it, while others go on', async () => {
    await scripted.core.stop();
    await scripted.receive(erin, 'kills');
    await test.db.query("update inbox set state = 'running', attempts = 6, cut_offs = 6, lease_until = now() - interval '30 seconds'");
    const next = createScriptedCore({ db: test.db, onTurn: ({ text }) => [{ text }] });
    await next.core.start();
    await next.core.settled((await next.receive(hanna, 'hi', 'of-hanna')) ?? 0);
    const waits = await inbox();
    await next.core.stop();

    expect(next.delivered.map(({ reply }) => reply.text)).toEqual(['hi']);
    expect(waits).toMatchObject([{ state: 'running', attempts: 6 }, { state: 'done' }]);
  }); // prettier-ignore

  it('ends what was cut off twenty times without running it again', async () => {
    await scripted.core.stop();
    const id = await scripted.receive(erin, 'hi');
    await test.db.query("update inbox set state = 'running', attempts = 20, cut_offs = 19, lease_until = now() - interval '1 hour'");
    const next = createScriptedCore({ db: test.db, onTurn: () => [{ text: 'never' }] });
    await next.core.start();
    await next.core.settled(id ?? 0);
    await next.core.stop();

    expect(next.delivered.map(({ reply }) => reply.notice)).toEqual(['failed']);
    expect(await inbox()).toMatchObject([{ state: 'dead', attempts: 21 }]);
  }); // prettier-ignore

  it('writes nothing for a turn that another process has taken over', async () => {
    let release = () => {};
    onTurn = () =>
      new Promise((resolve) => {
        release = () =>
          resolve(async (tx) => {
            await tx.query("insert into message (address, author, text, at) values ('x', 'isma', 'x', now())");
            return [{ to: 'place', reply: { text: 'too late' } }];
          });
      }); // prettier-ignore
    const id = await scripted.receive(erin, 'hi');
    while (ran.length === 0) await pause(5);

    // What a second process does: it claims the row once the lease has run out, and ends it.
    await test.db.query("update inbox set attempts = attempts + 1, state = 'done', ended_at = now() where id = $1", [id]);
    release();
    await scripted.core.stop();

    expect(scripted.delivered).toEqual([]);
    const { rows } = await test.db.query('select (select count(*) from outbox)::integer + (select count(*) from message)::integer as written');
    expect(rows).toEqual([{ written: 0 }]);
    expect(await inbox()).toMatchObject([{ state: 'done', attempts: 2 }]);
  }); // prettier-ignore

  it('keeps the lease of a long turn, so that nobody takes it over', async () => {
    onTurn = async () => {
      await test.db.query("update inbox set lease_until = now() + interval '9 seconds'");
      const renewed = "select from inbox where lease_until > now() + interval '10 seconds'";
      while ((await test.db.query(renewed)).rowCount === 0) await pause(100); // it is renewed every 5 seconds
      return [{ text: 'still mine' }];
    };

    await scripted.core.settled((await scripted.receive(erin, 'hi')) ?? 0);

    expect(texts()).toEqual(['still mine']);
  });

  it('tells a refusal to the person alone and takes back what the command wrote', async () => {
    await scripted.core.settled((await scripted.press(erin, 'scripted.refuse')) ?? 0);

    expect(scripted.delivered.map(({ reply }) => [reply.text, reply.notice])).toEqual([
      ['That is closed already.', 'refused'],
    ]);
    const { rows } = await test.db.query('select text from message');
    expect(rows).toEqual([{ text: 'That is closed already.' }]);
  });

  it.each(['scripted.gone', 'nothing', '', 'constructor', '__proto__?x=1', 'scripted.echo/'])(
    'answers a button that it does not know: %s',
    async (id) => {
      await scripted.core.settled((await scripted.press(erin, id)) ?? 0);

      expect(scripted.delivered.map(({ reply }) => [reply.notice, reply.text])).toEqual([
        ['refused', 'That button belongs to an older message and does nothing any more. Ask me again.'],
      ]);
    },
  );

  it('hands a command what its button carried and what the form said', async () => {
    const id = actionId('scripted.echo', { word: 'a&b=c? 🧨' });

    await scripted.core.settled((await scripted.press(erin, id, { kinds: ['x', 'y'] })) ?? 0);

    expect(texts()).toEqual(['a&b=c? 🧨 {"kinds":["x","y"]}']);
  });

  it('takes a pressed choice for the words on it', async () => {
    await scripted.core.settled((await scripted.press(erin, actionId('say', { text: 'What now?' }))) ?? 0);

    expect(texts()).toEqual(['You said What now?.']);
  });

  it('finishes the turn in hand when it is told to stop, and leaves the next for later', async () => {
    onTurn = async ({ text }) => {
      await pause(150);
      return [{ text }];
    };
    await scripted.receive(erin, 'first');
    await scripted.receive(erin, 'second');
    while (ran.length === 0) await pause(5);

    await scripted.core.stop();

    expect(ran).toEqual(['first']);
    expect((await inbox()).map((row) => row.state)).toEqual(['done', 'received']);
  });

  it('welcomes a person once, under one identity and with one audit entry each', async () => {
    await Promise.all([scripted.receive('new@test.example', 'a'), scripted.receive('new@test.example', 'b')]);
    await scripted.core.quiet();

    const { rows } = await test.db.query(
      'select email, direct_address from person join identity on identity.person_id = person.id',
    );
    expect(rows).toEqual([{ email: 'new@test.example', direct_address: directAddress('new@test.example') }]);
    const verdict = await verifyAudit(test.db);
    expect([verdict.entries, verdict.faults]).toEqual([2, []]);
  });
});
