/** What an answer may cite: stored sections, and records as a tool told of them; and how each is shown as its source. */
import type { Citation, OpenerParts } from '../../conversation/contract.ts';
import { citing } from '../../conversation/sources.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { Passage } from '../../knowledge/search.ts';
import { bestQuote } from '../../knowledge/quote.ts';

type Text = Pick<
  Passage,
  'reference' | 'title' | 'version' | 'language' | 'path' | 'number' | 'heading' | 'effectiveFrom' | 'body'
>;

/** A record as it was told, a fact a line; it is in force on the day on which it was read. */
export interface RecordText extends Text {
  kind: 'record';
  /** Words, folded, that a line has to say where a statement does. */
  exact: readonly string[];
  button: OpenerParts;
}
export type Citable = Passage | RecordText;

export function isPassage(cited: Citable): cited is Passage {
  return cited.kind !== 'record';
}

/** Citations for the sections that an answer names, each with the very sentence that proves it, cut from the stored text. */
export function citationsFor(cited: readonly Citable[], quotes: readonly string[]): Citation[] {
  return cited.map((passage, index) => citing(passage, index + 1, quotes[index] ?? ''));
}

export function citationOf(
  lexicon: Lexicon,
  passage: Citable,
  n: number,
  weights: Map<string, number>,
): Citation {
  return citing(passage, n, bestQuote(lexicon, passage.body, passage.language, weights));
}

/** What an answer may repeat of a passage: its text, and what stands in its citation. */
export function sayableOf({ title, version, number, heading, path, effectiveFrom, body }: Text): string {
  return [title, version, number, heading, ...path, effectiveFrom, body].join('\n');
}
