/** What the model may call while it answers: look again, or propose to ask the owner. Neither writes anything. */
import { z } from 'zod';
import type { Outcome, Tool } from '../../conversation/contract.ts';

export interface AnswerToolsOptions {
  /** @returns more numbered passages, as text for the model */
  lookAgain(question: string): Promise<string>;
  proposeOwner(question: string): Outcome;
}

const SearchPolicies = z.object({ query: z.string().min(2).max(300) });
const AskPolicyOwner = z.object({ question: z.string().min(5).max(1_000) });

export function answerTools({ lookAgain, proposeOwner }: AnswerToolsOptions): Tool[] {
  const searchPolicies: Tool<typeof SearchPolicies> = {
    name: 'search_policies',
    description: 'Searches the policies once more, with words that a policy would use.',
    schema: SearchPolicies,
    run: async (_context, { query }) => lookAgain(query),
  };
  const askPolicyOwner: Tool<typeof AskPolicyOwner> = {
    name: 'ask_policy_owner',
    description: 'Shows a card to confirm, when the person wants the policy owner or a human asked.',
    schema: AskPolicyOwner,
    run: async (_context, { question }) => proposeOwner(question),
  };
  return [searchPolicies, askPolicyOwner];
}
