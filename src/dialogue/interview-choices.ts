/** Choices of a question as buttons, and which choice or button somebody's words are. */
import type { ButtonParts } from '../conversation/contract.ts';
import { plain } from '../language/vocabulary.ts';
import type { Question } from './interview-script.ts';

function isSame(label: string, said: string): boolean {
  return plain(label) !== '' && plain(label) === plain(said);
}

/** Characters of a choice that a button shows whole on a phone. */
const longestChoice = 40;

/** The choices as their buttons: what does not fit there stands in the text, a letter each. */
export function choicesOf({ choices = [] }: Question): {
  lines: string[];
  buttons: { value: string; label: string }[];
} {
  if (choices.every(({ label }) => label.length <= longestChoice))
    return { lines: [], buttons: [...choices] };
  const letterAt = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);
  return {
    lines: choices.map(({ label }, index) => `${letterAt(index)}: ${label}`),
    buttons: choices.map(({ value }, index) => ({ value, label: letterAt(index) })),
  };
}

/** The choice that the words are: its value, its label, or its letter. */
export function choiceIn(question: Question, said: string): { value: string; label: string } | null {
  const { choices = [] } = question;
  const named = choicesOf(question).buttons.find(({ label }) => isSame(label, said));
  return (
    choices.find(({ value, label }) => value === said || value === named?.value || isSame(label, said)) ??
    null
  );
}

/** What a button is called that the words press. */
export function buttonNamed(buttons: readonly ButtonParts[], said: string): ButtonParts | null {
  return buttons.find(({ label }) => isSame(label, said)) ?? null;
}
