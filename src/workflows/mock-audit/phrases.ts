/** What a practice interview says beside the bank, in the language of whoever practises. */

import { type Language, wording } from '../../language/wording.ts';

export function say(key: string, language: Language, values: Record<string, string | number> = {}): string {
  return wording('mock-interview', language)(key, values);
}
