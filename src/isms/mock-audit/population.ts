/** Lists of which a mock audit draws its cases, as they came. Owns `mock_population`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, storable, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { words } from '../../language/vocabulary.ts';
import { listHash } from './sample.ts';

const Population = z.object({
  id: z.number(),
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  hash: z.string(),
  broughtAt: z.date(),
});
export type Population = z.infer<typeof Population>;

export interface ReadList {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

function prepared({ title, columns, rows }: ReadList) {
  if (rows.length === 0) throw new Refusal(`${title} has no rows below its first one, which names the columns.`);
  const heads = columns.map((column, index) => storable(column.trim() || `Column ${index + 1}`));
  const cells = rows.map((row) => heads.map((_, index) => storable(row[index] ?? '')));
  return { title: storable(title), heads, cells, hash: listHash(heads, cells) };
} // prettier-ignore

/** Columns and cells stay as they are. @throws Refusal for a list of nothing */
export async function keepPopulation(
  tx: Queryable,
  list: ReadList,
  { by, at }: { by: number | null; at: Date },
): Promise<Population> {
  const { title, heads, cells, hash } = prepared(list);
  return selectOne(
    tx,
    Population,
    `insert into mock_population (title, columns, rows, hash, brought_by, brought_at) values ($1, $2, $3, $4, $5, $6) returning *`,
    [title, heads, toJsonb(cells), hash, by, at],
  );
}

/** Of an operator. The same again, while nobody has used it, is kept once. */
export async function importPopulation(tx: Queryable, list: ReadList, at: Date): Promise<void> {
  const { title, hash } = prepared(list);
  const known = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `select id from mock_population where brought_by is null and title = $1 and hash = $2
       and not exists (select from mock_audit where population_id = mock_population.id)`,
    [title, hash],
  );
  if (known.length > 0) return;
  const { id, rows } = await keepPopulation(tx, list, { by: null, at });
  const [action, record] = ['mock_population.imported', `mock_population:${id}`] as const;
  await appendAudit(tx, {
    action,
    record,
    detail: { rows: rows.length, hash },
    actor: 'system:population-import',
    at,
  });
}

export function selectPopulation(tx: Queryable, id: number): Promise<Population> {
  return selectOne(tx, Population, 'select * from mock_population where id = $1', [id]);
}

const Unused = z.object({ id: z.number(), title: z.string(), size: z.number() });

/** Lists that an operator brought and nobody has drawn from, the newest first. */
export function selectUnused(tx: Queryable): Promise<z.infer<typeof Unused>[]> {
  return selectAll(
    tx,
    Unused,
    `select id, title, jsonb_array_length(rows) as size from mock_population
     where brought_by is null and not exists (select from mock_audit where population_id = mock_population.id)
     order by id desc limit 3`,
  );
}

const names = words('mock-audits/name');

/** The column, from 1, that says what a row is called, by its head; else the first. */
export function nameColumn(columns: readonly string[]): number {
  const whole = columns.findIndex((column) => names.is(column) !== null);
  const part = columns.findIndex((column) => names.has(column));
  return Math.max(0, whole < 0 ? part : whole) + 1;
}
