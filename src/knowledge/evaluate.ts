/** Measures retrieval over a labelled question set: recall, rank and the refusal floor, for each leg and the fusion. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { OperatorError, messageOf } from '../errors.ts';
import { plain } from '../language/vocabulary.ts';
import type { Lexicon } from './lexicon.ts';
import type { Passage, SearchOptions, SearchResult } from './search.ts';
import { searchQuestion } from './search-question.ts';
import type { ActiveEmbedder } from './search-index.ts';

/**
 * Below this strength of the best match the policies are taken not to say. The highest floor, in steps of 0.05, at which no more
 * than one in ten of what the sample company's policies answer is refused, on the curve that `npm run eval -- offline` prints.
 */
export const refusalFloor = 2.7;
/** A best match that stands out so far from all others in meaning says it, in whatever words. */
export const nearEnough = 0.5;

const Question = z.object({
  id: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.array(z.object({ file: z.string(), heading: z.string(), part: z.number() })),
});
export type Question = z.infer<typeof Question>;

export interface Scores {
  n: number;
  'recall@1': number;
  'recall@5': number;
  'recall@10': number;
  'mrr@10': number;
}

export interface Evaluation {
  overall: Scores;
  byCategory: Record<string, Scores>;
  refusal: {
    answerableRefused: number;
    unanswerableRefused: number;
    auc: number;
    floor: number;
    curve: CurvePoint[];
  };
  legs: Record<string, Scores>;
  /** Questions with a part that no section among the first five answers, with what came first instead. */
  misses: { id: string; question: string; found: string[] }[];
}

export interface CurvePoint {
  floor: number;
  answerableRefused: number;
  unanswerableRefused: number;
}

export async function readQuestions(path: string): Promise<Question[]> {
  const source = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new OperatorError(`The question set ${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  return source.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [Question.parse(JSON.parse(line))];
    } catch (cause) {
      throw new OperatorError(
        `${path}, line ${index + 1}, is not a labelled question (id, category, question, gold): ${messageOf(cause)}`,
        { cause },
      );
    }
  });
}

export interface EvaluateOptions {
  embedder: ActiveEmbedder | null;
  now: Date;
  audiences: string[];
}

type Leg = NonNullable<SearchOptions['legs']>;
export type LegScores = Record<Leg, Scores>;

/** What each leg finds by itself, and both together, over all questions and in each category. */
export async function evaluateLegs(
  tx: Queryable,
  lexicon: Lexicon,
  questions: Question[],
  options: EvaluateOptions,
): Promise<Record<string, LegScores>> {
  const runs = { text: await runAll('text'), vector: await runAll('vector'), both: await runAll('both') };
  function runAll(legs: Leg) {
    return searchAll(tx, lexicon, questions, options, legs);
  }
  const scoresOf = (isWanted: (question: Question) => boolean): LegScores => {
    const of = (leg: Leg) => average(runs[leg].filter(([question]) => isWanted(question)));
    return { text: of('text'), vector: of('vector'), both: of('both') };
  };
  const answerable = questions.filter(({ gold }) => gold.length > 0);
  const categories = [...new Set(answerable.map(({ category }) => category))];
  return Object.fromEntries([
    ['overall', scoresOf(() => true)],
    ...categories.map(
      (category) => [category, scoresOf((question) => question.category === category)] as const,
    ),
  ]);
}

async function searchAll(
  tx: Queryable,
  lexicon: Lexicon,
  questions: Question[],
  { embedder, now, audiences }: EvaluateOptions,
  legs: Leg,
): Promise<[Question, SearchResult][]> {
  const results: [Question, SearchResult][] = [];
  for (const question of questions) {
    const asked = { question: question.question, reader: { audiences }, now, limit: 10, embedder, legs };
    results.push([question, await searchQuestion(tx, lexicon, asked)]);
  }
  return results;
}

export async function evaluateRetrieval(
  tx: Queryable,
  lexicon: Lexicon,
  questions: Question[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { embedder } = options;
  const runAll = (legs: Leg) => searchAll(tx, lexicon, questions, options, legs);

  const both = await runAll('both');
  const legs: Record<string, Scores> = { text: average(await runAll('text')) };
  if (embedder !== null) legs.vector = average(await runAll('vector'));
  legs.fusion = average(both);
  const categories = [...new Set(questions.map((question) => question.category))];
  return {
    overall: average(both),
    byCategory: Object.fromEntries(
      categories
        .map(
          (category) =>
            [category, average(both.filter(([question]) => question.category === category))] as const,
        )
        .filter(([, scores]) => scores.n > 0),
    ),
    refusal: refusals(both),
    legs,
    misses: both
      .filter(([question, result]) => question.gold.length > 0 && recall(question, result.passages, 5) < 1)
      .map(([question, result]) => ({
        id: question.id,
        question: question.question,
        found: result.passages.slice(0, 5).map((passage) => `${passage.sourcePath} · ${passage.heading}`),
      })),
  };
}

function average(results: [Question, SearchResult][]): Scores {
  const answerable = results.filter(([question]) => question.gold.length > 0);
  const mean = (score: (question: Question, passages: Passage[]) => number) =>
    round(
      answerable.reduce((sum, [question, result]) => sum + score(question, result.passages), 0) /
        Math.max(answerable.length, 1),
    );
  return {
    n: answerable.length,
    'recall@1': mean((question, passages) => recall(question, passages, 1)),
    'recall@5': mean((question, passages) => recall(question, passages, 5)),
    'recall@10': mean((question, passages) => recall(question, passages, 10)),
    'mrr@10': mean(reciprocalRank),
  };
}

/** Share of the parts of a full answer that have one of their sections among the first k. */
function recall({ gold }: Question, passages: Passage[], k: number): number {
  const parts = new Set(gold.map((each) => each.part));
  const found = new Set(
    gold
      .filter((each) => passages.slice(0, k).some((passage) => isGold(each, passage)))
      .map((each) => each.part),
  );
  return found.size / parts.size;
}

function reciprocalRank({ gold }: Question, passages: Passage[]): number {
  const at = passages.slice(0, 10).findIndex((passage) => gold.some((each) => isGold(each, passage)));
  return at < 0 ? 0 : 1 / (at + 1);
}

function isGold({ file, heading }: Question['gold'][number], passage: Passage): boolean {
  const path = passage.sourcePath ?? '';
  if (path !== file && !path.endsWith(`/${file}`)) return false;
  const wanted = plain(heading);
  return wanted === plain(passage.heading) || wanted === plain(`${passage.number} ${passage.heading}`);
}

function refusals(results: [Question, SearchResult][]): Evaluation['refusal'] {
  const answerable = results
    .filter(([question]) => question.gold.length > 0)
    .map(([, result]) => result.strength);
  const unanswerable = results
    .filter(([question]) => question.gold.length === 0)
    .map(([, result]) => result.strength);
  const below = (scores: number[], floor: number) =>
    round(scores.filter((score) => score < floor).length / Math.max(scores.length, 1));
  const at = (floor: number) => ({
    floor,
    answerableRefused: below(answerable, floor),
    unanswerableRefused: below(unanswerable, floor),
  });
  const pairs = answerable.flatMap((higher) =>
    unanswerable.map((lower) => (higher > lower ? 1 : higher === lower ? 0.5 : 0)),
  );
  return {
    ...at(refusalFloor),
    auc: round(pairs.reduce((sum: number, win) => sum + win, 0) / Math.max(pairs.length, 1)),
    curve: [1, 1.5, 2, 2.25, 2.5, 2.6, 2.65, 2.7, 2.75, 2.8, 3, 3.5, 4].map(at),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
