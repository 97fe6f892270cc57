/**
 * What actions belong to: a record of any kind. Its own module declares once who leads it and who approves, and what its actions mean
 * for it; actions know nothing else of it.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { isIsmsManager, type Actor, type CommandContext } from '../../records/command-context.ts';

const Parent = z.object({
  /** Its name in the log, as `nonconformity:12`. */
  record: z.string(),
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  state: z.string(),
  /** Which of its plans actions belong to, where it counts them. */
  round: z.number(),
  leaderId: z.number(),
  approverId: z.number().nullable(),
});
/** A record with its actions, as far as they concern it. */
export type Parent = z.infer<typeof Parent>;

type Part<More extends unknown[] = []> = (
  tx: Queryable,
  command: CommandContext,
  id: number,
  ...more: More
) => Promise<unknown>;

export interface ActionsDeclaration {
  /** What people call such a record, as «Non-conformity». */
  label: string;
  /** SQL over a row of its table. */
  title: string;
  /** Who leads it: they verify what is done, and so does the ISMS manager. */
  leader: string;
  /** Who else verifies, decides on more time and cancels. */
  approver?: string;
  round?: string;
  /** States in which nothing can be added to it or its actions. */
  ended: readonly string[];
  /** Of the standard, which asks for evidence before it counts as done. */
  clause?: string;
  /** Who else has a place on it, and may write on its actions. */
  others?(tx: Queryable, id: number): Promise<readonly (number | null)[]>;
  /** Who alone decides on more time for its actions, where that is neither its approver nor the ISMS manager; by the setting. */
  decider?(tx: Queryable, id: number): Promise<string>;
  /** Whether somebody adds actions who does not lead it, as whoever takes part in a meeting. */
  adds?(tx: Queryable, actor: Pick<Actor, 'id' | 'roles'>, id: number): Promise<boolean>;
  /** @throws Refusal where no action can be added now */
  adding?: Part<[purpose: string]>;
  /** One was added, declined or cancelled, or is worded anew: what was planned is another plan. @param added  where it is new */
  replanned?: Part<[added?: { purpose: string; description: string }]>;
  /** Somebody owns an action of it now. */
  owned?: Part<[ownerId: number]>;
  /** An action was verified, or cancelled: it may be the last. */
  settled?: Part;
}

const kinds = new Map<string, ActionsDeclaration>();

/** Records of that table, declared by `declareRecord`, have actions. @returns takes it back, for a room that is there for a while */
export function declareActionsOf(table: string, declaration: ActionsDeclaration): () => void {
  kinds.set(table, declaration);
  return () => void kinds.delete(table);
}

export function hasActions(record: string): boolean {
  return kinds.has(tableOf({ record }));
}

/** By the name of its record. The caller has it locked where something is done with it. */
export function kindOf({ record }: Pick<Parent, 'record'>): ActionsDeclaration {
  const kind = kinds.get(tableOf({ record }));
  if (kind === undefined) throw new Error(`nobody has declared that records like ${record} have actions`);
  return kind;
}

export function tableOf({ record }: Pick<Parent, 'record'>): string {
  return record.split(':')[0] ?? '';
}

function columnsOf(table: string): string {
  const { title, leader, approver = 'null::integer', round = '1' } = kindOf({ record: table });
  return `'${table}:' || ${table}.id as record, ${table}.id, ${table}.reference, ${title} as title, ${table}.state,
    ${round} as round, ${leader} as leader_id, ${approver} as approver_id`;
}

export function selectParent(tx: Queryable, record: string): Promise<Parent> {
  return selectRow(tx, record, '');
}

/** Until the caller's transaction ends; rows of others that refer to it need not wait. It is locked before its actions. */
export function lockParent(tx: Queryable, record: string): Promise<Parent> {
  return selectRow(tx, record, 'for no key update');
}

function selectRow(tx: Queryable, record: string, lock: string): Promise<Parent> {
  const table = tableOf({ record });
  const sql = `select ${columnsOf(table)} from ${table} where id = $1 ${lock}`;
  return selectOne(tx, Parent, sql, [Number(record.slice(table.length + 1))]);
}

/** Tables of all that have actions. */
export function tablesWithActions(): string[] {
  return [...kinds.keys()];
}

/**
 * SQL of the records of these tables, to be joined to rows of `action`: `parent.reference`, `parent.leader_id` and so on. For each
 * action it looks at one row by its key.
 */
export function parentsSql(tables: readonly string[] = tablesWithActions()): string {
  const each = tables.map(
    (table) => `select ${columnsOf(table)} from ${table}
      where ${table}.id = case when action.belongs_to like '${table}:%' then split_part(action.belongs_to, ':', 2)::integer end`,
  );
  return `(${each.join('\n union all ')}) parent`;
}

/** Its leader and the ISMS manager. */
export function leadsParent(actor: Pick<Actor, 'id' | 'roles'>, { leaderId }: Parent): boolean {
  return actor.id === leaderId || isIsmsManager(actor);
}
