/** What the language model may cost a day, a person and in all, and what it did cost. Owns `model_use`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOne } from '../db/rows.ts';
import type { Usage } from '../model/language-model.ts';
import type { Context } from './contract.ts';

export interface Budget {
  /** Tokens, in and out, a person may use on one UTC day. */
  tokensAPerson: number;
  /** Tokens, in and out, for the whole organisation on one UTC day. */
  tokensInAll: number;
}

const Used = z.object({ byPerson: z.number(), inAll: z.number() });

export async function isWithinBudget(
  tx: Queryable,
  budget: Budget,
  { person, now }: Context,
): Promise<boolean> {
  const used = await selectOne(
    tx,
    Used,
    `select
       coalesce(sum(input_tokens + output_tokens) filter (where person_id = $1), 0)::integer as by_person,
       coalesce(sum(input_tokens + output_tokens), 0)::integer as in_all
     from model_use where used_on = $2::date`,
    [person.id, now.toISOString().slice(0, 10)],
  );
  return used.byPerson < budget.tokensAPerson && used.inAll < budget.tokensInAll;
}

/** Written at once, not with the turn: what was spent stays spent when the turn fails. */
export async function recordUse(
  tx: Queryable,
  { person, inputId, now }: Context,
  usage: Usage,
): Promise<void> {
  if (usage.calls === 0) return;
  await tx.query(
    `insert into model_use (person_id, inbox_id, used_on, model, calls, input_tokens, output_tokens, cost)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      person.id,
      inputId,
      now.toISOString().slice(0, 10),
      usage.model,
      usage.calls,
      usage.inputTokens,
      usage.outputTokens,
      usage.cost,
    ],
  );
}
