/** Questions that a model wrote for a section widen the search, and are never shown as policy. */
import { expect, it } from 'vitest';
import { expandSections } from '../../src/knowledge/expand.ts';
import { search } from '../../src/knowledge/search.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument } from '../support/harness.ts';
import { lexicon } from '../support/shared.ts';

const now = new Date('2026-11-24T09:00:00Z');
const policy = (version: string, body = 'Stickers of clients are removed from returned equipment.') =>
  `---\nref: POL-3\nversion: "${version}"\n---\n# Returns Policy\n\n${body}`;

describeOnDatabases('questions written for sections', (test) => {
  const ask = (question: string) =>
    search(test.db, lexicon, {
      question,
      reader: { audiences: ['everyone'] },
      now,
      limit: 5,
      embedder: null,
    });

  it('let a section be found by words that it does not hold, and show its own words alone', async () => {
    await givenDocument(test.db, 'returns.md', policy('1.0'));
    const before = await ask('decals on my thinkpad');

    const written = await expandSections(test.db, lexicon, async () => 'May decals stay on my thinkpad?');
    const { passages } = await ask('decals on my thinkpad');

    expect(before.passages).toEqual([]);
    expect(written).toBe(1);
    expect(passages.map((passage) => passage.body)).toEqual([
      'Stickers of clients are removed from returned equipment.',
    ]);
    expect(JSON.stringify(passages)).not.toContain('decals');
  });

  it('are written once, and serve the same text in its next version', async () => {
    await givenDocument(test.db, 'returns.md', policy('1.0'));
    await expandSections(test.db, lexicon, async () => 'May decals stay?');

    const again = await expandSections(test.db, lexicon, async () => 'Never asked.');
    await givenDocument(test.db, 'returns.md', policy('2.0'));

    expect(again).toBe(0);
    expect((await ask('decals')).passages.map((passage) => passage.version)).toEqual(['2.0']);
  });

  it('serve no text that has changed', async () => {
    await givenDocument(test.db, 'returns.md', policy('1.0'));
    await expandSections(test.db, lexicon, async () => 'May decals stay?');

    await givenDocument(test.db, 'returns.md', policy('2.0', 'Equipment is returned in its box.'));

    expect((await ask('decals')).passages).toEqual([]);
  });
});
