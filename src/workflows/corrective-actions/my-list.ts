/** What waits for a person: their actions, and what others wait for them to decide. */
import type { Context, ItemParts } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export async function waitingActions(_parts: Parts, _context: Context): Promise<ItemParts[]> {
  return [];
}
