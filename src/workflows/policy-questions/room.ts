/** Questions about policies, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { policyQuestionTable } from './list.ts';
import { policyQuestionSamples } from './samples.ts';
import { createPolicyQuestionsWorkflow } from './workflow.ts';

export const policyQuestionsRoom: Room<Dependencies> = {
  name: 'policy-questions',
  workflow: createPolicyQuestionsWorkflow,
  tables: { 'policy-questions': policyQuestionTable },
  samples: policyQuestionSamples,
};
