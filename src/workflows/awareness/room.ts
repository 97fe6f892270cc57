/** Training, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import { forgetAnswers } from '../../isms/training/attempt.ts';
import { hidePhishingResults } from '../../isms/training/phishing.ts';
import type { Dependencies } from '../dependencies.ts';
import { trainingSamples } from './samples.ts';
import { bringPhishing, phishingTable } from './import-phishing.ts';
import { bringTraining } from './import-training.ts';
import {
  noteExport,
  trainingInParts,
  trainingRows,
  trainingRowsInParts,
  trainingTable,
} from './standings.ts';
import { createAwarenessWorkflow } from './workflow.ts';

export const awarenessRoom: Room<Dependencies> = {
  name: 'awareness',
  workflow: createAwarenessWorkflow,
  async forget(tx, before) {
    await forgetAnswers(tx, before);
    await hidePhishingResults(tx);
  },
  tables: { training: trainingTable, 'training-rows': trainingRows, phishing: phishingTable },
  imports: { training: { bring: bringTraining }, phishing: { bring: bringPhishing } },
  pack: {
    note: noteExport,
    parts: { training: trainingInParts, 'training-rows': trainingRowsInParts },
    scores: { 'training-rows': ['score'], phishing: 'all' },
  },
  samples: trainingSamples,
};
