/** What the model may call: it shows a button that begins, and begins nothing. */
import { z } from 'zod';
import { actionId, type Context, type Outcome, type Tool } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { toAsker } from '../../dialogue/command.ts';
import { leadsMockAudits } from '../../isms/mock-audit/mock-audit.ts';
import { roleNamed, stages } from '../../isms/mock-audit/roles.ts';
import { room } from './buttons.ts';
import type { interviewOf } from './interview.ts';
import { practise } from './practise.ts';

const Practise = z.object({
  role: z.string().max(60).optional().describe('what they do, as they said it'),
  stage: z.enum(stages).optional().describe('documents for Stage 1, practice for Stage 2, only as they said'),
});
const Sample = z.object({
  about: z.string().max(120).describe('leavers, changes, suppliers, as they said it'),
});

export function mockAuditTools(questions: ReturnType<typeof interviewOf>): Tool[] {
  const mine = (context: Context, outcome: Outcome) => privately(context, 'a practice interview', outcome);
  const practiseTool: Tool<typeof Practise> = {
    name: 'practise_interview',
    description: 'Offers the person an interview as an auditor would hold it, to practise.',
    schema: Practise,
    run: async (context, { role = '', stage = null }) =>
      mine(context, (tx) => practise(tx, context, questions, { role: stage === null ? null : roleNamed(role), stage })),
  };
  const sampleTool: Tool<typeof Sample> = {
    name: 'start_mock_audit',
    description: 'Shows the ISMS manager or an auditor a button that begins a mock audit, which draws cases from a list.',
    schema: Sample,
    async run(context, { about }) {
      if (!leadsMockAudits(context.person)) return 'Only the ISMS manager or an auditor who works here may; this person can practise an interview.';
      const button = { id: actionId(`${room}.open-audit`, { about }), label: 'Begin', style: 'primary' as const };
      return mine(context, async () => toAsker({ text: `A mock audit of ${about}. Shall we?`, buttons: [button] }));
    },
  };
  return [practiseTool, sampleTool];
} // prettier-ignore
