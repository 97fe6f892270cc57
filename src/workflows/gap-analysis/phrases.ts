/** What the interview asks beside the bank, in the language of whoever is asked. */
import type { Rating } from '../../isms/assessment/bank.ts';
import { type Language, wording } from '../../language/wording.ts';

export function say(key: string, language: Language, values: Record<string, string | number> = {}): string {
  return wording('gap-interview', language)(key, values);
}

export function sayRating(rating: Rating | null, language: Language): string {
  return rating === null ? '–' : say(rating, language);
}
