/** The words of the five-whys coach: its questions, what it questions once, and what ends an interview. */
import { shortened } from '../../../conversation/plain-text.ts';

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

/** The answer as a cause: without the «because» that it began with. */
export function bareAnswer(answer: string): string {
  return (
    answer
      .trim()
      .replace(
        /^(?:well,? |so,? )?(?:because|cause|since|weil|da|denn|parce qu(?:e |['’])|car|porque|ya que)(?=\s|(?<=['’]))[\s,]*/iu,
        '',
      )
      .trim() || answer.trim()
  );
}

const before = String.raw`(?<![\p{L}\p{N}])`;
const humanError = new RegExp(
  `${before}(?:human (?:error|mistake|failure|factor)|(?:user|operator|personal|manual) (?:error|mistake)|forg[eo]t|forgotten|forgetful|careless|negligen|inattenti|overlook|not pay(?:ing)? attention|didn['’]?t pay attention|sloppy|made a mistake` +
    `|menschliche[rsn]? (?:versagen|fehler)|bedienfehler|vergessen|vergass|vergaß|unachtsam|nachlässig|schlamp|übersehen|flüchtigkeit` +
    `|erreurs? humaines?|oubli|négligen|inattention|étourderie|error(?:es)? humanos?|olvid|descuid|negligenc|despiste)`,
  'iu',
);
const training = new RegExp(
  `${before}(?:re-?train|more training|(?:staff|people|team) (?:was|were|is|are) (?:not |un)trained|lack of (?:training|awareness)|no training|awareness|remind|train (?:the |our |all )?(?:staff|people|team|users|employees)` +
    `|(?:nach)?schul(?:en|ung)|sensibilis|erinner|unterweis|formation|formé|rappel|capacita|concienci|recordar|recordatorio|formación)`,
  'iu',
);

/** «Somebody made a mistake» and «train them again» end an inquiry too early. A kind word and a question behind them, or null. */
export function lookBehind(answer: string): { word: string; question: string } | null {
  if (humanError.test(answer))
    return {
      word: 'Anybody can slip, so let us look once behind it.',
      question: 'What made that mistake easy to make, or hard to notice?',
    };
  if (training.test(answer))
    return {
      word: 'Knowing helps, but people change and days are busy.',
      question: 'What in the way of working let it happen even to somebody who knew?',
    };
  return null;
}

const enough =
  /^(?:stop|enough|that['’]?s (?:it|all|the (?:root )?cause)|that is (?:it|all|the (?:root )?cause)|this is the (?:root )?cause|stopp|genug|das (?:ist|war) (?:es|alles|die ursache)|das war['’]?s|c['’]est (?:tout|ça|la cause)|ya est[áa]|eso es (?:todo|la causa)|esa es la causa)[\s.!]*$/iu;

/** The person says that the last answer is the cause. */
export function saysEnough(text: string): boolean {
  return enough.test(text.trim());
}
