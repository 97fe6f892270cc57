/** Certifications as a table, in the columns in which they are brought. */
import type { Database } from '../../db/database.ts';
import { headingOf } from '../../dialogue/import-file.ts';
import type { Table } from '../../files/write-table.ts';
import { certifications, selectCertificationFacts } from '../../isms/certification/certification.ts';
import { selectCycle } from '../../isms/certification/rules.ts';
import { visitsAhead } from '../../isms/certification/visits.ts';
import { selectNames } from '../../records/person.ts';
import { auditDaysInWords } from './audit-days.ts';
import { ruleNames, ruleText } from './body-rules.ts';

const columns = [
  'reference', 'body', 'standard', 'state', 'scope', 'certificate_number', 'soa_version', 'visited_on', 'decided_on', 'valid_until', 'audit_days',
  'auditors', 'contact', 'owner', ...ruleNames.map(headingOf), 'open_majors', 'next_visit', 'next_visit_from',
  'next_visit_until', 'state_reason',
] as const; // prettier-ignore

export async function certificationTable(db: Database): Promise<Table> {
  const rows = [];
  const all = await certifications.selectWhere(db, 'true');
  const names = await selectNames(db, all.map(({ ownerId }) => ownerId)); // prettier-ignore
  for (const row of all) {
    const { rules } = row;
    const [next] = visitsAhead(row, await selectCycle(db, row));
    const { majors } = await selectCertificationFacts(db, row);
    rows.push([
      row.reference, row.body, row.standard, row.state.replaceAll('_', ' '), row.scope, row.certificateNumber, row.soaVersion, row.visitedOn,
      row.decidedOn, row.validUntil, auditDaysInWords(row.auditDays), row.auditors.join(', '), row.contact, names.get(row.ownerId),
      ...ruleNames.map((name) => ruleText(rules, name)), majors, next?.kind, next?.opensOn, next?.lastOn, row.stateReason,
    ].map((cell) => String(cell ?? ''))); // prettier-ignore
  }
  return { columns, rows };
}
