/** From what facts are counted: rows of records as they stood, and which of them count. The same rows are what a number opens. */
import { asOf } from '../../db/row-history.ts';

export const parts = [
  'documents',
  'soa',
  'audits',
  'review',
  'acknowledgements',
  'training',
  'nonconformities',
  'actions',
  'evidence',
  'certification',
  'competence',
  'objectives',
  'incidents',
] as const;
export type Part = (typeof parts)[number];

/**
 * What a number says:
 * `share`  how many of all are as they should be; the others are of interest
 * `open`  how many are not as they should be, of all where `ofAll`
 * `recent`  how many there were lately; its day is that of the last one, however long ago
 * `ahead`  how many are to come; its day is that of the next one
 */
export type Kind = 'share' | 'open' | 'recent' | 'ahead';

export interface FactSource {
  key: string;
  kind: Kind;
  ofAll?: boolean;
  /** SQL over a row: whether it is one of all. */
  among?: string;
  /** SQL over a row: whether it counts. */
  counts: string;
  /** With which count nobody is ready, whatever else. */
  blocks?: (count: number) => boolean;
}

/** Rows that several facts are counted from in one pass. */
export interface FactGroup {
  /**
   * SQL. Its columns `record`, `reference`, `title`, `state`, `day`, `owner_id` are shown; what facts ask beside is its own.
   * Within it `$1::timestamptz` is the time, `$2::date` its day where the organisation is, `$3::integer` the manager (null for everybody's people), `$4::jsonb` what is asked beside.
   *
   * @param present  nothing has changed since then, so that tables can be read as they are
   */
  rows(present: boolean): string;
  facts: readonly FactSource[];
  /** All that its facts ask of a row, where rows are many: those alike in it are counted together first. */
  alike?: readonly string[];
  /** Whether the next step is that of the row's owner; else the ISMS manager's. */
  owned?: boolean;
}

export interface PartSource {
  part: Part;
  /** Tables whose history is kept. */
  tables: readonly string[];
  /** What `asked.beside` holds: content of ours, as JSON. */
  beside?: () => unknown;
  groups: readonly FactGroup[];
}

/**
 * `$1` the time, `$2` its day, `$3` whose people, `$4` what the part asks beside. Each is asked for as itself, so that the planner
 * knows how many rows it leaves: of a subquery it believes that it leaves hardly any, and then sorts 600,000 on disk. `asked` is there
 * for the parts that leave some of them out: a statement has to name all that it is given.
 */
export function beginning({ tables }: PartSource, present: boolean): string {
  const asked =
    'asked as (select $1::timestamptz as at, $2::date as day, $3::integer as manager, $4::jsonb as beside)';
  return present || tables.length === 0 ? `with ${asked}` : `${asOf(tables, '$1')}, ${asked}`;
}

export const day = '$2::date';
/** SQL: the person is one of those who are asked about. @param person  name of the row */
export const isAskedAbout = (person: string) => `($3::integer is null or ${person}.manager_id = $3::integer)`;

/** SQL: that row is of interest behind the number. */
export function isOfInterest({ kind, counts, among = 'true' }: FactSource): string {
  const interest = { share: `not coalesce((${counts}), false)`, open: `(${counts})`, recent: 'true', ahead: `(${counts})` }[kind];
  return `(${among}) and ${interest}`;
} // prettier-ignore
