/** Asks a model whether the cited sections say what was written, where our own check finds nothing against it and too few words in common. */
import { z } from 'zod';
import type { Context } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { ReadWords } from '../../conversation/reading.ts';
import { shortened } from '../../language/text.ts';
import type { Left } from './check-answer.ts';
import type { Unit } from './sources.ts';

/** Statements that are asked about at once, sentences to each, and characters of one. */
const mostStatements = 4;
const mostSentences = 24;
const longest = 400;

const Opinion = z.object({
  verdicts: z.array(
    z.object({
      statement: z.int(),
      sentence: z.int().describe('The number of the sentence that says all of it; 0 where none does.'),
    }),
  ),
});

/**
 * One call, whatever is in doubt.
 *
 * @param kept  takes each statement that is kept, with the sentence that says it
 * @returns whether any was
 */
export async function askSecondOpinion(
  read: ReadWords,
  context: Context,
  left: readonly Left[],
  kept: Map<string, Unit>,
): Promise<boolean> {
  const doubtful = left
    .flatMap(({ of, unsure }) =>
      unsure === undefined
        ? []
        : [{ of, unsure, units: unsure.flatMap(({ units }) => units).slice(0, mostSentences) }],
    )
    .slice(0, mostStatements);
  if (doubtful.length === 0) return false;
  const text = JSON.stringify(
    doubtful.map(({ of, unsure, units }, at) => ({
      statement: at + 1,
      says: shortened(of, longest),
      sections: unsure.map(({ passage }) => `${passage.title}, ${passage.heading}`),
      sentences: units.map(({ sentence: { text: said, tableHead } }, n) =>
        shortened(`${n + 1}: ${tableHead === null ? '' : `${tableHead} / `}${said}`, longest),
      ),
    })),
  );
  const opinion = await read(context, { task: prompt('second-opinion'), text, schema: Opinion, quick: true });
  for (const { statement, sentence } of opinion?.verdicts ?? []) {
    const { of = '', units = [] } = doubtful[statement - 1] ?? {};
    const unit = units[sentence - 1];
    if (unit === undefined) kept.delete(of);
    else kept.set(of, unit);
  }
  return kept.size > 0;
}
