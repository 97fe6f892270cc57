/** Faults 24 and 25: whatever the model does, there is one honest message, few requests and no write; and all else goes on. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople, startHarness, today, type Harness } from '../support/harness.ts';
import { startModelServer, type Behaviour, type ModelServer } from '../support/model-server.ts';
import { answerFromPassages, lostDevicePolicy, modelAnswer, question } from './doors.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
const hugo = 'hugo@test.example';

const call = (name: string, input: unknown) => ({
  name,
  arguments: typeof input === 'string' ? input : JSON.stringify(input),
});
const search = (query: string) => call('search_policies', { query });

/** What the endpoint does, how often it may be asked, and what the person is told. */
const faults: [string, Behaviour, number, 'model-down' | 'unverified'][] = [
  ['says 401', { status: 401 }, 1, 'model-down'],
  ['says 429, come back in a minute', { status: 429, retryAfter: 60 }, 3, 'model-down'],
  ['says 500', { status: 500 }, 3, 'model-down'],
  ['says nothing', { silence: true }, 1, 'model-down'],
  [
    'dies in the middle of its stream',
    { text: 'Report it to the service desk within 24 hours [1]. Then', diesAfter: 6 },
    3,
    'model-down',
  ],
  ['writes nothing', { text: '' }, 3, 'unverified'],
  ['calls a tool with broken JSON', { calls: [call('search_policies', '{"query": "lost')] }, 3, 'unverified'],
  ['calls a tool that there is not', { calls: [call('delete_everything', {})] }, 3, 'unverified'],
  [
    'calls a tool with wrong types',
    { calls: [call('search_policies', { query: { $ne: null } })] },
    3,
    'unverified',
  ],
  ['calls a tool without what it needs', { calls: [call('ask_policy_owner', {})] }, 3, 'unverified'],
  [
    'names another person in a call that has no such parameter',
    { calls: [call('search_policies', { query: 'lost laptop', person: 'ines@test.example', id: 1 })] },
    3,
    'unverified',
  ],
  [
    'calls tools 50 times in one turn',
    { calls: Array.from({ length: 50 }, (_value, index) => search(`laptop ${index}`)) },
    3,
    'unverified',
  ],
  [
    'calls the same tool twice with the same words, for ever',
    { calls: [search('laptop'), search('laptop')] },
    3,
    'unverified',
  ],
];

/** What only a limit of time ends. */
const isEndless = (behaviour: Behaviour) => 'silence' in behaviour || 'retryAfter' in behaviour;

describeOnDatabases('a model that fails', (test) => {
  let model: ModelServer;
  let isma: Harness;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
    model = await startModelServer();
    model.script(answerFromPassages);
    isma = await startHarness({ db: test.db, modelServer: model });
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });

  async function written(): Promise<Record<string, unknown>> {
    const { rows } = await test.db.query(
      `select (select count(*) from answer)::integer as answers, (select count(*) from open_question)::integer as questions,
         (select count(*) from answer_feedback)::integer as feedback, (select count(*) from document)::integer as documents,
         (select array_agg(distinct payload::json ->> 'action' order by payload::json ->> 'action') from audit_entry where seq > 5) as audited`,
    );
    return rows[0] ?? {};
  }

  it.each(faults)(
    'that %s is asked a few times at most; the passages answer, and nothing is written but that answer',
    async (_name, behaviour, mostRequests, notice) => {
      model.script(() => behaviour);
      if (isEndless(behaviour)) {
        await isma.stop();
        isma = await startHarness({ db: test.db, modelServer: model, idleTimeout: 500, timeout: 8_000 });
      }

      const said = await isma.say(erin, question);

      expect(said).toHaveLength(1);
      expect(said[0]?.reply).toMatchObject({ notice, citations: [{ section: '3' }] });
      expect(said[0]?.reply.text).toContain('within 24 hours');
      expect(model.chatRequests.length).toBeGreaterThan(0);
      expect(model.chatRequests.length).toBeLessThanOrEqual(mostRequests);
      expect(await written()).toMatchObject({ answers: 1, questions: 0, feedback: 0, documents: 1 });
      expect((await written()).audited).toEqual(['identity.bound']);
    },
  );

  it('because nobody listens there is told from the passages at once', async () => {
    await model.close();

    const said = await isma.say(erin, question);

    expect(said).toHaveLength(1);
    expect(said[0]?.reply).toMatchObject({ notice: 'model-down', citations: [{ section: '3' }] });
  });

  it('is told what was wrong with its call, with nothing of our code, and may still answer', async () => {
    model.script((request, n) =>
      n === 0 ? { calls: [call('search_policies', { query: 7 })] } : answerFromPassages(request),
    );

    const said = await isma.say(erin, question);

    expect(said.map(({ reply }) => reply.text)).toEqual([`${modelAnswer} [1].`]);
    const told = model.chatRequests[1]?.messages.find((message) => message.role === 'tool')?.content ?? '';
    expect(told).not.toBe('');
    expect(told).not.toMatch(/\bat \S+:\d+|node_modules|src\//);
  });

  it('and asks for the owner twice in one turn shows one card, and sends nothing to the owner', async () => {
    const ask = call('ask_policy_owner', { question: 'May I take my laptop to the beach?' });
    model.script(() => ({ calls: [ask, ask] }));

    const said = await isma.say(erin, 'Please ask somebody whether I may take my laptop to the beach');

    expect(said).toHaveLength(1);
    expect(said[0]?.reply.text).toContain('Shall I take this to Hugo Owner?');
    expect(await written()).toMatchObject({ answers: 1, questions: 0 });
  });

  it('four turns in a row is not called in the fifth, which is answered at once', async () => {
    model.script(() => ({ status: 400 }));
    for (let turn = 0; turn < 4; turn += 1) await isma.say(erin, question);
    const before = model.chatRequests.length;

    const said = await isma.say(hanna, question);

    expect(model.chatRequests.length).toBe(before);
    expect(said[0]?.reply.notice).toBe('model-down');
  });

  it('once is asked again in the next turn', async () => {
    model.script((request, n) => (n === 0 ? { status: 400 } : answerFromPassages(request)));

    const notices = [
      (await isma.say(erin, question))[0]?.reply.notice,
      (await isma.say(erin, question))[0]?.reply.notice,
    ];

    expect(notices).toEqual(['model-down', null]);
  });

  it('after a call that it made has that call counted all the same', async () => {
    model.script((_request, n) => (n === 0 ? { calls: [search('laptop')] } : { status: 400 }));

    await isma.say(erin, question);

    const { rows } = await test.db.query('select input_tokens, output_tokens, cost from model_use');
    expect(rows).toEqual([{ input_tokens: 100, output_tokens: 20, cost: 140 / 1_000_000 }]);
  });

  it('stands in the way of no button, form, question to an owner, reply or feedback', async () => {
    await model.close();
    const press = async (email: string, id: string, fields: Record<string, string> = {}) =>
      isma.press(email, id, fields);
    const labelled = (said: Harness['delivered'], label: string) =>
      said.flatMap(({ reply }) => reply.buttons).find((button) => button.label === label)?.id ?? '';

    const asked = await isma.say(erin, 'Is there a kangaroo on the roof terrace?');
    expect(asked[0]?.reply.notice).toBe('not-covered');
    const routed = await press(erin, labelled(asked, 'Ask Ines Isms'));
    expect(routed).toHaveLength(2);
    const toOwner = routed.find(({ address }) => !address.includes(erin));
    const owner = toOwner?.address.replace('test:dm:', '') ?? '';
    const opened = await press(owner, labelled(routed, 'Answer'));
    const formId = opened[0]?.reply.form?.id ?? '';
    const wrong = await press(owner, formId, { answer: ' ', keep: 'everyone' });
    expect(wrong[0]?.reply.form?.fields[0]?.error).toBe('Write the answer here.');
    const replied = await press(owner, formId, { answer: 'No, it moved out in May.', keep: 'everyone' });
    expect(replied.find(({ address }) => address.includes('erin'))?.reply.text).toContain(
      'it moved out in May',
    );
    const concluded = await press(owner, labelled(replied, 'No change needed'));
    expect(concluded[0]?.reply.text).toMatch(/^Noted for Q-2026-001/);

    const answered = await isma.say(hanna, question);
    const not = await press(hanna, labelled(answered, 'Not helpful'));
    const reasonForm = not[0]?.reply.form?.id ?? '';
    const reason = await press(hanna, reasonForm, { reason: 'because' });
    expect(reason[0]?.reply.form?.fields[0]?.error).toBe('«because» is not one of the choices.');
    const thanked = await press(hanna, reasonForm, { reason: 'unclear' });
    expect(thanked[0]?.reply.text).toContain('Thank you');

    const { rows } = await test.db.query('select helpful, reason from answer_feedback');
    expect(rows).toEqual([{ helpful: false, reason: 'unclear' }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('does not keep an owner from answering in plain words, next to the question', async () => {
    await givenDocument(test.db, 'terrace.md', terracePolicy);
    await model.close();
    const asked = await isma.say(erin, 'Is there a kangaroo on the roof terrace?');
    await isma.press(erin, `answers.ask-owner?answer=${answerId(asked)}`);

    const replied = await isma.say(hugo, 'No, it moved out in May.');

    expect(replied.map(({ address }) => address).sort()).toEqual([`test:dm:${erin}`, `test:dm:${hugo}`]);
    expect(replied.find(({ address }) => address.includes(erin))?.reply.text).toContain(
      'No, it moved out in May.',
    );
  });
});

describeOnDatabases('the budget for the model', (test) => {
  let model: ModelServer;
  let isma: Harness;
  let now: Date;

  beforeEach(async () => {
    now = today;
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
    model = await startModelServer();
    model.script(answerFromPassages);
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });

  // An answer of the scripted model costs 120 tokens.
  const start = async (budget: { tokensAPerson: number; tokensInAll: number }) => {
    isma = await startHarness({ db: test.db, modelServer: model, budget, clock: () => now });
  };
  const noticeFor = async (email: string) => {
    const [first, ...others] = await isma.say(email, question);
    expect(others).toEqual([]);
    expect(first?.reply.citations[0]?.section).toBe('3');
    return first?.reply.notice;
  };

  it('of one person ends with passages for them, and with answers for everybody else', async () => {
    await start({ tokensAPerson: 200, tokensInAll: 10_000 });

    const notices = [await noticeFor(erin), await noticeFor(erin), await noticeFor(erin)];

    expect(notices).toEqual([null, null, 'budget']);
    expect(await noticeFor(hanna)).toBeNull();
    expect(model.chatRequests.length).toBe(3);
  });

  it('of the organisation ends for all, until the next day begins', async () => {
    await start({ tokensAPerson: 10_000, tokensInAll: 200 });

    const notices = [
      await noticeFor(erin),
      await noticeFor(hanna),
      await noticeFor(erin),
      await noticeFor(hanna),
    ];
    now = new Date('2026-11-25T00:00:01Z');

    expect(notices).toEqual([null, null, 'budget', 'budget']);
    expect(await noticeFor(erin)).toBeNull();
  });

  it('counts calls, tokens and cost of each turn under the person and the day', async () => {
    await start({ tokensAPerson: 10_000, tokensInAll: 10_000 });
    model.script((request, n) => (n === 0 ? { calls: [search('laptop')] } : answerFromPassages(request)));

    await isma.say(erin, question);
    await isma.say(erin, 'thanks');

    const { rows } = await test.db.query(
      `select email, inbox_id, used_on::text, model, calls, input_tokens, output_tokens, round(cost::numeric, 6)::float8 as cost
       from model_use join person on person.id = person_id`,
    );
    expect(rows).toEqual([
      {
        email: erin,
        inbox_id: 1,
        used_on: '2026-11-24',
        model: 'scripted',
        calls: 2,
        input_tokens: 200,
        output_tokens: 40,
        cost: 0.00028,
      },
    ]);
  });
});

const terracePolicy = `---
ref: POL-90
title: Roof Terrace Policy
version: "1.0"
status: published
owner: hugo@test.example
effective: 2026-03-01
---
# Roof Terrace Policy

## 1 Plants

The terrace has plants.
`;

function answerId(said: Harness['delivered']): string {
  return /answer=(\d+)/.exec(said[0]?.reply.buttons[0]?.id ?? '')?.[1] ?? '';
}
