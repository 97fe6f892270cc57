/** Buttons of the room. */
import { actionId, type ButtonParts } from '../../conversation/contract.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';

/** Its name, with which the ids of its buttons begin. */
export const room = 'gap-analysis';

export const { recordButton, signButton } = buttonsOf(room);

/** About the questions that somebody was asked. */
export function assignmentButton(
  command: string,
  label: string,
  { id }: { id: number },
  rest: Partial<Omit<ButtonParts, 'id' | 'label' | 'signs'>> & {
    values?: Record<string, string | number>;
  } = {},
) {
  const { values = {}, ...parts } = rest;
  return { id: actionId(`${room}.${command}`, { assignment: id, ...values }), label, ...parts };
}
