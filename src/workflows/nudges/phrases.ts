/** What reminders say, in the language of whoever reads them. */
import { languageOf, wording, type Say } from '../../language/wording.ts';

export const room = 'nudges';

export function sayTo(person: { locale: string }): Say {
  return wording('nudges', languageOf(person));
}
