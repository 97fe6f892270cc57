/** Answers that are for the one who asks, wherever they ask. */
import type { Context, Outcome } from './contract.ts';

/**
 * In a channel a word stays behind, so that nobody there waits for an answer that went to one of them.
 *
 * @param what  is not for everybody there, as «the register»
 */
export function privately({ place }: Pick<Context, 'place'>, what: string, outcome: Outcome): Outcome {
  if (place.audience === 'direct') return outcome;
  const text = `I have answered you in a direct message: ${what} is not for everybody here.`;
  return async (tx) => [...(await outcome(tx)), { to: 'place', reply: { text, notice: 'private' } }];
}
