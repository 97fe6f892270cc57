import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lessons } from '../../../src/isms/training/lesson-bank.ts';
import { alike, comparable } from '../../../src/language/text.ts';

/** Sections of the made-up company's policies in force, as `POL-20 3.4`. */
function sampleSections(): Set<string> {
  const folder = join(import.meta.dirname, '../../../knowledge/policies');
  const sections = globSync('*.md', { cwd: folder }).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const ref = /^ref: (POL-\d\d)$/m.exec(text)?.[1] ?? '';
    if (!/^status: published$/m.test(text)) return [];
    return [...text.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\b/gm)].map(([, number]) => `${ref} ${number}`);
  });
  return new Set(sections);
}

describe('The lessons', () => {
  const questions = lessons().flatMap(({ id: topic, questions: own }) =>
    own.map((question) => ({ ...question, name: `${topic}.${question.id}` })),
  );

  const wordsOf = (text: string) => new Set(comparable(text).split(' '));
  const inBoth = ['en', 'de'] as const;

  it('have each question once, and no two that ask nearly the same', () => {
    const names = questions.map(({ name }) => name);
    const near = inBoth.flatMap((language) => {
      const asked = questions.map(({ name, ask }) => ({ name, words: wordsOf(ask[language]) }));
      return asked.flatMap((one, at) =>
        asked.slice(at + 1).flatMap((other) => {
          const shared = [...one.words].filter((word) => other.words.has(word)).length;
          const share = shared / (one.words.size + other.words.size - shared);
          return share > 0.4 ? [`${one.name} and ${other.name}`] : [];
        }),
      );
    });

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(near).toEqual([]);
  });

  it('serve each demand of 7.3, and each names whom it is for', () => {
    const served = new Set(lessons().flatMap(({ serves }) => serves));
    const short = lessons().filter(({ questions: own }) => own.length < 10);

    expect([...served].sort()).toEqual(['consequences', 'contribution', 'policy']);
    expect(lessons().length).toBeGreaterThanOrEqual(15);
    expect(short.map(({ id }) => id)).toEqual([]);
  });

  it('have one right answer to each question, and no two that say the same', () => {
    const wrong = questions.filter(({ choices }) => choices.filter(({ right }) => right).length !== 1);
    const twins = questions.filter(({ choices }) =>
      inBoth.some((language) =>
        choices.some((one, at) =>
          choices.slice(at + 1).some((other) => alike(one[language], other[language])),
        ),
      ),
    );

    expect([...wrong, ...twins].map(({ name }) => name)).toEqual([]);
  });

  it.each(inBoth)('give no right answer away by its place or its length (%s)', (language) => {
    const counts = { longest: 0, shortest: 0, places: [0, 0, 0, 0] };
    for (const { choices } of questions) {
      const right = choices.findIndex((choice) => choice.right);
      const others = choices.filter((_, at) => at !== right).map((choice) => choice[language].length);
      const own = choices[right]?.[language].length ?? 0;
      counts.places[right] = (counts.places[right] ?? 0) + 1;
      if (own > Math.max(...others)) counts.longest += 1;
      if (own < Math.min(...others)) counts.shortest += 1;
    }

    const shareOf = (count: number) => count / questions.length;
    expect(shareOf(counts.longest)).toBeLessThan(0.3);
    expect(shareOf(counts.shortest)).toBeLessThan(0.3);
    expect(counts.places.filter((count) => shareOf(count) > 0.3 || shareOf(count) < 0.15)).toEqual([]);
  });

  it('cite sections that the sample policies have', () => {
    const sections = sampleSections();
    const cited = [
      ...lessons().map(({ policy }) => policy.sample),
      ...questions.flatMap(({ policy }) => (policy === undefined ? [] : [policy.sample])),
    ];

    expect(sections.size).toBeGreaterThan(100);
    expect(cited.filter((section) => !sections.has(section))).toEqual([]);
  });

  it('fit on a screen of a phone', () => {
    const cards = lessons().flatMap(({ id, cards: own }) =>
      own.map(({ en, de }) => ({ id, words: en.split(/\s+/).length, signs: de.length })),
    );

    expect(cards.filter(({ words }) => words > 70)).toEqual([]);
    expect(cards.filter(({ signs }) => signs > 420)).toEqual([]);
  });
});
