/** Choices of a question as buttons, and which choice or button somebody's words are. */
import type { ButtonParts } from '../conversation/contract.ts';
import { plain } from '../language/vocabulary.ts';
import type { Question } from './interview-script.ts';

function isSame(label: string, said: string): boolean {
  return plain(label) !== '' && plain(label) === plain(said);
}

/** Characters of a choice that a button shows whole on a phone. */
const longestChoice = 40;

const letterAt = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);
const allOf = 'all';
const noneOf = 'none';

/** The choices as their buttons: what does not fit there stands in the text, a letter each. */
export function choicesOf({ choices = [], many }: Question): {
  lines: string[];
  buttons: { value: string; label: string }[];
} {
  const lines = choices.map(({ label }, index) => `${letterAt(index)}: ${label}`);
  if (many !== undefined) {
    const buttons = [
      { value: allOf, label: many.all },
      { value: noneOf, label: many.none },
    ];
    return { lines, buttons };
  }
  if (choices.every(({ label }) => label.length <= longestChoice))
    return { lines: [], buttons: [...choices] };
  return {
    lines,
    buttons: choices.map(({ value }, index) => ({ value, label: letterAt(index) })),
  };
}

/** The choice that the words are: its value, its label, or its letter; of several, those that they name. */
export function choiceIn(question: Question, said: string): { value: string; label: string } | null {
  const { choices = [], many } = question;
  if (many !== undefined) return severalIn(choices, many, said);
  const named = choicesOf(question).buttons.find(({ label }) => isSame(label, said));
  return (
    choices.find(({ value, label }) => value === said || value === named?.value || isSame(label, said)) ??
    null
  );
}

/** Letters of the longest word that may stand between two letters, as «and». */
const longestJoint = 3;

function severalIn(
  choices: NonNullable<Question['choices']>,
  { all, none }: NonNullable<Question['many']>,
  said: string,
): { value: string; label: string } | null {
  if (said === noneOf || isSame(none, said)) return { value: '', label: none };
  const named = plain(said).split(' ');
  const isAll = said === allOf || isSame(all, said);
  const picked = choices.filter(
    ({ value }, index) => isAll || named.some((each) => [value, plain(letterAt(index))].includes(each)),
  );
  if (picked.length === 0 || (!isAll && named.some(({ length }) => length > longestJoint))) return null;
  return {
    value: picked.map(({ value }) => value).join(','),
    label: picked.map(({ label }) => label).join('; '),
  };
}

/** What a button is called that the words press. */
export function buttonNamed(buttons: readonly ButtonParts[], said: string): ButtonParts | null {
  return buttons.find(({ label }) => isSame(label, said)) ?? null;
}
