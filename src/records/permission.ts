/** Who may do what: each rule once, as code for a gate and a button, and as SQL for a list, so that the two cannot differ. */
import type { Queryable } from '../db/database.ts';
import { columnOf } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import {
  isIsmsManager,
  isReadOnly,
  leaderNames,
  namesOf,
  refuseReadOnly,
  type Actor,
  type CommandContext,
} from './command-context.ts';

export type Who = Pick<Actor, 'id' | 'roles'>;

export interface Permission<Row, Facts = void> {
  /** Those who only read may never, but where the rule says otherwise. */
  allows(actor: Who, row: Row, facts: Facts): boolean;
  /** SQL that is true for the rows of which the person may. `$1` is their id, `$2` whether they are ISMS manager. */
  sql: string;
  /** @throws Refusal that says whose it is */
  refuseUnless(tx: Queryable, command: CommandContext, row: Row, facts: Facts): Promise<void>;
}

export interface PermissionDeclaration<Row, Facts> {
  code(actor: Who, row: Row, facts: Facts): boolean;
  sql: string;
  /** What to tell somebody who may not: who may. */
  refusal(tx: Queryable, command: CommandContext, row: Row, facts: Facts): Promise<string>;
  /** Of what they wrote themselves, and of nothing else. */
  readersToo?: boolean;
}

export function permission<Row, Facts = void>({
  code,
  sql,
  refusal,
  readersToo = false,
}: PermissionDeclaration<Row, Facts>): Permission<Row, Facts> {
  return {
    sql,
    allows: (actor, row, facts) => (readersToo || !isReadOnly(actor)) && code(actor, row, facts),
    async refuseUnless(tx, command, row, facts) {
      if (!readersToo) refuseReadOnly(command);
      if (!code(command.actor, row, facts)) throw new Refusal(await refusal(tx, command, row, facts));
    },
  };
}

/** The one person whose id a column of the record holds. */
export function personIn<Field extends string>(field: Field): Permission<Record<Field, number>, unknown> {
  return permission<Record<Field, number>, unknown>({
    code: (actor, row) => actor.id === row[field],
    sql: `${columnOf(field)} = $1`,
    refusal: async (tx, _command, row) => `Only ${await namesOf(tx, [row[field]])} can do that.`,
  });
}

/** Whoever owns the record, and the ISMS manager. */
export const ownsRecord = permission<{ ownerId: number }, unknown>({
  code: (actor, { ownerId }) => isIsmsManager(actor) || ownerId === actor.id,
  sql: '(owner_id = $1 or $2)',
  refusal: async (tx, _command, row) => `Only ${await leaderNames(tx, row)} can do that.`,
});

/** @param says  what others are told: whose it is */
export function ismsManagerAlone<Row = unknown, Facts = unknown>(says: string | ((row: Row) => string)): Permission<Row, Facts> {
  return permission<Row, Facts>({
    code: isIsmsManager,
    sql: '$2',
    refusal: async (_tx, _command, row) => (typeof says === 'string' ? says : says(row)),
  });
} // prettier-ignore

interface Led {
  leadId: number;
  reference: string;
}

/** Whoever leads the record, and the ISMS manager. @param refusal  where others are told something else */
export function leadsRecord<Row extends Led = Led, Facts = unknown>(
  column = 'lead_id',
  refusal: PermissionDeclaration<Row, Facts>['refusal'] = async (tx, _command, { leadId, reference }) =>
    `Only ${await leaderNames(tx, { ownerId: leadId })} can do that: they lead ${reference}.`,
): Permission<Row, Facts> {
  return permission<Row, Facts>({
    code: (actor, { leadId }) => actor.id === leadId || isIsmsManager(actor),
    sql: `($2 or ${column} = $1)`,
    refusal,
  });
}

/** SQL: whether a reader is auditor or leads people. */
export const readsRegistersSql =
  "exists (select from person where person.id = $1 and person.roles && '{auditor,manager}')";
