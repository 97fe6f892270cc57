/** Measures what is proposed for updates as people write them, by category: `npm run eval -- updates`. */
import { isDeepStrictEqual } from 'node:util';
import type { SaidUpdate } from '../../src/workflows/corrective-actions/said-update.ts';
import { comparable, readUpdateCases, type UpdateCase } from './update-cases.ts';

/** Sends the words in, and brings back what a card then proposes. */
export type ProposedBy = (said: UpdateCase) => Promise<SaidUpdate[]>;

interface Count {
  all: number;
  right: number;
  /** Of those that were wrong, the ones that proposed nothing: a question back, and no wrong card. */
  silent: number;
}

/** @returns lines for people to read: shares by category and language, then each that went wrong */
export async function evaluateUpdates(proposedBy: ProposedBy): Promise<string> {
  const counts = new Map<string, Count>();
  const wrong: string[] = [];

  for (const said of readUpdateCases()) {
    const proposed = await proposedBy(said);
    const right = isDeepStrictEqual(comparable(proposed, said), said.expected);
    if (!right)
      wrong.push(
        `${said.id} ${JSON.stringify(said.text)}\n  expected ${JSON.stringify(said.expected)}\n  proposed ${JSON.stringify(comparable(proposed, said))}`,
      );
    for (const name of [
      'all',
      said.category,
      `in ${said.lang}`,
      said.withoutModel ? 'plain' : 'for a model',
    ]) {
      const count = counts.get(name) ?? { all: 0, right: 0, silent: 0 };
      count.all += 1;
      if (right) count.right += 1;
      else if (proposed.length === 0) count.silent += 1;
      counts.set(name, count);
    }
  }

  const shares = [...counts].map(
    ([name, { all, right, silent }]) =>
      `${name.padEnd(14)} ${String(right).padStart(4)} of ${String(all).padEnd(4)} ${((100 * right) / all).toFixed(0).padStart(4)} %   wrong ${all - right - silent}, nothing ${silent}`,
  );
  return [...shares, '', ...wrong].join('\n');
}
