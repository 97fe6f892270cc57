/** Clause 10.2, as the house knows it. */
import { join } from 'node:path';
import type { Import, Room } from '../../dialogue/room.ts';
import type { Table } from '../../files/write-table.ts';
import { selectActionReferences } from '../../isms/corrective-action/corrective-action.ts';
import { forgetInterviews } from '../../isms/nonconformity/cause-interview.ts';
import { selectNonconformityReferences } from '../../isms/nonconformity/nonconformity.ts';
import {
  recordTable,
  selectActionRecords,
  selectNonconformityRecords,
  type Value,
} from '../../isms/register/transfer.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ImportFiles } from './register/import.ts';
import { actionRow, nonconformityRow } from './register/import-rows.ts';
import { createCorrectiveActionsWorkflow } from './workflow.ts';

export const correctiveActionsRoom: Room<Dependencies> = {
  name: 'corrective-actions',
  workflow: createCorrectiveActionsWorkflow,
  forget: forgetInterviews,
  tables: {
    nonconformities: async (db) => tableOf(nonconformityRow([]).in, await selectNonconformityRecords(db)),
    actions: async (db) => tableOf(actionRow([], new Date()).in, await selectActionRecords(db)),
  },
  evidence: {
    nonconformities: async (db) =>
      new Map([...(await selectNonconformityReferences(db)), ...(await selectActionReferences(db))]),
    actions: selectActionReferences,
  },
  imports: {
    nonconformities: {
      beside: 'actions',
      bring: bringing((file, beside) => ({ nonconformities: file, actions: beside })),
    },
    actions: { bring: bringing((file) => ({ nonconformities: null, actions: file })) },
  },
  samples: {
    load: async (tx, folder, now) =>
      (await import('./samples/register.ts')).loadSampleRegister(tx, join(folder, 'register.yaml'), now),
    remove: async (tx, scope) => (await import('./samples/removal.ts')).removeSampleRegister(tx, scope),
  },
};

function bringing(files: (file: string, beside: string | null) => ImportFiles): Import['bring'] {
  return async (db, clock, file, { beside, apply, dates = null }) => {
    const { importRegister } = await import('./register/import.ts');
    const { importText } = await import('./register/import-text.ts');
    const actor = 'system:register-import';
    const report = await importRegister({ db, clock }, files(file, beside), { apply, actor, dates });
    return { text: importText(report), isWhole: report.refused.length + report.differing.length === 0 };
  };
}

/** In the order in which it would be brought back. */
function tableOf<Field extends string>(
  { shape }: { shape: Readonly<Record<Field, unknown>> },
  records: readonly Readonly<Record<Field, Value>>[],
): Table {
  return recordTable(records, Object.keys(shape) as Field[]);
}
