/** What the model may call: it shows results, or a button that begins; it begins and answers nothing. */
import { z } from 'zod';
import { actionId, type Context, type Outcome, type Tool } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { toAsker } from '../../dialogue/command.ts';
import { mayBegin } from '../../isms/assessment/assessment.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { scopeInWords } from '../../isms/assessment/questions.ts';
import { room } from './buttons.ts';
import { findAssessment } from './find.ts';
import { resultsCard } from './results.ts';
import { scopeNamed } from './said-start.ts';
import { startCard } from './start.ts';

const Start = z.object({
  part: z.string().max(80).optional().describe('of the standard, as they said it'),
  covers: z.string().max(80).optional().describe('which part of the organisation, where they named one'),
});
const Show = z.object({
  record: z.string().max(20).optional().describe('GA-2026-001, only as they wrote it'),
});

const mine = (context: Context, outcome: Outcome) => privately(context, 'a gap analysis', outcome);

export function gapAnalysisTools(): Tool[] {
  const start: Tool<typeof Start> = {
    name: 'start_gap_analysis',
    description: 'Shows the person a button that begins a gap analysis, or goes on with it.',
    schema: Start,
    async run(context, { part = '', covers = null }) {
      const scope = scopeNamed(part);
      if (scope === null || !mayBegin(context.person))
        return mine(context, async () => toAsker(startCard(context, { scope, covers, unknown: part || null })));
      const values: Record<string, string> = { scope, ...(covers === null ? {} : { covers }) };
      const text = `A gap analysis: ${scopeInWords(scope, questionBank())}${covers === null ? '' : ` for ${covers}`}. Shall we?`;
      const button = { id: actionId(`${room}.begin`, values), label: 'Begin', style: 'primary' as const };
      return mine(context, async () => toAsker({ text, buttons: [button] }));
    },
  };
  const show: Tool<typeof Show> = {
    name: 'show_gap_analysis',
    description: 'Shows the person what a gap analysis came to, or what it still waits for.',
    schema: Show,
    run: async (context, { record = '' }) =>
      mine(context, async (tx) => toAsker(await resultsCard(tx, context, await findAssessment(tx, context, record)))),
  };
  return [start, show];
} // prettier-ignore
