/** In which language a text is: plain English is told by its function words alone, everything else by the detector. */
import { expect, it } from 'vitest';
import { lexicon } from '../support/shared.ts';

it.each([
  ['How many days a week can I work from home?', 'en'],
  ['Who decides whether I may take my laptop to Nürnberg?', 'en'],
  ['clean desk', 'en'],
  ['Wie viele Tage in der Woche kann ich von zu Hause arbeiten?', 'de'],
  ['Was mache ich mit einer Phishing-Mail?', 'de'],
  ['Combien de jours par semaine puis-je travailler chez moi ?', 'fr'],
  ['¿Cuántos días a la semana puedo trabajar desde casa?', 'es'],
  ['Darf ich «how to work from home» weiterleiten, wenn es von der Personalabteilung kommt?', 'de'],
])('«%s» is %s', (text, language) => {
  expect(lexicon.languageOf(text)).toBe(language);
});
