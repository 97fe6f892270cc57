/** A message longer than what is taken: said at once, since half of a text may mean the opposite of the whole. */

/** Characters of the longest message that is read. A field of a record takes as many, so that what is read can be kept whole. */
export const longestMessage = 4_000;

/** @returns what to say of a text that is not read at all for its length; null for every other */
export function tooLong(text: string): string | null {
  const { length } = text.trim();
  if (length <= longestMessage) return null;
  const [has, most] = [length, longestMessage].map((count) => count.toLocaleString('en'));
  return `That is ${has} characters, and I take ${most} at a time: nothing of it was read or written. Shorten it, send it in parts, or attach it as a file with a word about it.`;
}
