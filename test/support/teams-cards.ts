/** Looks at cards as a person would: what they say and what can be pressed on them. */
import type { Shown } from './teams-connector.ts';

type Part = Record<string, unknown>;

export const cardTypeName = 'application/vnd.microsoft.card.adaptive';

export function cardOf(message: Shown | undefined): Part | null {
  return message?.activity.attachments?.find((each) => each.contentType === cardTypeName)?.content ?? null;
}

/** Every part of a card or an answer, however deep. */
export function partsOf(value: unknown): Part[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(partsOf);
  return Array.isArray(value) ? inside : [value as Part, ...inside];
}

/** Everything that is shown, one line a block. */
export function wordsIn(value: unknown): string {
  return partsOf(value)
    .flatMap((part) => {
      if (part.type === 'RichTextBlock')
        return [(part.inlines as { text: string }[]).map((run) => run.text).join('')];
      return [part.title, part.label, part.altText].filter((word) => typeof word === 'string');
    })
    .join('\n');
}

export function actionsIn(value: unknown): Part[] {
  return partsOf(value).filter(
    (part) =>
      typeof part.type === 'string' && part.type.startsWith('Action.') && part.verb !== 'isma.refresh',
  );
}

export function titlesIn(value: unknown): string[] {
  return actionsIn(value).map((action) => String(action.title));
}

/** What is sent when the action with this title is pressed. */
export function pressable(value: unknown, title: string): Part {
  const action = actionsIn(value).find((each) => each.title === title);
  if (action === undefined)
    throw new Error(`nothing to press «${title}» among: ${titlesIn(value).join(', ')}`);
  return action;
}

/** The value of the invoke that pressing an Execute action sends. */
export function executed(value: unknown, title: string): Part {
  const { verb, data, type } = pressable(value, title);
  if (type !== 'Action.Execute') throw new Error(`«${title}» is ${String(type)}`);
  return { action: { type, title, verb, data }, trigger: 'manual' };
}

/** The value of the invoke that opening or sending a dialog sends, with what was filled in. */
export function submitted(value: unknown, title: string, fields: Record<string, string> = {}): Part {
  return { data: { ...(pressable(value, title).data as object), ...fields } };
}

export function inputsIn(value: unknown): Part[] {
  return partsOf(value).filter((part) => typeof part.type === 'string' && part.type.startsWith('Input.'));
}
