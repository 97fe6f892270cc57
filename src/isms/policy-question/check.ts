/** What a question about a policy must be before anybody may approve it, whoever wrote it. */
import { alike, comparable } from '../../language/text.ts';

export interface QuestionText {
  ask: string;
  rightAnswer: string;
  wrongAnswers: string[];
  why: string;
  /** Words of the section that show the right answer; null where its author names none. */
  shownBy: string | null;
}

/** Characters: a choice is a button. */
export const most = { ask: 200, choice: 75, why: 500, shownBy: 500 };

/** What is wrong with it, by its parts. @param others  of the same policy */
export function faultsOf(
  { ask, rightAnswer, wrongAnswers, why, shownBy }: QuestionText,
  section: { body: string },
  others: readonly Pick<QuestionText, 'ask'>[],
): Partial<Record<keyof QuestionText, string>> {
  const choices = [rightAnswer, ...wrongAnswers];
  const isWithin = (text: string, length: number) => text.trim() !== '' && text.length <= length;
  const twin = others.find((other) => alike(other.ask, ask));
  return {
    ...(!isWithin(ask, most.ask) && { ask: `A question takes 1 to ${most.ask} characters.` }),
    ...(twin !== undefined && { ask: `That is asked already: «${twin.ask}»` }),
    ...(!choices.every((choice) => isWithin(choice, most.choice)) && {
      rightAnswer: `An answer takes 1 to ${most.choice} characters.`,
    }),
    ...((wrongAnswers.length < 2 || wrongAnswers.length > 3) && {
      wrongAnswers: 'Two or three wrong answers are needed.',
    }),
    ...(choices.some((one, at) => choices.slice(at + 1).some((other) => alike(one, other))) && {
      wrongAnswers: 'Two of the answers say the same.',
    }),
    ...(!isWithin(why, most.why) && { why: `The explanation takes 1 to ${most.why} characters.` }),
    ...(shownBy !== null &&
      !(isWithin(shownBy, most.shownBy) && standsIn(shownBy, section.body)) && {
        shownBy: 'These words do not stand in the section.',
      }),
  };
}

/** Whether several words, copied in whatever case and with whatever marks, stand in a text. */
export function standsIn(words: string, body: string): boolean {
  const wanted = comparable(words);
  return wanted.includes(' ') && ` ${comparable(body)} `.includes(` ${wanted} `);
}
