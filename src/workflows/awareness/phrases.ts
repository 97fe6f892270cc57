/** What lessons and quizzes say beside their content, in the language of whoever learns. */
import type { Context } from '../../conversation/contract.ts';
import type { Lesson, Said } from '../../isms/training/lesson-bank.ts';
import { dayIn, languageOf, sayIn, wording, type Say } from '../../language/wording.ts';

export const room = 'awareness';

/** «1 person» */
export const asPeople = (count: number) => (count === 1 ? '1 person' : `${count} people`);

export interface Phrases {
  say: Say;
  /** Of what a lesson says. */
  of(said: Said): string;
  titleOf(lesson: Lesson): string;
  day(day: string | null): string;
}

export function phrasesFor(person: Pick<Context['person'], 'locale'>): Phrases {
  const language = languageOf(person);
  const of = (said: Said) => sayIn(said, language);
  return {
    say: wording('awareness', language),
    of,
    titleOf: ({ title }) => of(title),
    day: (day) => (day === null ? '' : dayIn(language, day)),
  };
}
