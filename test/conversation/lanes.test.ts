/** What needs no model never waits for one, and people take turns with each other for it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { people } from '../../src/app/app.ts';
import { actionId, type Addressed, type InputParts, type Turn } from '../../src/conversation/contract.ts';
import { createCore } from '../../src/conversation/core.ts';
import type { Core, CoreOptions } from '../../src/conversation/port.ts';
import { needLane } from '../../src/conversation/lanes.ts';
import type { Port } from '../../src/conversation/port.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { envelope, silentLog, today } from '../support/harness.ts';
import { testPort } from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
/** Long enough for everything that does not wait; nothing depends on it but the time that a failing test takes. */
const soon = { timeout: 600_000, interval: 10 };

/** A model that answers a question once the test lets it. */
function createHeldModel() {
  const asked: string[] = [];
  let open: { question: string; answer: () => void }[] = [];
  const model: LanguageModel = {
    name: 'held',
    complete: () => Promise.reject(new Error('nobody asks for that')),
    converse: ({ messages }) =>
      new Promise((resolve) => {
        const question = messages.at(-1)?.content ?? '';
        asked.push(question);
        const usage = { model: 'held', calls: 1, inputTokens: 1, outputTokens: 1, cost: 0 };
        open.push({ question, answer: () => resolve({ text: `answer to ${question}`, usage }) });
      }),
  };
  return {
    model,
    /** Questions that the model was asked, in order. */
    asked,
    answer(asked: string) {
      for (const { answer } of open.filter(({ question }) => question === asked)) answer();
      open = open.filter(({ question }) => question !== asked);
    },
    answerAll() {
      for (const { answer } of open.splice(0)) answer();
    },
  };
}

describeOnDatabases('what waits for a model', (test) => {
  let held: ReturnType<typeof createHeldModel>;
  let cores: Core[];
  let said: string[];
  let count: number;

  beforeEach(() => {
    held = createHeldModel();
    cores = [];
    said = [];
    count = 0;
  });
  afterEach(async () => {
    const answering = setInterval(() => held.answerAll(), 10);
    await Promise.all(cores.map((core) => core.stop()));
    clearInterval(answering);
  });

  async function start(
    modelTurnsAtOnce: number,
    rest: Partial<CoreOptions> & { port?: Partial<Port> } = {},
  ): Promise<Core> {
    const core = createCore({
      db: test.db,
      ports: [testPort(({ reply }) => said.push(reply.text), rest.port)],
      people,
      workflows: [
        {
          name: 'scripted',
          actions: { 'scripted.press': async () => saying('pressed') },
          tools: [],
          offer: { text: 'Ask me.', examples: ['What?'] },
          async claim(context, turn) {
            if (turn.text.startsWith('file')) {
              needLane(context, 'outside');
              held.asked.push(turn.text);
              while (!said.includes('pressed')) await pause(5);
            }
            return /^(command|file)/.test(turn.text) ? async () => saying(turn.text) : null;
          },
        },
      ],
      answerer: {
        asksOutside: false,
        prepare: async (_context, { text }) => ({
          prompt: text,
          release: null,
          tell: async () => '',
          tools: [],
          finish: (written) => async () => saying(written),
          beside: () => null,
          withoutModel: (notice) => async () => saying(`${text}: ${notice}`),
        }),
      },
      model: held.model,
      budget: { tokensAPerson: 1_000_000, tokensInAll: 1_000_000 },
      modelTurnsAtOnce,
      clock: () => today,
      log: silentLog,
      ...rest,
    });
    await core.start();
    cores.push(core);
    return core;
  }

  const personIn = (question: string) => /^\w+/.exec(question)?.[0];
  const saying = (text: string): Addressed[] => [{ to: 'place', reply: { text } }];
  const send = (core: Core, input: InputParts) =>
    core.receive({
      platform: 'test',
      eventId: `event-${(count += 1)}`,
      raw: Buffer.from('{}'),
      read: () => input,
    });
  const ask = (core: Core, email: string, text: string, rest: { channel?: string } & Partial<Turn> = {}) => {
    const { channel, ...parts } = rest;
    return send(core, { kind: 'turn', ...envelope(email, channel), text, attachments: [], ...parts });
  };
  const press = (core: Core, email: string) =>
    send(core, { kind: 'action', ...envelope(email), id: actionId('scripted.press'), fields: {} });
  const inbox = async () =>
    (await test.db.query('select state, failures, cut_offs, lane, problem from inbox order by id')).rows;

  it('holds up no button and no command, of nobody, however many wait', async () => {
    const core = await start(2);
    for (const email of [erin, hanna, 'a@test.example', 'b@test.example', 'c@test.example', 'd@test.example'])
      await ask(core, email, `question of ${email}?`);
    await vi.waitFor(() => expect(held.asked).toHaveLength(2), soon);

    await press(core, erin);
    await ask(core, erin, 'command');
    await ask(core, 'z@test.example', 'command of another');
    await vi.waitFor(() => expect(said).toHaveLength(3), soon);

    expect(said.toSorted()).toEqual(['command', 'command of another', 'pressed']);
    expect(said.indexOf('pressed')).toBeLessThan(said.indexOf('command'));
    expect(held.asked).toHaveLength(2);
  });

  it('is as many at once as the setting says, and all of it is answered', async () => {
    const core = await start(3);
    for (let index = 0; index < 5; index += 1) await ask(core, `p${index}@test.example`, `q${index}?`);
    await vi.waitFor(() => expect(held.asked).toHaveLength(3), soon);
    await press(core, erin);
    await vi.waitFor(() => expect(said).toEqual(['pressed']), soon);
    expect(held.asked).toHaveLength(3);

    held.answer(held.asked[1] ?? '');
    await vi.waitFor(() => expect(held.asked).toHaveLength(4), soon);
    held.answerAll();
    await vi.waitFor(() => expect(held.asked).toHaveLength(5), soon);
    held.answerAll();
    await core.quiet();

    expect(said.toSorted()).toEqual(['answer to q0?', 'answer to q1?', 'answer to q2?', 'answer to q3?', 'answer to q4?', 'pressed']);
    expect(await inbox()).toEqual([
      ...Array.from({ length: 5 }, () => ({ state: 'done', failures: 0, cut_offs: 0, lane: 'model', problem: null })),
      { state: 'done', failures: 0, cut_offs: 0, lane: 'quick', problem: null },
    ]);
  }); // prettier-ignore

  it('goes by turns of people: who asks in forty threads keeps nobody waiting', async () => {
    const core = await start(1);
    for (let thread = 0; thread < 40; thread += 1)
      await ask(core, erin, `erin ${thread}?`, { channel: `t${thread}` });
    await vi.waitFor(() => expect(held.asked).toHaveLength(1), soon);
    await ask(core, hanna, 'hanna 0?', { channel: 'h0' });
    await ask(core, hanna, 'hanna 1?', { channel: 'h1' });
    await press(core, hanna);
    await vi.waitFor(() => expect(said).toEqual(['pressed']), soon);
    await allInLane(42);

    for (let turn = 0; turn < 4; turn += 1) {
      held.answerAll();
      await vi.waitFor(() => expect(held.asked).toHaveLength(turn + 2), soon);
    }

    expect(held.asked.map(personIn)).toEqual(['erin', 'hanna', 'erin', 'hanna', 'erin']);
  });

  it('leaves room for others even while nobody else asks', async () => {
    const core = await start(6);
    for (let thread = 0; thread < 10; thread += 1)
      await ask(core, erin, `erin ${thread}?`, { channel: `t${thread}` });
    await allInLane(10);
    await vi.waitFor(() => expect(held.asked).toHaveLength(2), soon);

    await ask(core, hanna, 'hanna?');
    await vi.waitFor(() => expect(held.asked).toContain('hanna?'), soon);

    expect(held.asked.map(personIn)).toEqual(['erin', 'erin', 'hanna']);
  });

  it('keeps its order in one conversation, and a command between overtakes', async () => {
    const core = await start(4);
    await ask(core, erin, 'first?');
    await ask(core, erin, 'second?');
    await ask(core, erin, 'command');
    await vi.waitFor(() => expect(said).toEqual(['command']), soon);
    expect(held.asked).toEqual(['first?']);

    held.answer('first?');
    await vi.waitFor(() => expect(held.asked).toEqual(['first?', 'second?']), soon);
    held.answer('second?');
    await core.quiet();

    expect(said).toEqual(['command', 'answer to first?', 'answer to second?']);
  });

  it('is not answered once its author took it back, whether it waits or runs', async () => {
    const core = await start(1);
    await ask(core, erin, 'runs?', { channel: 'a', messageId: 'm1' });
    await vi.waitFor(() => expect(held.asked).toEqual(['runs?']), soon);
    await ask(core, hanna, 'waits?', { channel: 'b', messageId: 'm2' });
    await allInLane(2);

    for (const messageId of ['m1', 'm2'])
      await send(core, { kind: 'retraction', place: envelope(erin).place, messageId });
    held.answerAll();
    await ask(core, 'x@test.example', 'last?');
    await vi.waitFor(() => expect(held.asked).toEqual(['runs?', 'last?']), soon);
    held.answerAll();
    await core.quiet();

    expect(said).toEqual(['answer to last?']);
    expect((await inbox()).map(({ state, problem }) => [state, problem])).toEqual([
      ['done', 'withdrawn by its author'], ['done', 'withdrawn by its author'], ['done', null]]);
  }); // prettier-ignore

  it('is not what a budget that is used up waits for', async () => {
    const core = await start(1);
    await ask(core, hanna, 'hanna?');
    await vi.waitFor(() => expect(held.asked).toEqual(['hanna?']), soon);
    await ask(core, erin, 'command');
    await core.settled(2);
    await test.db.query(
      `insert into model_use (person_id, used_on, model, calls, input_tokens, output_tokens, cost)
       select id, $1, 'held', 1, 1000000, 0, 0 from person where email = $2`,
      [today.toISOString().slice(0, 10), erin],
    );

    await ask(core, erin, 'erin?');
    await vi.waitFor(() => expect(said).toEqual(['command', 'erin?: budget']), soon);
  });

  it('is apart from what waits for a file, and neither is waited for by a button', async () => {
    const core = await start(1);
    await ask(core, hanna, 'hanna?');
    await ask(core, erin, 'file 1');
    await ask(core, erin, 'file 2', { channel: 'a' });
    await vi.waitFor(() => expect(held.asked.toSorted()).toEqual(['file 1', 'file 2', 'hanna?']), soon);

    await press(core, erin);
    await vi.waitFor(() => expect(said).toHaveLength(3), soon);

    expect(said[0]).toBe('pressed');
    expect((await inbox()).map(({ lane }) => lane)).toEqual(['model', 'outside', 'outside', 'quick']);
  });

  it('is apart from a platform that takes its time to say whether somebody is still a colleague', async () => {
    const looked: string[] = [];
    const core = await start(1, {
      people: {
        ...people,
        standing: (_tx, { user }) => Promise.resolve(user === hanna ? 'known' : 'look-again'),
      },
      port: {
        async profile({ user }) {
          looked.push(user);
          while (!said.includes('pressed')) await pause(5);
          return { name: null, email: null, timeZone: null, locale: null, colleague: true };
        },
      },
    });
    await introduce(erin, hanna, ...'abcdef');
    for (const user of [erin, ...'abcdef']) await ask(core, user, `command of ${user}`);
    await vi.waitFor(() => expect(looked.length).toBeGreaterThan(3), soon);

    await press(core, hanna);
    await core.quiet();

    expect(said[0]).toBe('pressed');
    expect(said).toHaveLength(8);
    expect((await inbox()).map(({ lane, failures }) => [lane, failures])).toEqual([
      ...Array.from({ length: 7 }, () => ['outside', 0]), ['quick', 0]]);
  }); // prettier-ignore

  it('is taken over from a process that died by another, which runs it there', async () => {
    const first = await start(1);
    await ask(first, erin, 'erin?');
    await vi.waitFor(() => expect(held.asked).toEqual(['erin?']), soon);
    const second = await start(1);

    await test.db.query("update inbox set lease_until = now() - interval '1 second'");
    await vi.waitFor(() => expect(held.asked).toEqual(['erin?', 'erin?']), soon);
    held.answerAll();
    await second.quiet();

    expect(said).toEqual(['answer to erin?']);
    expect(await inbox()).toEqual([
      { state: 'done', failures: 0, cut_offs: 1, lane: 'model', problem: null },
    ]);
  });

  /** People whom the platform has named to us before. */
  async function introduce(...users: string[]): Promise<void> {
    for (const user of users) await people.resolve(test.db, envelope(user).sender, today);
  }

  /** Waits until everything was seen to need the model. */
  async function allInLane(inputs: number): Promise<void> {
    await vi.waitFor(async () => {
      const waiting = (await inbox()).filter(({ lane }) => lane === 'model');
      expect(waiting).toHaveLength(inputs);
    }, soon);
  }
});
