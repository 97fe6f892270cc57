/** Incidents, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { base } from './record.ts';
import { incidentSamples } from './samples.ts';
import { createIncidentsWorkflow } from './workflow.ts';

export const incidentsRoom: Room<Dependencies> = {
  ...base,
  workflow: createIncidentsWorkflow,
  samples: incidentSamples,
};
