/** Whether an answer speaks the language of the question. It is told by small words alone, and where they tell little, not at all. */
import { tokenize, type Language, type Lexicon } from '../../knowledge/lexicon.ts';
import { words } from '../../language/vocabulary.ts';

const otherLanguage = words('answers/another language');

export const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
};
/** Small words that tell a language. */
const enoughWords = 3;

/** @returns null where it cannot be told */
export function plainlyIn(lexicon: Lexicon, text: string): Language | null {
  const said = tokenize(text.slice(0, 2_000));
  const language = lexicon.spokenIn(text);
  const english = said.filter((word) => lexicon.isStopWord(word, 'en')).length;
  const own = said.filter((word) => lexicon.isStopWord(word, language)).length - english;
  const telling = language === 'en' ? english : own;
  return telling >= enoughWords ? language : null;
}

/**
 * That of the question; null where it cannot be told, or another was asked for in the conversation.
 *
 * @param said  what the person said, the question last
 */
export function wantedLanguage(lexicon: Lexicon, said: readonly string[]): Language | null {
  if (said.some((text) => otherLanguage.has(text))) return null;
  return plainlyIn(lexicon, said.at(-1) ?? '');
}
