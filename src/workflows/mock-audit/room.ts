/** Mock audits, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import { forgetWords } from '../../isms/mock-audit/interview.ts';
import { mockCases } from '../../isms/mock-audit/mock-audit.ts';
import type { Dependencies } from '../dependencies.ts';
import { mockAuditTable } from './export.ts';
import { populationImport } from './lists.ts';
import { mockAuditSamples } from './samples.ts';
import { createMockAuditWorkflow } from './workflow.ts';

export const mockAuditRoom: Room<Dependencies> = {
  name: 'mock-audit',
  workflow: createMockAuditWorkflow,
  forget: forgetWords,
  tables: { 'mock-audits': mockAuditTable },
  evidence: { 'mock-audits': mockCases.selectReferences },
  imports: { population: populationImport },
  pack: { selfAssessment: true },
  samples: mockAuditSamples,
};
