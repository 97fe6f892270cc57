/** A room as the house knows it: what it does in chat, and what it asks of the house beside. One line in the list of rooms. */
import type { Workflow } from '../conversation/contract.ts';
import type { Database, Queryable } from '../db/database.ts';
import type { Table, TableInParts } from '../files/write-table.ts';
import type { DateOrder } from '../language/written-day.ts';

export interface Room<Dependencies> {
  name: string;
  workflow(dependencies: Dependencies): Workflow;
  /** Words that are past their retention go. */
  forget?(tx: Queryable, before: Date): Promise<void>;
  /** Tables that `isma export <name>` writes, by name. */
  tables?: Record<string, (db: Database, now: Date) => Promise<Table>>;
  /** Reports that `isma export <name> --out <file>.docx` writes, by name. @throws OperatorError for a record that is not there */
  documents?: Record<string, (db: Database, of: ReportAsked) => Promise<Uint8Array>>;
  /** Days that `isma export <name> --out <file>.ics` writes, by name. */
  calendars?: Record<string, (db: Database, now: Date) => Promise<Uint8Array>>;
  /** Records whose evidence goes with such a table, by its name: their references by their names in the log. */
  evidence?: Record<string, (db: Database) => Promise<ReadonlyMap<string, string>>>;
  /** Tables that `isma import <name> <file>` brings, by name. */
  imports?: Record<string, Import>;
  samples?: RoomSamples;
  pack?: PackRules;
}

/** What the auditor's pack takes of a room: all its tables, reports and evidence, and by these rules. */
export interface PackRules {
  /** What is noted of it before anything is read: who looked at whose. */
  note?(db: Database, now: Date): Promise<void>;
  /** Tables too large to be held whole, by their names among the tables. */
  parts?: Record<string, (db: Database, now: Date) => Promise<TableInParts>>;
  /** Columns of a table that say how well somebody did; `all` where the whole table does. */
  scores?: Record<string, readonly string[] | 'all'>;
  /** What the organisation finds out about itself, for itself: in a pack only where it was chosen. */
  selfAssessment?: true;
  /** References of the records that a report is written of; without it, those whose evidence goes by its name, else the newest. */
  reports?: Record<string, (db: Database) => Promise<readonly string[]>>;
}

/** What others take of a room: its registers, whatever it is about. */
export type Registers = Pick<Room<never>, 'name' | 'tables' | 'documents' | 'evidence' | 'pack'>;

export interface ReportAsked {
  /** A reference, or null for the newest. */
  record: string | null;
  /** Of its readers: `de`. */
  language: string;
  now: Date;
}

export interface Import {
  /** The table that may be brought together with it, in a second file. */
  beside?: string;
  /**
   * All or nothing; without `apply` it only says what would happen.
   *
   * @param beside  the second file
   * @param dates   what comes first in columns of days that do not tell
   * @throws OperatorError for a file that cannot be read
   */
  bring(
    db: Database,
    clock: () => Date,
    file: string,
    options: { beside: string | null; apply: boolean; dates?: DateOrder | null },
  ): Promise<{ text: string; isWhole: boolean }>;
}

/** Its part of the made-up company. */
export interface RoomSamples {
  /** By the commands that people use; twice changes nothing. @param folder  where the company's files lie */
  load?(tx: Queryable, folder: string, now: Date): Promise<void>;
  /** The same, once all rooms have loaded: what rests on records of others. */
  loadLast?: NonNullable<RoomSamples['load']>;
  /** Takes out what its people wrote, and nothing that a real person worked on. */
  remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved>;
  /** Lets go of documents that are about to be removed, by id. */
  letGo?(
    tx: Queryable,
    going: { documents?: readonly number[]; versions?: readonly number[] },
  ): Promise<void>;
}

export interface SampleScope {
  /** The made-up people, by id. */
  people: readonly number[];
  /** References of sample records that go although real people worked on them. */
  also: readonly string[];
}

export interface SamplesRemoved {
  /** How many of what, for the audit log. */
  counts: Readonly<Record<string, number>>;
  /** The same in words, for the operator. */
  text: string | null;
  /** References of all that there were: of these, `also` may name some. */
  known: readonly string[];
  /** Records that stay, with the real people who worked on them. */
  kept: readonly KeptSample[];
}

export interface KeptSample {
  reference: string;
  title: string;
  by: string[];
}

interface SampleWorkedOn extends KeptSample {
  id: number;
}

/** What real people worked on stays, unless it was named too. */
export function partSamples(
  samples: readonly SampleWorkedOn[],
  { also }: SampleScope,
): Pick<SamplesRemoved, 'known' | 'kept'> & { gone: number[] } {
  const isKept = ({ reference, by }: SampleWorkedOn) => by.length > 0 && !also.includes(reference);
  return {
    gone: samples.filter((sample) => !isKept(sample)).map(({ id }) => id),
    known: samples.map(({ reference }) => reference),
    kept: samples.filter(isKept).map(({ reference, title, by }) => ({ reference, title, by })),
  };
}
