/** What an answer waits for and what comes with it: a model that reads it, files, other people's answers; and a quiz that says why. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createReadWords } from '../../src/conversation/reading.ts';
import { migration, walksRoom } from '../fixtures/site-walk.ts';
import { describeOnDatabases } from '../support/databases.ts';
import {
  directAddress,
  givenPeople,
  startHarness,
  testConfig,
  type Harness,
  type Said,
} from '../support/harness.ts';
import { silentLog } from '../support/harness.ts';
import { startModelServer, type Behaviour, type ModelServer } from '../support/model-server.ts';

const hugo = 'hugo@test.example';
const erin = 'erin@test.example';
const ines = 'ines@test.example';
const said = 'Usually whoever sits at the desk, so Mona';
const reading: Behaviour = { calls: [{ name: 'write_down', arguments: '{"keeper":"Mona"}' }] };

describeOnDatabases('an answer', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeAll(async () => (model = await startModelServer()));
  afterAll(() => model.close());
  beforeEach(async () => {
    await test.db.query(migration);
    await givenPeople(test.db);
    model.chatRequests.length = 0;
    model.script(() => reading);
    isma = await startHarness({
      db: test.db,
      modelServer: model,
      rooms: [walksRoom],
      fetch: async ({ name }) => {
        if (name === 'lost.txt') throw new Error('gone');
        return new TextEncoder().encode(`What ${name} says.`);
      },
    });
  });
  afterEach(async () => {
    await isma.stop();
    await test.db.query('drop table walk');
  });

  const textOf = (all: Said[]) => all.map(({ reply }) => reply.text).join('\n');
  const labelsOf = (all: Said[]) => all.flatMap(({ reply }) => reply.buttons.map(({ label }) => label));
  const file = (name: string) => ({ name, size: 20, contentType: 'text/plain', source: name });
  const rowsOf = async (sql: string) => (await test.db.query(sql)).rows;
  const wordsOf = async (email = hugo) =>
    (
      await rowsOf(`select given from walk join person on person.id = person_id where email = '${email}'`)
    ).flatMap(({ given }) => (given as { words: string }[]).map(({ words }) => words));

  it('in free words is read by the model, which is shown, and counted', async () => {
    await isma.say(hugo, 'walk HQ');
    const understood = await isma.say(hugo, said);
    const next = await isma.say(hugo, 'yes');

    expect(textOf(understood)).toBe('So it is Mona?');
    expect(labelsOf(understood)).toEqual(['Yes', 'No', 'That is all', 'Back', 'Later']);
    expect(understood[0]?.reply.progress).toMatchObject({ done: 0, total: 3 });
    expect(textOf(next)).toBe('Is the door locked?');
    expect(next[0]?.reply.progress).toMatchObject({ done: 1, total: 3 });
    expect(await wordsOf()).toEqual([said, 'Yes']);
    expect(model.chatRequests).toHaveLength(1);
    expect(await rowsOf('select calls, input_tokens from model_use')).toEqual([
      { calls: 1, input_tokens: 100 },
    ]);
  });

  it('is read from a form too, and neither a choice nor the name of a button is', async () => {
    const first = await isma.say(hugo, 'walk HQ');
    const form = await isma.press(hugo, first[0]?.reply.buttons[0]?.id ?? '');
    const understood = await isma.press(hugo, form[0]?.reply.form?.id ?? '', { answer: said });
    await isma.say(hugo, 'yes');
    await isma.say(hugo, 'no');
    await isma.say(hugo, 'back');

    expect(textOf(understood)).toBe('So it is Mona?');
    expect(model.chatRequests).toHaveLength(1);
  });

  it.each<[string, Behaviour]>([
    ['is down', { status: 500 }],
    ['makes nothing of it', { text: 'I cannot say.' }],
    ['writes down what does not fit', { calls: [{ name: 'write_down', arguments: '{"keeper":7}' }] }],
  ])('counts as it stands where the model %s', async (_what, behaviour) => {
    model.script((_request, n) => (n === 0 ? behaviour : { text: 'I cannot say.' }));
    await isma.say(hugo, 'walk HQ');
    const next = await isma.say(hugo, said);

    expect(textOf(next)).toBe('Is the door locked?');
    expect(await wordsOf()).toEqual([said]);
  });

  it('is the answer still where more was said and done before the model had time for it', async () => {
    model.script((request) =>
      JSON.stringify(request.messages).includes('desk')
        ? reading
        : { text: 'I do not know that one.', pace: 60 },
    );
    await isma.say(hugo, 'walk HQ');
    const asked = isma.say(hugo, 'What is a Stage 2 audit?');
    const answered = isma.say(hugo, said);
    await asked;
    await answered;

    expect(await wordsOf()).toEqual([said]);
    expect(isma.delivered.map(({ reply }) => reply.text)).toContain('So it is Mona?');
  });

  it('is read again and written once where the first run could not be written', async () => {
    await isma.say(hugo, 'walk HQ');
    await test.db.query("alter table walk add constraint shut check (given = '[]')");
    const answered = isma.say(hugo, said);
    await expect.poll(async () => (await rowsOf('select failures from inbox order by id desc limit 1'))[0]?.failures, { timeout: 20_000 }).toBe(1); // prettier-ignore
    await test.db.query('alter table walk drop constraint shut');
    const next = await answered;

    expect(textOf(next)).toBe('So it is Mona?');
    expect(await wordsOf()).toEqual([said]);
    expect(await rowsOf('select calls from model_use')).toEqual([{ calls: 1 }, { calls: 1 }]);
  });

  it('is not read on once its author took it back', async () => {
    model.script(() => ({ text: 'word '.repeat(200), pace: 20 }));
    const { app } = isma;
    const { db, model: reader } = app;
    const ended = new AbortController();
    const read = createReadWords({ db, model: reader, budget: testConfig.budget, log: silentLog });
    const context = { person: { id: 1 }, inputId: 1, now: new Date(), lane: 'model', ended: ended.signal };
    await isma.say(hugo, 'hello');
    setTimeout(() => ended.abort(), 200);
    const begun = Date.now();
    const result = await read(context as never, {
      task: 'Read.',
      text: said,
      schema: z.object({ keeper: z.string() }),
    });

    expect(result).toBeNull();
    expect(Date.now() - begun).toBeLessThan(3_000);
  });

  it('takes the files that come with it, alone too, and says which it could not have', async () => {
    model.script(() => ({ status: 500 }));
    await isma.say(hugo, 'walk HQ');
    const alone = await isma.say(hugo, '', { attachments: [file('list.txt'), file('lost.txt')] });
    const next = await isma.say(hugo, 'Mona', { attachments: [file('photo.txt')] });
    const chosen = await isma.say(hugo, 'no', { attachments: [file('door.txt')] });

    expect(textOf(alone)).toBe(
      'Not kept: lost.txt is not to be had just now. Send it again in a moment.\nKept with this question: list.txt.\nWho keeps the keys?',
    );
    expect(textOf(next)).toBe('Kept with this question: photo.txt.\nIs the door locked?');
    expect(textOf(chosen)).toBe('Kept with this question: door.txt.\nSince when is it open?');
    expect(await wordsOf()).toEqual(['Mona', 'No']);
    expect(
      await rowsOf("select title, purpose from evidence where belongs_to like 'walk:%' order by id"),
    ).toEqual(['list.txt', 'photo.txt', 'door.txt'].map((title) => ({ title, purpose: 'seen' })));
  });

  it('is asked of another person in their own conversation, knows what others said, and waits for them', async () => {
    model.script(() => ({ status: 500 }));
    await isma.say(erin, 'hello');
    await isma.say(hugo, 'walk HQ');
    await isma.say(hugo, 'Mona');
    await isma.say(hugo, 'later');
    const invited = await isma.say(hugo, 'ask Erin about HQ');
    const answered = await isma.say(erin, 'Omar');
    const plate = await isma.say(erin, "what's on my plate?");
    const resumed = await isma.press(erin, plate[0]?.reply.items.find(({ text }) => text === 'A walk through HQ')?.button?.id ?? ''); // prettier-ignore
    const own = await isma.say(hugo, 'walk HQ');

    const theirs = invited.find(({ address }) => address === directAddress(erin))?.reply;
    expect(theirs?.text).toBe('We walk through HQ.\nWho keeps the keys?');
    expect(theirs?.facts).toEqual([
      { label: 'Why we ask', value: 'Somebody has to answer for them. Others said «Mona».' },
    ]);
    expect(textOf(answered)).toBe('Is the door locked?');
    expect(textOf(resumed)).toBe('Back in HQ.\nIs the door locked?');
    expect(textOf(own)).toBe('Back in HQ.\nIs the door locked?');
    expect([await wordsOf(), await wordsOf(erin)]).toEqual([['Mona'], ['Omar']]);
  });

  it('to a quiz is a press of one of five buttons, told at once why, and the last one with the score', async () => {
    const first = await isma.say(ines, 'quiz HQ');
    const second = await isma.press(ines, first[0]?.reply.buttons[1]?.id ?? '');
    const back = await isma.say(ines, 'Back');
    const wrong = await isma.say(ines, 'd');
    const last = await isma.say(ines, 'At once');

    expect(first[0]?.reply.text.split('\n')).toEqual([
      'Two questions.',
      'Somebody without a badge walks in behind you. What do you do?',
      'A: Hold the door: it is kind',
      'B: Ask whom they visit, and walk with them to the front desk',
      'C: Shut the door in front of them',
      'D: Look away',
      'E: Call the police',
    ]);
    expect(labelsOf(first)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(first[0]?.reply.progress).toEqual({ label: 'Questions, about 2 minutes left', done: 0, total: 2 });
    expect(textOf(second)).toBe(
      'Right. A friendly question finds out who belongs here. (POL-05 2.1)\nYour badge is gone. When do you say so?',
    );
    expect(textOf(back)).toContain('What do you do?');
    expect(textOf(wrong)).toContain('Not quite. A friendly question');
    expect(textOf(last)).toBe('Right. Until then it opens doors for whoever has it.\n1 of 2 are right.');
  });
});
