import { expect, it } from 'vitest';
import { evaluateRatings, ratedAnswers, weightedKappa } from './ratings-eval.ts';

it('has sixty answers in words over the whole bank, each rated as an auditor would', () => {
  const answers = ratedAnswers();

  expect(answers).toHaveLength(60);
  expect(new Set(answers.map(({ placed }) => placed.theme)).size).toBeGreaterThan(15);
  for (const side of ['defined', 'practised'] as const)
    expect(new Set(answers.map((answer) => answer[side]))).toEqual(
      new Set(['yes', 'partly', 'no', 'unknown']),
    );
});

it('agrees wholly with itself, by chance with a guess, and less with what is worse', async () => {
  const answers = ratedAnswers();
  const byWords = new Map(answers.map((answer) => [answer.words, answer]));

  const same = await evaluateRatings(async (_task, words) => byWords.get(words) ?? null);
  const nothing = await evaluateRatings(async () => null);

  expect(same).toContain('practised: the same 60 of 60, weighted kappa 1.00');
  expect(nothing).toContain('practised: the same 0 of 60');
  expect(weightedKappa([['yes', 'yes'], ['no', 'yes'], ['yes', 'no'], ['no', 'no']])).toBeCloseTo(0); // prettier-ignore
  expect(weightedKappa([['yes', 'partly'], ['no', 'no'], ['yes', 'yes']])).toBeGreaterThan(weightedKappa([['yes', 'no'], ['no', 'no'], ['yes', 'yes']])); // prettier-ignore
});

it('shows the model the question, how it should be, and the choices with what they mean', async () => {
  const tasks: string[] = [];
  await evaluateRatings(async (task) => {
    tasks.push(task);
    return null;
  });

  const [first] = ratedAnswers();
  expect(tasks[0]).toContain(first?.placed.criterion.is.en);
  expect(tasks[0]).toContain(
    `«${first?.placed.criterion.choices[0]?.en ?? '–'}»: defined yes, practised yes`,
  );
});
