/** An interview of a room that Isma does not have: choices, reasons, a way back, a pause, and the same place through another door. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { stages } from '../doors/stages.ts';
import { migration, walksRoom } from '../fixtures/site-walk.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, startHarness, type Harness, type Said } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';

const erin = 'erin@test.example';
const hugo = 'hugo@test.example';

describeOnDatabases('an interview', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeAll(async () => (model = await startModelServer()));
  afterAll(() => model.close());
  beforeEach(async () => {
    await test.db.query(migration);
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, rooms: [walksRoom] });
  });
  afterEach(async () => {
    await isma.stop();
    await test.db.query('drop table walk');
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
  });

  const textOf = (said: Said[]) => said.map(({ reply }) => reply.text).join('\n');
  const labelsOf = (said: Said[]) => said.flatMap(({ reply }) => reply.buttons.map(({ label }) => label));
  const idIn = (said: Said[], label: string) =>
    said.flatMap(({ reply }) => reply.buttons).find((button) => button.label === label)?.id ?? label;
  const formIn = (said: Said[]) => said[0]?.reply.form ?? null;
  const press = (label: string, from: Said[]) => isma.press(hugo, idIn(from, label));
  const answersOf = async (email = hugo) =>
    (
      await test.db.query(
        `select case when skipped is null then coalesce(choice, words) else skipped || ': ' || words end as value
         from walk join person on person.id = person_id,
           jsonb_to_recordset(given) as each (skipped text, choice text, words text)
         where email = $1`,
        [email],
      )
    ).rows.map((row) => row.value);

  it('asks one question at a time, says why and how far it is, and takes words, choices and a form', async () => {
    const first = await isma.say(hugo, 'walk HQ');
    const long = await isma.say(hugo, 'Whoever happens to be there when somebody rings the bell');
    const second = await isma.say(hugo, 'Mona keeps them');
    const strange = await isma.say(hugo, 'Well, most of the time');
    const third = await isma.say(hugo, 'at night only.');
    const form = await press('Answer', third);
    const done = await isma.press(hugo, formIn(form)?.id ?? '', { answer: 'a list at the gate' });

    expect(textOf(first)).toBe('We walk through HQ.\nWho keeps the keys?');
    expect(first[0]?.reply).toMatchObject({
      facts: [{ label: 'Why we ask', value: 'Somebody has to answer for them.' }],
      progress: { done: 0, total: 3 },
    });
    expect(labelsOf(first)).toEqual(['Answer', 'Skip', 'Not applicable', 'Later']);
    expect(textOf(long)).toBe('Shorter, please.\nWho keeps the keys?');
    expect(labelsOf(second)).toEqual([
      'Yes', 'At night only', 'No', 'That is all', 'Skip', 'Not applicable', 'Back', 'Later',
    ]); // prettier-ignore
    expect(textOf(strange)).toBe('Please choose one of these.\nIs the door locked?');
    expect(third[0]?.reply.progress).toMatchObject({ done: 2, total: 3 });
    expect(formIn(form)?.title).toBe('A walk through HQ, from ');
    expect(textOf(done)).toBe('HQ is done, 3 answered.');
    expect(await answersOf()).toEqual(['Mona keeps them', 'partly', 'a list at the gate']);
  });

  it('is skipped with a reason where one is wanted, by words or a form, and follows up what was answered', async () => {
    const first = await isma.say(hugo, 'walk HQ');
    const why = await press('Not applicable', first);
    const empty = await isma.press(hugo, formIn(why)?.id ?? '', { answer: ' ' });
    await isma.press(hugo, formIn(why)?.id ?? '', { answer: 'No keys: cards' });
    const third = await isma.say(hugo, 'No.');
    const fourth = await isma.say(hugo, 'May');
    await isma.say(hugo, 'Not applicable');
    const done = await isma.say(hugo, 'nobody visits');

    expect(textOf(why)).toBe('Why does it not apply?');
    expect(formIn(empty)?.fields[0]?.error).toBe('Please fill this in.');
    expect(textOf(third)).toBe('Since when is it open?');
    expect(textOf(fourth)).toBe('Is there a visitor log?');
    expect(textOf(done)).toBe('HQ is done, 4 answered.');
    expect(await answersOf()).toEqual(['none: No keys: cards', 'no', 'May', 'none: nobody visits']);
  });

  it('goes back, and an answer to an earlier question that comes again changes nothing', async () => {
    const first = await isma.say(hugo, 'walk HQ');
    const form = formIn(await press('Answer', first))?.id ?? '';
    const second = await isma.press(hugo, form, { answer: 'Mona' });
    const again = await isma.press(hugo, form, { answer: 'Mona' });
    await press('Yes', second);
    const stale = await press('No', second);
    const skipped = await press('Skip', first);
    const kept = await answersOf();
    const back = await isma.say(hugo, 'back');
    const twice = await press('Back', skipped);
    const first2 = await press('Back', back);
    const refilled = formIn(await press('Answer', first2));

    expect(textOf(again)).toBe('That question has its answer already.\nIs the door locked?');
    expect(textOf(stale)).toBe('That question has its answer already.\nIs there a visitor log?');
    expect(textOf(skipped)).toContain('That question has its answer already.');
    expect(kept).toEqual(['Mona', 'yes']);
    expect(textOf(back)).toBe('Is the door locked?');
    expect(textOf(twice)).toContain('That question has its answer already.');
    expect(textOf(first2)).toBe('Who keeps the keys?');
    expect(refilled?.fields[0]?.value).toBe('Mona');
    expect(labelsOf(first2)).not.toContain('Back');
  });

  it('pauses, goes on after a restart, starts over, ends early, and is each person’s own', async () => {
    await isma.say(hugo, 'walk HQ');
    const others = await isma.press(erin, 'walks.ask-on?record=HQ');
    await isma.say(erin, 'walk HQ');
    const later = await isma.say(hugo, 'Mona');
    const paused = await press('Later', later);
    const unclaimed = await isma.say(hugo, 'yes');
    await isma.stop();
    isma = await startHarness({
      db: test.db,
      rooms: [walksRoom],
      clock: () => new Date('2026-11-26T09:00:00Z'),
    });
    const resumed = await isma.press(hugo, idIn(paused, 'Go on'), {}, { eventId: 'thursday-1' });
    const fresh = await isma.press(hugo, idIn(resumed, 'Start over'), {}, { eventId: 'thursday-2' });
    const early = await isma.press(hugo, 'walks.ask-enough?record=HQ', {}, { eventId: 'thursday-3' });
    const second = await isma.say(hugo, 'Ines', { eventId: 'thursday-4' });
    const over = await isma.press(hugo, idIn(second, 'That is all'), {}, { eventId: 'thursday-5' });
    const after = await isma.press(hugo, idIn(second, 'Yes'), {}, { eventId: 'thursday-6' });

    expect(textOf(others)).toContain('You do not walk through HQ.');
    expect(textOf(paused)).toBe('HQ waits for you.');
    expect(labelsOf(paused)).toEqual(['Go on']);
    expect(textOf(unclaimed)).not.toContain('visitor log');
    expect(textOf(resumed)).toBe('Back in HQ.\nIs the door locked?');
    expect(resumed[0]?.reply.facts).toEqual([{ label: 'Who keeps the keys?', value: 'Mona' }]);
    expect(textOf(fresh)).toBe('From the beginning, then.\nWho keeps the keys?');
    expect(textOf(early)).toBe('Nothing is answered yet.\nWho keeps the keys?');
    expect(textOf(over)).toBe('HQ is done, 1 answered.');
    expect(textOf(after)).toContain('You do not walk through HQ.');
    expect([await answersOf(), await answersOf(erin)]).toEqual([['Ines'], []]);
  });

  it('begins in the terminal, goes on in Slack and ends in Teams', async () => {
    const through = async (
      door: string,
      talk: (stage: Awaited<ReturnType<typeof open>>) => Promise<void>,
    ) => {
      const stage = await open(door);
      try {
        await talk(stage);
      } finally {
        await stage.stop();
      }
      return answersOf();
    };
    const open = async (door: string) => {
      const stage = await stages[door]?.({ db: test.db, model, rooms: [walksRoom] });
      if (stage === undefined) throw new Error(door);
      await stage.say(hugo, 'hello');
      return stage;
    };

    const terminal = await through('terminal', async ({ say, press: pressed }) => {
      await say(hugo, 'walk HQ');
      await say(hugo, 'Mona');
      await pressed(hugo, 'Later');
    });
    const slack = await through('Slack', async ({ say, press: pressed, fill }) => {
      await say(hugo, 'walk HQ');
      await pressed(hugo, 'No');
      await pressed(hugo, 'Answer');
      await fill(hugo, { answer: 'May' });
      await pressed(hugo, 'Back');
      await say(hugo, 'Since June');
      await say(hugo, 'later');
    });
    const teams = await through('Teams', async ({ say, press: pressed, fill }) => {
      await say(hugo, 'walk HQ');
      await pressed(hugo, 'Not applicable');
      await fill(hugo, { answer: 'nobody visits' });
    });

    expect(terminal).toEqual(['Mona']);
    expect(slack).toEqual(['Mona', 'no', 'Since June']);
    expect(teams).toEqual(['Mona', 'no', 'Since June', 'none: nobody visits']);
  });
});
