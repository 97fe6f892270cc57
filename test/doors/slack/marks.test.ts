/** What people write in Slack, with its marks, says what the same words say without them. */
import { describe, expect, it } from 'vitest';
import { unmarked } from '../../../src/doors/slack/text.ts';
import { words } from '../../../src/language/vocabulary.ts';
import { readUpdates } from '../../../src/workflows/corrective-actions/update/read-update.ts';

const reading = { now: new Date('2026-11-25T09:00:00Z'), timeZone: 'Europe/Berlin', locale: 'en-GB' };
const moves = (text: string) =>
  readUpdates(unmarked(text, null), reading).map(({ reference, move }) => [reference, move]);

describe('words with marks of Slack', () => {
  it('say the same in bold, italics, code, a labelled link or a numbered list', () => {
    for (const text of [
      '*CA-12* is *done*',
      '_CA-12_ is done',
      '`CA-12` is `done`',
      '*_CA-12_* done',
      '<https://tickets.example/12|CA-12> is done',
    ])
      expect(moves(text), text).toEqual([['CA-12', 'done']]);
    expect(moves('1. CA-12 is done\n2. CA-13 is done')).toEqual([
      ['CA-12', 'done'],
      ['CA-13', 'done'],
    ]);
    expect(unmarked('15. Dezember passt\n2. Januar nicht', null)).toBe('15. Dezember passt\n2. Januar nicht');
    expect(unmarked('2 * 3 * 4 and snake_case_name and ~/notes', null)).toBe(
      '2 * 3 * 4 and snake_case_name and ~/notes',
    );
  });

  it('are done with a tick, whatever its skin, and say nothing more with any other face', () => {
    for (const text of [
      'CA-12 :white_check_mark:',
      ':heavy_check_mark: CA-12',
      'CA-12 :ballot_box_with_check:',
      'CA-12 done :tada:',
      'CA-12 done :+1::skin-tone-3: :our-own-parrot:',
      'CA-12 done :raised_hands::skin-tone-5:',
    ])
      expect(moves(text), text).toEqual([['CA-12', 'done']]);
    expect(unmarked('at 10:30:45, see a:b:c', null)).toBe('at 10:30:45, see a:b:c');
  });

  it('are thanks beside a face', () => {
    for (const text of [
      'thanks :heart:',
      ':pray: thank you',
      'danke :smile:',
      'merci :tada:',
      'gracias :party_blob:',
    ])
      expect(words('small-talk/thanks').is(unmarked(text, null)), text).not.toBeNull();
  });

  it('are not said where they are struck out, and stay a quotation in a piece of code', () => {
    expect(moves('CA-12 is ~done~ in progress')).toEqual([['CA-12', 'start']]);
    expect(moves('~CA-13 is done~ CA-12 is done')).toEqual([['CA-12', 'done']]);
    expect(moves('~CA-12 is done~')).toEqual([]);
    expect(moves('she wrote `CA-12 is done`')).toEqual([]);
    expect(unmarked('```a *b* :tada:```', null)).toBe('```a *b* :tada:```');
  });
});
