/** What Slack takes at most, as its documentation says; the renderer keeps to it, since no SDK does. */

/** Characters are UTF-16 units throughout: Slack counts code points, which are never more. */
export const limits = {
  blocksInMessage: 50,
  blocksInView: 100,
  /** Of all words in a message's blocks; Slack refuses from about 13,000 on (`msg_blocks_too_long`). */
  wordsInMessage: 12_000,
  /** Of the text that notifications and screen readers get; Slack advises 4,000 and cuts at 40,000. */
  fallbackText: 3_900,
  sectionText: 3_000,
  factText: 2_000,
  facts: 100,
  contextText: 2_000,
  buttonsInRow: 5,
  buttonText: 75,
  buttonValue: 2_000,
  blockId: 255,
  actionId: 255,
  modalTitle: 24,
  privateMetadata: 3_000,
  callbackId: 255,
  inputLabel: 2_000,
  inputHint: 2_000,
  inputValue: 3_000,
  optionText: 75,
  optionValue: 150,
  optionsInSelect: 100,
  /** Of radio buttons and checkboxes. */
  optionsInGroup: 10,
  tableRows: 100,
  tableColumns: 20,
  /** Characters of a cell that stand on one line even on a telephone: a reference, a day. */
  unbrokenCell: 12,
  /** Of all cells together. */
  tableCharacters: 9_500,
  altText: 2_000,
  /** Of one streamed piece. */
  markdownText: 12_000,
  promptsAtOnce: 4,
} as const;
