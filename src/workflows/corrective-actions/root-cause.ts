/** The way to a root cause: five whys, one at a time, a fishbone, or free text; then the search for similar ones. */
import type { ActionHandler, Context, Outcome, Turn } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function causeActions(_parts: Parts): Record<string, ActionHandler> {
  return {};
}

export async function claimCause(_parts: Parts, _context: Context, _turn: Turn): Promise<Outcome | null> {
  return null;
}
