/** A lesson and its quiz in each door: read, left, gone on with another time, and passed. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Reply } from '../../src/conversation/contract.ts';
import { choicesOf as buttonsOf } from '../../src/dialogue/interview-choices.ts';
import { choicesOf } from '../../src/isms/training/draw.ts';
import { lessonNamed } from '../../src/isms/training/lesson-bank.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const hugo = 'hugo@test.example';
const lesson = lessonNamed('travel');

describeOnDatabases('A lesson and its quiz', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(() => givenPeople(test.db));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  /** The button of the right answer to what the newest question asks. */
  async function right(): Promise<string> {
    const [last] = await rows('select reply from outbox order by id desc limit 1');
    const [attempt] = await rows("select seed from quiz_attempt where state = 'started'");
    const id = /after=([^&]+)/.exec(Reply.parse(last?.['reply']).buttons[0]?.id ?? '')?.[1];
    const question = lesson?.questions.find((each) => each.id === id);
    if (question === undefined) throw new Error('nothing is asked');
    const choices = choicesOf(question, Number(attempt?.['seed']));
    const shown = choices.map(({ en }, at) => ({ value: String(at), label: en }));
    const value = String(choices.findIndex((choice) => choice.right));
    return buttonsOf({ mark: '', text: '', choices: shown }).buttons.find((each) => each.value === value)?.label ?? ''; // prettier-ignore
  }

  it.each(Object.keys(stages))('leave the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, stop } = stage;
    try {
      await say(hugo, 'hello');
      await say(hugo, 'lesson about travel');
      for (let card = 0; card < (lesson?.cards.length ?? 0); card += 1) await press(hugo, 'Next');
      await press(hugo, 'Quiz');
      for (let asked = 0; asked < 2; asked += 1) await press(hugo, await right());
      await press(hugo, 'Later');
      await say(hugo, "what's on my plate?");
      await press(hugo, 'Go on');
      for (let asked = 0; asked < 3; asked += 1) await press(hugo, await right());
    } finally {
      await stop();
    }

    expect(await rows('select state, cards, score from training')).toEqual([
      { state: 'completed', cards: lesson?.cards.length, score: 100 },
    ]);
    expect(await rows('select state, score from quiz_attempt')).toEqual([{ state: 'passed', score: 100 }]);
  });
});
