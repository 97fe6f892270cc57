/** What pressing a button does to its card, who sees it, and what a dialog that waits is given. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Addressed, Workflow } from '../../src/conversation/contract.ts';
import { forgetMessages } from '../../src/conversation/retention.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, envelope } from '../support/harness.ts';
import { createScriptedCore, settledWithoutPauses, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
const card = {
  text: 'An answer.',
  facts: [{ label: 'Reference', value: 'Q-1' }],
  buttons: [
    { id: 'test.note?n=1', label: 'Note it' },
    { id: 'test.other?n=1', label: 'Other' },
  ],
};

describeOnDatabases('a button', (test) => {
  let isma: ScriptedCore;
  let says: Addressed[];

  beforeEach(async () => {
    says = [{ to: 'asker', reply: { text: 'Noted.' }, settles: ['test.note'] }];
    const actions: Workflow['actions'] = { 'test.note': async () => says };
    isma = createScriptedCore({ db: test.db, onTurn: () => [card], actions });
    await isma.core.start();
  });
  afterEach(() => isma.core.stop());

  async function given(channel?: string): Promise<string> {
    const input = { kind: 'turn' as const, ...envelope(erin, channel), text: 'a question', attachments: [] };
    await settledWithoutPauses(test.db, isma.core, await isma.send(input));
    return `receipt-${isma.delivered[0]?.id}`;
  }
  async function press(by: string, receipt: string | null, channel?: string) {
    const input = { kind: 'action' as const, ...envelope(by, channel), id: 'test.note?n=1', fields: {} };
    await settledWithoutPauses(test.db, isma.core, await isma.send({ ...input, card: receipt }));
    return isma.delivered.slice(1);
  }

  it('settles its card: the text stays, its own buttons go, and a note says what happened', async () => {
    const receipt = await given();

    const after = await press(erin, receipt);

    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ edits: receipt, address: directAddress(erin), ephemeralTo: null });
    expect(after[0]?.reply).toMatchObject({ text: 'An answer.', facts: card.facts, note: 'Noted.' });
    expect(after[0]?.reply.buttons.map((button) => button.label)).toEqual(['Other']);
    expect((await isma.core.shown('test', directAddress(erin), receipt))?.note).toBe('Noted.');
  });

  it('pressed again edits the card as it is by now', async () => {
    const receipt = await given();
    await press(erin, receipt);
    says = [{ to: 'asker', reply: { text: 'Noted again.' }, settles: ['test.other'] }];

    const after = await press(erin, receipt);

    expect(after[1]?.edits).toBe(receipt);
    expect(after[1]?.reply).toMatchObject({ text: 'An answer.', note: 'Noted again.', buttons: [] });
  });

  it('of a card that is not there any more is answered with a message', async () => {
    await given();

    const after = await press(erin, 'receipt-of-nothing');

    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ edits: null, reply: { text: 'Noted.' } });
  });

  it('of a card whose words we have forgotten leaves the card as it is', async () => {
    const receipt = await given();
    await test.db.transaction((tx) => forgetMessages(tx, new Date(Date.now() + 1_000)));

    const after = await press(erin, receipt);

    expect(after).toMatchObject([{ edits: null, reply: { text: 'Noted.' } }]);
  });

  it('of a card in another conversation cannot edit it', async () => {
    const receipt = await given('general');

    const after = await press(erin, receipt);

    expect(after[0]).toMatchObject({ edits: null, address: directAddress(erin) });
  });

  it('in a channel whispers what is for the one who pressed, and leaves the card to the others', async () => {
    const receipt = await given('general');

    const after = await press(hanna, receipt, 'general');

    expect(after).toMatchObject([
      { address: 'test:channel:general', ephemeralTo: hanna, edits: null, reply: { text: 'Noted.' } },
    ]);
  });

  it('in a channel edits the card where what happened concerns everybody', async () => {
    const receipt = await given('general');
    says = [{ to: 'place', reply: { text: 'Hugo was asked.' }, settles: ['test.note'] }];

    const after = await press(erin, receipt, 'general');

    expect(after).toMatchObject([{ edits: receipt, ephemeralTo: null, reply: { note: 'Hugo was asked.' } }]);
  });

  it('can put a new card in the place of the old one', async () => {
    const receipt = await given();
    says = [{ to: 'asker', reply: { text: 'A new card.' }, replacesCard: true }];

    const after = await press(erin, receipt);

    expect(after).toMatchObject([{ edits: receipt, reply: { text: 'A new card.', facts: [], note: null } }]);
  });

  it('whose answer is waited for in a dialog is answered there, and nothing is posted', async () => {
    const receipt = await given();
    says = [{ to: 'asker', reply: { text: 'Fill it in again.' } }];
    const taken: string[] = [];
    const input = {
      kind: 'action' as const,
      ...envelope(erin),
      id: 'test.note?n=1',
      fields: {},
      card: receipt,
    };

    const id = await isma.send(input, 'dialog', ({ reply }) => taken.push(reply.text) > 0);
    await isma.core.settled(id ?? 0);

    expect(taken).toEqual(['Fill it in again.']);
    expect(isma.delivered).toHaveLength(1);
    expect((await test.db.query('select state from outbox')).rows).toEqual([
      { state: 'sent' },
      { state: 'sent' },
    ]);
  });

  it('whose dialog has gone is answered with a message', async () => {
    await given();
    says = [{ to: 'asker', reply: { text: 'Too late for the dialog.' } }];
    const input = { kind: 'action' as const, ...envelope(erin), id: 'test.note?n=1', fields: {} };

    const id = await isma.send(input, 'dialog', () => {
      throw new Error('never asked');
    });
    isma.core.release(id ?? 0);
    await settledWithoutPauses(test.db, isma.core, id);

    expect(isma.delivered.at(-1)?.reply.text).toBe('Too late for the dialog.');
  });

  it('gives its delivery the door’s own notes, and a message to another person none of them', async () => {
    const before = await given();
    says = [
      { to: 'asker', reply: { text: 'Here.' } },
      { to: { personId: 1 }, reply: { text: 'There.' } },
    ];
    const input = { kind: 'action' as const, ...envelope(erin), id: 'test.note', fields: {}, card: before };

    const id = await isma.send({ ...input, via: { thread: '17' } });
    await settledWithoutPauses(test.db, isma.core, id);

    expect(isma.delivered.slice(1).map(({ reply, via }) => [reply.text, via])).toEqual([
      ['Here.', { thread: '17' }],
      ['There.', {}],
    ]);
  });
});
