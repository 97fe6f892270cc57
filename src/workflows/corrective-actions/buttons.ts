/** Buttons of the room. */
import { buttonsOf } from '../../dialogue/buttons.ts';
import type { OpenerParts } from '../../conversation/contract.ts';

/** Its name, with which the ids of its buttons begin. */
export const room = 'corrective-actions';

export const { recordButton, signButton } = buttonsOf(room);

/** Opens the record's own card, on which what there is to decide is decided. */
export function lookButton(
  record: string,
  rest: Partial<Omit<OpenerParts, 'id' | 'label'>> = { style: 'primary' },
): OpenerParts {
  return recordButton('show', 'Look', record, rest);
}
