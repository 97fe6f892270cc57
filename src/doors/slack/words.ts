/** How many words a message still has room for: Slack counts them over all of its blocks. */
import type { Reply } from '../../conversation/contract.ts';
import { limits } from './limits.ts';
import { cut, plain } from './text.ts';

export interface Words {
  /** As many of these words as there is still room for. */
  take(text: string, most: number): string;
  room(): number;
  spend(characters: number): void;
  ranOut(): boolean;
}

/** Labels cannot be left out, so other words make room for them. */
export function lengthOfLabels({ choices, buttons, items: all }: Reply): number {
  const labels = [choices, buttons, all.flatMap((item) => item.button ?? [])].flatMap((some) =>
    some.slice(0, 45),
  );
  return labels.reduce((sum, { label }) => sum + Math.min(label.length, limits.buttonText), 0);
}

export function createWords(most: number): Words {
  let room = most;
  let short = false;
  return {
    take(text, most) {
      const clean = plain(text);
      const taken = room < 2 ? '' : cut(clean, Math.min(most, room));
      if (taken.length < clean.length) short = true;
      room -= taken.length;
      return taken;
    },
    room: () => room,
    spend: (characters) => (room -= characters),
    ranOut: () => short,
  };
}
