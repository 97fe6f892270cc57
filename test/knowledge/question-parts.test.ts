/** A message is cut where it asks another thing, and what it says of the answer's form is not searched for. */
import { expect, it } from 'vitest';
import { partsOf, withoutManner } from '../../src/knowledge/question-parts.ts';
import { lexicon } from '../support/shared.ts';

const parts = (question: string) => partsOf(question, (text) => lexicon.stems(text, 'en').length > 0);

it.each([
  [
    'how long is a badge valid, and who pays for a new one?',
    ['how long is a badge valid', 'who pays for a new one'],
  ],
  [
    'I move to Lyon in May. When do I hand in my key and can I keep my phone?',
    ['When do I hand in my key', 'can I keep my phone'],
  ],
  ['Wo melde ich das und wie lange dauert es?', ['Wo melde ich das', 'wie lange dauert es']],
  ['Quand part le badge, et comment rendre la clé ?', ['Quand part le badge', 'comment rendre la clé']],
  ['¿Dónde aparco y quién paga la multa?', ['Dónde aparco', 'quién paga la multa']],
])('«%s» asks two things', (question, expected) => {
  expect(parts(question)).toEqual(expected);
});

it.each([
  'how long are chats kept, and mails, and recordings of meetings?',
  'a stranger came in behind me, what now?',
  'may a visitor, who is alone, go to the lab?',
  'I lost my badge. What do I do?',
])('«%s» asks one', (question) => {
  expect(parts(question)).toEqual([]);
});

it.each([
  ['just the number please: how many keys may I have', 'please: how many keys may I have'],
  ['bitte als tabelle: welche Schlüssel gibt es', 'welche Schlüssel gibt es'],
  ['max two sentences: who opens the lab', 'who opens the lab'],
  ['yes or no?', 'yes or no?'],
])('of «%s» what is searched for is «%s»', (question, expected) => {
  expect(withoutManner(question)).toBe(expected);
});
