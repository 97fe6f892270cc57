/**
 * A made-up collection of documents, the same for the same seed: words by Zipf's law, the policies' own words first, so that
 * synonyms and stems behave as in life; vectors in clusters, so that every section has neighbours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenize, type Lexicon } from '../../src/knowledge/lexicon.ts';

export const dimensions = 384;
export const sectionsADocument = 20;
/** Sections have 40 to 120 words, 80 in the middle. */
const shortestSection = 40;
const longestSection = 120;
const vocabularySize = 20_000;
/** Directions in which the vectors of a language model really differ; the rest is a little noise. */
const latentDimensions = 48;

export const everyone = 'everyone';
export const restrictedAudience = 'board';

export interface MadeSection {
  heading: string;
  body: string;
  vector: number[];
}

export interface MadeDocument {
  reference: string;
  title: string;
  audience: string[];
  /** An older version of another document, still in the index and no longer in force. */
  superseded: boolean;
  sections: MadeSection[];
}

export interface MadeQuestion {
  text: string;
  vector: number[];
}

export interface Corpus {
  documents(sectionCount: number): Generator<MadeDocument>;
  /** A question about a section that it was made from, every fifth with a misspelt word. */
  question(section: MadeSection): MadeQuestion;
}

export function createCorpus(lexicon: Lexicon, seed = 1): Corpus {
  const random = randomFrom(seed);
  const word = zipf(vocabulary(lexicon, random), random);
  const projection = matrix(latentDimensions, dimensions, () => gauss(random));
  let clusters: number[][] = [];

  function vectorNear(latent: number[], spread: number): number[] {
    const moved = latent.map((value) => value + spread * gauss(random));
    const vector = new Float64Array(dimensions);
    for (const [row, value] of moved.entries()) {
      const direction = projection[row] ?? [];
      for (let at = 0; at < dimensions; at += 1)
        vector[at] = (vector[at] ?? 0) + value * (direction[at] ?? 0);
    }
    for (let at = 0; at < dimensions; at += 1) vector[at] = (vector[at] ?? 0) + 0.3 * gauss(random);
    return unit(vector);
  }

  function section(topics: number[][]): MadeSection {
    const length = shortestSection + Math.floor(random() * (longestSection - shortestSection + 1));
    const words = Array.from({ length }, word);
    const latent = pick(topics, random);
    return {
      heading: words.slice(0, 4).join(' '),
      body: words.join(' '),
      vector: vectorNear(latent, 0.9),
    };
  }

  function misspelt(text: string): string {
    const at = 1 + Math.floor(random() * (text.length - 2));
    return text.slice(0, at) + text.slice(at + 1);
  }

  let asked = 0;
  return {
    *documents(sectionCount) {
      clusters = matrix(Math.ceil(sectionCount / 50), latentDimensions, () => gauss(random));
      const count = Math.ceil(sectionCount / sectionsADocument);
      for (let index = 0; index < count; index += 1) {
        const topics = Array.from({ length: 4 }, () => pick(clusters, random));
        const size = Math.min(sectionsADocument, sectionCount - index * sectionsADocument);
        yield {
          reference: `DOC-${index}`,
          title: Array.from({ length: 3 }, word).join(' '),
          audience: [index % 10 === 3 ? restrictedAudience : everyone],
          superseded: index % 20 === 7,
          sections: Array.from({ length: size }, () => section(topics)),
        };
      }
    },
    question({ body, vector }) {
      const words = [...new Set(body.split(' '))].filter((each) => each.length > 3);
      const said = Array.from({ length: 5 }, () => pick(words, random));
      asked += 1;
      if (asked % 5 === 0) said[0] = misspelt(said[0] ?? '');
      const moved = Float64Array.from(vector, (value) => value + 0.05 * gauss(random));
      return {
        text: `How long do we need the ${said.slice(0, 2).join(' ')} for ${said.slice(2).join(' ')}?`,
        vector: unit(moved),
      };
    },
  };
}

/** The words of the sample documents, most frequent first, then made-up ones. */
function vocabulary(lexicon: Lexicon, random: () => number): string[] {
  const folder = join(import.meta.dirname, '../../knowledge');
  const counts = new Map<string, number>();
  for (const part of ['policies', 'guide']) {
    for (const name of readdirSync(join(folder, part)).filter((each) => each.endsWith('.md')))
      for (const each of tokenize(readFileSync(join(folder, part, name), 'utf8')))
        if (/^[a-z]{3,}$/.test(each) && !lexicon.isStopWord(each, 'en'))
          counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  const words = new Set([...counts].sort((left, right) => right[1] - left[1]).map(([each]) => each));
  const onsets = 'b c d f g h k l m n p r s t v br cl dr gr pl st tr'.split(' ');
  while (words.size < vocabularySize) {
    const syllables = Array.from(
      { length: 2 + Math.floor(random() * 2) },
      () => pick(onsets, random) + pick([...'aeiou'], random),
    );
    words.add(syllables.join('') + pick([...'klmnrt'], random));
  }
  return [...words];
}

/** Draws the n-th word with a likelihood of about 1/n. */
function zipf(words: string[], random: () => number): () => string {
  const cumulated = new Float64Array(words.length);
  let sum = 0;
  for (let rank = 0; rank < words.length; rank += 1) cumulated[rank] = sum += 1 / (rank + 2.7);
  return () => {
    const target = random() * sum;
    let low = 0;
    let high = words.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return words[low] ?? '';
  };
}

/** Mulberry32: small, fast, and the same numbers everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(from: readonly T[], random: () => number): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

/** About normal, by the sum of four uniform numbers: enough for noise. */
function gauss(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

function matrix(rows: number, columns: number, value: () => number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, value));
}

function unit(vector: Float64Array): number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => Number((value / length).toFixed(5)));
}
