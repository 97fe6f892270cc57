/** References of records: NC-2026-004, CA-2026-012, and their short forms. Each kind of record declares its prefix. Owns `reference_counter`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOne, selectOptional } from '../db/rows.ts';

const Last = z.object({ last: z.number() });

/** Tables by the prefix of their records' references. */
const tables = new Map<string, string>();

export function declareReference(prefix: string, table: string): void {
  tables.set(prefix, table);
}

/** The next of the year. Locks the year's counter until the caller's transaction ends, so that none is given out twice. */
export async function nextReference(tx: Queryable, prefix: string, year: number): Promise<string> {
  const [next = ''] = await nextReferences(tx, prefix, year, 1);
  return next;
}

/** As many of them. */
export async function nextReferences(
  tx: Queryable,
  prefix: string,
  year: number,
  count: number,
): Promise<string[]> {
  const { last } = await selectOne(
    tx,
    Last,
    `insert into reference_counter (prefix, year, last) values ($1, $2, $3)
     on conflict (prefix, year) do update set last = reference_counter.last + excluded.last returning last`,
    [prefix, year, count],
  );
  return Array.from(
    { length: count },
    (_, at) => `${prefix}-${year}-${String(last - count + at + 1).padStart(3, '0')}`,
  );
}

/** A reference that was brought from elsewhere is not given out again. */
export async function noteReference(tx: Queryable, reference: string): Promise<void> {
  const [prefix = '', year = '', number = ''] = reference.split('-');
  await tx.query(
    `insert into reference_counter (prefix, year, last) values ($1, $2, $3)
     on conflict (prefix, year) do update set last = greatest(reference_counter.last, excluded.last)`,
    [prefix, Number(year), Number(number)],
  );
}

export interface SaidReference {
  prefix: string;
  year: number | null;
  number: number;
}

/** `NC-2026-004`, or its short form `NC-4`; null for anything else. */
export function parseReference(text: string): SaidReference | null {
  const [, said = '', year, number] = /^([A-Z]{1,4})-(?:(\d{4})-)?(\d{1,6})$/i.exec(text.trim()) ?? [];
  const prefix = said.toUpperCase();
  if (!tables.has(prefix)) return null;
  return { prefix, year: year === undefined ? null : Number(year), number: Number(number) };
}

/** The first reference of a kind that a text names. */
export function referenceIn(text: string, prefix: string): string | null {
  const said = text.match(/[a-z]{1,4}-(?:\d{4}-)?\d{1,6}\b/giu) ?? [];
  return said.find((each) => parseReference(each)?.prefix === prefix) ?? null;
}

/**
 * By the whole reference, or by its short form: of several years the newest that has not ended.
 *
 * @param ended  states in which nothing is left to do
 */
export async function selectOptionalByReference<Schema extends z.ZodType>(
  tx: Queryable,
  schema: Schema,
  prefix: string,
  reference: string,
  ended: readonly string[],
): Promise<z.infer<Schema> | null> {
  const said = parseReference(reference);
  if (said?.prefix !== prefix) return null;
  return selectOptional(
    tx,
    schema,
    `select * from ${tables.get(prefix) ?? ''}
     where split_part(reference, '-', 3)::integer = $1
       and ($2::text is null or split_part(reference, '-', 2) = $2)
     order by state = any($3), reference desc limit 1`,
    [said.number, said.year === null ? null : String(said.year), ended],
  );
}
