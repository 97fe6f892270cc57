/** Records of one kind as a table: brought from files of others, each row to where it belongs, and written in the same columns. */
import { z } from 'zod';
import type { Database, Queryable } from '../db/database.ts';
import { columnOf } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import type { Table } from '../files/write-table.ts';
import type { CommandContext } from '../records/command-context.ts';
import { selectEvidence } from '../records/evidence.ts';
import { selectPeople, selectWorking, type Person } from '../records/person.ts';
import type { RecordKind, Stored } from '../records/record.ts';
import { maybe, readText } from './import-cells.ts';
import { headingOf, readRecordFile, type RowSchema } from './import-file.ts';
import { bringAll, bringEach } from './import-report.ts';
import type { Import } from './room.ts';

type Outcome = 'added' | 'changed' | 'unchanged';

export interface Importer {
  /** Everybody who works here. */
  people: readonly Person[];
  /** In the name of that person, else of the ISMS manager who has it longest. @throws Refusal where there is none */
  command(by?: Person | null): CommandContext;
}

/** @param name  as in `isma import <name>`; the log says that it came that way */
export async function importerOf(db: Queryable, name: string, at: Date): Promise<Importer> {
  const people = await selectWorking(db);
  const managers = people.filter(({ roles }) => roles.includes('isms_manager'));
  const first = managers.toSorted((one, other) => one.id - other.id)[0];
  return {
    people,
    command(by) {
      const actor = by ?? first;
      if (actor === undefined) throw new Refusal('nobody here is ISMS manager, in whose name it is written');
      return { actor, at, inputId: null, link: null, through: `system:${name}-import` };
    },
  };
}

export interface ImportDeclaration<Read extends { reference: string | null }> {
  name: string;
  schema(people: readonly Person[], db: Database): RowSchema<Read> | Promise<RowSchema<Read>>;
  /** One row, to where it belongs. @throws Refusal that is said at its line */
  write(tx: Queryable, importer: Importer, row: Read): Promise<Outcome>;
}

export function importOf<Read extends { reference: string | null }>({ name, schema, write }: ImportDeclaration<Read>): Import {
  return {
    async bring(db, clock, path, { apply, dates = null }) {
      const importer = await importerOf(db, name, clock());
      const file = await readRecordFile(path, await schema(importer.people, db), dates);
      return bringAll(db, file, apply, async (tx, refuse) => {
        const counts = await bringEach(tx, file.rows, refuse, (row) => write(tx, importer, row));
        const count = (outcome: Outcome) => counts.get(outcome) ?? 0;
        const [added, changed] = [count('added'), count('changed')];
        return {
          lines: (written) => [`${written ? 'Added' : 'Would add'} ${added}, ${written ? 'changed' : 'change'} ${changed}, unchanged ${count('unchanged')}.`],
          changes: added + changed,
        };
      });
    },
  };
} // prettier-ignore

type Shape = Record<string, z.ZodType>;
type Cells<Columns extends Shape> = { [Field in keyof Columns]: z.infer<Columns[Field]> };
type Changed<Columns extends Shape> = { [Field in keyof Columns]?: NonNullable<z.infer<Columns[Field]>> };

export interface Transfer<Row extends Stored, Columns extends Shape> {
  /** As in `isma import <name>` and `isma export <name>`. */
  name: string;
  record: RecordKind<Row, string>;
  /** Fields of the row, each with how its cell is read and what others call it; further ones go to `beside`. */
  columns(people: readonly Person[], db: Queryable): Columns | Promise<Columns>;
  /** Fields that hold people by id. */
  people?: readonly (keyof Row & string)[];
  /** Fields by which it is the same record where the file has no reference. */
  same: readonly (keyof Columns & keyof Row & string)[];
  /** In whose name, where that is not the ISMS manager. */
  by?(tx: Queryable, cells: Cells<Columns>, people: readonly Person[]): Promise<Person | null>;
  /** @throws Refusal */
  add(tx: Queryable, command: CommandContext, cells: Cells<Columns>): Promise<Row>;
  /** @param changed  the fields that differ: what the file leaves empty stays as it is */
  change(tx: Queryable, command: CommandContext, row: Row, changed: Changed<Columns>): Promise<unknown>;
  /** What else the row brings. @returns whether that is new */
  beside?(tx: Queryable, command: CommandContext, row: Row, cells: Cells<Columns>): Promise<boolean>;
  /** Further columns of the table, or those that are written otherwise, by row. */
  shown?: Readonly<Record<string, (tx: Queryable, rows: readonly Row[]) => Promise<readonly string[]>>>;
}

export function transferOf<Row extends Stored, Columns extends Shape>(declared: Transfer<Row, Columns>) {
  type Read = Cells<Columns> & { reference: string | null; said: string | null };
  const { name, record, same } = declared;

  async function schemaOf(people: readonly Person[], db: Queryable) {
    const reference = maybe(readText(40)).describe('ref, id, no, number, nr, nummer');
    const columns: Shape = { reference, ...(await declared.columns(people, db)) };
    const nameOf = (row: Record<string, unknown>) => (field: string) =>
      declared.people?.includes(field as keyof Row & string) === true ? people.find(({ id }) => id === row[field])?.name : written(row[field]);
    const schema = z.object(columns).transform((row) => {
      const said = row['reference'] ?? null;
      return { ...row, said, reference: said ?? same.map(nameOf(row)).join(' · ') };
    });
    return schema as unknown as RowSchema<Read>;
  }

  /** Locked; by its reference, else the one that has not ended and says the same. */
  async function find(tx: Queryable, row: Read): Promise<Row | null> {
    if (row.said !== null) {
      const known = await record.selectOptional(tx, row.said);
      if (known === null) throw new Refusal(`there is no ${row.said}; leave it empty for a new one`);
      return record.lock(tx, known.id);
    }
    const alike = same.map((field, at) => `lower(${columnOf(field)}::text) = lower($${at + 2}::text)`);
    const [known] = await record.selectWhere(tx, ['not state = any($1)', ...alike].join(' and '), [record.ended, ...same.map((field) => row[field])]);
    return known === undefined ? null : record.lock(tx, known.id);
  }

  const { bring } = importOf<Read>({
    name,
    schema: schemaOf,
    async write(tx, { people, command: commandBy }, row) {
      const command = commandBy(await declared.by?.(tx, row, people));
      const known = await find(tx, row);
      const changed = known === null ? {} : changedIn(known, row);
      const isChanged = Object.keys(changed).length > 0;
      if (known !== null && isChanged) await declared.change(tx, command, known, changed as Changed<Columns>);
      const now = known ?? (await declared.add(tx, command, row));
      const isMore = (await declared.beside?.(tx, command, now, row)) ?? false;
      return known === null ? 'added' : isChanged || isMore ? 'changed' : 'unchanged';
    },
  });

  async function table(db: Database): Promise<Table> {
    const rows = await record.selectWhere(db, 'true');
    const { people = [], shown = {} } = declared;
    const fields = Object.keys(await declared.columns([], db)).filter((field) => rows.every((row) => field in row) && !Object.hasOwn(shown, headingOf(field)));
    const known = await selectPeople(db, rows.flatMap((row) => people.map((field) => Number(row[field]))));
    const cellOf = (row: Row, field: string) => {
      const value = Object.entries(row).find(([key]) => key === field)?.[1] as unknown;
      if (!people.some((each) => each === field)) return written(value);
      const person = known.get(Number(value));
      return person?.email ?? person?.name ?? '';
    };
    const more: string[][] = [];
    for (const each of Object.values(shown)) more.push([...(await each(db, rows))]);
    return {
      columns: ['reference', ...fields.map(headingOf), ...Object.keys(shown), 'state'],
      rows: rows.map((row, at) => [row.reference, ...fields.map((field) => cellOf(row, field)), ...more.map((column) => column[at] ?? ''), row.state]),
    };
  }

  return { table, bring, offers: { tables: { [name]: table }, imports: { [name]: { bring } } } };
} // prettier-ignore

/** Cells that say something else than the row; the empty ones say nothing. */
function changedIn(row: object, cells: object): Record<string, unknown> {
  const fields = new Map(Object.entries(row));
  return Object.fromEntries(
    Object.entries(cells).filter(
      ([field, value]) =>
        !['reference', 'said'].includes(field) && fields.has(field) && value !== null && written(value) !== '' && written(value) !== written(fields.get(field)),
    ),
  );
} // prettier-ignore

function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** For each of these records its pieces of evidence, a line each, with what proves that a file is the same. */
export async function evidenceOf(tx: Queryable, records: readonly string[]): Promise<string[]> {
  const all = await selectEvidence(tx, records);
  return records.map((record) =>
    all
      .filter(({ belongsTo, state }) => belongsTo === record && state !== 'rejected')
      .map(({ address, fileName, sha256 }) => address ?? `${fileName ?? ''} (SHA-256 ${sha256 ?? ''})`)
      .join('\n'),
  );
}
