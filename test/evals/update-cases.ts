/** Updates as people write them, each with the changes that should be proposed; held by tests without a model, measured with one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SaidUpdate } from '../../src/workflows/corrective-actions/update/said-update.ts';

const UpdateCase = z.object({
  id: z.string(),
  category: z.string(),
  lang: z.enum(['en', 'de', 'fr', 'es']),
  text: z.string(),
  now: z.coerce.date(),
  timeZone: z.string(),
  locale: z.string(),
  /** Said so outright that no model is needed. */
  withoutModel: z.boolean(),
  /** In the order of the records; only the fields that matter. */
  expected: z.array(SaidUpdate.partial().strict()),
});
export type UpdateCase = z.infer<typeof UpdateCase>;

export function readUpdateCases(): UpdateCase[] {
  return readFileSync(join(import.meta.dirname, 'updates.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => UpdateCase.parse(JSON.parse(line)));
}

/** Of what was proposed, the fields that the case names; the whole where it has more or fewer changes than it should. */
export function comparable(proposed: SaidUpdate[], { expected }: UpdateCase): Partial<SaidUpdate>[] {
  if (proposed.length !== expected.length) return proposed;
  return proposed.map((update, at) =>
    Object.fromEntries(
      Object.entries(update).filter(([field]) => Object.keys(expected[at] ?? {}).includes(field)),
    ),
  );
}
