/** What is in a pack, made of what the rooms keep: their registers, reports and histories, evidence, and the audit log. */
import type { Database } from '../../db/database.ts';
import {
  evidenceBytes,
  indexColumns,
  indexRow,
  selectPlaced,
  type PlacedEvidence,
} from '../../dialogue/evidence-files.ts';
import { historyTable } from '../../dialogue/history.ts';
import type { Registers } from '../../dialogue/room.ts';
import { OperatorError, Refusal } from '../../errors.ts';
import type { Table, TableInParts } from '../../files/write-table.ts';
import { levels, type Level, type PackChoices } from '../../isms/pack/pack.ts';
import { selectDocumentRegister } from '../../knowledge/register.ts';
import { historyPages } from '../../records/history.ts';
import type { Store } from '../../dialogue/evidence.ts';
import { classificationIn } from './classification.ts';

/** Records whose history is asked for, or whose evidence is held, at once. */
const recordsAtOnce = 500;
/** Steps of their histories that are held at once. */
const stepsAtOnce = 500;

export interface TablePart {
  kind: 'table';
  /** Without an ending. */
  path: string;
  what: string;
  table: TableInParts;
}
export interface BytesPart {
  kind: 'document' | 'evidence';
  path: string;
  what: string;
  bytes: Uint8Array;
}
export interface WithheldPart {
  kind: 'withheld';
  path: string;
  what: string;
  sha256: string;
  why: string;
}
export type Part = TablePart | BytesPart | WithheldPart;

const namesOf = (name: string) => name.replaceAll('-', ' ');
const whole = ({ columns, rows }: Table): TableInParts => ({
  columns,
  parts: (async function* () {
    yield rows;
  })(),
});

export interface PackSources {
  db: Database;
  rooms: readonly Registers[];
  store: Store;
  now: Date;
}

/** In this order, each part made as it is asked for: whatever is in it happened before the audit log is read. */
export async function* contentsOf(sources: PackSources, choices: PackChoices): AsyncGenerator<Part> {
  const { db } = sources;
  yield { kind: 'table', path: 'registers/documents', what: 'Documents: versions, owners, approvers, days, hashes', table: whole(await selectDocumentRegister(db)) };
  for (const { name, pack } of choices.selfAssessments ? [] : sources.rooms)
    if (pack?.selfAssessment === true) yield { kind: 'withheld', path: '', what: namesOf(name), sha256: '', why: 'what we found out about ourselves was not chosen' };
  const rooms = sources.rooms.filter(({ pack }) => choices.selfAssessments || pack?.selfAssessment !== true);
  const chosen = { ...sources, rooms };
  yield* registers(chosen, choices);
  yield* reports(chosen);
  yield* histories(chosen);
  yield* evidence(chosen, choices);
} // prettier-ignore

async function* registers({ db, rooms, now }: PackSources, { scores }: PackChoices): AsyncGenerator<Part> {
  for (const { tables = {}, pack = {} } of rooms)
    for (const [name, select] of Object.entries(tables)) {
      const path = `registers/${name}`;
      const kept = pack.scores?.[name] ?? [];
      if (!scores && kept === 'all') {
        yield { kind: 'withheld', path: `${path}.csv`, what: namesOf(name), sha256: '', why: 'it says how well people did' };
        continue;
      }
      const parts = pack.parts?.[name];
      const table = parts === undefined ? whole(await select(db, now)) : await parts(db, now);
      const hidden = scores ? [] : table.columns.filter((column) => kept.includes(column) || /^scores?$/i.test(column));
      if (hidden.length > 0)
        yield { kind: 'withheld', path: `${path}.csv`, what: `${namesOf(name)}: ${hidden.join(', ')}`, sha256: '', why: 'it says how well people did' };
      yield { kind: 'table', path, what: `Register: ${namesOf(name)}`, table: withoutColumns(table, hidden) };
    }
} // prettier-ignore

function withoutColumns({ columns, parts }: TableInParts, hidden: readonly string[]): TableInParts {
  if (hidden.length === 0) return { columns, parts };
  const isShown = (_: unknown, at: number) => !hidden.includes(columns[at] ?? '');
  return {
    columns: columns.filter(isShown),
    parts: (async function* () {
      for await (const rows of parts) yield rows.map((row) => row.filter(isShown));
    })(),
  };
}

async function* reports({ db, rooms, now }: PackSources): AsyncGenerator<Part> {
  for (const { documents = {}, evidence: of = {}, pack = {} } of rooms)
    for (const [name, report] of Object.entries(documents)) {
      const named = pack.reports?.[name];
      const references = named !== undefined ? await named(db) : of[name] !== undefined ? [...(await of[name](db)).values()] : [null];
      for (const record of references) {
        // Of a record that has nothing to report yet there is no report.
        const bytes = await report(db, { record, language: 'en', now }).catch((error: unknown) => {
          if (error instanceof OperatorError || error instanceof Refusal) return null;
          throw error;
        });
        if (bytes !== null)
          yield { kind: 'document', path: `reports/${name}${record === null ? '' : `/${record}`}.docx`, what: `Report: ${namesOf(name)}${record === null ? '' : ` ${record}`}`, bytes };
      }
    }
} // prettier-ignore

/** Each record by each name once, in the first register that has it. */
async function selectRecords({
  db,
  rooms,
}: PackSources): Promise<{ name: string; records: [string, string][] }[]> {
  const known = new Set<string>();
  const all: { name: string; records: [string, string][] }[] = [];
  for (const { evidence: of = {} } of rooms)
    for (const [name, select] of Object.entries(of)) {
      const records = [...(await select(db))].filter(([record]) => !known.has(record));
      for (const [record] of records) known.add(record);
      if (records.length > 0) all.push({ name, records });
    }
  return all;
}

async function* histories(sources: PackSources): AsyncGenerator<Part> {
  for (const { name, records } of await selectRecords(sources)) {
    const inOrder = records.toSorted(([, one], [, other]) => one.localeCompare(other));
    const parts = (async function* () {
      // As one reads it: a record after the other, each from its first step on.
      for (const some of chunked(inOrder, recordsAtOnce))
        for await (const steps of historyPages(sources.db, new Map(some), stepsAtOnce)) yield historyTable({ steps, count: steps.length }).rows;
    })();
    yield { kind: 'table', path: `histories/${name}`, what: `What happened to each: ${namesOf(name)}`, table: { columns: historyTable({ steps: [], count: 0 }).columns, parts } };
  }
} // prettier-ignore

async function* evidence(sources: PackSources, choices: PackChoices): AsyncGenerator<Part> {
  const rows: (string | number)[][] = [];
  for (const { records } of await selectRecords(sources))
    for (const some of chunked(records, recordsAtOnce))
      for (const each of await selectPlaced(sources.db, new Map(some))) {
        const part = await evidencePart(sources, choices, each);
        const note = part === null ? 'an address, of which no copy is kept' : part.kind === 'withheld' ? `not in this pack: ${part.why}` : '';
        rows.push([...indexRow({ ...each, path: each.path === null ? null : `evidence/${each.path}` }, note)]);
        if (part !== null) yield part;
      }
  yield { kind: 'table', path: 'evidence/list', what: 'Evidence: each file with its hash, and where it lies', table: whole({ columns: indexColumns, rows }) };
} // prettier-ignore

async function evidencePart({ store }: PackSources, { names, upTo }: PackChoices, { piece, reference, path }: PlacedEvidence): Promise<Part | null> {
  if (path === null) return null;
  const named = { path: `evidence/${path}`, what: `Evidence of ${reference}: ${piece.title}` };
  const withheld = (why: string): Part => ({ kind: 'withheld', ...named, sha256: piece.sha256 ?? '', why });
  if (names === 'replaced') return withheld('names are replaced, and a file may hold some');
  const bytes = await evidenceBytes(store, piece);
  if (bytes === null) return withheld('the store of evidence did not give it');
  const level = await classificationIn(piece.fileName ?? '', bytes);
  if (isAbove(level, upTo)) return withheld(`it is ${level === null ? 'not marked, and counts as internal' : inWords[level]}`);
  return { kind: 'evidence', ...named, bytes };
} // prettier-ignore

const inWords: Record<Level, string> = {
  public: 'public',
  internal: 'internal',
  confidential: 'confidential',
  strict: 'strictly confidential',
};

/** What says nothing of itself is internal. */
function isAbove(level: Level | null, upTo: Level): boolean {
  return levels.indexOf(level ?? 'internal') > levels.indexOf(upTo);
}

function* chunked<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
