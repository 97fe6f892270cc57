/** Whole records of the register, as they are carried to a file and from one: every field, people by their address. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, storable, toJsonb } from '../../db/rows.ts';
import { actionRecordOf, CorrectiveAction } from '../corrective-action/corrective-action.ts';
import { EffectivenessCheck } from '../nonconformity/effectiveness.ts';
import type { purposes } from './evidence.ts';
import { Nonconformity, recordOf } from '../nonconformity/nonconformity.ts';
import { noteReference } from '../../records/reference.ts';

export const KnownPerson = z.object({
  id: z.number(),
  email: z.string().nullable(),
  name: z.string(),
  active: z.boolean(),
});
export type KnownPerson = z.infer<typeof KnownPerson>;

export type NonconformityRecord = Omit<
  Nonconformity,
  | 'id' | 'version' | 'raisedBy' | 'ownerId' | 'approverId' | 'stateBy' | 'correctionBy' | 'causeBy' | 'causeChain' | 'similarSearchedBy'
  | 'planApprovedBy' | 'checkerId' | 'closedBy'
> & {
  raisedBy: KnownPerson;
  owner: KnownPerson;
  approver: KnownPerson | null;
  stateBy: KnownPerson | null;
  correctionBy: KnownPerson | null;
  causeBy: KnownPerson | null;
  /** `question → answer`, in their order. */
  causeChain: string[];
  similarSearchedBy: KnownPerson | null;
  /** `NC-2026-001`, or `NC-2026-001 (same cause)`. */
  similar: string[];
  planApprovedBy: KnownPerson | null;
  checker: KnownPerson | null;
  /** The last check of this cycle. */
  checkBy: KnownPerson | null;
  checkByName: string | null;
  checkedAt: Date | null;
  checkMethod: string | null;
  checkResult: EffectivenessCheck['result'] | null;
  checkFindings: string | null;
  closedBy: KnownPerson | null;
  /** Addresses, and files by name and hash. */
  findingEvidence: string[];
  correctionEvidence: string[];
  effectivenessEvidence: string[];
} // prettier-ignore

export type ActionRecord = Omit<
  CorrectiveAction,
  'id' | 'version' | 'nonconformityId' | 'ownerId' | 'proposedBy' | 'stateBy' | 'verifiedBy'
> & {
  /** Its reference. */
  nonconformity: string;
  owner: KnownPerson;
  proposedBy: KnownPerson;
  stateBy: KnownPerson | null;
  verifiedBy: KnownPerson | null;
  evidence: string[];
};

export function selectKnownPeople(tx: Queryable): Promise<KnownPerson[]> {
  return selectAll(tx, KnownPerson, 'select id, email, name, active from person order by id');
}

const Piece = z.object({
  nonconformityId: z.number(),
  actionId: z.number().nullable(),
  purpose: z.string(),
  line: z.string(),
});

const Similar = z.object({ nonconformityId: z.number(), line: z.string() });

/** What was rejected shows nothing and stays behind. */
function selectPieces(tx: Queryable) {
  return selectAll(
    tx,
    Piece,
    `select nonconformity_id, action_id, purpose,
       coalesce(address, file_name || ' (SHA-256 ' || sha256 || ')') as line
     from evidence join evidence_revision revision on evidence_id = evidence.id
     where state <> 'rejected'
       and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id)
     order by evidence.id`,
  );
}

export async function selectNonconformityRecords(tx: Queryable): Promise<NonconformityRecord[]> {
  const people = peopleById(await selectKnownPeople(tx));
  const pieces = Map.groupBy(await selectPieces(tx), (piece) => piece.nonconformityId);
  const links = Map.groupBy(
    await selectAll(
      tx,
      Similar,
      `select nonconformity_id, reference || case when same_cause then ' (same cause)' else '' end as line
       from nonconformity_link join nonconformity on nonconformity.id = similar_id order by reference`,
    ),
    (link) => link.nonconformityId,
  );
  const checks = await selectAll(
    tx,
    EffectivenessCheck,
    `select distinct on (nonconformity_id) effectiveness_check.* from effectiveness_check
     join nonconformity on nonconformity.id = nonconformity_id
       and nonconformity.cycle = effectiveness_check.cycle
     order by nonconformity_id, effectiveness_check.id desc`,
  );
  const checkOf = new Map(checks.map((check) => [check.nonconformityId, check]));
  const rows = await selectAll(tx, Nonconformity, 'select * from nonconformity order by reference');
  return rows.map(({ id, version: _version, ownerId, approverId, checkerId, ...row }) => {
    const check = checkOf.get(id);
    const evidence = (purpose: (typeof purposes)[number]) =>
      (pieces.get(id) ?? [])
        .filter((each) => each.actionId === null && each.purpose === purpose)
        .map(({ line }) => line);
    return {
      ...row,
      raisedBy: people.known(row.raisedBy),
      owner: people.known(ownerId),
      approver: people.optional(approverId),
      stateBy: people.optional(row.stateBy),
      correctionBy: people.optional(row.correctionBy),
      causeBy: people.optional(row.causeBy),
      causeChain: row.causeChain.map(
        ({ question, answer }) => `${oneLine(question)}${arrow}${oneLine(answer)}`,
      ),
      similarSearchedBy: people.optional(row.similarSearchedBy),
      similar: (links.get(id) ?? []).map(({ line }) => line),
      planApprovedBy: people.optional(row.planApprovedBy),
      checker: people.optional(checkerId),
      checkBy: people.optional(check?.checkedBy ?? null),
      checkByName: check?.checkedByName ?? null,
      checkedAt: check?.checkedAt ?? null,
      checkMethod: check?.method ?? null,
      checkResult: check?.result ?? null,
      checkFindings: check?.findings ?? null,
      closedBy: people.optional(row.closedBy),
      findingEvidence: evidence('finding'),
      correctionEvidence: evidence('correction'),
      effectivenessEvidence: evidence('effectiveness'),
    };
  });
}

export async function selectActionRecords(tx: Queryable): Promise<ActionRecord[]> {
  const people = peopleById(await selectKnownPeople(tx));
  const pieces = Map.groupBy(await selectPieces(tx), (piece) => piece.actionId);
  const rows = await selectAll(
    tx,
    CorrectiveAction.extend({ nonconformity: z.string() }),
    `select action.*, nonconformity.reference as nonconformity from corrective_action action
     join nonconformity on nonconformity.id = nonconformity_id order by action.reference`,
  );
  return rows.map(({ id, version: _version, nonconformityId: _nonconformityId, ownerId, ...row }) => ({
    ...row,
    owner: people.known(ownerId),
    proposedBy: people.known(row.proposedBy),
    stateBy: people.optional(row.stateBy),
    verifiedBy: people.optional(row.verifiedBy),
    evidence: (pieces.get(id) ?? []).map(({ line }) => line),
  }));
}

function peopleById(people: KnownPerson[]) {
  const byId = new Map(people.map((person) => [person.id, person]));
  const known = (id: number): KnownPerson => {
    const person = byId.get(id);
    if (person === undefined) throw new Error(`There is no person ${id}.`);
    return person;
  };
  return { known, optional: (id: number | null) => (id === null ? null : known(id)) };
}

const arrow = ' → ';

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Writes a record as it was kept elsewhere; its gates are the caller's to check. Its reference is not given out again. */
export async function insertNonconformityRecord(
  tx: Queryable,
  record: NonconformityRecord,
  { actor, at }: { actor: string; at: Date },
): Promise<void> {
  const { raisedBy, owner, approver, stateBy, correctionBy, causeBy, causeChain, similarSearchedBy, similar, planApprovedBy, checker, checkBy,
    checkByName, checkedAt, checkMethod, checkResult, checkFindings, closedBy, findingEvidence, correctionEvidence, effectivenessEvidence, ...plain } = record; // prettier-ignore
  const { id } = await insert(tx, 'nonconformity', {
    ...plain,
    raisedBy: raisedBy.id,
    ownerId: owner.id,
    approverId: approver?.id ?? null,
    stateBy: stateBy?.id ?? null,
    correctionBy: correctionBy?.id ?? null,
    causeBy: causeBy?.id ?? null,
    causeChain: toJsonb(causeChain.map(stepOf)),
    similarSearchedBy: similarSearchedBy?.id ?? null,
    planApprovedBy: planApprovedBy?.id ?? null,
    checkerId: checker?.id ?? null,
    closedBy: closedBy?.id ?? null,
  });
  if (checkBy !== null)
    await insert(tx, 'effectiveness_check', {
      nonconformityId: id,
      cycle: record.cycle,
      criterion: record.criterion ?? '',
      dueOn: record.checkDueOn ?? checkedAt?.toISOString().slice(0, 10),
      checkedBy: checkBy.id,
      checkedByName: checkByName,
      checkedAt,
      method: checkMethod,
      result: checkResult,
      findings: checkFindings,
    });
  const kept = { nonconformityId: id, actionId: null, state: 'accepted', by: raisedBy, at };
  await insertEvidence(tx, findingEvidence, { ...kept, purpose: 'finding' });
  await insertEvidence(tx, correctionEvidence, { ...kept, purpose: 'correction' });
  await insertEvidence(tx, effectivenessEvidence, { ...kept, purpose: 'effectiveness' });
  await noteReference(tx, record.reference);
  const { reference, grade, state } = record;
  await appendAudit(tx, {
    actor,
    action: 'nonconformity.imported',
    record: recordOf({ id }),
    detail: { reference, grade, state, owner: owner.id, similar },
    at,
  });
}

/** After all records are there: they may name each other. */
export async function insertSimilarLinks(
  tx: Queryable,
  { reference, similar, similarSearchedBy, similarSearchedAt, owner }: NonconformityRecord,
  at: Date,
): Promise<void> {
  for (const line of similar) {
    await tx.query(
      `insert into nonconformity_link (nonconformity_id, similar_id, same_cause, linked_by, linked_at)
       select one.id, other.id, $3, $4, $5 from nonconformity one, nonconformity other
       where one.reference = $1 and other.reference = $2`,
      [reference, line.slice(0, similarReference(line).length), line.endsWith('(same cause)'), (similarSearchedBy ?? owner).id, similarSearchedAt ?? at],
    ); // prettier-ignore
  }
}

/** The reference of a line of `similar`. */
export function similarReference(line: string): string {
  return line.split(' ', 1)[0] ?? line;
}

export async function insertActionRecord(
  tx: Queryable,
  record: ActionRecord,
  { actor, at }: { actor: string; at: Date },
): Promise<void> {
  const { nonconformity, owner, proposedBy, stateBy, verifiedBy, evidence, ...plain } = record;
  const { id: nonconformityId } = await selectOne(
    tx,
    Id,
    'select id from nonconformity where reference = $1',
    [nonconformity],
  );
  const { id } = await insert(tx, 'corrective_action', {
    ...plain,
    nonconformityId,
    ownerId: owner.id,
    proposedBy: proposedBy.id,
    stateBy: stateBy?.id ?? null,
    verifiedBy: verifiedBy?.id ?? null,
  });
  const state = record.state === 'verified' ? 'accepted' : 'submitted';
  await insertEvidence(tx, evidence, {
    nonconformityId,
    actionId: id,
    purpose: 'action',
    state,
    by: owner,
    at,
  });
  await noteReference(tx, record.reference);
  const { reference, dueOn, originalDueOn } = record;
  await appendAudit(tx, {
    actor,
    action: 'corrective_action.imported',
    record: actionRecordOf({ id }),
    detail: {
      reference,
      nonconformity,
      state: record.state,
      owner: owner.id,
      due: dueOn,
      originalDue: originalDueOn,
    },
    at,
  });
}

function stepOf(line: string): { question: string; answer: string } {
  const at = line.indexOf(arrow);
  return at < 0
    ? { question: '', answer: line }
    : { question: line.slice(0, at), answer: line.slice(at + arrow.length) };
}

interface Kept {
  nonconformityId: number;
  actionId: number | null;
  purpose: (typeof purposes)[number];
  state: string;
  by: KnownPerson;
  at: Date;
}

/** An address, or words that say where it lies: the file itself stayed where it was. */
async function insertEvidence(
  tx: Queryable,
  lines: readonly string[],
  { by, at, ...kept }: Kept,
): Promise<void> {
  for (const line of lines) {
    const { id } = await insert(tx, 'evidence', { ...kept, title: line });
    await tx.query(
      `insert into evidence_revision (evidence_id, number, address, uploaded_by, uploaded_by_name,
         uploaded_at)
       values ($1, 1, $2, $3, $4, $5)`,
      [id, storable(line), by.id, by.name, at],
    );
  }
}

const Id = z.object({ id: z.number() });

/** Columns are named by the records of this module, never by a file. */
function insert(
  tx: Queryable,
  table: 'nonconformity' | 'corrective_action' | 'effectiveness_check' | 'evidence',
  values: Record<string, unknown>,
): Promise<{ id: number }> {
  const entries = Object.entries(values);
  return selectOne(
    tx,
    Id,
    `insert into ${table} (${entries.map(([key]) => columnOf(key)).join(', ')})
     values (${entries.map((_entry, at) => `$${at + 1}`).join(', ')}) returning id`,
    entries.map(([, value]) => (typeof value === 'string' ? storable(value) : value)),
  );
}

/** `dueOn` is `due_on`, in tables and in files. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export type Value = string | number | boolean | Date | KnownPerson | readonly string[] | null;

/** A value as it stands in a cell: days and instants in ISO, people by e-mail address, several things a line each. */
export function cellOf(value: Value): string | number {
  if (value === null) return '';
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim();
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Date) return value.toISOString();
  return 'name' in value ? (value.email ?? value.name) : value.join('\n');
}
