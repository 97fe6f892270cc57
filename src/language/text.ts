/** Texts cut to a length, without what they end with, put together of lines, and compared. */

/** Characters of a text, cut at a word with an ellipsis where it has more. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const space = text.slice(0, length).lastIndexOf(' ');
  const kept = space > length / 2 ? cut.slice(0, space) : cut;
  // A character of two halves may have been cut in the middle.
  return `${kept.trimEnd().replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A text without the signs that it ends with; an expression that looks for them would begin anew at each of a long run. */
export function withoutEnding(text: string, sign: RegExp): string {
  let end = text.length;
  while (end > 0 && sign.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}

/** What somebody typed, as a room looks for a request in it: without Isma's name before it and the signs that it ends with. */
export function bareRequest(text: string, ending = /[.!?¿¡]/): string {
  return withoutEnding(text.trim().replace(/^\/?isma\s+/i, ''), ending).trim();
}

/** One text of those lines that there are. */
export function linesOf(...lines: readonly (string | null)[]): string {
  return lines.filter((line) => line !== null).join('\n');
}

/** Words as they compare where somebody copied them: without case, marks and spaces. */
export function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim(); // prettier-ignore
}

/** Share of words, of all that either has, from which on two short texts say the same; of the lessons’ questions the nearest two share a third. */
const sameWords = 0.8;

/** Whether two say the same in nearly the same words: what differs in a number or an opposite does not. */
export function alike(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => new Set(comparable(text).split(' '))) as [Set<string>, Set<string>];
  const apart = [...left].filter((word) => !right.has(word)).concat([...right].filter((word) => !left.has(word)));
  const all = new Set([...left, ...right]).size;
  return (all - apart.length) / all >= sameWords && !/\p{N}/u.test(apart.join());
} // prettier-ignore
