/** What a quiz asks, and in which order its choices stand: by its seed, so that they stay the same wherever it goes on. */
import type { Lesson } from './lesson-bank.ts';

/** Each number below 2^32 as often as any other; mulberry32. */
function numbersFrom(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const next = numbersFrom(seed);
  const keyed = items.map((item, at) => ({ item, key: next(), at }));
  return keyed.toSorted((one, other) => one.key - other.key || one.at - other.at).map(({ item }) => item);
}

/** @param last  those of the attempt before: they come again only where there are too few others */
export function drawQuestions(
  lesson: Lesson,
  count: number,
  seed: number,
  last: readonly string[],
): string[] {
  const all = shuffled(lesson.questions, seed).map(({ id }) => id);
  const isLast = (id: string) => last.includes(id);
  return [...all.filter((id) => !isLast(id)), ...all.filter(isLast)].slice(0, count);
}

/** The choices of a question as this attempt shows them. */
export function choicesOf<Choice>(
  question: { id: string; choices: readonly Choice[] },
  seed: number,
): Choice[] {
  // Each question has an order of its own.
  const own = [...question.id].reduce((sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0, seed);
  return shuffled(question.choices, own);
}
