/** What went wrong gets a second try from an operator: once, in the audit log, and never twice without their word. */
import { afterEach, expect, it } from 'vitest';
import { NotSentError, UndeliverableError, type Delivery, type Port } from '../../src/conversation/port.ts';
import { resendAll, resendDelivery, runInputAgain } from '../../src/conversation/resend.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { statusText } from '../../src/cli/status-text.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { today } from '../support/harness.ts';
import {
  createScriptedCore,
  settledWithoutPauses,
  skippingPauses,
  type Script,
  type ScriptedCore,
} from './core-harness.ts';

const erin = 'erin@test.example';
const operator = { actor: 'system:resend', at: today };

describeOnDatabases('an operator', (test) => {
  let isma: ScriptedCore;
  let posts: Delivery[];

  afterEach(async () => {
    await isma.core.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  async function start(port: Partial<Port>, onTurn: Script['onTurn'] = ({ text }) => [{ text }]) {
    posts = [];
    isma = createScriptedCore({
      db: test.db,
      onTurn,
      port: {
        ...port,
        async deliver(delivery, signal) {
          posts.push(delivery);
          return (await port.deliver?.(delivery, signal)) ?? 'receipt';
        },
      },
    });
    await isma.core.start();
  }
  const ask = async (text = 'hi') => settledWithoutPauses(test.db, isma.core, await isma.receive(erin, text));
  const answers = () => posts.filter(({ reply }) => reply.notice !== 'failed').map(({ reply }) => reply.text);
  const quiet = () => settledWithoutPauses(test.db, isma.core, 1);
  const state = async () => (await test.db.query('select state from outbox where id = 1')).rows[0]?.state;
  const actions = async () =>
    (
      await test.db.query("select payload::jsonb ->> 'action' as action from audit_entry order by seq")
    ).rows.map((row) => row.action);

  it('sends what failed again, with a new life, and leaves a trace', async () => {
    let refused = true;
    await start({
      deliver: () =>
        refused ? Promise.reject(new UndeliverableError('no', 'message')) : Promise.resolve('receipt'),
    });
    await ask();
    refused = false;

    await test.db.transaction((tx) => resendDelivery(tx, 1, operator, false));
    await quiet();

    expect([await state(), answers()]).toEqual(['sent', ['hi', 'hi']]);
    expect(await actions()).toContain('delivery.resent');
    await expect(test.db.transaction((tx) => resendDelivery(tx, 1, operator, false))).rejects.toThrow(
      'Delivery 1 is sent',
    );
  });

  it('is told that what is unknown may be seen twice, and sends it only on their word', async () => {
    let lost = true;
    await start({
      deliver: ({ reply }) =>
        lost && reply.notice !== 'failed' ? Promise.reject(new Error('timeout')) : Promise.resolve('receipt'),
      lookUp: async () => 'cannot tell',
    });
    await ask();
    lost = false;

    await expect(test.db.transaction((tx) => resendDelivery(tx, 1, operator, false))).rejects.toThrow(
      'may have arrived',
    );
    expect([await state(), answers().length]).toEqual(['unknown', 1]);

    await test.db.transaction((tx) => resendDelivery(tx, 1, operator, true));
    await quiet();
    expect([await state(), answers().length]).toEqual(['sent', 2]);
    const ids = posts.filter(({ reply }) => reply.notice !== 'failed').map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('sends nothing a second time that the platform turns out to have', async () => {
    let away = true;
    await start({
      deliver: ({ reply }) =>
        reply.notice === 'failed' ? Promise.resolve('receipt') : Promise.reject(new Error('timeout')),
      lookUp: () => (away ? Promise.reject(new NotSentError('down')) : Promise.resolve({ found: true, receipt: 'found' })),
    });
    const id = await isma.receive(erin, 'hi');
    await skippingPauses(test.db, isma.core.settled(id ?? 0), () => test.db.query('update outbox set give_up_at = now() where id = 1'));
    expect(await state()).toBe('unknown');
    away = false;

    await test.db.transaction((tx) => resendDelivery(tx, 1, operator, true));
    await quiet();

    expect([await state(), answers()]).toEqual(['sent', ['hi']]);
  }); // prettier-ignore

  it('has a dead input run again, which is answered then', async () => {
    let broken = true;
    await start({}, ({ text }) => {
      if (broken) throw new Error('no');
      return [{ text: `At last: ${text}` }];
    });
    await ask();
    broken = false;
    await test.db.query("update inbox set fresh_since = now() - interval '2 days'");

    await test.db.transaction((tx) => runInputAgain(tx, 1, operator));
    await quiet();

    expect(answers()).toEqual(['At last: hi']);
    expect(await actions()).toContain('input.run_again');
    expect(await statusText(test.db)).toMatch(/Taken in: 1 done\nTo deliver: 2 sent/);
  });

  it('gives everything that failed or is dead a second try at once, and nothing that may have arrived', async () => {
    let broken = true;
    await start(
      {
        lookUp: async () => 'cannot tell',
        async deliver({ reply }) {
          if (broken && reply.text === 'refused') throw new UndeliverableError('no', 'message');
          if (broken && reply.text === 'lost') throw new Error('timeout');
          return 'receipt';
        },
      },
      ({ text }) => {
        if (broken && text === 'dead') throw new Error('no');
        return [{ text }];
      },
    );
    for (const text of ['refused', 'lost', 'dead']) await ask(text);
    broken = false;

    const taken = await test.db.transaction((tx) => resendAll(tx, operator, false));
    await isma.core.quiet();

    expect(taken).toEqual({ deliveries: 1, inputs: 1 });
    expect(answers()).toEqual(['refused', 'lost', 'refused', 'dead']);
  });

  it('cannot send words that are past their retention', async () => {
    await start({ deliver: () => Promise.reject(new UndeliverableError('no', 'message')) });
    await ask();
    await test.db.query(`update outbox set reply = '{"text": ""}'`);

    await expect(test.db.transaction((tx) => resendDelivery(tx, 1, operator, true))).rejects.toThrow(
      'past their retention',
    );
    await expect(test.db.transaction((tx) => resendDelivery(tx, 99, operator, true))).rejects.toThrow(
      'There is no delivery 99',
    );
  });
});
