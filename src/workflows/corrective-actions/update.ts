/** Updates said in plain words: read, shown as a card, and written when the person confirms. */
import type { ActionHandler, Context, Outcome, Turn } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function updateActions(_parts: Parts): Record<string, ActionHandler> {
  return {};
}

export async function claimUpdate(_parts: Parts, _context: Context, _turn: Turn): Promise<Outcome | null> {
  return null;
}
