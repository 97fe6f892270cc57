/**
 * What kinds of records share: their references, their name in the log, and changes of which nothing is lost. A room declares its
 * record here once; what hangs on records (evidence, notes, revisions, snapshots) knows them by name alone.
 */
import { z } from 'zod';
import type { EventParts } from '../db/audit-event.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../db/rows.ts';
import { audit, isIsmsManager, type Actor, type CommandContext } from './command-context.ts';
import { declareReference, nextReference, parseReference, selectOptionalByReference } from './reference.ts';
import { keepRevision } from './revision.ts';

/** What every record is read as, beside columns of its own. */
export function recordSchema<const State extends string, Shape extends z.ZodRawShape>(
  states: readonly State[],
  shape: Shape,
) {
  return z.object({
    id: z.number(),
    reference: z.string(),
    version: z.number(),
    state: z.enum(states),
    ...shape,
  });
}

export interface Stored {
  id: number;
  reference: string;
  version: number;
  state: string;
}

type WithoutRecord<Event> = Event extends { record: string } ? Omit<Event, 'record'> : never;
/** What happened to the record that is changed. */
export type OwnEvent = WithoutRecord<EventParts>;

export interface RecordDeclaration<Schema extends z.ZodType<Stored>> {
  /** Its table, and its name in the audit log. */
  table: string;
  /** Of its references: `NC` of NC-2026-004. */
  prefix: string;
  schema: Schema;
  /** States in which nothing is left to do: of several records that a short reference may mean, one that is not in them is meant. */
  ended: readonly string[];
  /** Columns in which people write. What they replace is kept as a revision. */
  written: readonly string[];
  /** Whether somebody may see it, and what is kept with it; or SQL that says so: `$1` is their id, `$2` whether they are ISMS manager. */
  reads: Reads | string;
  /** Who of those may open the evidence that is kept with it, where that is not all of them. */
  opens?: Reads;
}

export type Reader = Pick<Actor, 'id' | 'roles'>;
type Reads = (tx: Queryable, actor: Reader, id: number) => Promise<boolean>;

const declared = new Map<
  string,
  Pick<RecordDeclaration<z.ZodType<Stored>>, 'table' | 'prefix' | 'ended' | 'opens'> & { reads: Reads }
>();

/** A record of any kind by its name in the log; null for what the person may not see, as for what is not there. */
export async function selectOptionalNamed(
  tx: Queryable,
  actor: Reader,
  name: string,
): Promise<{ reference: string } | null> {
  const [table = '', id] = name.split(':');
  const kind = declared.get(table);
  if (kind === undefined || !(await kind.reads(tx, actor, Number(id)))) return null;
  return selectOptional(tx, Named, `select reference from ${kind.table} where id = $1`, [Number(id)]);
}
const Named = z.object({ reference: z.string() });

/** Whether somebody who sees a record may open its evidence. @param name  of the record in the log */
export async function opensKept(tx: Queryable, actor: Reader, name: string): Promise<boolean> {
  const [table = '', id] = name.split(':');
  return (await declared.get(table)?.opens?.(tx, actor, Number(id))) ?? true;
}

/** The name of a record in the log by its reference, of whichever kind it is; null as above. */
export async function selectOptionalReferred(
  tx: Queryable,
  actor: Reader,
  reference: string,
): Promise<string | null> {
  const prefix = parseReference(reference)?.prefix;
  const kind = [...declared.values()].find((each) => each.prefix === prefix);
  if (kind === undefined) return null;
  const found = await selectOptionalByReference(tx, Known, kind.prefix, reference, kind.ended);
  return found !== null && (await kind.reads(tx, actor, found.id)) ? `${kind.table}:${found.id}` : null;
}
const Known = z.object({ id: z.number() });

export interface RecordKind<Row extends Stored, Column extends string> {
  table: string;
  prefix: string;
  ended: readonly string[];
  nameOf(record: Pick<Row, 'id'>): string;
  select(tx: Queryable, id: number): Promise<Row>;
  /** Locked until the caller's transaction ends; rows of others that refer to it need not wait. */
  lock(tx: Queryable, id: number): Promise<Row>;
  /** References of them all, by their names in the log. */
  selectReferences(tx: Queryable): Promise<Map<string, string>>;
  /** By its reference, or its short form: of several years the newest that has not ended. */
  selectOptional(tx: Queryable, reference: string): Promise<Row | null>;
  /** Those that somebody may see. @param where  as in `selectWhere`, its parameters from `$3` on */
  selectSeen(tx: Queryable, actor: Reader, where: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** In the order in which they came. @param where  SQL of the record's own module, never anybody's input */
  selectWhere(tx: Queryable, where: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A new one, under the next reference of the year. @param values  as in `change` */
  insert(
    tx: Queryable,
    command: CommandContext,
    values: Record<string, unknown>,
    event: (inserted: Row) => OwnEvent,
  ): Promise<Row>;
  /**
   * Changes columns and bumps the version; with a new state, notes who brought it there, unless the values say so themselves. The words that are replaced are kept, and
   * the first event carries the hash of them.
   *
   * @param before  the row as it is locked
   * @param values  by columns that the record's own module names, never anybody's input
   */
  change(
    tx: Queryable,
    command: CommandContext,
    before: Row,
    values: Partial<Record<Column, unknown>>,
    events: (changed: Row) => OwnEvent | OwnEvent[],
  ): Promise<Row>;
}

export function declareRecord<Schema extends z.ZodType<Stored>, Column extends string>(
  declaration: RecordDeclaration<Schema>,
): RecordKind<z.infer<Schema>, Column> {
  const { table, prefix, schema, ended, written, reads, opens } = declaration;
  const isSeen: Reads =
    typeof reads === 'string'
      ? async (tx, actor, id) => (await selectSeen(tx, actor, 'id = $3', [id])).length > 0
      : reads;
  declareReference(prefix, table);
  declared.set(table, { table, prefix, ended, reads: isSeen, ...(opens && { opens }) });
  const nameOf = ({ id }: { id: number }) => `${table}:${id}`;
  function selectWhere(tx: Queryable, where: string, parameters: readonly unknown[] = []) {
    return selectAll(tx, schema, `select * from ${table} where ${where} order by id`, parameters);
  }

  async function selectSeen(
    tx: Queryable,
    actor: Reader,
    where: string,
    parameters: readonly unknown[] = [],
  ): Promise<z.infer<Schema>[]> {
    const who = [actor.id, isIsmsManager(actor)];
    const mine = typeof reads === 'string' ? reads : 'true';
    // Each parameter stands once with its type: not every rule asks for both.
    const rows = await selectWhere(
      tx,
      `(${where}) and (${mine}) and $1::integer > 0 and $2::boolean is not null`,
      [...who, ...parameters],
    );
    if (typeof reads === 'string') return rows;
    const seen: z.infer<Schema>[] = [];
    for (const row of rows) if (await isSeen(tx, actor, row.id)) seen.push(row);
    return seen;
  }

  return {
    table,
    prefix,
    ended,
    nameOf,
    selectWhere,
    selectSeen,
    select: (tx, id) => selectOne(tx, schema, `select * from ${table} where id = $1`, [id]),
    lock: (tx, id) => selectOne(tx, schema, `select * from ${table} where id = $1 for no key update`, [id]),
    async selectReferences(tx) {
      const rows = await selectAll(
        tx,
        Named.extend({ id: z.number() }),
        `select id, reference from ${table} order by id`,
      );
      return new Map(rows.map((row) => [nameOf(row), row.reference]));
    },
    selectOptional: (tx, reference) => selectOptionalByReference(tx, schema, prefix, reference, ended),
    async insert(tx, command, values, event) {
      const reference = await nextReference(tx, prefix, command.at.getUTCFullYear());
      const entries = Object.entries<unknown>({ reference, ...values });
      const inserted = await selectOne(
        tx,
        schema,
        `insert into ${table} (${entries.map(([column]) => column).join(', ')})
         values (${entries.map((_, index) => `$${index + 1}`).join(', ')}) returning *`,
        entries.map(([, value]) => asStored(value)),
      );
      await audit(tx, command, { ...event(inserted), record: nameOf(inserted) });
      return inserted;
    },
    async change(tx, command, before, values, events) {
      const { actor, at } = command;
      const state = 'state' in values ? { state_by: actor.id, state_by_name: actor.name, state_at: at } : {};
      const entries = Object.entries<unknown>({ ...state, ...values });
      const sets = entries.map(([column], index) => `${column} = $${index + 2}`);
      const changed = await selectOne(
        tx,
        schema,
        `update ${table} set ${['version = version + 1', ...sets].join(', ')} where id = $1 returning *`,
        [before.id, ...entries.map(([, value]) => asStored(value))],
      );
      const record = nameOf(changed);
      const columns = written.filter((column) => column in values);
      const kept = await keepRevision(tx, command, {
        record,
        version: changed.version,
        before,
        changed,
        columns,
      });
      const [first, ...others] = [events(changed)].flat();
      if (first === undefined) {
        if (kept !== null) throw new Error(`${record} was changed, and nothing in the log says so`);
        return changed;
      }
      const told = kept === null ? first : { ...first, detail: { ...first.detail, ...kept } };
      await audit(tx, command, ...[told, ...others].map((event) => ({ ...event, record }) as EventParts));
      return changed;
    },
  };
}

function asStored(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value;
}
