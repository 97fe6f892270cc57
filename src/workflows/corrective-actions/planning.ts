/** Containment, plans, approvals and checks of a non-conformity, as buttons and forms. */
import type { ActionHandler, Context, ItemParts } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function planningActions(_parts: Parts): Record<string, ActionHandler> {
  return {};
}

export async function waitingPlans(_parts: Parts, _context: Context): Promise<ItemParts[]> {
  return [];
}
