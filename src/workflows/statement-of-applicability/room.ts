/** The Statement of Applicability, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import { soas } from '../../isms/statement-of-applicability/soa.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringSoa } from './import.ts';
import { soaSamples } from './samples.ts';
import { editionsTable, soaReport, soaTable } from './table.ts';
import { createSoaWorkflow } from './workflow.ts';
import { room } from './words.ts';

export const soaRoom: Room<Dependencies> = {
  name: room,
  workflow: createSoaWorkflow,
  tables: { soa: soaTable, 'soa-editions': editionsTable },
  documents: { soa: soaReport },
  evidence: { soa: soas.selectReferences },
  imports: { soa: { bring: bringSoa } },
  // A draft is nothing to rely on.
  pack: {
    reports: {
      soa: async (db) =>
        (await soas.selectWhere(db, "state in ('approved', 'superseded')")).map(({ reference }) => reference),
    },
  },
  samples: soaSamples,
};
