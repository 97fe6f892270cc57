/** Questions to the register: lists, one record, its history, and files of all of it. */
import type { ActionHandler, Context, Outcome, Turn } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function registerActions(_parts: Parts): Record<string, ActionHandler> {
  return {};
}

export async function claimRegister(_parts: Parts, _context: Context, _turn: Turn): Promise<Outcome | null> {
  return null;
}
