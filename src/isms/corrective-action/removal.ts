/** Actions of the made-up company, which go with the records that they hang on. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';

const Action = z.object({ id: z.number(), belongsTo: z.string() });

export const actionsHanging = {
  async select(tx: Queryable, records: readonly string[]): Promise<Map<string, string>> {
    const rows = await selectAll(
      tx,
      Action,
      'select id, belongs_to from corrective_action where belongs_to = any($1)',
      [records],
    );
    return new Map(rows.map(({ id, belongsTo }) => [`corrective_action:${id}`, belongsTo]));
  },
  async remove(tx: Queryable, records: readonly string[]): Promise<void> {
    await tx.query('delete from corrective_action where belongs_to = any($1)', [records]);
  },
};
