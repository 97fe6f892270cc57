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
    description:
      'Search the policies once more with other words, when no passage answers the question. Use words that a policy would use.',
    schema: SearchPolicies,
    run: async (_context, { query }) => lookAgain(query),
  };
  const askPolicyOwner: Tool<typeof AskPolicyOwner> = {
    name: 'ask_policy_owner',
    description:
      'When the person asks to have a question passed on to the policy owner or to a human: shows them a card to confirm.',
    schema: AskPolicyOwner,
    run: async (_context, { question }) => proposeOwner(question),
  };
  return [searchPolicies, askPolicyOwner];
}
