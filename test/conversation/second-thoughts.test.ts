/** Fault 27 and its like: a message that is deleted or edited before, while and after it is answered. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, envelope } from '../support/harness.ts';
import { createScriptedCore, settledWithoutPauses, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';
const answer = (text: string) => ({ text: `Answer to: ${text}`, notice: 'not-covered' as const });

describeOnDatabases('a message that its author', (test) => {
  let isma: ScriptedCore;
  let ran: string[];
  /** Opened by a turn that has begun; `go` lets it end. */
  let begun: Promise<void>;
  let go: () => void;

  beforeEach(async () => {
    ran = [];
    let gate: Promise<void> = Promise.resolve();
    go = () => {};
    begun = new Promise((resolveBegun) => {
      isma = createScriptedCore({
        db: test.db,
        async onTurn({ text }) {
          ran.push(text);
          if (text.startsWith('slow')) {
            gate = new Promise((resolve) => (go = resolve));
            resolveBegun();
            await gate;
          }
          return [text === 'ok' ? { text: 'Good.' } : answer(text)];
        },
      });
    });
    await isma.core.start();
  });
  afterEach(async () => {
    go();
    await isma.core.stop();
  });

  const turn = (text: string, revision: string | null = null, messageId = 'M1') => ({
    kind: 'turn' as const,
    ...envelope(erin),
    text,
    attachments: [],
    messageId,
    revision,
  });
  const retraction = (messageId = 'M1') => ({
    kind: 'retraction' as const,
    place: envelope(erin).place,
    messageId,
  });
  const texts = () => isma.delivered.map((delivery) => delivery.reply.text);
  const whole = async () => {
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    const { rows } = await test.db.query("select from inbox where state not in ('done', 'dead')");
    expect(rows).toEqual([]);
  };

  it('deletes while it is answered is not answered', async () => {
    const id = await isma.send(turn('slow question'));
    await begun;

    await isma.send(retraction());
    go();
    await settledWithoutPauses(test.db, isma.core, id);
    await isma.core.quiet();

    expect(texts()).toEqual([]);
    await whole();
  });

  it('deletes after it was answered keeps its answer', async () => {
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('question')));

    await isma.send(retraction());
    await isma.core.quiet();

    expect(texts()).toEqual(['Answer to: question']);
    await whole();
  });

  it('edits while it is answered is answered once, in its newest words', async () => {
    await isma.send(turn('slow qestion'));
    await begun;

    const id = await isma.send(turn('question', '2'));
    go();
    await settledWithoutPauses(test.db, isma.core, id);
    await isma.core.quiet();

    expect(texts()).toEqual(['Answer to: question']);
    expect(isma.delivered[0]?.edits).toBeNull();
    await whole();
  });

  it('edits after it was answered has its answer edited, and no second one', async () => {
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('qestion')));
    const receipt = `receipt-${isma.delivered[0]?.id}`;

    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('question', '2')));
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('my question', '3')));

    expect(texts()).toEqual(['Answer to: qestion', 'Answer to: question', 'Answer to: my question']);
    expect(isma.delivered.map((delivery) => delivery.edits)).toEqual([null, receipt, receipt]);
    expect((await isma.core.shown('test', directAddress(erin), receipt))?.text).toBe(
      'Answer to: my question',
    );
    await whole();
  });

  it('edits when it was no question is left as it was', async () => {
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('ok')));

    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('ok then', '2')));

    expect(ran).toEqual(['ok']);
    expect(texts()).toEqual(['Good.']);
    await whole();
  });

  it('sends is one turn, whichever events bring it (fault 2)', async () => {
    const ids = await Promise.all([
      isma.send(turn('question'), 'event of the message'),
      isma.send(turn('question'), 'event of the mention'),
    ]);
    await isma.core.quiet();

    expect(ids.filter((id) => id !== null)).toHaveLength(1);
    expect(texts()).toEqual(['Answer to: question']);
    await whole();
  });

  it('edits is one more turn, however often the edit is delivered', async () => {
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('question')));

    await isma.send(turn('another', '2'), 'first delivery');
    await isma.send(turn('another', '2'), 'second delivery');
    await isma.core.quiet();

    expect(ran).toEqual(['question', 'another']);
  });

  it('answers a message of ours with is read with what caused that message, wherever it stands', async () => {
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('first', null, 'M1')));
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('second', null, 'M2')));
    const causes: (number | null)[] = [];
    await isma.core.stop();
    isma = createScriptedCore({
      db: test.db,
      onTurn: () => [],
      seen: (context) => causes.push(context.repliesTo),
    });
    await isma.core.start();
    const { rows } = await test.db.query('select receipt from outbox order by id');

    const under = { ...turn('yes', null, 'M3'), inReplyTo: String(rows[0]?.receipt) };
    await settledWithoutPauses(test.db, isma.core, await isma.send(under, 'under'));
    await settledWithoutPauses(test.db, isma.core, await isma.send(turn('no', null, 'M4'), 'plain'));

    expect(causes).toEqual([1, 2]);
  });
});
