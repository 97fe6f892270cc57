/** What one criterion asks of somebody who practises, and which points of a good answer they mentioned. */
import { z } from 'zod';
import type { BankQuestion } from '../../dialogue/interview-bank.ts';
import type { InterviewAnswer } from '../../records/interview-answer.ts';
import type { ProfileTag } from '../../isms/assessment/bank.ts';
import { routineOf, type Placed } from '../../isms/assessment/questions.ts';
import type { Result } from '../../isms/mock-audit/interview.ts';
import type { Stage } from '../../isms/mock-audit/roles.ts';
import { plain } from '../../language/vocabulary.ts';
import { say } from './phrases.ts';
import { type Language, sayIn } from '../../language/wording.ts';

/** What a model makes of an answer. */
export const Reading = z.object({
  /** Places of points, from 1. */
  mentioned: z.array(z.number()),
  /** Words of the answer that an auditor would write down. */
  noted: z.string().nullable(),
});
export type Reading = z.infer<typeof Reading>;

export interface Asked {
  placed: Placed;
  given: readonly InterviewAnswer[];
  stage: Stage;
  tags: readonly ProfileTag[];
  language: Language;
}

/** Minutes that a criterion takes, with what follows. */
const minutes = 1.5;
/** Behind the mark of a question: of its checklist. */
const checklist = 'points';

/** The first question; what follows it where the answer leaves something out. An auditor of documents asks for the document. */
export function questionOf(asked: Asked): BankQuestion {
  const { placed, tags, language, stage } = asked;
  const { criterion } = placed;
  const further =
    stage === 'documents'
      ? [say('written', language)]
      : [criterion.probing, criterion.challenging].flatMap((each) => (each === undefined ? [] : [sayIn(each, language)]));
  const texts = [sayIn(routineOf(criterion, tags), language), ...further];
  const first = ladder(asked, texts, 0);
  if (first === undefined) throw new Error(`${placed.name} asks nothing`);
  return { ...first, why: sayIn(criterion.why, language), minutes };
} // prettier-ignore

function ladder(asked: Asked, texts: readonly string[], at: number): BankQuestion | undefined {
  const { placed, given, stage, language } = asked;
  const text = texts[at];
  if (text === undefined) return undefined;
  const mark = `${placed.name}.${at}`;
  const isJudged = at === 0 || stage === 'practice';
  const next = () => {
    const goesOn = stage === 'documents' || missingIn(placed, given).length > 0;
    const following = goesOn ? ladder(asked, texts, at + 1) : undefined;
    return following === undefined ? [] : [following];
  };
  return {
    mark,
    text,
    typed: true,
    skips: [{ as: 'unknown', label: say('unknown', language) }],
    follows({ skipped, read }) {
      if (skipped !== null) return [];
      if (!isJudged || Reading.safeParse(read).success) return next();
      return [{ ...pointsQuestion(asked, mark), follows: next }];
    },
  };
}

/** Without a model the person says themselves what they mentioned, of what was not mentioned before. */
function pointsQuestion({ placed, given, language }: Asked, of: string): BankQuestion {
  const mark = `${of}.${checklist}`;
  const open = missingIn(placed, given.slice(0, indexOf(given, mark)));
  return {
    mark,
    text: say('points', language),
    closed: true,
    many: { all: say('all', language), some: say('some', language), none: say('none', language) },
    choices: open.map((place) => ({
      value: String(place),
      label: placed.criterion.hears[place - 1] ?? '',
    })),
  };
}

function indexOf(given: readonly InterviewAnswer[], mark: string): number {
  const at = given.findIndex(({ of }) => of === mark);
  return at < 0 ? given.length : at;
}

function answersTo({ name }: Placed, given: readonly InterviewAnswer[]): InterviewAnswer[] {
  return given.filter(({ of }) => of.startsWith(`${name}.`));
}

/** Places of the points, from 1, that no answer mentioned. */
function missingIn(placed: Placed, given: readonly InterviewAnswer[]): number[] {
  const mentioned = answersTo(placed, given).flatMap(({ of, choice, read }) =>
    of.endsWith(`.${checklist}`)
      ? (choice ?? '').split(',').map(Number)
      : (Reading.safeParse(read).data?.mentioned ?? []),
  );
  return placed.criterion.hears.map((_, index) => index + 1).filter((place) => !mentioned.includes(place));
}

/** Words of the person that an auditor would write down. */
export function notedIn(placed: Placed, given: readonly InterviewAnswer[]): string[] {
  return answersTo(placed, given).flatMap(({ read }) => Reading.safeParse(read).data?.noted ?? []);
}

/** What a model said of an answer, as far as the answer bears it out. */
export function borneOut({ mentioned, noted }: Reading, { criterion }: Placed, answer: string): Reading {
  const isSaid = noted !== null && plain(noted) !== '' && ` ${plain(answer)} `.includes(` ${plain(noted)} `);
  return {
    mentioned: mentioned.filter((place) => criterion.hears[place - 1] !== undefined),
    noted: isSaid ? noted : null,
  };
}

/** Of what was asked. */
export function resultsOf(asked: readonly Placed[], given: readonly InterviewAnswer[]): Result[] {
  return asked
    .filter((placed) => answersTo(placed, given).length > 0)
    .map((placed) => ({
      criterion: placed.name,
      theme: placed.theme,
      missing: missingIn(placed, given),
      points: placed.criterion.hears.length,
    }));
}
