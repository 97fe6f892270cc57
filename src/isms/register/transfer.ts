/** Whole records of the register, as they are carried to a file and from one: every field, people by their address. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { columnOf, selectAll, selectOne, storable, toJsonb } from '../../db/rows.ts';
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

/** As a row is carried: whoever an id stands for is named without it, and what counts here alone stays here. */
type Carried<Row> = {
  [
    Column in keyof Row as Column extends Here ? never : Column extends `${infer Name}Id` ? Name : Column
  ]: Column extends `${string}By` | `${string}Id` ? KnownPerson | Extract<Row[Column], null> : Row[Column];
};
type Here = 'id' | 'version' | 'nonconformityId' | 'belongsTo';

export type NonconformityRecord = Omit<Carried<Nonconformity>, 'causeChain'> & {
  /** `question → answer`, in their order. */
  causeChain: string[];
  /** `NC-2026-001`, or `NC-2026-001 (same cause)`. */
  similar: string[];
  /** Checks that it did not pass, and those of earlier cycles, each whole with the cause that it judged: a line of JSON each. */
  earlierChecks: string[];
  /** The last check of this cycle. */
  checkBy: KnownPerson | null;
  checkByName: string | null;
  checkedAt: Date | null;
  checkMethod: string | null;
  checkResult: EffectivenessCheck['result'] | null;
  checkFindings: string | null;
  /** Addresses, and files by name and hash. */
  findingEvidence: string[];
  correctionEvidence: string[];
  effectivenessEvidence: string[];
};

/** @property nonconformity  its reference */
export type ActionRecord = Carried<CorrectiveAction> & { nonconformity: string; evidence: string[] };

export function selectKnownPeople(tx: Queryable): Promise<KnownPerson[]> {
  return selectAll(tx, KnownPerson, 'select id, email, name, active from person order by id');
}

/** Evidence of other records is none of the register's. */
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
     where state <> 'rejected' and nonconformity_id is not null
       and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id)
     order by evidence.id`,
  );
}

export async function selectNonconformityRecords(tx: Queryable): Promise<NonconformityRecord[]> {
  const people = await selectKnownPeople(tx);
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
  const checks = Map.groupBy(
    await selectAll(tx, EffectivenessCheck, 'select * from effectiveness_check order by id'),
    (check) => check.nonconformityId,
  );
  const rows = await selectAll(tx, Nonconformity, 'select * from nonconformity order by reference');
  return rows.map((row) => {
    const all = checks.get(row.id) ?? [];
    const check = all.findLast(({ cycle }) => cycle === row.cycle);
    const earlier = all.filter((each) => each !== check || each.result !== 'effective');
    const evidence = (purpose: (typeof purposes)[number]) =>
      (pieces.get(row.id) ?? [])
        .filter((each) => each.actionId === null && each.purpose === purpose)
        .map(({ line }) => line);
    const { checker, ...carried } = carry(row, people);
    return {
      ...carried,
      causeChain: row.causeChain.map(
        ({ question, answer }) => `${oneLine(question)}${arrow}${oneLine(answer)}`,
      ),
      similar: (links.get(row.id) ?? []).map(({ line }) => line),
      checker,
      earlierChecks: earlier.map((each) => checkLine(each, people)),
      checkBy: people.find(({ id }) => id === check?.checkedBy) ?? null,
      checkByName: check?.checkedByName ?? null,
      checkedAt: check?.checkedAt ?? null,
      checkMethod: check?.method ?? null,
      checkResult: check?.result ?? null,
      checkFindings: check?.findings ?? null,
      findingEvidence: evidence('finding'),
      correctionEvidence: evidence('correction'),
      effectivenessEvidence: evidence('effectiveness'),
    };
  });
}

const EarlierCheck = EffectivenessCheck.omit({ id: true, nonconformityId: true, checkedBy: true }).extend({
  checkedBy: z.string(),
  checkedAt: z.coerce.date(),
});

function checkLine(check: EffectivenessCheck, people: readonly KnownPerson[]): string {
  const person = people.find(({ id }) => id === check.checkedBy);
  return toJsonb(EarlierCheck.parse({ ...check, checkedBy: person?.email ?? check.checkedByName }));
}

/** @throws Error for a line that is none of ours */
export function readCheckLine(line: string): z.infer<typeof EarlierCheck> {
  return EarlierCheck.parse(JSON.parse(line));
}

/** Of non-conformities: those of other records go with them. */
export async function selectActionRecords(tx: Queryable): Promise<ActionRecord[]> {
  const people = await selectKnownPeople(tx);
  const pieces = Map.groupBy(await selectPieces(tx), (piece) => piece.actionId);
  const rows = await selectAll(
    tx,
    CorrectiveAction.extend({ nonconformity: z.string() }),
    `select action.*, nonconformity.reference as nonconformity from corrective_action action
     join nonconformity on nonconformity.id = nonconformity_id order by action.reference`,
  );
  return rows.map((row) => ({
    ...carry(row, people),
    evidence: (pieces.get(row.id) ?? []).map(({ line }) => line),
  }));
}

const isHere = (column: string) => ['id', 'version', 'nonconformityId', 'belongsTo'].includes(column);
/** `raisedBy`, `ownerId` */
const isPerson = (column: string) => /(?:By|Id)$/.test(column);

/** Ids without `Id` come last. */
function carry<Row extends object>(row: Row, people: readonly KnownPerson[]): Carried<Row> {
  const byId = new Map(people.map((person) => [person.id, person]));
  const columns = Object.entries(row).filter(([column]) => !isHere(column));
  return Object.fromEntries(
    columns
      .toSorted(([one], [other]) => Number(one.endsWith('Id')) - Number(other.endsWith('Id')))
      .map(([column, value]: [string, unknown]) =>
        isPerson(column) ? [column.replace(/Id$/, ''), byId.get(value as number) ?? null] : [column, value],
      ),
  ) as Carried<Row>;
}

/** The columns of a record's own table. */
function settled({ shape }: z.ZodObject, record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(shape)
      .filter((column) => !isHere(column))
      .map((column) => {
        const value = record[column.replace(/Id$/, '')];
        return [column, isPerson(column) ? ((value as KnownPerson | null)?.id ?? null) : value];
      }),
  );
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
  const { raisedBy, checkBy, checkedAt } = record;
  const { id } = await insert(tx, 'nonconformity', {
    ...settled(Nonconformity, record),
    causeChain: toJsonb(record.causeChain.map(stepOf)),
  });
  const people = await selectKnownPeople(tx);
  const earlier = record.earlierChecks.map(readCheckLine);
  for (const { checkedBy, causeChain, ...check } of earlier)
    await insert(tx, 'effectiveness_check', {
      ...check,
      nonconformityId: id,
      checkedBy: (people.find(({ email, name }) => email === checkedBy || name === checkedBy) ?? record.owner)
        .id,
      causeChain: toJsonb(causeChain),
    });
  if (checkBy !== null && !earlier.some((each) => each.checkedAt.getTime() === checkedAt?.getTime()))
    await insert(tx, 'effectiveness_check', {
      nonconformityId: id,
      round: record.checkResult === 'effective' ? record.round : Math.max(1, record.round - 1),
      rootCause: record.rootCause,
      causeChain: toJsonb(record.causeChain.map(stepOf)),
      cycle: record.cycle,
      criterion: record.criterion ?? '',
      dueOn: record.checkDueOn ?? checkedAt?.toISOString().slice(0, 10),
      checkedBy: checkBy.id,
      checkedByName: record.checkByName,
      checkedAt,
      method: record.checkMethod,
      result: record.checkResult,
      findings: record.checkFindings,
    });
  const kept = { nonconformityId: id, actionId: null, state: 'accepted', by: raisedBy, at };
  await insertEvidence(tx, record.findingEvidence, { ...kept, purpose: 'finding' });
  await insertEvidence(tx, record.correctionEvidence, { ...kept, purpose: 'correction' });
  await insertEvidence(tx, record.effectivenessEvidence, { ...kept, purpose: 'effectiveness' });
  await noteReference(tx, record.reference);
  const { reference, grade, state, owner, similar } = record;
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
  const { nonconformity, owner, evidence } = record;
  const { id: nonconformityId } = await selectOne(
    tx,
    Id,
    'select id from nonconformity where reference = $1',
    [nonconformity],
  );
  const { id } = await insert(tx, 'corrective_action', {
    ...settled(CorrectiveAction, record),
    nonconformityId,
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

/** Records as rows of a file. */
export function recordTable<Field extends string>(
  records: readonly Readonly<Record<Field, Value>>[],
  fields: readonly Field[],
): { columns: string[]; rows: (string | number)[][] } {
  return {
    columns: fields.map(columnOf),
    rows: records.map((record) => fields.map((field) => cellOf(record[field]))),
  };
}
