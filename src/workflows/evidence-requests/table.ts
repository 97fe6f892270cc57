/** What auditors asked for, by whom and when it was given: the list of both sides. */
import type { Database } from '../../db/database.ts';
import { evidenceOf } from '../../dialogue/record-import.ts';
import type { Table } from '../../files/write-table.ts';
import { evidenceRequests, type EvidenceRequest } from '../../isms/evidence-request/evidence-request.ts';
import { selectNames } from '../../records/person.ts';
import { auditsOf } from './record.ts';

const columns = [
  'reference', 'audit', 'asked', 'has_to_show', 'requirements', 'asked_by', 'asked_at', 'due', 'with', 'state', 'evidence', 'given_by', 'given_at', 'accepted_by', 'accepted_at',
]; // prettier-ignore

export async function auditorRequestsTable(db: Database): Promise<Table> {
  const rows = await evidenceRequests.selectWhere(db, 'for_auditor');
  const of = await auditsOf(db, rows);
  const names = await selectNames(db, rows.map(({ ownerId }) => ownerId));
  const evidence = await evidenceOf(db, rows.map(evidenceRequests.nameOf));
  return {
    columns,
    rows: rows.map((row, at) => [
      row.reference, of[at] ?? '', row.title, row.what === row.title ? '' : row.what, row.requirements.join(', '), row.askedByName, row.askedAt.toISOString(), row.dueOn,
      names.get(row.ownerId) ?? '', stateOf(row), evidence[at] ?? '', row.givenByName ?? '', row.givenAt?.toISOString() ?? '', row.acceptedByName ?? '', row.acceptedAt?.toISOString() ?? '',
    ]),
  };
} // prettier-ignore

function stateOf({ state, givenAt, acceptedAt }: EvidenceRequest): string {
  if (givenAt !== null && acceptedAt !== null && acceptedAt >= givenAt) return 'taken';
  if (givenAt !== null) return 'given';
  return state === 'withdrawn' ? 'taken back' : 'open';
}
