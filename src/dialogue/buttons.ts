/** Buttons about a record, and those that sign what stands on its card. */
import { actionId, type ButtonParts, type OpenerParts } from '../conversation/contract.ts';

/** @param room  with which the commands of its buttons begin */
export function buttonsOf(room: string) {
  return {
    recordButton: (
      command: string,
      label: string,
      record: string,
      rest: Partial<Omit<OpenerParts, 'id' | 'label'>> = {},
    ): OpenerParts => ({ id: actionId(`${room}.${command}`, { record }), label, ...rest }),
    /** A decision, on the card that shows what is decided. @param seen  what the card shows, in a few characters */
    signButton: (
      command: string,
      label: string,
      values: Record<string, string | number>,
      seen: string,
      rest: Partial<Omit<ButtonParts, 'id' | 'label' | 'signs'>> = {},
    ): ButtonParts => ({
      id: actionId(`${room}.${command}`, { ...values, seen }),
      label,
      ...rest,
      signs: true,
    }),
  };
}
