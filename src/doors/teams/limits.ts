/** What of a reply goes into one message, and how less of it is taken where the whole does not fit. */

/** Bytes of a message as JSON, below the 28 KB that Teams documents. */
export const largestMessage = 26_000;
/** Bytes of a picture's file that travels inside the message, apart from the words. */
export const largestPicture = 60_000;
/** Characters that Teams shows of a citation. */
export const longestCitationName = 80;
export const longestCitationAbstract = 160;
/** Citations that Teams takes on a message. */
export const mostCitations = 20;
/** Characters of a passage that are shown before the rest is folded away. */
export const foldedPassage = 420;
/** Characters of the line that a notification shows. */
export const longestSummary = 240;

export interface Measure {
  /** Characters. */
  text: number;
  passage: number;
  quote: number;
  cell: number;
  /** Of the name before a cell, and of an entry of a list. */
  name: number;
  entry: number;
  fallback: number;
  /** Lines of one text that have a paragraph of their own; what is over runs on in the last. */
  lines: number;
  /** How many of each are shown. */
  passages: number;
  citations: number;
  facts: number;
  items: number;
  rows: number;
  choices: number;
  buttons: number;
}

/** Nothing is cut: for what is signed by a button below it. Of the fallback little is needed, since all of it is on the card. */
export const wholeMeasure: Measure = {
  text: Infinity, passage: Infinity, quote: Infinity, cell: Infinity, name: Infinity, entry: Infinity, fallback: 300, lines: 300, passages: Infinity, citations: Infinity, facts: Infinity, items: Infinity, rows: Infinity, choices: 8, buttons: 10,
}; // prettier-ignore

/** From the whole to what always fits, however long the ids of buttons are. */
export const measures: Measure[] = [
  { text: 9_000, passage: 5_000, quote: 1_500, cell: 400, name: 80, entry: 300, fallback: 3_000, lines: 120, passages: 10, citations: 20, facts: 20, items: 20, rows: 40, choices: 8, buttons: 10 },
  { text: 5_000, passage: 2_000, quote: 600, cell: 200, name: 80, entry: 300, fallback: 1_500, lines: 70, passages: 8, citations: 12, facts: 16, items: 12, rows: 25, choices: 8, buttons: 10 },
  { text: 3_000, passage: 900, quote: 300, cell: 120, name: 80, entry: 300, fallback: 800, lines: 40, passages: 6, citations: 8, facts: 12, items: 8, rows: 15, choices: 6, buttons: 8 },
  { text: 1_500, passage: 400, quote: 120, cell: 80, name: 80, entry: 300, fallback: 400, lines: 20, passages: 4, citations: 5, facts: 8, items: 4, rows: 8, choices: 4, buttons: 4 },
  { text: 600, passage: 120, quote: 60, cell: 30, name: 80, entry: 300, fallback: 150, lines: 6, passages: 2, citations: 3, facts: 3, items: 1, rows: 3, choices: 1, buttons: 2 },
]; // prettier-ignore

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
