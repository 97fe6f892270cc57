/** Evidence that is asked for, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import { evidenceRequests } from '../../isms/evidence-request/evidence-request.ts';
import type { Dependencies } from '../dependencies.ts';
import { base } from './record.ts';
import { createEvidenceRequestsWorkflow } from './workflow.ts';

export const evidenceRequestsRoom: Room<Dependencies> = {
  ...base,
  workflow: createEvidenceRequestsWorkflow,
  evidence: { evidence: evidenceRequests.selectReferences },
};
