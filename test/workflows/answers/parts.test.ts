/** A message that asks two things is answered on both, as far as our policies say. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness } from '../../support/harness.ts';

const erin = 'erin@test.example';

describeOnDatabases('a question with two parts', (test) => {
  let isma: Harness;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(
      test.db,
      'mobile.md',
      '# Mobile Device Policy\n\n## 3.2 Personal devices\n\nA personal phone may be used for work mail if it is enrolled first. The phone must be encrypted and lock itself within 2 minutes.',
    );
  });
  afterEach(() => isma.stop());

  it('is answered on both at once, each from its own section', async () => {
    await givenDocument(
      test.db,
      'travel.md',
      '# Travel Policy\n\n## Chargers\n\nPublic charging sockets may be used with a data blocker only.\n\nOrder one in time.',
    );
    isma = await startHarness({ db: test.db });

    const [answer] = await isma.say(
      erin,
      'when must my personal phone lock itself, and can I use public charging sockets?',
    );

    const open = answer?.reply.passages.filter(({ folded }) => !folded);
    expect(answer?.reply.text.split('\n')).toEqual([
      'The phone must be encrypted and lock itself within 2 minutes.',
      'Public charging sockets may be used with a data blocker only.',
    ]);
    expect(open?.map(({ n, text }) => [n, text])).toEqual([
      [1, 'A personal phone may be used for work mail if it is enrolled first.'],
      [2, 'Order one in time.'],
    ]);
    expect(answer?.reply.citations.slice(0, 2).map(({ heading }) => heading)).toEqual([
      'Personal devices',
      'Chargers',
    ]);
  });

  it('of which no policy covers one is answered on the other, and told so of this one', async () => {
    isma = await startHarness({ db: test.db });

    const [answer] = await isma.say(
      erin,
      'when must my personal phone lock itself, and who pays the pizza of the party?',
    );

    expect(answer?.reply.text).toBe(
      'The phone must be encrypted and lock itself within 2 minutes.\n' +
        'On «who pays the pizza of the party» I found nothing certain in our policies.',
    );
    expect(answer?.reply.citations[0]?.section).toBe('3.2');
  });

  it('of which one leans on the other is never told that nothing was found on it', async () => {
    await givenDocument(
      test.db,
      'loss.md',
      '# Loss\n\n## Loss of a phone\n\nCall the hotline when a phone is lost.',
    );
    isma = await startHarness({ db: test.db });

    const [answer] = await isma.say(
      erin,
      'can I use my personal phone for mail, and what do I do if I lose it?',
    );

    expect(answer?.reply.text).toBe('A personal phone may be used for work mail if it is enrolled first.');
    expect(answer?.reply.citations.map(({ heading }) => heading)).toEqual([
      'Personal devices',
      'Loss of a phone',
    ]);
  });
});
