/** Raising a non-conformity: by words, by a message, by a form. */
import type { ActionHandler, Context, Outcome, Turn } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function raiseActions(_parts: Parts): Record<string, ActionHandler> {
  return {};
}

export async function claimRaise(_parts: Parts, _context: Context, _turn: Turn): Promise<Outcome | null> {
  return null;
}
