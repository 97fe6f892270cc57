/** Certifications, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import { certifications } from '../../isms/certification/certification.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringCertifications } from './import.ts';
import { base } from './record.ts';
import { certificationSamples } from './samples.ts';
import { certificationTable } from './table.ts';
import { createCertificationsWorkflow } from './workflow.ts';

export const certificationsRoom: Room<Dependencies> = {
  name: base.name,
  workflow: createCertificationsWorkflow,
  tables: { certification: certificationTable },
  evidence: { certification: certifications.selectReferences },
  imports: { certification: { bring: bringCertifications } },
  samples: certificationSamples,
};
