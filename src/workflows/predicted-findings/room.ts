/** The report that an auditor would write, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { findingsReport, findingsTable } from './report.ts';
import { createPredictedFindingsWorkflow } from './workflow.ts';

export const predictedFindingsRoom: Room<Dependencies> = {
  name: 'predicted-findings',
  workflow: createPredictedFindingsWorkflow,
  tables: { findings: findingsTable },
  documents: { findings: findingsReport },
  pack: { selfAssessment: true },
};
