/** The section of the house's own policies that bears a lesson or an answer out, as far as the person may read it. */
import type { Citation, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Policy } from '../../isms/training/lesson-bank.ts';
import { citing } from '../../conversation/sources.ts';
import { refusalFloor } from '../../knowledge/evaluate.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { bestQuote } from '../../knowledge/quote.ts';
import { audiencesOf, search } from '../../knowledge/search.ts';

/** Sections among which the one that the lesson names is looked for. */
const looked = 30;

/**
 * Found by words alone, since nobody waits for a vector in a transaction. The section that a lesson names is the made-up company's:
 * elsewhere its number means something else, so that it counts only among those that were found.
 *
 * @returns nothing where no section says enough of it
 */
export async function sectionFor(
  lexicon: Lexicon,
  tx: Queryable,
  { person, now }: Pick<Context, 'person' | 'now'>,
  { sample, ask }: Policy,
): Promise<Citation[]> {
  const reader = { audiences: audiencesOf(person) };
  const asked = { question: ask, language: 'en', standsAlone: true, reader, now, limit: looked, embedder: null };
  const { passages, terms, strength } = await search(tx, lexicon, asked);
  const own = passages.filter(({ kind }) => kind === 'policy');
  const named = own.find(({ reference, number }) => `${reference} ${number}` === sample);
  const found = named ?? (strength < refusalFloor ? undefined : own[0]);
  if (found === undefined) return [];
  return [citing(found, 1, bestQuote(lexicon, found.body, found.language, terms))];
} // prettier-ignore
