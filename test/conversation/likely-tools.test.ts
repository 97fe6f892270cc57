/** Tools of a model call: those of rooms that are likely to be wanted, and a way to ask for the others. */
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Workflow } from '../../src/conversation/contract.ts';
import { createCore } from '../../src/conversation/core.ts';
import type { Core } from '../../src/conversation/port.ts';
import { Refusal } from '../../src/errors.ts';
import { people } from '../../src/app/app.ts';
import { createLanguageModel } from '../../src/model/language-model.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { envelope, givenPeople, patient, silentLog, today } from '../support/harness.ts';
import { testPort } from './core-harness.ts';
import { startModelServer, type Behaviour, type ModelServer } from '../support/model-server.ts';

const erin = 'erin@test.example';
const names = ['boats', 'kites', 'lamps', 'trams'] as const;
type Name = (typeof names)[number];

describeOnDatabases('a model call in a house of four rooms', (test) => {
  let model: ModelServer;
  let core: Core;
  let waiting: Name[];
  let delivered: string[];
  let count = 0;

  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    waiting = [];
    delivered = [];
    core = createCore({
      db: test.db,
      ports: [testPort(({ reply }) => delivered.push(reply.text))],
      people,
      workflows: names.map(room),
      answerer: {
        asksOutside: false,
        prepare: async (_context, { text }) => ({
          prompt: text,
          release: null,
          tell: async () => '',
          tools: [],
          finish: (said) => async () => [{ to: 'place', reply: { text: said } }],
          beside: (said) =>
            said.startsWith('Proven') ? async () => [{ to: 'place', reply: { text: said } }] : null,
          withoutModel: () => async () => [{ to: 'place', reply: { text: 'without a model' } }],
        }),
      },
      model: createLanguageModel({
        baseUrl: model.url, apiKey: 'test', model: 'scripted', fallbackModel: null, timeout: patient, idleTimeout: patient, inputPrice: 0, outputPrice: 0,
      }), // prettier-ignore
      budget: { tokensAPerson: 1_000_000, tokensInAll: 1_000_000 },
      modelTurnsAtOnce: 4,
      clock: () => today,
      log: silentLog,
      timing: { settling: 0 },
    });
    await core.start();
  });
  afterEach(() => core.stop());

  const room = (name: Name): Workflow => ({
    name,
    subject: `all about ${name}`,
    instructions: `Rules of ${name}.`,
    mayConcern: (text) => text.includes(name),
    waiting: async () => (waiting.includes(name) ? [{ text: `something of ${name}` }] : []),
    offer: { text: '', examples: [] },
    actions: { [`${name}.show`]: async () => [] },
    claim: async (_context, { text }) =>
      text === `card of ${name}`
        ? async () => [{ to: 'place', reply: { text, buttons: [{ id: `${name}.show?n=1`, label: 'Show' }] } }]
        : null,
    tools: [
      {
        name: `count_${name}`,
        description: `Counts ${name}.`,
        schema: z.object({ from: z.number().int() }),
        run:
          async (_context, { from }) =>
          async (tx) => {
            await tx.query("insert into setting (name, value) values ($1, '1')", [`${name}-${String(from)}`]);
            if (from === 13) throw new Refusal(`There are never 13 ${name}.`);
            return [{ to: 'place', reply: { text: `${String(from)} ${name}` } }];
          },
      },
    ],
  });

  /** @returns the rooms whose tools, and whose rules, each request told of */
  async function say(text: string, ...behaviours: Behaviour[]) {
    const begun = model.chatRequests.length;
    model.script((_request, n) => behaviours[n - begun] ?? { text: 'Said.' });
    const input = { kind: 'turn' as const, ...envelope(erin), text, attachments: [] };
    const id = await core.receive({
      platform: 'test',
      eventId: `event-${(count += 1)}`,
      raw: Buffer.from('{}'),
      read: () => input,
    });
    await core.settled(id ?? 0);
    return model.chatRequests.slice(begun).map(({ tools = [], messages }) => ({
      tools: tools.map((tool) => tool.function.name),
      rules: names.filter((name) => messages[0]?.content.includes(`Rules of ${name}.`)),
      more: JSON.stringify(tools.find((tool) => tool.function.name === 'more_tools') ?? null),
      told: messages.at(-1)?.content ?? '',
    }));
  }
  const call = (name: string, input: unknown): Behaviour => ({
    calls: [{ name, arguments: JSON.stringify(input) }],
  });

  it('has no tools of a room that nothing speaks for, but names them all, with what they are for', async () => {
    const [asked] = await say('May I take a drone to the warehouse?');

    expect(asked).toMatchObject({ tools: ['my_actions', 'more_tools'], rules: [] });
    for (const name of names) expect(asked?.more).toContain(`${name} (all about ${name})`);
  });

  it('has those of the room that the words speak of, or the card above, or where something waits, with their rules', async () => {
    const [byWords] = await say('how many boats are there');
    await say('card of kites');
    const [byCard] = await say('and how many of those');
    waiting = ['lamps'];
    const [byWork] = await say('they are ready now');
    const [byName] = await say('is something still missing?');
    const [byNothing] = await say('how many of them');

    expect(byWords).toMatchObject({ tools: ['my_actions', 'count_boats', 'more_tools'], rules: ['boats'] });
    expect(byCard).toMatchObject({ tools: ['my_actions', 'count_kites', 'more_tools'], rules: ['kites'] });
    for (const work of [byWork, byName])
      expect(work).toMatchObject({ tools: ['my_actions', 'count_lamps', 'more_tools'], rules: ['lamps'] });
    expect(byNothing).toMatchObject({ tools: ['my_actions', 'more_tools'], rules: [] });
  });

  it('has those of two rooms at most of which the words speak, else of one where something waits', async () => {
    waiting = [...names];

    const [waits] = await say('they are ready now');
    const [spoken] = await say('trams are ready, kites and boats too');

    expect(waits?.rules).toEqual(['boats']);
    expect(spoken?.rules).toEqual(['boats', 'kites']);
    expect(spoken?.more).not.toContain('all about boats');
  });

  it('that asks for a room has its rules as an answer, and its tools in the next step of the same turn', async () => {
    const [first, second] = await say(
      'how many are there',
      call('more_tools', { room: 'trams' }),
      call('count_trams', { from: 7 }),
    );

    expect(first?.tools).toEqual(['my_actions', 'more_tools']);
    expect(second?.tools).toEqual(['my_actions', 'count_trams', 'more_tools']);
    expect(second?.told).toBe('Rules of trams.');
    expect(delivered).toEqual(['7 trams']);
  });

  it('that asks for a room which there is not, or calls a tool that it was not told of, is answered all the same', async () => {
    const [, told] = await say('how many are there', call('more_tools', { room: 'planes' }));
    await say('how many are there', call('count_lamps', { from: 3 }));
    await say('how many are there', call('count_lamps', { from: 'three' }));

    expect(told?.told).toMatch(
      /^The call of more_tools does not fit \(room: Invalid option: .*\); nothing was done\.$/,
    );
    expect(delivered).toEqual(['Said.', '3 lamps', 'Said.']);
  });

  it('that calls several tools in one message gets a card for each, in its order, and each once', async () => {
    const both = { name: 'count_boats', arguments: '{"from":2}' };
    const asked = await say('boats and kites', {
      calls: [both, { name: 'count_kites', arguments: '{"from":5}' }, both],
    });

    expect(delivered).toEqual(['2 boats', '5 kites']);
    expect(asked).toHaveLength(1);
  });

  it('that is refused one of several cards keeps the others, and nothing of the one that was refused', async () => {
    await say('boats and kites', {
      calls: [
        { name: 'count_boats', arguments: '{"from":13}' },
        { name: 'count_kites', arguments: '{"from":5}' },
      ],
    });

    expect(delivered).toEqual(['There are never 13 boats.', '5 kites']);
    const { rows } = await test.db.query("select name from setting where name like '%-%'");
    expect(rows).toEqual([{ name: 'kites-5' }]);
  });

  it('says what it wrote beside a call above the card, where that is proven', async () => {
    await say('a question, and boats', {
      text: 'Proven words.',
      calls: [{ name: 'count_boats', arguments: '{"from":2}' }],
    });
    await say('a question, and kites', {
      text: 'Invented.',
      calls: [{ name: 'count_kites', arguments: '{"from":3}' }],
    });

    expect(delivered).toEqual(['Proven words.', '2 boats', '3 kites']);
  });

  it('that still has something to read goes on after a card, and both are said', async () => {
    const asked = await say(
      'boats and a question',
      {
        calls: [
          { name: 'count_boats', arguments: '{"from":2}' },
          { name: 'more_tools', arguments: '{"room":"trams"}' },
        ],
      },
      { text: 'Proven, all about trams.' },
    );

    expect(delivered).toEqual(['Proven, all about trams.', '2 boats']);
    expect(asked).toHaveLength(2);
  });

  it('that fails after a card leaves the card', async () => {
    await say(
      'boats and a question',
      {
        calls: [
          { name: 'count_boats', arguments: '{"from":2}' },
          { name: 'more_tools', arguments: '{"room":"trams"}' },
        ],
      },
      { status: 400 },
    );

    expect(delivered).toEqual(['2 boats']);
  });
});
