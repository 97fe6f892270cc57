/** `isma import evidence-requests <file>` and `isma export evidence`: what is asked for, brought from a table, and what there is of it. */
import {
  maybe,
  must,
  readDay,
  readPerson,
  readPersonId,
  readText,
  readWhole,
  shortly,
  type Reader,
} from '../../dialogue/import-cells.ts';
import { evidenceOf, transferOf } from '../../dialogue/record-import.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { audits } from '../../isms/audit/audit.ts';
import {
  askForEvidence,
  changeRequest,
  evidenceRequests,
} from '../../isms/evidence-request/evidence-request.ts';
import { findRequirement } from '../../records/requirement.ts';
import { usualMonths } from './ask.ts';
import { auditsOf } from './record.ts';

const readRequirements: Reader<string[]> = (text) =>
  text.split(/[,;\n]/).map((each) => each.trim()).filter((each) => each !== '').map((each) => {
    const found = findRequirement(each);
    if (found === null) throw new Refusal(`«${shortly(each)}» is no clause or control; write it as 9.2 or A.8.13`);
    return found.id;
  }); // prettier-ignore

/** Audits, by reference. */
async function selectReferred(tx: Queryable): Promise<Map<string, number>> {
  const all = await audits.selectWhere(tx, 'true');
  return new Map(all.map(({ reference, id }) => [reference, id]));
}

const readAudit = (known: ReadonlyMap<string, number>): Reader<number> => (text) => {
  const id = known.get(text.toUpperCase());
  if (id === undefined) throw new Refusal(`there is no audit «${shortly(text)}»; write it as AU-2026-001`);
  return id;
}; // prettier-ignore

export const requestTransfer = transferOf({
  name: 'evidence-requests',
  record: evidenceRequests,
  people: ['ownerId'],
  same: ['ownerId', 'title'],
  columns: async (people, db) => ({
    title: must(readText(200)).describe('evidence, name, document, nachweis, titel'),
    requirements: must(readRequirements).describe('requirement, control, controls, clause, clauses, anforderung, anforderungen'),
    what: maybe(readText(4_000)).describe('description, has_to_show, details, beschreibung'),
    ownerId: must(readPersonId(people)).describe('owner, owner_email, responsible, evidence_owner, verantwortlich'),
    dueOn: must(readDay).describe('due, due_date, until, frist, termin'),
    months: maybe(readWhole(1, 120)).describe('valid_months, frequency_months, monate'),
    auditId: maybe(readAudit(await selectReferred(db))).describe('audit_reference, asked_in, auditreferenz'),
    askedBy: maybe(readPerson(people)).describe('asker, requested_by, angefragt_von'),
  }),
  by: async (_tx, { askedBy }) => askedBy,
  add: async (tx, command, cells) =>
    askForEvidence(tx, command, {
      ...cells,
      what: cells.what ?? '',
      months: cells.months ?? (await usualMonths(tx)),
      urgent: false,
    }),
  async change(tx, command, row, { ownerId, askedBy: _asker, ...changed }) {
    if (ownerId !== undefined) throw new Refusal(`${row.reference} is asked of somebody else; pass it on in chat, or leave its reference empty for a new one`);
    await changeRequest(tx, command, row, changed);
  },
  shown: {
    asked_by: async (_tx, rows) => rows.map(({ askedByName }) => askedByName),
    asked_on: async (_tx, rows) => rows.map(({ askedAt }) => askedAt.toISOString().slice(0, 10)),
    dated_on: async (_tx, rows) => rows.map(({ datedOn }) => datedOn ?? ''),
    audit: async (tx, rows) => (await auditsOf(tx, rows)).map((each) => each ?? ''),
    evidence: (tx, rows) => evidenceOf(tx, rows.map(evidenceRequests.nameOf)),
    accepted_by: async (_tx, rows) => rows.map(({ acceptedByName }) => acceptedByName ?? ''),
    accepted_on: async (_tx, rows) => rows.map(({ acceptedAt }) => acceptedAt?.toISOString().slice(0, 10) ?? ''),
    expires_on: async (_tx, rows) => rows.map(({ expiresOn }) => expiresOn ?? ''),
    reason: async (_tx, rows) => rows.map(({ stateReason }) => stateReason ?? ''),
  },
}); // prettier-ignore
