/** Policy questions, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import { forgetQuestions } from '../../isms/answer/answer.ts';
import type { Knowledge } from './find-passages.ts';
import { answersSamples } from './samples.ts';
import { createAnswersWorkflow } from './workflow.ts';

export const answersRoom: Room<Knowledge> = {
  name: 'answers',
  workflow: createAnswersWorkflow,
  forget: forgetQuestions,
  samples: answersSamples,
};
