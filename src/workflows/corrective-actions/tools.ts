/** What the model may call about the register: it reads what the person may read, and what it would write it proposes on a card. */
import type { Tool } from '../../conversation/contract.ts';
import type { Parts } from './parts.ts';

export function correctiveActionTools(_parts: Parts): Tool[] {
  return [];
}
