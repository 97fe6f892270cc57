/** Has a model read what somebody wrote into a shape that a room names: before the turn's transaction, within the budget, counted. */
import type { z } from 'zod';
import type { Database } from '../db/database.ts';
import { ModelUnavailable } from '../errors.ts';
import { describeError, type Log } from '../log.ts';
import type { LanguageModel, Usage } from '../model/language-model.ts';
import { isWithinBudget, recordUse, type Budget } from './budget.ts';
import type { Context } from './contract.ts';
import { needLane } from './lanes.ts';

export interface Wanted<Schema extends z.ZodObject> {
  /** What the model is to make of the text. */
  task: string;
  text: string;
  schema: Schema;
  /** By the small model and in one call, for what may as well go without. */
  quick?: true;
}

/**
 * @returns null where no model is connected, the budget is used up, the author took the words back, or nothing could be made of
 *   them: then they count as they stand
 */
export type ReadWords = <Schema extends z.ZodObject>(
  context: Context,
  wanted: Wanted<Schema>,
) => Promise<z.infer<Schema> | null>;

export interface ReadingParts {
  db: Database;
  model: LanguageModel | null;
  budget: Budget;
  log: Log;
}

/** The one tool that the model is told of: what it calls it with is what it read. */
const tool = { name: 'write_down', description: 'Write down what the text says. Call it once.' };

export function createReadWords({ db, model, budget, log }: ReadingParts): ReadWords {
  return async (context, { task, text, schema, quick }) => {
    if (model === null || !(await isWithinBudget(db, budget, context))) return null;
    needLane(context, 'model');
    const isStopped = () => context.ended?.aborted === true;
    const spent: Usage[] = [];
    let read: z.infer<typeof schema> | null = null;
    try {
      await model.converse(
        {
          system: task,
          messages: [{ role: 'user', content: text }],
          tools: [
            {
              ...tool,
              schema,
              async call(input) {
                read = schema.parse(input);
                return { text: '', final: true };
              },
            },
          ],
          isStopped,
          ...(quick && { quick }),
        },
        (usage) => spent.push(usage),
      );
    } catch (error) {
      if (!(error instanceof ModelUnavailable)) throw error;
      log.warn({ input: context.inputId, ...describeError(error) }, 'the language model could not read this');
    } finally {
      for (const usage of spent) await recordUse(db, context, usage);
    }
    return isStopped() ? null : read;
  };
}
