/** Buttons of the room. */
import { actionId, type OpenerParts } from '../../conversation/contract.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';

/** Its name, with which the ids of its buttons begin. */
export const room = 'mock-audit';

export const { recordButton, signButton } = buttonsOf(room);

/** About an interview of the person's own. */
export function ownButton(
  command: string,
  label: string,
  { id }: { id: number },
  rest: Partial<Omit<OpenerParts, 'id' | 'label'>> & { values?: Record<string, string> } = {},
): OpenerParts {
  const { values = {}, ...parts } = rest;
  return { id: actionId(`${room}.${command}`, { interview: id, ...values }), label, ...parts };
}
