/** Brings a register that was kept elsewhere: all of it or nothing, each record once, and none that is there is changed. */
import type { Database, Queryable } from '../../../db/database.ts';
import { columnOf } from '../../../db/rows.ts';
import { selectDeadlines } from '../../../isms/nonconformity/deadlines.ts';
import {
  cellOf,
  insertActionRecord,
  insertNonconformityRecord,
  insertSimilarLinks,
  selectActionRecords,
  selectKnownPeople,
  selectNonconformityRecords,
  similarReference,
  type ActionRecord,
  type NonconformityRecord,
} from '../../../isms/register/transfer.ts';
import type { DateOrder } from '../../../language/written-day.ts';
import { readRecordFile, type Fault, type RecordFile, type Row } from '../../../dialogue/import-file.ts';
import { actionFaults, nonconformityFaults } from './import-gates.ts';
import { actionRow, nonconformityRow, type ActionRow, type NonconformityRow } from './import-rows.ts';

/** Paths; one of the two at least. */
export interface ImportFiles {
  nonconformities: string | null;
  actions: string | null;
}

export interface ImportReport {
  /** References of what would be added, or was. */
  added: string[];
  unchanged: number;
  /** Records that are there and say something else: they stay as they are. */
  differing: Fault[];
  /** While there is one, nothing is written. */
  refused: Fault[];
  /** Headings that mean nothing here. */
  unread: string[];
  /** How the first days of each column were read, in words. */
  days: string[];
  written: boolean;
}

/** What the register holds, and what the files bring. */
interface Meeting {
  nonconformities: ReadonlyMap<string, NonconformityRecord>;
  actions: readonly ActionRecord[];
  /** New ones, whether or not they pass their gates. */
  fresh: Map<string, Row<NonconformityRecord>>;
  freshActions: Row<ActionRow>[];
}

/** @throws OperatorError for a file that cannot be read as a register at all */
export async function importRegister(
  { db, clock }: { db: Database; clock: () => Date },
  files: ImportFiles,
  { apply, actor, dates = null }: { apply: boolean; actor: string; dates?: DateOrder | null },
): Promise<ImportReport> {
  const at = clock();
  const people = await selectKnownPeople(db);
  const ncs = await readOptional(files.nonconformities, (path) =>
    readRecordFile(path, nonconformityRow(people), dates),
  );
  const cas = await readOptional(files.actions, (path) => readRecordFile(path, actionRow(people, at), dates));

  return db.transaction(async (tx) => {
    const there = await selectNonconformityRecords(tx);
    const actions = await selectActionRecords(tx);
    const met = compare(ncs, there);
    const metActions = compare(cas, actions);
    const meeting: Meeting = {
      nonconformities: new Map(there.map((record) => [record.reference, record])),
      actions,
      fresh: new Map(),
      freshActions: metActions.fresh,
    };
    const refused = [...ncs.faults];
    for (const row of met.fresh)
      refused.push(...(await meetNonconformity(tx, meeting, ncs.path, ncs.rows, row)));
    refused.push(...cas.faults);
    const records: ActionRecord[] = [];
    for (const row of metActions.fresh) refused.push(...meetAction(meeting, cas.path, row, records));

    const written = apply && refused.length === 0;
    if (written) {
      const fresh = [...meeting.fresh.values()].map(({ record }) => record);
      for (const record of fresh) await insertNonconformityRecord(tx, record, { actor, at });
      for (const record of fresh) await insertSimilarLinks(tx, record, at);
      for (const record of records) await insertActionRecord(tx, record, { actor, at });
    }
    const isTaken = (reference: string) => !refused.some((fault) => fault.reference === reference);
    return {
      added: [...met.fresh, ...metActions.fresh].map(({ record }) => record.reference).filter(isTaken),
      unchanged: met.unchanged + metActions.unchanged,
      differing: [...met.differing, ...metActions.differing],
      refused,
      unread: [...ncs.unread, ...cas.unread],
      days: [...ncs.days, ...cas.days],
      written,
    };
  });
}

async function readOptional<Record>(
  path: string | null,
  read: (path: string) => Promise<RecordFile<Record>>,
): Promise<RecordFile<Record>> {
  return path === null ? { path: '', rows: [], faults: [], unread: [], days: [] } : read(path);
}

interface Compared<Record> {
  fresh: Row<Record>[];
  unchanged: number;
  differing: Fault[];
}

/** An empty cell says nothing; every other must say what the record says. */
function compare<Record extends NonconformityRow | ActionRow>(
  { path, rows }: RecordFile<Record>,
  there: readonly (NonconformityRecord | ActionRecord)[],
): Compared<Record> {
  const known = new Map(there.map((record) => [record.reference, record]));
  const compared: Compared<Record> = { fresh: [], unchanged: 0, differing: [] };
  for (const row of rows) {
    const { reference } = row.record;
    const record = known.get(reference);
    if (record === undefined) {
      compared.fresh.push(row);
      continue;
    }
    const shown = new Map(Object.entries(record).map(([field, value]) => [field, cellOf(value)]));
    const fields = Object.entries(row.record).flatMap(([field, value]) => {
      const under = value === 'in_progress' && field === 'state' && 'gap' in record;
      const same = under
        ? record.state !== 'closed' && record.state !== 'rejected'
        : value === null || cellOf(value) === shown.get(field);
      return row.cells.get(field) === '' || same ? [] : [columnOf(field)];
    });
    if (fields.length === 0) compared.unchanged += 1;
    else
      compared.differing.push({
        path,
        line: row.line,
        reference,
        text: `already there, and differs in ${fields.join(', ')}; change it in chat`,
      });
  }
  return compared;
}

/** Finds its state and its faults, and keeps it for those that follow. */
async function meetNonconformity(
  tx: Queryable,
  meeting: Meeting,
  path: string,
  rows: readonly Row<NonconformityRow>[],
  row: Row<NonconformityRow>,
): Promise<Fault[]> {
  const { reference, identifiedOn } = row.record;
  // The limits of the register that it comes from are its own: what it names of them is kept, and none is put in.
  const body = await selectDeadlines(tx, row.record, { identifiedOn, enteredOn: identifiedOn });
  const plan = meeting.freshActions
    .filter(({ record }) => record.nonconformity === reference)
    .map(({ record }) => inRound(record, row.record));
  const record = {
    ...withState(row.record, plan),
    bodyPlanDueOn: row.record.bodyPlanDueOn ?? body.bodyPlanDueOn,
    bodyDueOn: row.record.bodyDueOn ?? body.bodyDueOn,
  };
  meeting.fresh.set(reference, { ...row, record });
  const unknown = record.similar
    .map(similarReference)
    .filter(
      (other) => !meeting.nonconformities.has(other) && !rows.some((each) => each.record.reference === other),
    );
  return [
    ...nonconformityFaults(record, plan),
    ...unknown.map((other) => `similar: there is no ${other}, neither here nor in the register`),
  ].map((text) => ({ path, line: row.line, reference, text }));
}

/** What other registers call «in progress» is as far as its fields carry it. */
function withState(row: NonconformityRow, plan: readonly ActionRecord[]): NonconformityRecord {
  const { state } = row;
  if (state !== 'in_progress') return { ...row, state };
  const proven = (['action_planned', 'cause_found', 'contained'] as const).find(
    (each) => nonconformityFaults({ ...row, state: each }, plan).length === 0,
  );
  return { ...row, state: proven ?? 'open' };
}

function inRound(row: ActionRow, { round }: { round: number }): ActionRecord {
  return { ...row, round: row.round ?? round };
}

function meetAction(
  { nonconformities, actions, fresh }: Meeting,
  path: string,
  { line, record: row }: Row<ActionRow>,
  records: ActionRecord[],
): Fault[] {
  const { reference, nonconformity } = row;
  const known = nonconformities.get(nonconformity);
  const parent = known ?? fresh.get(nonconformity)?.record;
  const fault = (text: string): Fault => ({ path, line, reference, text });
  if (parent === undefined)
    return [
      fault(
        `nonconformity: ${nonconformity} is not in the register, nor to be taken from a file beside this one`,
      ),
    ];
  const record = inRound(row, parent);
  const before = [...actions, ...records].filter((each) => each.nonconformity === nonconformity);
  records.push(record);
  const faults = actionFaults(record).map(fault);
  if (record.round > parent.round)
    faults.push(fault(`round: ${nonconformity} is in round ${parent.round}, not yet in ${record.round}`));
  if (known === undefined) return faults;
  // A non-conformity that was there: only what this action would break is this action's fault.
  const sound = nonconformityFaults(known, before);
  const broken = nonconformityFaults(known, [...before, record]).filter((text) => !sound.includes(text));
  return [...faults, ...broken.map((text) => fault(`${nonconformity} would not hold any more: ${text}`))];
}
