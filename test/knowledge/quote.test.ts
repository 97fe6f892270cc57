/** A quote is always a stretch of the stored section, and the one that says most of what was asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestQuote, excerpt, rankSentences, sentencesOf } from '../../src/knowledge/quote.ts';
import { lexicon } from '../support/shared.ts';

const body =
  'Passwords have at least 16 characters. They are unique.\n\n- Never share a password.\n- Lock the screen when you leave.\n\n| System | Length |\n| Vault | 20 characters |\n| Mail | 16 characters |';
const asked = (...words: string[]) =>
  new Map(words.flatMap((word) => lexicon.stems(word, 'en').map((stem) => [stem, 1])));

describe('the sentences of a section', () => {
  it('are its sentences, list items and table rows, where they stand, without their marks', () => {
    const sentences = sentencesOf(body);

    expect(sentences.map((sentence) => sentence.text)).toEqual([
      'Passwords have at least 16 characters.',
      'They are unique.',
      'Never share a password.',
      'Lock the screen when you leave.',
      '| Vault | 20 characters |',
      '| Mail | 16 characters |',
    ]);
    for (const { text, start, end } of sentences) expect(body.slice(start, end)).toBe(text);
  });

  it('know the head of the table that they are a row of', () => {
    const heads = sentencesOf(body).map((sentence) => sentence.tableHead);

    expect(heads).toEqual([null, null, null, null, '| System | Length |', '| System | Length |']);
  });

  it('leave out lines without a letter or digit', () => {
    expect(sentencesOf('---\n\n…\n- \nText.').map((sentence) => sentence.text)).toEqual(['Text.']);
  });
});

describe('a quote', () => {
  it.each([
    [['share', 'password'], 'Never share a password.'],
    [['screen'], 'Lock the screen when you leave.'],
    [['vault', 'length'], '| Vault | 20 characters |'],
    [['unique'], 'They are unique.'],
    [['nothing', 'known'], 'Passwords have at least 16 characters.'],
  ])('for %s is «%s»', (words, quote) => {
    expect(bestQuote(lexicon, body, 'en', asked(...words))).toBe(quote);
  });

  it('takes the sentence with the figure that the answer gives', () => {
    const weights = new Map([...asked('characters'), ['20', 3] as const]);

    expect(bestQuote(lexicon, body, 'en', weights)).toBe('| Vault | 20 characters |');
  });

  it('of a very long sentence ends at a word', () => {
    const long = `Access ${'is granted to those who need it and '.repeat(30)}ends.`;

    const quote = bestQuote(lexicon, long, 'en', asked('access'));

    expect(quote.length).toBeLessThanOrEqual(400);
    expect(long.startsWith(`${quote} `)).toBe(true);
  });

  const anyBody = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom('Report it at once. ', '\n', '\n\n', '- ', '1. ', '| a | b |\n', 'Dr. No, e.g. 3.5 hours! ', ' ', '\t', '👨‍👩‍👧', 'x'.repeat(450)),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join('')); // prettier-ignore
  const anyWeights = fc
    .array(fc.constantFrom('report', 'hours', '3', 'a', 'x'), { maxLength: 4 })
    .map((words) => asked(...words));

  it('is a stretch of the section, whatever the section and the question are', () => {
    fc.assert(
      fc.property(anyBody, anyWeights, (text, weights) =>
        text.includes(bestQuote(lexicon, text, 'en', weights)),
      ),
      { numRuns: 300 },
    );
  });

  it('is ranked among sentences that stand in the section', () => {
    fc.assert(
      fc.property(anyBody, anyWeights, (text, weights) =>
        rankSentences(lexicon, text, 'en', weights).every(
          ({ sentence }) => text.slice(sentence.start, sentence.end) === sentence.text,
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('and an excerpt marks whole sentences, inside what it shows', () => {
    fc.assert(
      fc.property(anyBody, anyWeights, fc.integer({ min: 60, max: 500 }), (text, weights, length) => {
        const shown = excerpt(lexicon, text, 'en', weights, length);
        const inner = shown.text.replace(/^… /, '').replace(/ …$/, '');
        const sentences = new Set(sentencesOf(text).map((sentence) => sentence.text));
        return (
          text.includes(inner) &&
          shown.text.length <= length + 4 &&
          shown.marks.every(([from, to]) => sentences.has(shown.text.slice(from, to)))
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('an excerpt', () => {
  it('of a short section is the whole of it, with the matching sentence marked', () => {
    const { text, marks } = excerpt(lexicon, body, 'en', asked('screen'), 420);

    expect(text).toBe(body);
    expect(marks.map(([from, to]) => text.slice(from, to))).toEqual(['Lock the screen when you leave.']);
  });

  it('of a long section shows whole sentences around the best one', () => {
    const long = `${'Filler comes first here. '.repeat(30)}The vault needs a card. ${'Filler comes last here. '.repeat(30)}`;

    const { text, marks } = excerpt(lexicon, long, 'en', asked('vault', 'card'), 200);

    expect(text.length).toBeLessThanOrEqual(204);
    expect(text).toMatch(/^… Filler .*\. …$/);
    expect(marks.map(([from, to]) => text.slice(from, to))).toEqual(['The vault needs a card.']);
  });

  it('marks nothing where nothing matches', () => {
    expect(excerpt(lexicon, body, 'en', asked('giraffe'), 420).marks).toEqual([]);
  });
});
