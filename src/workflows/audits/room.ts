/** Audits and their programme, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { audits } from '../../isms/audit/audit.ts';
import { dayOf } from '../../language/calendar.ts';
import type { Dependencies } from '../dependencies.ts';
import { room } from './buttons.ts';
import { coverageTable } from './coverage-card.ts';
import { documentOf } from './document.ts';
import { auditTransfer, programmeTransfer } from './import.ts';
import { sampleTable } from './sample-table.ts';
import { auditSamples } from './samples.ts';
import { createAuditsWorkflow } from './workflow.ts';

export const auditsRoom: Room<Dependencies> = {
  name: room,
  workflow: createAuditsWorkflow,
  imports: { ...auditTransfer.offers.imports, ...programmeTransfer.offers.imports },
  samples: auditSamples,
  tables: {
    ...auditTransfer.offers.tables,
    ...programmeTransfer.offers.tables,
    'audit-samples': sampleTable,
    'audit-coverage': (db, now) => coverageTable(db, dayOf(now, 'UTC')),
  },
  documents: {
    async audits(db, { record, language }) {
      const audit = record === null ? (await audits.selectWhere(db, 'true')).at(-1) : await audits.selectOptional(db, record);
      if (audit === undefined || audit === null) throw new OperatorError(record === null ? 'There is no audit yet.' : `There is no audit ${record}.`);
      return documentOf(db, audit, { language, timeZone: 'UTC' });
    },
  },
  evidence: { audits: audits.selectReferences },
}; // prettier-ignore
