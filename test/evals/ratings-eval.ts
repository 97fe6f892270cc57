/** Holds what a model makes of answers in words against an experienced auditor: `npm run eval -- ratings`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../../src/app/open-app.ts';
import { questionBank, Rating } from '../../src/isms/assessment/bank.ts';
import { placedIn, type Placed } from '../../src/isms/assessment/questions.ts';
import { Reading, readingTask } from '../../src/workflows/gap-analysis/criterion-questions.ts';

const rating = z.enum([...Rating.options, 'unknown']);
const RatedAnswer = z.strictObject({
  criterion: z.string(),
  words: z.string(),
  defined: rating,
  practised: rating,
});
type RatedAnswer = z.infer<typeof RatedAnswer>;
export type Read = z.infer<typeof Reading> | null;

export function ratedAnswers(): (RatedAnswer & { placed: Placed })[] {
  const placed = placedIn(questionBank());
  return readFileSync(join(import.meta.dirname, 'ratings.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const answer = RatedAnswer.parse(JSON.parse(line));
      const at = placed.get(answer.criterion);
      if (at === undefined) throw new Error(`The question bank has no ${answer.criterion}.`);
      return { ...answer, placed: at };
    });
}

const scale = ['no', 'partly', 'yes'];

/**
 * Agreement beyond chance, from -1 to 1: Cohen's kappa with quadratic weights, so that «partly» for «yes» costs less than «no».
 * Only what both rated counts.
 */
export function weightedKappa(pairs: readonly (readonly [string, string])[]): number {
  const rated = pairs
    .map(([one, other]) => [scale.indexOf(one), scale.indexOf(other)] as const)
    .filter(([one, other]) => one >= 0 && other >= 0);
  const distance = (one: number, other: number) => (one - other) ** 2;
  const observed = rated.reduce((sum, [one, other]) => sum + distance(one, other), 0);
  const expected =
    rated.reduce(
      (sum, [one]) => sum + rated.reduce((inner, [, other]) => inner + distance(one, other), 0),
      0,
    ) / rated.length;
  return expected === 0 ? 1 : 1 - observed / expected;
}

/** @returns lines for people to read */
export async function evaluateRatings(read: (task: string, words: string) => Promise<Read>): Promise<string> {
  const answers = ratedAnswers();
  const wrong: string[] = [];
  const pairs = { defined: [] as [string, string][], practised: [] as [string, string][] };
  for (const answer of answers) {
    const made = await read(readingTask(answer.placed, answer.placed.criterion.routine.en), answer.words);
    for (const part of ['defined', 'practised'] as const)
      pairs[part].push([answer[part], made?.[part] ?? 'nothing']);
    if (made?.defined !== answer.defined || made.practised !== answer.practised)
      wrong.push(
        `  ${answer.criterion} ${JSON.stringify(answer.words)}\n    auditor ${answer.defined}/${answer.practised}, read ${made === null ? 'nothing' : `${made.defined}/${made.practised}`}`,
      );
  }
  const lines = Object.entries(pairs).map(([of, all]) => {
    const same = all.filter(([one, other]) => one === other).length;
    return `${of}: the same ${same} of ${all.length}, weighted kappa ${weightedKappa(all).toFixed(2)}`;
  });
  return [
    `${answers.length} answers, as an auditor rates them and as they were read`,
    ...lines,
    ...wrong,
  ].join('\n');
}

/** Whatever model is configured. */
export function readWith<Schema extends z.ZodObject>(
  { model }: App,
  schema: Schema,
): (task: string, words: string) => Promise<z.infer<Schema> | null> {
  return async (task, words) => {
    let read: z.infer<Schema> | null = null;
    await model?.converse(
      {
        system: task,
        messages: [{ role: 'user', content: words }],
        tools: [
          {
            name: 'write_down',
            description: 'Write down what the text says. Call it once.',
            schema,
            async call(input) {
              read = schema.parse(input);
              return { text: '', final: true };
            },
          },
        ],
        isStopped: () => false,
      },
      () => undefined,
    );
    return read;
  };
}
