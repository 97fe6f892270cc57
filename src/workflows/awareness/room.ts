/** Training, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import { forgetAnswers } from '../../isms/training/attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { trainingSamples } from './samples.ts';
import { trainingTable } from './standings.ts';
import { createAwarenessWorkflow } from './workflow.ts';

export const awarenessRoom: Room<Dependencies> = {
  name: 'awareness',
  workflow: createAwarenessWorkflow,
  forget: forgetAnswers,
  tables: { training: trainingTable },
  samples: trainingSamples,
};
