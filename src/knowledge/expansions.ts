/** Questions that were written for sections, found again by the section's words. Owns `section_expansion`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { hashOf } from './search-index.ts';

/** @returns the questions stored for sections with the same text, by section id */
export async function selectExpansions(
  tx: Queryable,
  sections: { id: number; body: string }[],
): Promise<Map<number, string>> {
  const rows = await selectAll(
    tx,
    z.object({ textHash: z.string(), questions: z.string() }),
    'select distinct on (text_hash) text_hash, questions from section_expansion where text_hash = any($1)',
    [sections.map((section) => hashOf(section.body))],
  );
  const byHash = new Map(rows.map((row) => [row.textHash, row.questions]));
  return new Map(
    sections.flatMap((section) => {
      const questions = byHash.get(hashOf(section.body));
      return questions === undefined ? [] : [[section.id, questions] as const];
    }),
  );
}
