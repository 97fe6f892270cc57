/** Rows become typed values here, and snake_case becomes camelCase: the one place for both. */
import type { z } from 'zod';
import type { Queryable } from './database.ts';

/** Every row, checked against its schema. A row that does not fit is a defect, never skipped. */
export async function selectAll<Schema extends z.ZodType>(
  tx: Queryable,
  schema: Schema,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<z.infer<Schema>[]> {
  const { rows } = await tx.query(sql, parameters);
  return rows.map((row) => schema.parse(toCamelCase(row)));
}

export async function selectOptional<Schema extends z.ZodType>(
  tx: Queryable,
  schema: Schema,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<z.infer<Schema> | null> {
  const rows = await selectAll(tx, schema, sql, parameters);
  return rows[0] ?? null;
}

/** The row that must be there, as after `insert … returning` or a look-up by an id of ours. */
export async function selectOne<Schema extends z.ZodType>(
  tx: Queryable,
  schema: Schema,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<z.infer<Schema>> {
  const row = await selectOptional(tx, schema, sql, parameters);
  if (row === null) throw new Error(`No row where there must be one: ${sql.trim().slice(0, 80)}`);
  return row;
}

/** Names of columns are few, and each is read thousands of times. */
const camelCased = new Map<string, string>();

function toCamelCase(row: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(row)) {
    let name = camelCased.get(key);
    if (name === undefined) {
      name = key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
      camelCased.set(key, name);
    }
    result[name] = row[key];
  }
  return result;
}

/** `backOn` is `back_on`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** JSON for a `jsonb` column: U+0000 and lone surrogates, which PostgreSQL refuses, become U+FFFD. */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'string' ? storable(inner) : inner,
  );
}

/** Text that PostgreSQL takes: well-formed Unicode without U+0000. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
