/** Evidence that is asked for, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import { evidenceRequests } from '../../isms/evidence-request/evidence-request.ts';
import type { Dependencies } from '../dependencies.ts';
import { requestTransfer } from './import.ts';
import { base } from './record.ts';
import { evidenceRequestSamples } from './samples.ts';
import { auditorRequestsTable } from './table.ts';
import { createEvidenceRequestsWorkflow } from './workflow.ts';

export const evidenceRequestsRoom: Room<Dependencies> = {
  ...base,
  workflow: createEvidenceRequestsWorkflow,
  tables: { evidence: requestTransfer.table, 'auditor-requests': auditorRequestsTable },
  evidence: { evidence: evidenceRequests.selectReferences },
  imports: requestTransfer.offers.imports,
  samples: evidenceRequestSamples,
};
