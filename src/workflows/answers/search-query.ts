/** Has a model put a follow-up into words that can be searched for by themselves. */
import { z } from 'zod';
import type { History } from '../../conversation/answerer.ts';
import type { Context } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { ReadWords } from '../../conversation/reading.ts';
import { shortened } from '../../language/text.ts';

/** Messages that a follow-up leans on, and characters of each. */
const mostBefore = 4;
const longest = 400;

const Query = z.object({ query: z.string().trim().min(1).max(300) });

/** @returns null where there is no model, or it fails: then what was said is searched for */
export async function queryOf(
  read: ReadWords,
  context: Context,
  question: string,
  history: History,
): Promise<string | null> {
  const said = [...history.slice(-mostBefore), { author: 'person' as const, text: question }];
  const text = JSON.stringify(
    said.map(({ author, text: words }) => ({ author, text: shortened(words, longest) })),
  );
  const written = await read(context, { task: prompt('search-query'), text, schema: Query, quick: true });
  return written?.query ?? null;
}
