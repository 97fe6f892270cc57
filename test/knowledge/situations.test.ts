/** What people say is looked up in phrases that can be heard, and leads to words that stand in a text. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tokenize } from '../../src/knowledge/lexicon.ts';
import { readDocument } from '../../src/knowledge/read/read-document.ts';
import { lexicon } from '../support/shared.ts';

/** Lines `a, b => c, d` of a file, as lists. */
async function entriesOf(file: string): Promise<{ said: string[]; meant: string[] }[]> {
  const source = await readFile(join('knowledge/search', file), 'utf8');
  const terms = (side = '') => side.split(',').map((term) => term.trim());
  return source
    .split('\n')
    .filter((line) => line.includes('=>') && !line.startsWith('#'))
    .map((line) => line.split('=>'))
    .map(([said, meant]) => ({ said: terms(said), meant: terms(meant) }));
}

it.each(['situations.txt', 'situations-certification.txt', 'german.txt', 'french.txt', 'spanish.txt'])(
  '%s holds no phrase of more than the four words that are looked up at once',
  async (file) => {
    const phrases = (await entriesOf(file)).flatMap(({ said }) => said);

    expect(phrases.filter((phrase) => tokenize(phrase).length > 4)).toEqual([]);
  },
);

it('leads from each situation of certification to words that one section of the guide says together', async () => {
  const files = (await readdir('knowledge/guide')).map((name) => join('knowledge/guide', name));
  const documents = await Promise.all(files.map(async (file) => readDocument(file, await readFile(file))));
  const sections = documents.flatMap(({ title, sections: all }) =>
    all.map(({ heading, body }) => new Set(lexicon.stems(`${title} ${heading} ${body}`, 'en'))),
  );
  const stands = (term: string) => {
    const stems = lexicon.stems(term, 'en');
    return sections.some((section) => stems.every((stem) => section.has(stem)));
  };

  const entries = await entriesOf('situations-certification.txt');

  expect(entries.length).toBeGreaterThanOrEqual(200);
  expect(entries.filter(({ meant }) => !meant.some(stands)).map(({ said }) => said[0])).toEqual([]);
});
