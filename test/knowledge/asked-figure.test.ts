import { expect, it } from 'vitest';
import { figureAskedIn } from '../../src/knowledge/asked-figure.ts';
import { loadLexicon } from '../../src/knowledge/lexicon.ts';

const lexicon = loadLexicon();
const days = { body: 'You may work remotely up to 3 full working days a week.', language: 'en' };
const network = { body: 'Your home network must use WPA2 or WPA3 encryption.', language: 'en' };
const hours = { body: 'Send it back within two weeks.', language: 'en' };

it.each([
  ['How many days a week can I work from home?', 'en'],
  ['Wie viele Tage darf ich von zu Hause arbeiten?', 'de'],
  ['Combien de jours par semaine ?', 'fr'],
])('a section that counts what is asked for comes before one that does not: %s', (question, language) => {
  const weigh = figureAskedIn(question, lexicon, language);

  expect(weigh?.(days)).toBeGreaterThan(1);
  expect(weigh?.(network)).toBe(1);
  expect(weigh?.(hours)).toBe(1);
});

it('a length of time speaks a little for a section where it is asked how long', () => {
  const weigh = figureAskedIn('how long?', lexicon, 'en');

  expect(weigh?.(hours)).toBeGreaterThan(1);
  expect(weigh?.(hours)).toBeLessThan(figureAskedIn('how many days', lexicon, 'en')?.(days) ?? 0);
  expect(weigh?.(network)).toBe(1);
});

it('a question that no figure answers prefers none', () => {
  expect(figureAskedIn('May I work from home?', lexicon, 'en')).toBeNull();
});
