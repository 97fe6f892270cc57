/** Campaigns, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { campaignsTable } from './report.ts';
import { campaignSamples } from './samples.ts';
import { createCampaignsWorkflow } from './workflow.ts';

export const campaignsRoom: Room<Dependencies> = {
  name: 'campaigns',
  workflow: createCampaignsWorkflow,
  tables: { campaigns: campaignsTable },
  samples: campaignSamples,
};
