/** Mock audits and their cases as a table, for `isma export mock-audits`: never what a person said when they practised. */
import type { Database } from '../../db/database.ts';
import type { Table } from '../../files/write-table.ts';
import {
  mockAudits,
  mockCases,
  selectCases,
  type MockAudit,
  type MockCase,
} from '../../isms/mock-audit/mock-audit.ts';
import { selectPopulation } from '../../isms/mock-audit/population.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { selectNames } from '../../records/person.ts';

const columns = [
  'audit', 'about', 'requirement', 'state', 'lead', 'list', 'rows', 'list_sha256', 'seed', 'case', 'drawn_as', 'row', 'name', 'result', 'seen',
  'evidence', 'judged_by', 'judged_at',
]; // prettier-ignore

/** A row a case; an audit without any has one of its own. */
export async function mockAuditTable(db: Database): Promise<Table> {
  const audits = await mockAudits.selectWhere(db, 'true');
  const leads = await selectNames(db, audits.map(({ leadId }) => leadId)); // prettier-ignore
  const rows: Table['rows'][number][] = [];
  for (const audit of audits) {
    const cases = await selectCases(db, audit);
    const evidence = await selectEvidence(db, cases.map(mockCases.nameOf)); // prettier-ignore
    const titles = (row: MockCase) => evidence.filter(({ belongsTo }) => belongsTo === mockCases.nameOf(row)).map(({ title }) => title); // prettier-ignore
    const head = await headOf(db, audit, leads.get(audit.leadId) ?? '');
    if (cases.length === 0) rows.push([...head, ...columns.slice(head.length).map(() => '')]);
    for (const row of cases) rows.push([...head, ...cellsOf(row, titles(row))]);
  }
  return { columns, rows };
}

async function headOf(db: Database, audit: MockAudit, lead: string): Promise<(string | number)[]> {
  const { reference, about, requirement, state, populationId, seed } = audit;
  const list = populationId === null ? null : await selectPopulation(db, populationId);
  return [reference, about, requirement ?? '', state, lead, list?.title ?? '', list?.rows.length ?? '', list?.hash ?? '', seed ?? '']; // prettier-ignore
}

function cellsOf({ reference, ordinal, rowNumber, title, state, words, stateByName, stateAt }: MockCase, evidence: readonly string[]): (string | number)[] {
  const judged = state === 'open' ? '' : stateAt.toISOString();
  return [reference, ordinal, rowNumber, title, state, words ?? '', evidence.join(', '), stateByName ?? '', judged];
} // prettier-ignore
