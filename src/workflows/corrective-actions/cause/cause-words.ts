/** The words of the five-whys coach: its questions, what it questions once, and what ends an interview. */
import { shortened } from '../../../language/text.ts';
import { words } from '../../../language/vocabulary.ts';

/** Whys after which the coach asks whether that is it. */
export const usualWhys = 5;
/** Whys after which it asks no further: the cause of a cause of a cause helps nobody. */
export const mostWhys = 10;
/** Characters of an answer that the next why repeats. */
const longestQuote = 300;

export function firstWhy(title: string): string {
  return `Why did this happen: «${shortened(title, longestQuote)}»?`;
}

export function nextWhy(answer: string): string {
  return `Why was that so: «${shortened(bareAnswer(answer), longestQuote)}»?`;
}

const well = words('causes/well');
const because = words('causes/because');

/** The answer as a cause: without the «because» that it began with. */
export function bareAnswer(answer: string): string {
  const said = answer.trim();
  const begun = said.slice(well.begins(said)?.to ?? 0);
  const cause = begun.slice(because.begins(begun)?.to ?? 0);
  return cause !== begun && /^[\s,'’]/u.test(cause) ? cause.replace(/^[\s,'’]+/u, '') || said : said;
}

const humanError = words('causes/human error');
const training = words('causes/training');

/** «Somebody made a mistake» and «train them again» end an inquiry too early. A kind word and a question behind them, or null. */
export function lookBehind(answer: string): { word: string; question: string } | null {
  if (humanError.has(answer))
    return {
      word: 'Anybody can slip, so let us look once behind it.',
      question: 'What made that mistake easy to make, or hard to notice?',
    };
  if (training.has(answer))
    return {
      word: 'Knowing helps, but people change and days are busy.',
      question: 'What in the way of working let it happen even to somebody who knew?',
    };
  return null;
}

const enough = words('causes/enough');

/** The person says that the last answer is the cause. */
export function saysEnough(text: string): boolean {
  return enough.is(text) !== null && !text.includes('?');
}
