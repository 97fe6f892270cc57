/** A gap analysis from its profile to its end, as the people in it see it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { forgetUnfinished } from '../../../src/isms/assessment/assignment.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness } from '../../support/harness.ts';
import { askedIn, routine, talkIn } from './talk.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
const hugo = 'hugo@test.example';
const ines = 'ines@test.example';

const asked = askedIn('part:A.5.18');

describeOnDatabases('A gap analysis', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-25T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Awaited<ReturnType<Harness['say']>>) => said.at(-1)?.reply;
  const { shownTo, press: pressed, answerAll, begin } = talkIn(() => isma);
  const describeUs = (words = 'gap analysis of A.5.18') => begin(ines, words);

  it('begins with who we are, asks one thing at a time, and keeps each answer', async () => {
    await describeUs();
    const [first] = asked;
    const question = isma.delivered.at(-1)?.reply;

    expect(question?.text).toContain(routine(first));
    expect(question?.progress).toMatchObject({ done: 0, total: asked.length });
    expect(await rows('select reference, scope, state, goal, audit_on::text, profile from assessment')).toEqual([
      { reference: 'GA-2026-001', scope: 'part:A.5.18', state: 'in_progress', goal: 'preparing', audit_on: '2027-03-12', profile: ['small', 'one-site', 'no-software', 'preparing'] },
    ]); // prettier-ignore

    await answerAll(ines, 0);
    const answers = await rows('select criterion, state, defined, practised, proven, evidence_age, by_name from assessment_answer order by id');
    expect(answers.map(({ criterion }) => criterion)).toEqual(asked.map(({ name }) => name));
    expect(answers[0]).toEqual({ criterion: first?.name, state: 'answered', defined: 'yes', practised: 'yes', proven: 'yes', evidence_age: 'fresh', by_name: 'Ines Isms' });
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'assessment.answered'")).toEqual([{ n: asked.length }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  }); // prettier-ignore

  it('goes back, on another day, and supersedes an answer without losing it', async () => {
    await describeUs();
    await answerAll(ines, 9, 1);
    const second = await rows('select criterion, practised from assessment_answer');
    await pressed(ines, 'Later');
    now = new Date('2026-11-27T09:00:00Z');
    const plate = last(await isma.say(ines, "what's on my plate?"));
    expect(plate?.items.map(({ text, detail }) => `${text} (${detail ?? ''})`)).toContain(
      `GA-2026-001 · your answers about A.5.18 Access rights (${asked.length - 1} of ${asked.length} left)`,
    );
    await pressed(ines, 'Go on');
    for (let back = 0; back < 5 && !(shownTo(ines)?.text ?? '').includes(routine(asked[0])); back += 1)
      await pressed(ines, 'Back');
    const again = shownTo(ines);
    await isma.press(ines, again?.buttons[0]?.id ?? '');
    await isma.press(ines, shownTo(ines)?.buttons[0]?.id ?? '');

    expect(second).toHaveLength(1);
    expect(again?.text).toContain(routine(asked[0]));
    expect(await rows('select criterion, practised, supersedes is not null as later from assessment_answer order by id')).toEqual([
      { criterion: asked[0]?.name, practised: 'no', later: false },
      { criterion: asked[0]?.name, practised: 'yes', later: true },
    ]);
    await expect(test.db.query("update assessment_answer set practised = 'no'")).rejects.toThrow('An answer never changes');
  }); // prettier-ignore

  it('has no more to press than a card of Teams shows, whatever is asked', async () => {
    await describeUs('gap analysis of A.5');
    const most = Math.max(...isma.delivered.map(({ reply }) => reply.buttons.length));
    const choices = Math.max(...askedIn('part:A.5').map(({ criterion }) => criterion.choices.length));
    const others = shownTo(ines)
      ?.buttons.filter(({ id }) => !id.includes('-choose'))
      .map(({ label }) => label);

    expect(others).toEqual(['Skip', 'Not applicable', 'Ask a colleague', 'Later']);
    // «Back» comes with the second question.
    expect(choices + (others?.length ?? 0) + 1).toBeLessThanOrEqual(10);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('changes nothing where a button is pressed again', async () => {
    await describeUs();
    const [choice] = isma.delivered.at(-1)?.reply.buttons ?? [];
    await isma.press(ines, choice?.id ?? '');
    const [twice] = await isma.press(ines, choice?.id ?? '');

    expect(twice?.reply.text).toContain('That question has its answer already.');
    expect(await rows('select jsonb_array_length(given) as steps from assignment')).toEqual([{ steps: 1 }]);
  });

  it('passes over a question with a reason, and leaves out a control with a justification', async () => {
    await describeUs();
    await pressed(ines, 'Skip');
    await isma.say(ines, 'Hugo knows that');
    await pressed(ines, 'Not applicable');
    await isma.say(ines, 'We have no systems of our own');

    expect(await rows('select state, words, practised from assessment_answer order by id')).toEqual([
      { state: 'skipped', words: 'Hugo knows that', practised: null },
      { state: 'not_applicable', words: 'We have no systems of our own', practised: null },
    ]);
  });

  it('keeps words without a model, and asks which choice comes closest', async () => {
    await describeUs();
    const closest = last(await isma.say(ines, 'By phone, mostly, and nobody writes it down'));
    await answerAll(ines, 9, 1);

    expect(closest?.text).toContain('I keep your words. Which of these comes closest?');
    expect(await rows('select words, practised from assessment_answer')).toEqual([
      {
        words: expect.stringMatching(/^By phone, mostly, and nobody writes it down/) as string,
        practised: 'no',
      },
    ]);
  });

  it('remembers who we are, and shows it before the next one', async () => {
    await describeUs();
    const card = last(await isma.say(ines, 'quick scan'));
    await pressed(ines, 'Yes, begin');

    expect(card?.text).toContain('Is this still so?');
    expect(card?.facts).toContainEqual({ label: 'How many people work for you?', value: '10 to 49' });
    expect(await rows('select reference, state from assessment order by id')).toEqual([
      { reference: 'GA-2026-001', state: 'in_progress' },
      { reference: 'GA-2026-002', state: 'in_progress' },
    ]);
    expect(await rows('select count(*)::integer as n from question_bank')).toEqual([{ n: 1 }]);
    expect(await rows('select count(*)::integer as n from organisation_profile')).toEqual([{ n: 1 }]);
  });

  it('goes on after a restart where a question was answered in half, with its words', async () => {
    await describeUs();
    await isma.say(ines, 'By phone, mostly');
    await isma.stop();
    isma = await startHarness({ db: test.db, clock: () => now });
    const plate = await isma.say(ines, "what's on my plate?", { eventId: 'after the restart' });
    const goOn = last(plate)?.items.at(-1)?.button?.id ?? '';
    await isma.press(ines, goOn, {}, { eventId: 'and on' });

    expect(shownTo(ines)?.text).toContain('I keep your words. Which of these comes closest?');
    expect(shownTo(ines)?.progress).toMatchObject({ done: 0, total: asked.length });
  });

  it('asks in the language of whoever is asked, where the bank has it', async () => {
    await isma.say(hugo, 'hello');
    await test.db.query("update person set locale = 'de-DE' where email = $1", [hugo]);
    await describeUs();
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await pressed(ines, 'Ask Hugo Owner');

    expect(shownTo(hugo)?.text).toContain(routine(asked[0], 'de'));
    expect(shownTo(ines)?.text).not.toContain(routine(asked[0], 'de'));
  });

  it('lets go of half an answer once its assessment is over, and of nothing that was confirmed', async () => {
    await describeUs();
    await answerAll(ines, 9);
    await pressed(ines, 'Submit');
    await pressed(ines, 'Make it final');
    const before = await rows('select * from assessment_answer order by id');
    await test.db.query(`update assignment set given = '[{"of":"x","asked":"?","choice":null,"skipped":null,"words":"half","read":null}]'`);
    await test.db.transaction((tx) => forgetUnfinished(tx, new Date('2026-11-24T00:00:00Z')));
    const kept = await rows('select jsonb_array_length(given) as n from assignment');
    await test.db.transaction((tx) => forgetUnfinished(tx, new Date('2027-03-01T00:00:00Z')));

    expect(kept).toEqual([{ n: 1 }]);
    expect(await rows('select jsonb_array_length(given) as n from assignment')).toEqual([{ n: 0 }]);
    expect(await rows('select * from assessment_answer order by id')).toEqual(before);
    expect(await rows("select jsonb_array_length(given) as n from organisation_profile where state = 'confirmed'")).toEqual([{ n: 10 }]);
  }); // prettier-ignore

  it('is begun by the ISMS manager only, and read by nobody else', async () => {
    const refused = [
      last(await isma.say(erin, 'quick scan'))?.text,
      last(await isma.say(erin, 'gap analysis'))?.text,
    ];
    await describeUs();
    const other = last(await isma.say(erin, 'show GA-1'))?.text;

    expect(refused).toEqual([expect.stringMatching('ISMS manager'), expect.stringMatching('ISMS manager')]);
    expect(other).toBe('There is no GA-1 that you may see. Say «gap analyses» for those that you may.');
    expect(await rows('select lead_id from assessment')).toHaveLength(1);
  });

  it('asks owner, doer and manager the same, shows where they differ, and lets the lead decide', async () => {
    await describeUs();
    const ask = isma.delivered.at(-1)?.reply.buttons.find(({ label }) => label === 'Ask a colleague');
    const opened = last(await isma.press(ines, ask?.id ?? ''));
    const fields = { what: 'part:A.5.18', owner: hugo, doer: 'Hanna', manager: 'Erin', due: '2026-12-04', word: 'Thank you!' }; // prettier-ignore
    const told = await isma.press(ines, opened?.form?.id ?? '', fields);

    for (const email of [hugo, hanna, erin]) {
      const invited = told.find(({ address }) => address === directAddress(email))?.reply;
      expect(invited?.text).toContain(
        `Ines Isms asks you ${asked.length} questions about A.5.18 Access rights`,
      );
      expect(invited?.text).toContain('until Friday 4 December 2026');
      expect(invited?.text).toContain(routine(asked[0]));
    }
    await answerAll(hugo, 0);
    await pressed(hugo, 'Submit');
    await answerAll(hanna, 9);
    await pressed(hanna, 'Submit');
    await answerAll(erin, 9);
    await pressed(erin, 'Submit');
    expect(last(isma.delivered.filter(({ address }) => address === directAddress(ines)))?.text).toBe(
      'Erin Employee has answered what you asked about A.5.18 Access rights for GA-2026-001.',
    );

    for (const id of (await rows('select id from assignment where part <> $$lead$$ order by id')).map(
      (row) => row.id as number,
    )) {
      // prettier-ignore
      await isma.press(ines, `gap-analysis.review?assignment=${id}`);
      await pressed(ines, 'Agree and close');
    }
    await pressedAll('Submit');
    const results = last(await isma.say(ines, 'show GA-1'));
    expect(results?.text).toContain(`people differ on ${asked.length} questions`);
    expect(results?.buttons.map(({ label }) => label)).toEqual([
      'What matters most',
      'Where people differ',
      'More',
    ]);
    await pressed(ines, 'More');
    expect(shownTo(ines)?.buttons.map(({ label }) => label)).toEqual(['Who was asked', 'Report', 'Put away']);
    await isma.say(ines, 'show GA-1');
    await pressed(ines, 'Where people differ');
    expect(isma.delivered.at(-1)?.reply.items[0]?.detail).toContain('Hugo Owner (answers for it): ');
    for (let left = asked.length; left > 0; left -= 1) {
      await pressed(ines, 'Decide');
      await pressed(ines, 'As Hugo Owner says');
    }
    await isma.say(ines, 'show GA-1');
    await pressed(ines, 'Make it final');

    const final = isma.delivered.at(-1)?.reply;
    expect(final?.text).toContain('GA-2026-001 is final.');
    expect(final?.text).toContain(`100 of 100: ${asked.length} as it should be`);
    expect(await rows('select state from assessment')).toEqual([{ state: 'final' }]);
    expect(await rows('select distinct state from assignment')).toEqual([{ state: 'closed' }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(await rows("select problem from inbox where state = 'dead'")).toEqual([]);

    async function pressedAll(label: string) {
      await isma.say(ines, "what's on my plate?");
      await pressed(ines, 'Go on');
      await pressed(ines, label);
    }
  });

  it('is put away unfinished, and waits for nobody any more', async () => {
    await describeUs();
    const ask = isma.delivered.at(-1)?.reply.buttons.find(({ label }) => label === 'Ask a colleague');
    const opened = last(await isma.press(ines, ask?.id ?? ''));
    await isma.press(ines, opened?.form?.id ?? '', { what: 'part:A.5.18', doer: 'Hanna', due: '2026-12-04' });
    await isma.say(ines, 'show GA-1');
    await pressed(ines, 'Put away', { reason: 'The scope was wrong.' });
    const said = shownTo(ines)?.text;
    const plates = [last(await isma.say(ines, "what's on my plate?")), last(await isma.say(hanna, "what's on my plate?"))];

    expect(said).toContain('GA-2026-001 is put away.');
    expect(plates.flatMap((plate) => plate?.items ?? []).filter(({ text }) => text.includes('GA-2026'))).toEqual([]);
    expect(await rows('select state, state_by_name from assessment')).toEqual([{ state: 'superseded', state_by_name: 'Ines Isms' }]);
    expect(await rows("select payload::jsonb -> 'detail' ->> 'reason' as reason from audit_entry where action = 'assessment.put_away'")).toEqual([{ reason: 'The scope was wrong.' }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  }); // prettier-ignore
});
