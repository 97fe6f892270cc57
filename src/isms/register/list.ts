/** Lists of the register: the records that a person may read, filtered, counted and paged by the database, the most urgent first. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import {
  actionStates,
  movableStates,
  unfinishedStates,
  type ActionState,
} from '../corrective-action/corrective-action.ts';
import { parentsSql, tablesWithActions } from '../corrective-action/parent.ts';
import type { Actor } from '../../records/command-context.ts';
import {
  grades,
  Nonconformity,
  nonconformityStates,
  type Grade,
  type NonconformityState,
  type sources,
} from '../nonconformity/nonconformity.ts';
import { nextDeadlineSql } from '../nonconformity/deadlines.ts';
import { mayRead, mayReadThis, readsAll } from './access.ts';

export interface RegisterFilter {
  /** `records` are both. */
  kind: 'nonconformities' | 'actions' | 'records';
  /** Empty for all, as everywhere below. */
  grades: readonly Grade[];
  states: readonly (NonconformityState | ActionState)[];
  /** Not ended yet, in whichever state. */
  open: boolean;
  overdue: boolean;
  /** Whole names. */
  departments: readonly string[];
  /** A number, or the beginning of numbers: `A.8` has `A.8.13` in it, `POL-07` all its sections. */
  requirement: string | null;
  ownerIds: readonly number[];
  source: (typeof sources)[number] | null;
  text: string | null;
  /** Days from and to which they were begun; ended, where only ended ones are looked for. */
  period: { from: string; to: string } | null;
}

export const RegisterEntry = z.object({
  id: z.number(),
  reference: z.string(),
  /** Of an action: what is to be done. */
  title: z.string(),
  /** Of an action: the reference of its record. */
  record: z.string(),
  /** Null where that is no non-conformity. */
  grade: z.enum(grades).nullable(),
  state: z.enum([...nonconformityStates, ...actionStates]),
  progress: z.number().nullable(),
  owner: z.string(),
  /** Its next date: of a non-conformity what it is held to in its state, its check's or that of its next action, whichever comes first. */
  dueOn: z.string().nullable(),
  overdue: z.boolean(),
});
export type RegisterEntry = z.infer<typeof RegisterEntry>;

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');
export const endedStates = [
  'closed',
  'rejected',
  'verified',
  'declined',
  'cancelled',
] as const satisfies readonly (NonconformityState | ActionState)[];
const ended = list(['closed', 'rejected'] satisfies NonconformityState[]);
const unfinished = list(unfinishedStates);
/** Reported done, an action waits for somebody else than its owner and is not overdue. */
const atWork = list(movableStates);

const words = {
  nonconformity: `to_tsvector('simple', nonconformity.title || ' ' || nonconformity.gap || ' ' || coalesce(nonconformity.root_cause, ''))`,
  action: `to_tsvector('simple', action.description)`,
};

const due = `(case when nonconformity.state in (${ended}) then null else least(
  case when nonconformity.state = 'verifying' then nonconformity.check_due_on end,
  ${nextDeadlineSql},
  (select min(next.due_on) from corrective_action next where next.nonconformity_id = nonconformity.id
    and next.state in (${atWork}))) end)`;

const gradeRank = `array_position(array[${list(grades)}], nonconformity.grade)`;

interface Source {
  from: string;
  columns: string;
  open: string;
  overdue: string;
  mayRead: string;
  /** Nothing ended among them: an index gives this order. */
  openOrder: string;
  order: string;
  state: string;
  /** The day. */
  begunOn: string;
  /** @param query  the parameter that holds the words */
  matches(query: string): string;
}

/** `$1` and `$2` are who reads, `$3` is the day on which they do. */
const nonconformitySource: Source = {
  mayRead,
  from: `nonconformity join person owner on owner.id = nonconformity.owner_id
      cross join lateral (select ${due} as due_on) next`,
  columns: `nonconformity.id, nonconformity.reference, nonconformity.title, nonconformity.reference as record,
      nonconformity.grade, nonconformity.state, null::integer as progress, owner.name as owner, next.due_on,
      coalesce(next.due_on < $3, false) as overdue`,
  open: `nonconformity.state not in (${ended})`,
  overdue: 'next.due_on < $3',
  openOrder: `next.due_on nulls last, ${gradeRank}, nonconformity.id`,
  order: `next.due_on nulls last, nonconformity.state in (${ended}), ${gradeRank}, nonconformity.state_at desc, nonconformity.id`,
  state: 'nonconformity.state',
  begunOn: 'nonconformity.identified_on',
  matches: (query) => `${words.nonconformity} @@ to_tsquery('simple', ${query})`,
};

function actionColumns(reference: string): string {
  return `action.id, action.reference, action.description as title, ${reference} as record,
    nonconformity.grade, action.state, action.progress, owner.name as owner, action.due_on,
    action.due_on < $3 and action.state in (${atWork}) as overdue`;
}

const actionsOfNonconformities: Source = {
  mayRead,
  from: `corrective_action action join nonconformity on nonconformity.id = action.nonconformity_id
    join person owner on owner.id = action.owner_id`,
  columns: actionColumns('nonconformity.reference'),
  open: `action.state in (${unfinished})`,
  overdue: `action.state in (${unfinished}) and action.state in (${atWork}) and action.due_on < $3`,
  openOrder: 'action.due_on, action.id',
  order: `action.state not in (${unfinished}), case when action.state in (${unfinished}) then action.due_on end, action.state_at desc, action.id`,
  state: 'action.state',
  begunOn: 'action.proposed_at::date',
  matches: (query) => `action.id in (
    select action.id from corrective_action action where ${words.action} @@ to_tsquery('simple', ${query})
    union all select part.id from nonconformity
      join corrective_action part on part.nonconformity_id = nonconformity.id
      where ${words.nonconformity} @@ to_tsquery('simple', ${query}))`,
};

/** Actions of other records stand among them, for those whose they are and for who leads or approves the record. */
function actionSource(): Source {
  const others = tablesWithActions().filter((table) => table !== 'nonconformity');
  if (others.length === 0) return actionsOfNonconformities;
  return {
    ...actionsOfNonconformities,
    mayRead: `(${mayRead} or (action.nonconformity_id is null
      and ($2::boolean or $1 in (action.owner_id, parent.leader_id, parent.approver_id))))`,
    from: `corrective_action action join person owner on owner.id = action.owner_id
      left join nonconformity on nonconformity.id = action.nonconformity_id
      left join lateral ${parentsSql(others)} on true`,
    columns: actionColumns('coalesce(nonconformity.reference, parent.reference)'),
  };
}

function sourceOf(kind: Exclude<RegisterFilter['kind'], 'records'>): Source {
  return kind === 'actions' ? actionSource() : nonconformitySource;
}

type Reader = Pick<Actor, 'id' | 'roles'>;

/** One statement over each kind that is asked for. @param select  what of each row */
function statementOf(
  reader: Reader,
  filter: RegisterFilter,
  today: string,
  select: (source: Source) => string,
): { sql: string; parameters: unknown[]; sources: Source[] } {
  const parameters: unknown[] = [reader.id, readsAll(reader), today];
  const bind = (value: unknown) => `$${parameters.push(value)}`;
  const sources = filter.kind === 'records' ? [actionSource(), nonconformitySource] : [sourceOf(filter.kind)];
  const parts = sources.map(
    (source) => `select ${select(source)} from ${source.from} where ${conditionOf(source, filter, bind)}`,
  );
  return { sql: parts.join(' union all '), parameters, sources };
}

function conditionOf(source: Source, filter: RegisterFilter, bind: (value: unknown) => string): string {
  const conditions = [
    source.mayRead,
    // Each parameter is named in every statement, whether it filters by the day or not.
    '$3::date is not null',
    ...(filter.open ? [source.open] : []),
    ...(filter.overdue ? [source.overdue] : []),
    ...(filter.grades.length > 0 ? [`nonconformity.grade = any(${bind(filter.grades)})`] : []),
    ...(filter.states.length > 0 ? [`${source.state} = any(${bind(filter.states)})`] : []),
    ...(filter.ownerIds.length > 0 ? [`owner.id = any(${bind(filter.ownerIds)})`] : []),
    ...(filter.source === null ? [] : [`nonconformity.source = ${bind(filter.source)}`]),
  ];
  if (filter.departments.length > 0) {
    const named = bind(filter.departments);
    conditions.push(`(nonconformity.department = any(${named}) or owner.department = any(${named}))`);
  }
  if (filter.requirement !== null)
    conditions.push(`nonconformity.requirement ~* ${bind(requirementPattern(filter.requirement))}`);
  if (filter.text !== null) conditions.push(source.matches(bind(allWords(filter.text))));
  if (filter.period !== null) {
    const day = asksOfEnded(filter) ? `${source.state}_at::date` : source.begunOn;
    conditions.push(`${day} between ${bind(filter.period.from)} and ${bind(filter.period.to)}`);
  }
  return conditions.join(' and ');
}

/** «Closed this year» asks when they ended, «raised this year» when they began. */
export function asksOfEnded({ states }: Pick<RegisterFilter, 'states'>): boolean {
  return states.length > 0 && states.every((state) => endedStates.some((ended) => ended === state));
}

/** Whole numbers only: `A.8.1` is not in `A.8.13`, but `A.8` is. One record may name several requirements. */
function requirementPattern(requirement: string): string {
  const literal = requirement
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+');
  return `(^|[^A-Za-z0-9.])${literal}($|[^A-Za-z0-9])`;
}

const wordsIn = (text: string) =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, 12) ?? [];

/** Every word, or the beginning of it. */
function allWords(text: string): string {
  return wordsIn(text)
    .map((word) => `${word}:*`)
    .join(' & ');
}

/** @param today  as 2026-11-25, where the reader is */
export function selectEntries(
  tx: Queryable,
  reader: Reader,
  filter: RegisterFilter,
  today: string,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<RegisterEntry[]> {
  const { sql, parameters, sources } = statementOf(reader, filter, today, ({ columns }) => columns);
  const [only, other] = sources;
  const order =
    only === undefined || other !== undefined
      ? `state in (${list(endedStates)}), due_on nulls last, reference`
      : filter.open || filter.overdue
        ? only.openOrder
        : only.order;
  return selectAll(
    tx,
    RegisterEntry,
    `${other === undefined ? sql : `select * from (${sql}) either`} order by ${order}
     limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
    parameters,
  );
}

export async function countEntries(
  tx: Queryable,
  reader: Reader,
  filter: RegisterFilter,
  today: string,
): Promise<number> {
  const { sql, parameters } = statementOf(reader, filter, today, () => 'count(*) as count');
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    `select sum(count)::integer as count from (${sql}) each`,
    parameters,
  );
  return count;
}

const Share = RegisterEntry.pick({ grade: true, state: true, owner: true, overdue: true }).extend({
  count: z.number(),
});
type Share = z.infer<typeof Share>;

/** How many there are of each grade, state and owner, overdue or not. */
export function countByShare(
  tx: Queryable,
  reader: Reader,
  filter: RegisterFilter,
  today: string,
): Promise<Share[]> {
  const { sql, parameters } = statementOf(reader, filter, today, ({ columns }) => columns);
  return selectAll(
    tx,
    Share,
    `select grade, state, owner, overdue, count(*)::integer as count from (${sql}) each
     group by grade, state, owner, overdue order by count(*) desc, owner, state`,
    parameters,
  );
}

/** Records that hold any of these words, those first that hold most of them and are still open. */
export async function findEntries(
  tx: Queryable,
  reader: Reader,
  kind: Exclude<RegisterFilter['kind'], 'records'>,
  text: string,
  today: string,
  limit: number,
): Promise<RegisterEntry[]> {
  const { from, columns, open, matches, mayRead: readable } = sourceOf(kind);
  const anyWord = wordsIn(text)
    .map((word) => `${word}:*`)
    .join(' | ');
  if (anyWord === '') return [];
  const held =
    kind === 'actions' ? `${words.action} || coalesce(${words.nonconformity}, '')` : words.nonconformity;
  return selectAll(
    tx,
    RegisterEntry,
    `select ${columns} from ${from} where ${readable} and ${matches('$4')}
     order by ts_rank(${held}, to_tsquery('simple', $4)) desc, ${open} desc, 1 desc
     limit ${Math.trunc(limit)}`,
    [reader.id, readsAll(reader), today, anyWord],
  );
}

/** Every department that has people or records. */
export async function selectDepartments(tx: Queryable): Promise<string[]> {
  const rows = await selectAll(
    tx,
    z.object({ department: z.string() }),
    `select department from person where department is not null and active
     union select department from nonconformity where department is not null`,
  );
  return rows.map(({ department }) => department).toSorted((left, right) => left.localeCompare(right, 'en'));
}

/** Who owns records that this person may read, by name. */
export async function selectOwnerNames(tx: Queryable, reader: Reader, limit: number): Promise<string[]> {
  const rows = await selectAll(
    tx,
    z.object({ name: z.string() }),
    `select name from person where id in (
       select nonconformity.owner_id from nonconformity where ${mayRead}
       union all select action.owner_id from corrective_action action
         join nonconformity on nonconformity.id = action.nonconformity_id where ${mayRead})
     order by name limit ${Math.trunc(limit)}`,
    [reader.id, readsAll(reader)],
  );
  return rows.map(({ name }) => name);
}

/** Of a short reference: each open non-conformity of that number which the person may read, the newest first. */
export function selectNonconformitiesNumbered(
  tx: Queryable,
  person: Actor,
  number: number,
): Promise<Nonconformity[]> {
  return selectAll(
    tx,
    Nonconformity,
    `select nonconformity.* from nonconformity
     where split_part(reference, '-', 3)::integer = $3 and state not in ('closed', 'rejected')
       and ${mayReadThis}
     order by reference desc limit 5`,
    [person.id, readsAll(person), number],
  );
}
