/** «What waits for me»: one list, gathered over all rooms, wherever it is asked for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context, WaitingItem, Workflow } from '../../src/conversation/contract.ts';
import { asksWhatWaits, gatherWaiting } from '../../src/conversation/waiting.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, startHarness, type Harness, type Said } from '../support/harness.ts';
import { startModelServer } from '../support/model-server.ts';
import {
  givenAction,
  givenNonconformity,
  givenStaff,
  mail,
} from '../workflows/corrective-actions/given-records.ts';

describe('what waits for a person', () => {
  const room = (name: string, ...items: WaitingItem[]): Workflow => ({
    name,
    actions: {},
    tools: [],
    offer: { text: '', examples: [] },
    waiting: async () => items,
  });
  const gathered = (...rooms: Workflow[]) => gatherWaiting({ person: { locale: 'en-GB' } } as Context, rooms);

  it('is asked for in four languages', () => {
    for (const text of [
      "what's on my plate?",
      'my actions',
      'actions',
      'was muss ich tun?',
      'mes actions',
      'mis acciones',
      'Hi Isma, what is on my plate',
    ])
      expect(asksWhatWaits(text), text).toBe(true);
    for (const text of [
      'what is my list of duties when I leave?',
      'list the actions',
      'hello',
      '',
      'my '.repeat(200),
    ])
      expect(asksWhatWaits(text), text).toBe(false);
  });

  it('has what is overdue first, whosever room it is of, and else the rooms in their order', async () => {
    const { count, items } = await gathered(
      room('answers', { text: 'a question' }),
      room('actions', { text: 'late', overdue: true }, { text: 'soon' }),
      { ...room('none'), waiting: undefined },
    );

    expect(count).toBe(3);
    expect(items).toEqual([{ text: 'late' }, { text: 'a question' }, { text: 'soon' }]);
  });

  it('of very many things is the most urgent, and how many more there are', async () => {
    const many = Array.from({ length: 15 }, (_value, at) => ({ text: `thing ${at}` }));

    const { count, items } = await gathered(room('one', ...many), room('other', ...many));

    expect(count).toBe(30);
    expect(items).toHaveLength(21);
    expect(items.at(-1)?.text).toBe('And 10 more, less urgent.');
  });
});

describeOnDatabases('what waits for Ines in two rooms', (test) => {
  let isma: Harness;
  const question = 'may I take a drone to the warehouse?';
  const ines = mail('ines');

  beforeEach(async () => {
    const ids = await givenStaff(test.db);
    const nonconformity_id = await givenNonconformity(test.db, {
      reference: 'NC-2026-004',
      owner_id: ids.hugo,
      state: 'action_planned',
    });
    await givenAction(test.db, { reference: 'CA-2026-012', nonconformity_id, owner_id: ids.ines, due_on: '2026-11-20', description: 'Patch the firewalls' }); // prettier-ignore
    isma = await startHarness({ db: test.db });
    const [refused] = await isma.say(mail('erin'), question);
    await isma.press(
      mail('erin'),
      refused?.reply.buttons.find(({ label }) => label === 'Ask Ines Isms')?.id ?? '',
    );
  });
  afterEach(() => isma.stop());

  const toInes = (said: Said[]) =>
    said.filter(({ address }) => address === directAddress(ines)).map(({ reply }) => reply);
  const linesOf = (said: Said[]) => toInes(said)[0]?.items.map(({ text, detail }) => [text, detail]);
  const pressOn = (list: Said[], label: string) =>
    isma.press(ines, toInes(list)[0]?.items.find(({ button }) => button?.label === label)?.button?.id ?? '');
  const list = () => isma.say(ines, "what's on my plate?");

  it('is the same list in Home, at the head of help and for «what is on my plate?», which answers no question that was asked before', async () => {
    const asked = await list();
    const help = await isma.say(ines, 'help');
    const home = await isma.press(ines, 'home');

    expect(linesOf(asked)).toEqual([
      ['CA-2026-012 · Patch the firewalls', '4 days overdue · accepted'],
      [`Erin Employee asks: «${question}»`, expect.stringContaining('Q-2026-001 · since') as unknown],
    ]);
    expect(linesOf(help)?.slice(0, 2)).toEqual(linesOf(asked)); // then what else there is
    expect(linesOf(home)?.[0]).toEqual([expect.stringContaining('Not yet for Stage 2'), null]);
    expect(linesOf(home)?.slice(1)).toEqual(linesOf(asked));
    expect(toInes(asked)[0]?.text).toBe('2 things wait for you, the most urgent first:');
    expect(toInes(help)[0]?.text).toContain('\n2 things wait for you:');
    expect((await test.db.query('select state from open_question')).rows).toEqual([{ state: 'routed' }]);
  });

  it('is told to the one who asks alone, in a channel', async () => {
    const said = await isma.say(ines, "what's on my plate?", { channel: 'general' });

    expect(linesOf(said)).toHaveLength(2);
    expect(said.filter(({ address }) => address.includes('general')).map(({ reply }) => [reply.notice, reply.items])).toEqual([['private', []]]); // prettier-ignore
  });

  it('is shorter in its place once something was done on it, in whichever room, errors on the way included', async () => {
    const form = await pressOn(await list(), 'Answer');
    const formId = toInes(form)[0]?.form?.id ?? '';
    const wrong = await isma.press(ines, formId, { answer: ' ', keep: 'everyone' });
    const sent = await isma.press(ines, toInes(wrong)[0]?.form?.id ?? '', {
      answer: 'Yes.',
      keep: 'everyone',
    });
    const update = await pressOn(sent, 'Update');
    const saved = await isma.press(ines, toInes(update)[0]?.form?.id ?? '', {
      move: 'start',
      progress: '10',
    });

    expect(toInes(wrong)[0]?.form?.fields[0]?.error).toBe('Write the answer here.');
    expect(toInes(sent).map(({ text }) => text.split('.')[0])).toEqual([
      'One thing waits for you:',
      'Sent to Erin Employee',
    ]);
    expect(toInes(sent)[1]?.buttons.map(({ label }) => label)).toContain('No change needed');
    expect(linesOf(saved)).toEqual([['CA-2026-012 · Patch the firewalls', '4 days overdue · 10 %']]);
    expect(toInes(saved)).toMatchObject([
      { text: 'One thing waits for you:', note: expect.stringContaining('10 %') as unknown },
    ]);
  });

  it('is shown by a model that was asked for it in other words', async () => {
    const model = await startModelServer();
    model.script(() => ({ calls: [{ name: 'my_actions', arguments: '{}' }] }));
    await isma.stop();
    isma = await startHarness({ db: test.db, modelServer: model });

    const said = await isma.say(ines, 'I have an hour left before I go home, anything useful?', {
      eventId: 'later',
    });

    expect(linesOf(said)).toHaveLength(2);
    await model.close();
  });
});
