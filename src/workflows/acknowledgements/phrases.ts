/** What the room says, in the language of whoever acknowledges. */
import type { Context } from '../../conversation/contract.ts';
import { dayIn, languageOf, wording, type Say } from '../../language/wording.ts';

export const room = 'acknowledgements';

export interface Phrases {
  say: Say;
  day(day: string): string;
  /** One or many, of the keys `<key>One` and `<key>Many`. */
  count(key: string, count: number): string;
}

export function phrasesFor(person: Pick<Context['person'], 'locale'>): Phrases {
  const language = languageOf(person);
  const say = wording(room, language);
  return {
    say,
    day: (day) => dayIn(language, day),
    count: (key, count) => say(`${key}${count === 1 ? 'One' : 'Many'}`, { count }),
  };
}
