/** What a model may call: it reads, and writes nothing. */
import { z } from 'zod';
import type { Context, Outcome, Tool } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { toAsker } from '../../dialogue/command.ts';
import { managementReviews } from '../../isms/management-review/management-review.ts';
import { agendaCard } from './cards.ts';
import { findReview, selectOptionalNext } from './find.ts';

const Which = z.object({
  record: z
    .string()
    .max(20)
    .optional()
    .describe('MR-2026-001, only as they wrote it; without it the next one'),
});

export function reviewTools(show: (context: Context, reference: string) => Outcome): Tool[] {
  const tool: Tool<typeof Which> = {
    name: 'show_management_review',
    description:
      'Shows the person a management review (9.3): its day, who is invited, what was discussed and decided, its minutes.',
    schema: Which,
    run: async (context, { record = '' }) =>
      privately(context, 'a management review', async (tx) => {
        const review = record === '' ? await selectOptionalNext(tx, context) : await findReview(tx, context, record);
        if (review === null) return toAsker({ text: 'There is no management review that you may see.' });
        if (review.state === 'in_progress') return toAsker(await agendaCard(tx, context, await managementReviews.select(tx, review.id)));
        return show(context, review.reference)(tx);
      }),
  };
  return [tool];
} // prettier-ignore
