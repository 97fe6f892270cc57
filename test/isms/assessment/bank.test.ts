import { describe, expect, it } from 'vitest';
import { assessable, questionBank, themeFiles } from '../../../src/isms/assessment/bank.ts';

describe('The question bank', () => {
  const { themes } = questionBank();
  const asked = themes.flatMap(({ requirements }) => requirements);
  const criteria = asked.flatMap(({ id, criteria }) =>
    criteria.map((criterion) => ({ name: `${id}.${criterion.id}`, of: id, ...criterion })),
  );

  it('lists the themes whose files are there', () => {
    expect(themeFiles().sort()).toEqual(themes.map(({ id }) => id).sort());
  });

  it('asks of each requirement once, and of none that the standard does not have', () => {
    const ids = asked.map(({ id }) => id);

    expect(assessable().filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter((id) => !assessable().includes(id))).toEqual([]);
  });

  it('names each criterion once, and waits for none that is not there', () => {
    const names = criteria.map(({ name }) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const waits = asked.flatMap(({ id, criteria: own }) =>
      own.flatMap(({ gap }) =>
        (gap.after ?? [])
          .filter(
            (before) => !assessable().includes(before) && !own.some(({ id: other }) => other === before),
          )
          .map((before) => `${id}: ${before}`),
      ),
    );
    expect(waits).toEqual([]);
  });

  it('says with each choice whether it is defined and practised, and follows only choices that are there', () => {
    const wrong = criteria.filter(
      ({ choices, follow = [] }) =>
        choices.some(({ defined, practised }) => defined === undefined || practised === undefined) ||
        follow.some(({ after }) => after.some((as) => !choices.some((choice) => choice.as === as))),
    );

    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('says of each what a good answer mentions, and asks it in two languages', () => {
    const poor = criteria.filter(
      ({ hears, routine, choices, why }) =>
        hears.length < 2 || [routine, why, ...choices].some(({ de }) => de === undefined),
    );

    expect(poor.map(({ name }) => name)).toEqual([]);
  });

  it('has no circle of gaps that wait for each other', () => {
    const before = ({ of, gap }: (typeof criteria)[number]) =>
      criteria.filter(
        (other) =>
          (gap.after ?? []).includes(other.of) || ((gap.after ?? []).includes(other.id) && other.of === of),
      );
    const left = new Set(criteria.map(({ name }) => name));
    let ready: string[];
    do {
      ready = criteria
        .filter((each) => left.has(each.name) && before(each).every(({ name }) => !left.has(name)))
        .map(({ name }) => name);
      ready.forEach((name) => left.delete(name));
    } while (ready.length > 0);

    expect([...left]).toEqual([]);
  });

  it('asks in one breath, with a best and a worst choice that a button or a line of it holds', () => {
    const wordsOf = ({ en }: { en: string }) => en.split(/\s+/).length;
    const wrong = criteria.filter(
      ({ routine, choices }) =>
        wordsOf(routine) > 30 ||
        choices.some(({ en, de }) => en.length > 75 || (de ?? '').length > 75) ||
        !choices.some(({ defined, practised }) => defined === 'yes' && practised === 'yes') ||
        !choices.some(({ practised }) => practised === 'no'),
    );

    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('drops no clause whole, and asks a small firm in the cloud about a third otherwise or not at all', () => {
    const tags = ['small', 'cloud-only', 'one-site', 'no-software', 'it-outsourced'] as const;
    const isMeant = ({ when }: { when: readonly string[] }) =>
      when.some((tag) => tags.some((each) => each === tag));
    const dropped = asked.filter(({ id, drop }) => !id.startsWith('A.') && drop !== undefined);
    const touched = asked.flatMap(({ drop = [], criteria: own }) =>
      own.filter((each) => [...drop, ...(each.drop ?? []), ...(each.reword ?? [])].some(isMeant)),
    );

    expect(dropped).toEqual([]);
    expect(touched.length / criteria.length).toBeGreaterThan(0.3);
  });

  it('has a quick scan of about 25 questions', () => {
    const quick = criteria.filter((each) => each.quick === true);

    expect(quick.length).toBeGreaterThanOrEqual(23);
    expect(quick.length).toBeLessThanOrEqual(28);
  });
});
