/** Takes out text that a reader cannot see: a way to hide instructions to a model in an innocent document. */

/** Zero-width, bidirectional controls, tag characters and supplementary variation selectors. */
const hidden =
  /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\u061C\u180E\uFEFF\u{E0000}-\u{E007F}\u{E0100}-\u{E01EF}]/gu;

/** A zero-width joiner that holds an emoji together is seen, as the emoji. */
const emojiJoiner = /(?<=\p{Extended_Pictographic}\uFE0F?)\u200D(?=\p{Extended_Pictographic})/gu;
const keptJoiner = '\uE000';

/** @returns the text as a reader sees it, and how many characters were taken out */
export function stripHidden(text: string): { text: string; removed: number } {
  let removed = 0;
  const visible = text
    .replaceAll('\u00AD', '') // a soft hyphen only says where a word may break
    .replace(emojiJoiner, keptJoiner)
    .replace(hidden, () => {
      removed += 1;
      return '';
    })
    .replaceAll(keptJoiner, '\u200D');
  return { text: visible, removed };
}
