/** Runs of words with their marks: of a passage, of what stands first on a card, of a quiet line that says what is late. */
import type { PassageExcerpt } from '../../conversation/contract.ts';
import { runsAround } from '../../conversation/plain-text.ts';
import { richText, type Element, type Run } from './card-parts.ts';
import { plain } from './text.ts';

/** Bold what names the thing. */
export function titled(text: string, title: string | null): Run[] {
  return runsAround(text, title).map(({ text: words, standsOut }) => ({ text: words, bold: standsOut }));
}

/** Grey, but red and bold what is late. */
export function quiet(text: string, late: string | null): Run[] {
  return runsAround(text, late).map(({ text: words, standsOut }) =>
    standsOut ? { text: words, bold: true, color: 'attention' } : { text: words, subtle: true },
  );
}

export function runsOf({ text, marks }: PassageExcerpt): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const [start, end] of marks.toSorted((left, right) => left[0] - right[0])) {
    const from = Math.min(Math.max(start, at), text.length);
    const to = Math.min(Math.max(end, from), text.length);
    if (from > at) runs.push({ text: text.slice(at, from) });
    if (to > from) runs.push({ text: text.slice(from, to), bold: true });
    at = to;
  }
  if (at < text.length) runs.push({ text: text.slice(at) });
  // An address that a mark cuts in two is an address all the same.
  const whole = plain(text);
  return runs.map((run) => plain(run.text)).join('') === whole ? runs : [{ text: whole }];
}

export function lengthOf(runs: Run[]): number {
  return runs.reduce((sum, run) => sum + run.text.length, 0);
}

/** Parts runs at a place between words, at most `length` characters in. A few characters over are not worth a fold. */
export function takeRuns(runs: Run[], length: number): { head: Run[]; tail: Run[] } {
  if (lengthOf(runs) <= length * 1.2) return { head: runs, tail: [] };
  const head: Run[] = [];
  let left = length;
  for (const [index, run] of runs.entries()) {
    if (run.text.length <= left) {
      head.push(run);
      left -= run.text.length;
      continue;
    }
    const cut = run.text.slice(0, left).search(/\s\S*$/);
    const at = cut < 0 ? left : cut;
    if (at > 0) head.push({ ...run, text: run.text.slice(0, at) });
    return { head, tail: [{ ...run, text: run.text.slice(at).trimStart() }, ...runs.slice(index + 1)] };
  }
  return { head, tail: [] };
}

/** One block a line, the marks kept. @param most  blocks; lines beyond run on in the last @param first  space above the first */
export function lines(runs: Run[], most: number, first = 'small'): Element[] {
  const rows: Run[][] = [[]];
  for (const run of runs) {
    const [first = '', ...rest] = run.text.split('\n');
    rows.at(-1)?.push({ ...run, text: first });
    for (const text of rest)
      if (rows.length < most) rows.push([{ ...run, text }]);
      else rows.at(-1)?.push({ ...run, text: ` ${text}` });
  }
  return rows
    .filter((row) => row.some((run) => run.text.trim() !== ''))
    .map((row, at) => richText(row, at === 0 ? first : 'small'));
}
