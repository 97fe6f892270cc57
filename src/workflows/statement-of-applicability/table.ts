/** The Statement of Applicability as a table, in the columns in which it is brought, and as a document for readers. */
import type { Database, Queryable } from '../../db/database.ts';
import type { ReportAsked } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { documentBytes, type Block } from '../../files/write-document.ts';
import type { Table } from '../../files/write-table.ts';
import { selectEntries, titleOfControl, type Entry } from '../../isms/statement-of-applicability/entry.ts';
import {
  isAsApproved,
  selectApproved,
  selectUnderWay,
  soas,
  type Soa,
} from '../../isms/statement-of-applicability/soa.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { selectKnownByEmail, selectNames } from '../../records/person.ts';

const columns = [
  'control',
  'title',
  'applies',
  'basis',
  'basis_reference',
  'justification',
  'implemented',
  'how',
  'owner',
];

function cells(entry: Entry, emails: ReadonlyMap<number, string>): string[] {
  const { control, applies, basis, basisReference, justification, implemented, how, ownerId, ownerName } = entry;
  const owner = ownerId === null ? '' : (emails.get(ownerId) ?? ownerName ?? '');
  return [control, titleOfControl(control), applies === null ? '' : applies ? 'yes' : 'no', basis ?? '', basisReference ?? '', justification ?? '', implemented ?? '', how ?? '', owner];
} // prettier-ignore

export async function tableOf(tx: Queryable, soa: Pick<Soa, 'id'>): Promise<Table> {
  const people = [...(await selectKnownByEmail(tx)).values()];
  const emails = new Map(people.map(({ id, email, name }) => [id, email ?? name]));
  return { columns, rows: (await selectEntries(tx, soa.id)).map((entry) => cells(entry, emails)) };
}

/** The edition in force, for `isma export soa`; before the first is approved, the one under way. */
export async function soaTable(db: Database): Promise<Table> {
  const soa = (await selectApproved(db)) ?? (await selectUnderWay(db));
  return soa === null ? { columns, rows: [] } : tableOf(db, soa);
}

/** Every edition there was, a line each. */
export async function editionsTable(db: Database): Promise<Table> {
  const rows = await soas.selectWhere(db, 'true');
  const names = await selectNames(db, rows.flatMap(({ ownerId, approverId }) => [ownerId, approverId]));
  const whole = new Map<number, string>();
  for (const row of rows) if (row.contentHash !== null) whole.set(row.id, (await isAsApproved(db, row)) ? 'yes' : 'NO');
  return {
    columns: ['reference', 'edition', 'state', 'owner', 'approver', 'approved_by', 'approved_at', 'content_sha256', 'as_approved', 'review_on'],
    rows: rows.map((row) => [
      row.reference, row.edition, row.state, names.get(row.ownerId) ?? '', names.get(row.approverId) ?? '',
      row.approvedByName ?? '', row.approvedAt?.toISOString() ?? '', row.contentHash ?? '', whole.get(row.id) ?? '', row.reviewOn ?? '',
    ]),
  };
} // prettier-ignore

/** «Approved on 15 May 2026 by Clara Cloverleigh», or its state. */
export function standingOf({ state, approvedAt, approvedByName }: Soa, timeZone = 'UTC'): string {
  const how = approvedAt === null ? '' : ` on ${dayInWords(dayOf(approvedAt, timeZone))} by ${approvedByName ?? 'somebody'}`;
  return state === 'approved' ? `approved${how}` : state === 'superseded' ? `superseded; it was approved${how}` : state.replace('_', ' ');
} // prettier-ignore

/** @returns a DOCX */
export async function documentOf(tx: Queryable, soa: Soa, language = 'en'): Promise<Buffer> {
  const entries = await selectEntries(tx, soa.id);
  const names = await selectNames(tx, [soa.ownerId, soa.approverId]);
  const excluded = entries.filter(({ applies }) => applies === false);
  const themes: [string, string][] = [['A.5', 'Organizational controls'], ['A.6', 'People controls'], ['A.7', 'Physical controls'], ['A.8', 'Technological controls']]; // prettier-ignore
  const part = ([theme, title]: [string, string]): Block[] => [
    { heading: `${theme} ${title}` },
    {
      table: {
        columns: ['Control', 'Applies', 'Why, and on what it rests', 'Implemented, and how', 'Owner'],
        rows: entries
          .filter(({ control }) => control.startsWith(`${theme}.`))
          .map((entry) => [
            `${entry.control}\n${titleOfControl(entry.control)}`,
            entry.applies === null ? '–' : entry.applies ? 'yes' : 'no',
            [entry.justification, [entry.basis, entry.basisReference].filter((each) => each !== null).join(': ')].filter((each) => each !== null && each !== '').join('\n'),
            [entry.implemented, entry.how].filter((each) => each !== null).join('\n'),
            entry.ownerName ?? '',
          ]),
      },
      widths: [22, 8, 34, 28, 14],
    },
  ]; // prettier-ignore
  return documentBytes({
    title: `Statement of Applicability ${soa.edition}`,
    subtitle: `${soa.reference} · ISO/IEC 27001:2022, 6.1.3 d · ${standingOf(soa)}`,
    language,
    foot: `Statement of Applicability ${soa.edition} · ${soa.state.replace('_', ' ')}`,
    blocks: [
      {
        facts: [
          { label: 'Owner', value: names.get(soa.ownerId) ?? '' },
          { label: 'Approver', value: names.get(soa.approverId) ?? '' },
          { label: 'State', value: standingOf(soa) },
          ...(soa.reviewOn === null ? [] : [{ label: 'Next review', value: dayInWords(soa.reviewOn) }]),
          ...(soa.contentHash === null ? [] : [{ label: 'SHA-256 of its entries', value: soa.contentHash }]),
          { label: 'Controls', value: `${entries.filter(({ applies }) => applies === true).length} apply, ${excluded.length} are excluded` },
        ],
      },
      { heading: 'What is excluded' },
      ...(excluded.length === 0
        ? [{ text: 'Nothing.' }]
        : [{ points: excluded.map((entry) => `${entry.control} ${titleOfControl(entry.control)}: ${entry.justification ?? ''} (${[entry.basis, entry.basisReference].filter((each) => each !== null).join(': ')})`) }]),
      ...themes.flatMap(part),
    ],
  }); // prettier-ignore
}

/** For `isma export soa --out <file>.docx`: the edition in force, or the one that is named. */
export async function soaReport(db: Database, { record, language }: ReportAsked): Promise<Uint8Array> {
  const soa = record === null ? ((await selectApproved(db)) ?? (await selectUnderWay(db))) : await soas.selectOptional(db, record);
  if (soa === null)
    throw new OperatorError(
      record === null
        ? 'There is no Statement of Applicability yet. The ISMS manager begins one in chat with «new version of the SoA», or bring one with: isma import soa <file>.'
        : `There is no Statement of Applicability ${record}.`,
    );
  return documentOf(db, soa, language);
} // prettier-ignore
