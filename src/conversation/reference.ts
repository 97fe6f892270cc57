/** What a door keeps about an address so that it can write there later, unasked. Owns `address_reference`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional, toJsonb } from '../db/rows.ts';

export type Reference = Record<string, unknown>;

export interface References {
  /** Writes only where something changed. */
  keep(platform: string, address: string, reference: Reference): Promise<void>;
  find(platform: string, address: string): Promise<Reference | null>;
}

const Row = z.object({ reference: z.record(z.string(), z.unknown()) });

export function createReferences(db: Queryable): References {
  return {
    async keep(platform, address, reference) {
      await db.query(
        `insert into address_reference (platform, address, reference) values ($1, $2, $3)
         on conflict (platform, address) do update set reference = excluded.reference, kept_at = now()
         where address_reference.reference is distinct from excluded.reference`,
        [platform, address, toJsonb(reference)],
      );
    },
    async find(platform, address) {
      const row = await selectOptional(
        db,
        Row,
        'select reference from address_reference where platform = $1 and address = $2',
        [platform, address],
      );
      return row?.reference ?? null;
    },
  };
}
