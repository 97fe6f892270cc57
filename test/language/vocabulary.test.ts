/** The word lists of `knowledge/vocabulary/`: how they are written, that each is used, and how the one matcher reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { words } from '../../src/language/vocabulary.ts';
import { growth, linear } from '../support/growth.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'knowledge/vocabulary');
const texts = readdirSync(folder).map(
  (file) => [file.replace('.yaml', ''), readFileSync(join(folder, file), 'utf8')] as const,
);
const named = texts.flatMap(([file, text]) =>
  Object.keys(parse(text) as object).map((list) => `${file}/${list}`),
);

describe('a list', () => {
  it('is asked for by the code or by another list, and each that is asked for is there', () => {
    const code = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, 'src', file), 'utf8'));
    const asked = new Set([
      ...code.flatMap((text) =>
        [...text.matchAll(/words\([`']([^`'$]+)[`']\)/g)].map((match) => match[1] ?? ''),
      ),
      ...code.flatMap((text) =>
        [...text.matchAll(/readWord\('([^']+)'/g)].map((match) => `cells/${match[1]}`),
      ),
      ...texts.flatMap(([file, text]) =>
        [...text.matchAll(/<([^<>\n]+)>/g)].map(([, name = '']) =>
          name.includes('/') ? name : `${file}/${name}`,
        ),
      ),
    ]);

    expect([...asked].sort()).toEqual([...named].sort());
  });

  it('says in a comment what it is for', () => {
    const bare = texts.flatMap(([file, text]) => {
      const lines = text.split('\n');
      return lines.flatMap((line, at) =>
        /^[^\s#]/.test(line) && !/^#/.test(lines[at - 1] ?? '') ? [`${file}: ${line}`] : [],
      );
    });

    expect(bare).toEqual([]);
  });

  it.each(named)('%s is read', (name) => {
    expect(
      words(name)
        .entries()
        .every(([, phrases]) => phrases.length > 0),
    ).toBe(true);
  });
});

describe('a phrase', () => {
  it('is found whatever its case and accents, and only as whole words', () => {
    expect(words('dates/months').find('Der MAERZ')?.meaning).toBe('3');
    expect(words('dates/months').find('FÉVRIER')?.meaning).toBe('2');
    expect(words('dates/months').has('marching')).toBe(false);
  });

  it('has the longest reading, its parts and its place', () => {
    expect(words('dates/days').find('bis Ende nächster Woche.')).toMatchObject({
      meaning: 'end of period', text: 'Ende nächster Woche', from: 4, to: 23, parts: { sides: 'next', periods: 'week' },
    }); // prettier-ignore
    expect(words('numbers/duration').find('dix-sept jours')?.parts).toMatchObject({ numbers: '17' });
  });

  it('does not go on behind a comma or the end of a sentence', () => {
    expect(words('grades/reasons').meanings('It was not. Held firmly, once more')).toEqual(['single']);
  });
});

it('takes time that grows with the text', () => {
  for (const piece of ['no ', 'end of the ', 'hier ', 'two '])
    for (const list of ['grades/reasons', 'dates/days', 'numbers/duration'])
      expect([piece, list, growth(2_000, (length) => words(list).meanings(piece.repeat(length))) < linear]).toEqual([piece, list, true]);
}); // prettier-ignore
