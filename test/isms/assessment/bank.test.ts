import { describe, expect, it } from 'vitest';
import { assessable, questionBank, themeFiles } from '../../../src/isms/assessment/bank.ts';

describe('The question bank', () => {
  const { themes } = questionBank();
  const asked = themes.flatMap(({ requirements }) => requirements);
  const criteria = asked.flatMap(({ id, criteria }) =>
    criteria.map((criterion) => ({ name: `${id}.${criterion.id}`, ...criterion })),
  );

  it('lists the themes whose files are there', () => {
    expect(themeFiles().sort()).toEqual(themes.map(({ id }) => id).sort());
  });

  it('asks of each requirement once, and of none that the standard does not have', () => {
    const ids = asked.map(({ id }) => id);

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
});
