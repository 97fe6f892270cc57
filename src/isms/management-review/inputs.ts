/** What a management review takes into account, by the letters of 9.3.2, in words of ours. Owns `review_input`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';

export const inputKeys = ['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g'] as const;
export type InputKey = (typeof inputKeys)[number];

export const inputTitles: Record<InputKey, string> = {
  a: 'Earlier decisions and their actions',
  b: 'What has changed inside and around us',
  c: 'What interested parties need',
  d1: 'Non-conformities and corrective actions',
  d2: 'Monitoring and measurement',
  d3: 'Audits',
  d4: 'Information security objectives',
  e: 'What interested parties tell us',
  f: 'Risks and their treatment',
  g: 'What can be improved',
};

export const Figure = z.object({ label: z.string(), value: z.string(), source: z.string() });
export type Figure = z.infer<typeof Figure>;

const ReviewInput = z.object({
  input: z.enum(inputKeys),
  figures: z.array(Figure),
  /** When the figures were made. */
  figuresAt: z.date().nullable(),
  notes: z.string().nullable(),
  discussedAt: z.date().nullable(),
  discussedBy: z.string().nullable(),
});
export type ReviewInput = z.infer<typeof ReviewInput>;

/** All of them, in their order, with the name of who marked each as discussed. */
export function selectInputs(tx: Queryable, reviewId: number): Promise<ReviewInput[]> {
  return selectAll(
    tx,
    ReviewInput,
    `select input, figures, figures_at, notes, discussed_at, (select name from person where id = discussed_by) as discussed_by
     from review_input where review_id = $1 order by input`,
    [reviewId],
  );
}

export function inputNamed(said: string): InputKey | null {
  const plain = said.trim().toLowerCase();
  return inputKeys.find((key) => key === plain) ?? null;
}
