/** Buttons about a record, and those that sign what stands on its card. */
import { createHash } from 'node:crypto';
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

/** What a card shows, in a few characters: buttons that sign carry them. */
export function markOf(parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 10);
}

/** Buttons of a card; what else may be done stands behind the last of them. */
const mostButtons = 3;

/** The likely ones, and where there are others the one that shows them. */
export function likely(all: readonly ButtonParts[], more: ButtonParts): ButtonParts[] {
  return all.length > mostButtons ? [...all.slice(0, mostButtons - 1), more] : [...all];
}

export function unlikely(all: readonly ButtonParts[]): ButtonParts[] {
  return all.length > mostButtons ? all.slice(mostButtons - 1) : [];
}
