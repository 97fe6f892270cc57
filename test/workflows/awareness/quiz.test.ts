/** Lessons and quizzes as the people who learn see them, and what is kept of them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extractText, getDocumentProxy } from 'unpdf';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { forgetAnswers } from '../../../src/isms/training/attempt.ts';
import { choicesOf } from '../../../src/isms/training/draw.ts';
import { hashOf, lessons } from '../../../src/isms/training/lesson-bank.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const hugo = 'hugo@test.example';
const erin = 'erin@test.example';
const phishing = lessons().find(({ id }) => id === 'phishing');
if (phishing === undefined) throw new Error('there is no lesson about phishing');

const policy = `---
ref: POL-20
title: E-mail Policy
version: "1.6"
status: published
effective: 2026-04-15
audience: [everyone]
---

# E-mail Policy

## 3 Rules

### 3.4 Suspicious messages

Do not click in a suspicious mail. Report a phishing mail with the button «Report phishing»; who clicked on a link in a phishing mail says so at once.
`;

describeOnDatabases('Training', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-25T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const labels = (said: Said[]) => last(said)?.buttons.map(({ label }) => label);
  const pressed = (email: string, said: Said[], label: string) => {
    const { buttons = [], items = [] } = last(said) ?? {};
    const found = [...buttons, ...items.flatMap(({ button }) => button ?? [])].find((button) => button.label === label);
    if (found === undefined) throw new Error(`no «${label}» in ${JSON.stringify(last(said))}`);
    return isma.press(email, found.id);
  }; // prettier-ignore

  /** Answers what is asked, until it is over. @param wrong  how many of them wrongly */
  async function answer(email: string, said: Said[], wrong: number, most = Infinity): Promise<Said[]> {
    let now = said;
    for (let done = 0; done < most && last(now)?.progress != null; done += 1) {
      const chosen = last(now)?.buttons.filter(({ id }) => id.includes('-choose')) ?? [];
      const id = /after=([^&]+)/.exec(chosen[0]?.id ?? '')?.[1];
      const question = phishing?.questions.find((each) => each.id === id);
      const [attempt] = await rows("select seed from quiz_attempt where state = 'started'");
      if (question === undefined) throw new Error(`nothing is asked: ${JSON.stringify(last(now))}`);
      const at = choicesOf(question, Number(attempt?.['seed'])).findIndex(({ right }) => right === (done >= wrong ? true : undefined)); // prettier-ignore
      now = await isma.press(email, chosen[at]?.id ?? '');
    }
    return now;
  }
  const becomesGerman = () => test.db.query(`update person set locale = 'de-AT' where email = '${hugo}'`);

  it('shows a lesson a card at a time, goes on another day, and ends with the section of our own policy', async () => {
    await givenDocument(test.db, 'mail.md', policy);

    const first = await isma.say(hugo, 'lesson about phishing');
    await pressed(hugo, first, 'Next');
    now = new Date('2026-11-27T09:00:00Z');
    const plate = await isma.say(hugo, "what's on my plate?");
    let card = await pressed(hugo, plate, 'Go on');
    expect(last(card)).toMatchObject({ progress: { done: 2, total: 5 } });
    for (let at = 2; at <= 5; at += 1) card = at === 3 ? await isma.say(hugo, 'next') : await pressed(hugo, card, 'Next'); // prettier-ignore

    expect(last(card)?.text).toContain(phishing.remember.en);
    expect(last(card)?.citations).toMatchObject([{ policy: 'E-mail Policy', version: '1.6', section: '3.4', effectiveFrom: '2026-04-15' }]); // prettier-ignore
    expect(labels(card)).toEqual(['Quiz', 'Back']);
    expect(await rows('select state, lesson, cards, text_hash from training')).toEqual([
      { state: 'started', lesson: 'phishing', cards: 5, text_hash: hashOf(phishing) },
    ]);
  });

  it('cites nothing where no policy says anything of it', async () => {
    const said = await isma.press(hugo, 'awareness.lesson?topic=phishing&card=5');

    expect(last(said)?.citations).toEqual([]);
  });

  it('says at once whether an answer was right and why, and passes who has four of five', async () => {
    await givenDocument(test.db, 'mail.md', policy);

    const first = await isma.say(hugo, 'quiz me on phishing');
    const second = await answer(hugo, first, 1, 1);
    now = new Date('2026-11-26T15:00:00Z');
    const plate = await isma.say(hugo, "what's on my plate?");
    expect(last(plate)?.items.map(({ detail }) => detail)).toEqual(['1 of 5 questions answered']);
    const done = await answer(hugo, await pressed(hugo, plate, 'Go on'), 0);

    expect(last(second)?.text).toMatch(/^Not quite: «/);
    expect(last(done)?.text).toContain('Passed: 4 of 5 right. It counts until 26 November 2027.');
    expect(last(done)?.facts).toHaveLength(1);
    expect(await rows('select state, score, completed_on::text, expires_on::text, text_hash from training')).toEqual([
      { state: 'completed', score: 80, completed_on: '2026-11-26', expires_on: '2027-11-26', text_hash: hashOf(phishing) },
    ]); // prettier-ignore
    expect(await rows('select state, jsonb_array_length(given) as given from quiz_attempt')).toEqual([
      { state: 'passed', given: 5 },
    ]);
    expect((await rows("select action from audit_entry where action like 'training.%' or action like 'quiz%' order by seq")).map(({ action }) => action)).toEqual(
      ['training.begun', 'quiz_attempt.begun', 'quiz_attempt.submitted', 'training.tried', 'training.completed'],
    ); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    await forgetAnswers(test.db, new Date('2027-06-01'));
    expect(await rows('select jsonb_array_length(given) as given from quiz_attempt')).toEqual([{ given: 0 }]);
  });

  it('asks others once it was not passed, and who passed before keeps it', async () => {
    const failed = await answer(hugo, await isma.say(hugo, 'quiz me on phishing'), 2);
    expect(last(failed)?.text).toContain('Not passed this time: 3 of 5 right');
    expect(labels(failed)).toEqual(['Try again', 'Read again']);
    expect(await rows('select state from training')).toEqual([{ state: 'failed' }]);

    await answer(hugo, await pressed(hugo, failed, 'Try again'), 0);
    const attempts = await rows('select questions from quiz_attempt order by id');
    const [first, second] = attempts.map(({ questions }) => questions as string[]);
    expect(second?.filter((id) => first?.includes(id))).toEqual([]);

    const again = await answer(hugo, await isma.say(hugo, 'quiz me on phishing'), 5);
    expect(last(again)?.text).toContain('still counts until 25 November 2027');
    expect(await rows('select state, score from training')).toEqual([{ state: 'completed', score: 100 }]);
  });

  it('keeps no single answer of whoever a works council speaks for, and says in German that the score is theirs', async () => {
    await becomesGerman();
    const first = await isma.say(hugo, 'Quiz zu Phishing');
    const done = await answer(hugo, first, 0);

    expect(last(first)?.text).toContain('5 Fragen');
    expect(labels(first)?.at(-1)).toBe('Später');
    expect(last(done)?.text).toContain('Bestanden: 5 von 5 richtig. Das gilt bis 25. November 2027.');
    expect(last(done)?.aside).toBe('Wie gut Sie waren, sehen nur Sie.');
    expect(await rows('select given, seed from quiz_attempt')).toEqual([{ given: [], seed: 0 }]);
    const log = await rows("select payload from audit_entry where action like 'training.%' or action like 'quiz%'"); // prettier-ignore
    expect(log.filter(({ payload }) => /score|:100|passed/.test(String(payload)))).toEqual([]);
  });

  it('changes nothing for a button that is pressed twice, and is nobody else’s to answer', async () => {
    const first = await isma.say(hugo, 'quiz me on phishing');
    const { id = '' } = last(first)?.buttons[0] ?? {};
    await isma.press(hugo, id);
    const twice = await isma.press(hugo, id);
    const other = await isma.press(erin, id);

    expect(last(twice)?.text).toContain('That question has its answer already.');
    expect(last(other)?.text).toContain('That quiz is over.');
    expect(await rows('select jsonb_array_length(given) as given from quiz_attempt')).toEqual([{ given: 1 }]);
  });

  it('asks two of it again once, 60 to 90 days later, at work', async () => {
    await answer(hugo, await isma.say(hugo, 'quiz me on phishing'), 0);
    // A Saturday and Sundays among them: nothing comes there, nor at night.
    let asked: Said[] = [];
    let days = 0;
    for (; asked.length === 0 && days < 100; days += 1) {
      now = new Date(Date.UTC(2026, 10, 25 + days, 2));
      expect(await isma.runDue()).toEqual([]);
      now = new Date(Date.UTC(2026, 10, 25 + days, 10));
      asked = await isma.runDue();
    }
    expect(days - 1).toBeGreaterThanOrEqual(60);
    expect(days - 1).toBeLessThanOrEqual(92);
    expect([0, 6]).not.toContain(now.getUTCDay());
    expect(asked).toHaveLength(1);
    expect(last(asked)?.text).toMatch(/^Two questions: Mails/);
    expect(await isma.runDue()).toEqual([]);

    const first = await isma.press(hugo, last(asked)?.buttons[0]?.id ?? '');
    expect(last(first)?.text).toMatch(/^Two questions from «Mails/);
    const done = await answer(hugo, first, 1);
    expect(done[0]?.reply.text).toContain('1 of 2 right. Two minutes with the lesson bring it back.');
    expect(await rows("select state, score from quiz_attempt where purpose = 'check'")).toEqual([
      { state: 'failed', score: 50 },
    ]);
    expect(await rows('select state, score from training')).toEqual([{ state: 'completed', score: 100 }]);
  });

  it('gives up a quiz after a fortnight, and lets a lesson expire after a year, but nothing of who left', async () => {
    await answer(hugo, await isma.say(hugo, 'quiz me on phishing'), 0);
    await isma.say(hugo, 'quiz me on phishing');
    await isma.say(erin, 'quiz me on phishing');
    await test.db.query(`update person set active = false where email = '${erin}'`);
    await test.db.query(`update training set assigned_by = person_id, due_on = '2026-12-01' where person_id = (select id from person where email = '${hugo}')`);
    const states = () => rows('select state from quiz_attempt order by id');

    now = new Date('2026-12-08T09:00:00Z');
    await isma.runDue();
    expect(await states()).toEqual([{ state: 'passed' }, { state: 'started' }, { state: 'started' }]);
    now = new Date('2026-12-10T09:00:00Z');
    await isma.runDue();
    expect(await states()).toEqual([{ state: 'passed' }, { state: 'abandoned' }, { state: 'started' }]);

    now = new Date('2027-11-25T09:00:00Z');
    await isma.runDue();
    now = new Date('2027-11-25T09:30:00Z');
    const told = await isma.runDue();
    expect(told.map(({ reply }) => reply.text.split('\n')[0])).toEqual(['Lesson: Mails that want something from you · due Saturday 25 December']);
    expect(last(told)?.aside).toBe('You passed this lesson a year ago or more, and it no longer counts.');
    expect(await rows("select state, due_on::text from training where state <> 'started'")).toEqual([
      { state: 'assigned', due_on: '2027-12-25' },
    ]);
  }); // prettier-ignore

  it.each([
    ['what can I learn?', 'There are 18 lessons'],
    ['/isma learn', 'There are 18 lessons'],
    ['Was kann ich lernen?', 'There are 18 lessons'],
    ['quiz me', 'A quiz about what?'],
    ['lesson about volcanoes', 'I have no lesson about «volcanoes»'],
    ['Quiz zu Passwörtern', '«Passwords, and life without them»: 5 questions'],
    ['Lektion zum Thema Datenschutz', '«Behind every row sits somebody»: about'],
    ['leçon sur le hameçonnage', '«Mails that want something from you»: about'],
    ['lección sobre teletrabajo', '«At the kitchen table and on the train»: about'],
    ['teach me about AI', '«The assistant that always has an answer»: about'],
  ])('understands «%s»', async (said, shown) => {
    expect(last(await isma.say(hugo, said))?.text).toContain(shown);
  });

  it.each(['How do I report a phishing mail?', 'What must I learn about our backups before the audit?'])(
    'leaves «%s» to whoever answers questions',
    async (said) => {
      await isma.say(hugo, said);
      expect(await rows('select id from training')).toEqual([]);
    },
  );

  it('gives whoever passed a certificate of one page, with no score where that is theirs alone', async () => {
    const textOf = async (said: Said[]) => {
      const bytes = await readOutgoingFile(test.db, last(said)?.files[0]?.id ?? '');
      const { text, totalPages } = await extractText(await getDocumentProxy(new Uint8Array(bytes ?? [])), { mergePages: true }); // prettier-ignore
      expect(totalPages).toBe(1);
      return text.replace(/\s+/g, ' ');
    };
    await changeSetting(test.db, 'organisation.name', 'Test Works', 'test', now);
    const done = await answer(hugo, await isma.say(hugo, 'quiz about phishing'), 1);
    expect(labels(done)).toEqual(['Certificate', 'Other lessons']);

    const english = await textOf(await pressed(hugo, done, 'Certificate'));
    const listed = await isma.say(hugo, 'my certificates');
    await becomesGerman();
    const german = await textOf(await pressed(hugo, listed, 'Certificate'));
    const others = await isma.press(erin, last(listed)?.items[0]?.button?.id ?? '');

    for (const part of [
      'TEST WORKS',
      'Hugo Owner',
      phishing.title.en,
      '25 November 2026',
      '25 November 2027',
      '80 %',
      'TR-2026-001',
      phishing.goal.en,
    ])
      // prettier-ignore
      expect(english).toContain(part);
    expect(german).toContain('25. November 2027');
    expect(german).not.toContain('80 %');
    expect(last(others)?.text).toContain('There is no such certificate of yours');
    expect(last(await isma.say(erin, 'my certificates'))?.text).toContain('You have no certificate yet');
  });

  it('has certificates only where its course gives them', async () => {
    await changeSetting(test.db, 'awareness.course', { passMark: 80, passMarks: {}, questions: 5, months: 12, certificates: { phishing: false }, abandonedAfterDays: 14 }, 'test', now); // prettier-ignore
    const done = await answer(hugo, await isma.say(hugo, 'quiz about phishing'), 0);

    expect(labels(done)).toEqual(['Other lessons']);
    expect(last(await isma.say(hugo, 'my certificates'))?.items).toEqual([]);
  });

  it('tells its reader on the first card why they learn it and who else does', async () => {
    const first = await isma.say(hugo, 'lesson about secure development');
    const second = await pressed(hugo, first, 'Next');

    expect(last(first)?.aside).toMatch(/^Why: you know .+\. For: .*developers/);
    expect(last(second)?.aside).toBeNull();
  });
});
