/** What is asked of one criterion, as far as it was answered: the question, what its answer leads to, what could be shown. */
import { prompt } from '../../conversation/prompts.ts';
import type { BankQuestion } from '../../dialogue/interview-bank.ts';
import { Rating, type Choice, type Criterion, type ProfileTag } from '../../isms/assessment/bank.ts';
import type { InterviewAnswer } from '../../records/interview-answer.ts';
import { routineOf, type Placed } from '../../isms/assessment/questions.ts';
import type { Ratings } from '../../isms/assessment/result.ts';
import { z } from 'zod';
import { say, sayRating } from './phrases.ts';
import { type Language, sayIn } from '../../language/wording.ts';

/** What a model made of an answer. */
export type Reading = z.infer<typeof Reading>;
export const Reading = z.object({
  defined: z.enum([...Rating.options, 'unknown']),
  practised: z.enum([...Rating.options, 'unknown']),
});

export interface Asking {
  placed: Placed;
  given: readonly InterviewAnswer[];
  tags: readonly ProfileTag[];
  language: Language;
  /** Whether it is asked for itself what could be shown. */
  proof: boolean;
  /** What our own records say against it, a sentence each; looked up once somebody says that it is done. */
  records(): Promise<readonly string[]>;
}

export const skips = [
  { as: 'skipped', label: 'Skip', reason: 'Why do you skip it? As «I do not know», or who would.' },
  { as: 'not_applicable', label: 'Not applicable', reason: 'Why does it not apply to you? An auditor will ask the same.' },
] as const; // prettier-ignore

/** Minutes that a criterion takes, with what follows. */
export const minutesOf = (proof: boolean) => (proof ? 1 : 0.4);

const mark = ({ name }: Placed, of: string) => `${name}.${of}`;
const stepAt = (given: readonly InterviewAnswer[], of: string) => given.find((step) => step.of === of);
const choicesFrom = (choices: readonly Choice[], language: Language) =>
  choices.map((choice) => ({ value: choice.as, label: sayIn(choice, language) }));

/** In their order; those that an answer does not lead to are not there. */
export async function questionsOf(asking: Asking): Promise<BankQuestion[]> {
  const { placed, given, tags, language, proof, records } = asking;
  const { criterion, name } = placed;
  const why = sayIn(criterion.why, language);
  const choices = choicesFrom(criterion.choices, language);
  const isControl = placed.requirement.startsWith('A.');
  const questions: BankQuestion[] = [
    {
      mark: name,
      text: sayIn(routineOf(criterion, tags), language),
      why,
      choices,
      typed: true,
      skips: isControl ? skips : skips.slice(0, 1),
    },
  ];
  const first = stepAt(given, name);
  if (first === undefined || first.skipped !== null) return questions;

  if (first.choice === null) {
    const reading = readingOf(first);
    const agreed = stepAt(given, mark(placed, 'understood'));
    if (reading !== null)
      questions.push({
        mark: mark(placed, 'understood'),
        text: say('understood', language, {
          defined: sayRating(reading.defined, language),
          practised: sayRating(reading.practised, language),
        }),
        closed: true,
        choices: [
          { value: 'yes', label: say('right', language) },
          { value: 'no', label: say('wrong', language) },
        ],
      });
    if (reading === null || agreed?.choice === 'no')
      questions.push({ mark: mark(placed, 'closest'), text: say('closest', language), closed: true, choices });
  }
  const chosen = chosenIn(placed, given);
  if (chosen === null) return questions;
  for (const [at, follow] of (criterion.follow ?? []).entries())
    if (follow.after.includes(chosen.as))
      questions.push({
        mark: mark(placed, `follow-${at}`),
        text: sayIn(follow.ask, language),
        skips: [{ as: 'passed', label: 'Pass' }],
        ...(follow.choices === undefined ? {} : { choices: choicesFrom(follow.choices, language), closed: true }),
      });
  if (questions.some((question) => stepAt(given, question.mark) === undefined)) return questions;

  const { practised } = ratingsIn(placed, given);
  if (practised !== 'yes' && practised !== 'partly') return questions;
  if (proof) {
    const asked = proofQuestion(placed, language);
    const shown = stepAt(given, asked.mark);
    questions.push(asked);
    if (shown !== undefined && shown.choice === null)
      questions.push({ ...asked, mark: mark(placed, 'age'), text: say('howOld', language), closed: true });
    if (questions.some((question) => stepAt(given, question.mark) === undefined)) return questions;
  }
  const against = practised === 'yes' || stepAt(given, mark(placed, 'record')) ? await records() : [];
  if (against.length > 0)
    questions.push({
      mark: mark(placed, 'record'),
      text: say('record', language, { records: against.join(' ') }),
      closed: true,
      choices: [
        { value: 'yes', label: say('stands', language) },
        { value: 'partly', label: say('notQuite', language) },
        { value: 'no', label: say('notReally', language) },
      ],
    });
  return questions;
} // prettier-ignore

function readingOf({ read }: InterviewAnswer): Pick<Ratings, 'defined' | 'practised'> | null {
  const reading = Reading.safeParse(read).data;
  if (reading === undefined || reading.practised === 'unknown') return null;
  const { defined, practised } = reading;
  return { defined: defined === 'unknown' ? 'no' : defined, practised };
}

/** Of the evidence that a criterion wants, the freshest counts. */
export function freshestOf({ evidence }: Pick<Criterion, 'evidence'>): number | 'in force' {
  const months = evidence.flatMap(({ fresh }) => (fresh === 'in force' ? [] : [fresh]));
  return months.length === 0 ? 'in force' : Math.min(...months);
}

function proofQuestion(placed: Placed, language: Language): BankQuestion {
  const { evidence } = placed.criterion;
  const fresh = freshestOf(placed.criterion);
  const lines = evidence.map((piece) => {
    const age = piece.fresh === 'in force' ? '' : ` (${say('notOlder', language, { months: piece.fresh })})`;
    return `• ${sayIn(piece, language)}${age}`;
  });
  const newest =
    fresh === 'in force'
      ? say('inForce', language)
      : say(fresh === 1 ? 'newerOne' : 'newer', language, { months: fresh });
  return {
    mark: mark(placed, 'proof'),
    text: [say('show', language), ...lines].join('\n'),
    why: say('whyShow', language),
    typed: true,
    choices: [
      { value: 'fresh', label: newest },
      { value: 'old', label: say(fresh === 'in force' ? 'draft' : 'older', language) },
      { value: 'part', label: say('some', language) },
      { value: 'none', label: say('nothing', language) },
    ],
  };
}

const provenBy: Record<string, Rating> = { fresh: 'yes', old: 'partly', part: 'partly', none: 'no' };

/** The choice that the first answer is; of words that a model read and the person agreed to, the one that means the same. */
function chosenIn(placed: Placed, given: readonly InterviewAnswer[]): (Choice & { read?: Partial<Ratings> }) | null {
  const { choices } = placed.criterion;
  const first = stepAt(given, placed.name);
  const as = first?.choice ?? stepAt(given, mark(placed, 'closest'))?.choice;
  const chosen = choices.find((choice) => choice.as === as);
  if (chosen !== undefined) return chosen;
  if (first === undefined || stepAt(given, mark(placed, 'understood'))?.choice !== 'yes') return null;
  const reading = readingOf(first);
  if (reading === null) return null;
  const alike = choices.find(
    ({ defined, practised }) => defined === reading.defined && practised === reading.practised,
  );
  return { ...(alike ?? { as: 'read', en: first.words }), read: reading };
} // prettier-ignore

/** What the answers come to so far. What follows an answer, and what was said to our records, takes its place. */
export function ratingsIn(
  placed: Placed,
  given: readonly InterviewAnswer[],
): Ratings & { age: string | null } {
  const chosen = chosenIn(placed, given);
  const ratings: Ratings = {
    defined: chosen?.read?.defined ?? chosen?.defined ?? null,
    practised: chosen?.read?.practised ?? chosen?.practised ?? null,
    proven: null,
  };
  for (const [at, follow] of (placed.criterion.follow ?? []).entries()) {
    const choice = stepAt(given, mark(placed, `follow-${at}`))?.choice;
    const { defined, practised } = follow.choices?.find(({ as }) => as === choice) ?? {};
    ratings.defined = defined ?? ratings.defined;
    ratings.practised = practised ?? ratings.practised;
  }
  const age =
    ['proof', 'age'].map((of) => stepAt(given, mark(placed, of))?.choice).find((choice) => choice != null) ??
    null;
  ratings.proven = age === null ? null : (provenBy[age] ?? null);
  const stands = Rating.safeParse(stepAt(given, mark(placed, 'record'))?.choice).data;
  if (stands !== undefined && stands !== 'yes') ratings.practised = stands;
  return { ...ratings, age };
}

/** Whether words may be read by a model: those that answer the question itself. */
export function isReadable(placed: Placed, { mark: of }: { mark: string | number }): boolean {
  return of === placed.name;
}

/** What a model is asked to make of an answer in words. */
export function readingTask({ criterion: { is, hears, choices } }: Placed, question: string): string {
  const said = choices.map(
    ({ en, defined, practised }) =>
      `- «${en}»: defined ${sayRating(defined ?? null, 'en')}, practised ${sayRating(practised ?? null, 'en')}`,
  );
  return prompt('gap-rating', { question, is: is.en, hears: hears.join('; '), choices: said.join('\n') });
}

/** As an answer keeps them: the person's own. */
export function wordsIn(given: readonly InterviewAnswer[]): string {
  return given
    .filter(({ choice }) => choice === null)
    .map(({ words }) => words)
    .filter((words) => words !== '')
    .join('\n');
}
