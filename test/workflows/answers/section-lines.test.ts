/** A section in chat: what answers first, the rest of it below, and every cell of a table with the head that says what it means. */
import { expect, it } from 'vitest';
import { showSection } from '../../../src/workflows/answers/section-lines.ts';
import { lexicon } from '../../support/shared.ts';

const body = `| Type of account | Minimum length |
| Normal user account | 14 characters |
| Service account | 32 characters |
| Phone or tablet | 6 digits |

There is no rule on special characters.`;
const section = { kind: 'policy' as const, title: 'Passwords', heading: 'Length', body, language: 'en' };
const shown = (question: string) =>
  showSection(lexicon, section, {
    question,
    terms: new Map(lexicon.stems(question, 'en').map((stem) => [stem, 1])),
  });

it.each([
  ['how long is the one of a normal user', 'Normal user account · Minimum length: 14 characters'],
  ['how long is the one of a service', 'Service account · Minimum length: 32 characters'],
  ['how long is the one of a tablet', 'Phone or tablet · Minimum length: 6 digits'],
])('has the row that answers «%s» first, and the others with their heads below', (question, first) => {
  const { lead, rest } = shown(question);

  const rows = [
    'Normal user account · Minimum length: 14 characters',
    'Service account · Minimum length: 32 characters',
    'Phone or tablet · Minimum length: 6 digits',
  ];
  expect(lead).toBe(first);
  expect(rest.split('\n').filter((line) => line.includes(' · '))).toEqual(
    rows.filter((row) => row !== first),
  );
  expect(rest).toContain('There is no rule on special characters.');
  expect(rest).not.toContain('Type of account');
});
