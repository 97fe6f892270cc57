import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lessons } from '../../../src/isms/training/lesson-bank.ts';

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

  it('have each question once, and no two that ask the same', () => {
    const names = questions.map(({ name }) => name);
    const asked = questions.map(({ ask }) => ask.en.toLowerCase());

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(asked.filter((ask, index) => asked.indexOf(ask) !== index)).toEqual([]);
  });

  it('have one right answer to each question, not always the first nor the longest', () => {
    const rightOf = ({ choices }: (typeof questions)[number]) =>
      choices.filter(({ right }) => right === true);
    const isLongest = ({ choices }: (typeof questions)[number]) =>
      choices.every(
        (choice) =>
          choice.right === true || choice.en.length < (choices.find(({ right }) => right)?.en.length ?? 0),
      );

    expect(questions.filter((question) => rightOf(question).length !== 1).map(({ name }) => name)).toEqual(
      [],
    );
    expect(questions.filter(isLongest).length).toBeLessThanOrEqual(questions.length / 2);
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
