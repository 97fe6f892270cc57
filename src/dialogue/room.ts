/** A room as the house knows it: what it does in chat, and what it asks of the house beside. One line in the list of rooms. */
import type { Workflow } from '../conversation/contract.ts';
import type { Database, Queryable } from '../db/database.ts';
import type { Table } from '../files/write-table.ts';

export interface Room<Dependencies> {
  name: string;
  workflow(dependencies: Dependencies): Workflow;
  /** Words that are past their retention go. */
  forget?(tx: Queryable, before: Date): Promise<void>;
  /** Tables that `isma export <name>` writes, by name. */
  tables?: Record<string, (db: Database) => Promise<Table>>;
}
