/** Management reviews, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringReviews } from './import.ts';
import { reviewReport } from './paper.ts';
import { base } from './record.ts';
import { reviewSamples } from './samples.ts';
import { reviewsTable } from './table.ts';
import { createManagementReviewsWorkflow } from './workflow.ts';

export const managementReviewsRoom: Room<Dependencies> = {
  ...base,
  tables: { 'management-reviews': reviewsTable },
  documents: { 'management-review': reviewReport },
  imports: { 'management-reviews': { bring: bringReviews } },
  workflow: createManagementReviewsWorkflow,
  samples: reviewSamples,
};
