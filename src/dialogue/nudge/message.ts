/** The words of the one message of a day: the most urgent thing, by when, and how much else waits. */
import type { Obligation } from '../../conversation/contract.ts';
import { dueInWords } from '../../language/due-words.ts';
import { linesOf } from '../../language/text.ts';
import { languageOf, wording } from '../../language/wording.ts';

/** @param today  where the person is */
export function messageText(person: { locale: string }, { item: { text, detail = null }, dueOn }: Pick<Obligation, 'item' | 'dueOn'>, others: number, today: string): string {
  const language = languageOf(person);
  const say = wording('nudges', language);
  return linesOf(
    dueOn === null ? text : `${text} · ${dueInWords(language, dueOn, today)}`,
    detail,
    others === 0 ? null : say(others === 1 ? 'andOne' : 'andMore', { count: others }),
  );
} // prettier-ignore
