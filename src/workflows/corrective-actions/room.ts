/** Clause 10.2, as the house knows it. */
import type { Room } from '../../dialogue/room.ts';
import type { Table } from '../../files/write-table.ts';
import { forgetInterviews } from '../../isms/nonconformity/cause-interview.ts';
import {
  cellOf,
  columnOf,
  selectActionRecords,
  selectNonconformityRecords,
} from '../../isms/register/transfer.ts';
import type { Dependencies } from './dependencies.ts';
import { actionColumns, nonconformityColumns } from './register/import-rows.ts';
import { createCorrectiveActionsWorkflow } from './workflow.ts';

export const correctiveActionsRoom: Room<Dependencies> = {
  name: 'corrective-actions',
  workflow: createCorrectiveActionsWorkflow,
  forget: forgetInterviews,
  tables: {
    nonconformities: async (db) => tableOf(nonconformityColumns, await selectNonconformityRecords(db)),
    actions: async (db) => tableOf(actionColumns, await selectActionRecords(db)),
  },
};

function tableOf<Field extends string>(
  columns: Readonly<Record<Field, readonly string[]>>,
  records: readonly Readonly<Record<Field, Parameters<typeof cellOf>[0]>>[],
): Table {
  const fields = Object.keys(columns) as Field[];
  return {
    columns: fields.map(columnOf),
    rows: records.map((record) => fields.map((field) => cellOf(record[field]))),
  };
}
