/** Changes a record that has a version and a state: the one statement that non-conformities and their actions share. */
import type { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOne, storable } from '../db/rows.ts';
import type { CommandContext } from './command-context.ts';

/**
 * Changes columns, bumps the version and, with a new state, notes who brought it there.
 *
 * @param values  by columns that the record's own module names, never anybody's input
 */
export function updateRecord<Schema extends z.ZodType>(
  tx: Queryable,
  command: CommandContext,
  table: 'nonconformity' | 'corrective_action',
  schema: Schema,
  id: number,
  values: Partial<Record<string, unknown>>,
): Promise<z.infer<Schema>> {
  const { actor, at } = command;
  const state =
    values.state === undefined ? {} : { state_by: actor.id, state_by_name: actor.name, state_at: at };
  const entries = Object.entries<unknown>({ ...values, ...state });
  const sets = entries.map(([column], index) => `${column} = $${index + 2}`);
  return selectOne(
    tx,
    schema,
    `update ${table} set ${['version = version + 1', ...sets].join(', ')} where id = $1 returning *`,
    [id, ...entries.map(([, value]) => (typeof value === 'string' ? storable(value) : value))],
  );
}
