/** How words are compared: without case and accents, and over a slip of the finger. */

/** Lower case, without accents, «ss» for «ß», full letters for those of one piece: who types on a foreign keyboard is understood. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\x20-\x7E]*$/.test(lower)) return lower;
  return lower.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss');
}

/** What was done to `known` to become `word`: one letter left out, one too many, another in its place, or two swapped. */
export function slipIn(word: string, known: string): 'missing' | 'added' | 'other' | 'swapped' | null {
  if (Math.abs(word.length - known.length) > 1 || word === known) return null;
  let start = 0;
  while (start < word.length && word[start] === known[start]) start += 1;
  let end = 0;
  const shorter = Math.min(word.length, known.length) - start;
  while (end < shorter && word.at(-1 - end) === known.at(-1 - end)) end += 1;
  const [is, was] = [word, known].map((each) => each.slice(start, each.length - end)) as [string, string];
  if (is.length === 2 && is[0] === was[1] && is[1] === was[0]) return 'swapped';
  if (is.length > 1 || was.length > 1) return null;
  return is === '' ? 'missing' : was === '' ? 'added' : 'other';
}
