/**
 * Small registers as they stood at any time. Triggers (`keep_history_of` in the migrations) keep each row as it became; the audit
 * entry of the same transaction says when. Owns `row_history`.
 */
import { z } from 'zod';
import type { Queryable } from './database.ts';
import { selectOne } from './rows.ts';

/** SQL that stands in front of an update of the log's head: what the transaction wrote until now became so at `$n`. */
export function datedBy(parameter: string): string {
  return `with dated as (
      update row_history set at = ${parameter}, undated_in = null where undated_in = pg_current_xact_id()
    )`;
}

/**
 * The beginning of a query that reads tables as they were: within it, each of their names stands for its rows of then.
 * `${asOf(['nonconformity'], '$1')} select count(*) from nonconformity where state = 'open'`
 *
 * @param tables  names of tables of ours whose history is kept, never anybody's input
 * @param at  the parameter that holds the time; what became so at that very time counts
 */
export function asOf(tables: readonly string[], at: string): string {
  // What has not changed since is as it is: only the others are made again from what was kept of them.
  const each = tables.map(
    (table) => `${table} as (
      select ${table}.* from ${table} where not exists (
        select from row_history later where later.table_name = '${table}' and later.row_id = ${table}.id and later.at > ${at}::timestamptz
      )
      union all
      select kept.* from (
        select distinct row_id from row_history where table_name = '${table}' and row_history.at > ${at}::timestamptz
      ) changed cross join lateral (
        select content from row_history before
        where before.table_name = '${table}' and before.row_id = changed.row_id and before.at <= ${at}::timestamptz
        order by before.at desc, before.id desc limit 1
      ) newest, jsonb_populate_record(null::${table}, content) kept
      where content is not null
    )`,
  );
  return `with ${each.join(', ')}`;
}

const Since = z.object({ since: z.date().nullable() });

/** From when on days can be asked for; null where nothing is kept yet. */
export async function selectHistorySince(tx: Queryable): Promise<Date | null> {
  return (await selectOne(tx, Since, 'select min(at) as since from row_history')).since;
}
