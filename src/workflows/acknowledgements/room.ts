/** Acknowledgements, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { acknowledgementSamples } from './samples.ts';
import { acknowledgementParts, acknowledgementTable } from './log.ts';
import { createAcknowledgementsWorkflow } from './workflow.ts';

export const acknowledgementsRoom: Room<Dependencies> = {
  name: 'acknowledgements',
  workflow: createAcknowledgementsWorkflow,
  tables: { acknowledgements: acknowledgementTable },
  pack: { parts: { acknowledgements: acknowledgementParts } },
  samples: acknowledgementSamples,
};
