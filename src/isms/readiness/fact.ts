/**
 * What is counted to see whether an organisation is ready for its audit, as of any time: each number with its owner, and the records
 * that it opens. Reads only; the same SQL counts and opens.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, toJsonb } from '../../db/rows.ts';
import { dayOf } from '../../language/calendar.ts';
import { selectSetting } from '../../records/setting.ts';
import { auditFacts, certificationFacts, reviewFacts } from './conformity.ts';
import { evidenceFacts, soaFacts } from './controls.ts';
import { documentFacts } from './documents.ts';
import { actionFacts, incidentFacts, nonconformityFacts } from './findings.ts';
import { objectiveFacts } from './objectives.ts';
import { acknowledgementFacts, competenceFacts, trainingFacts } from './people.ts';
import {
  beginning,
  isOfInterest,
  type FactGroup,
  type FactSource,
  type Part,
  type PartSource,
} from './source.ts';

export type { Part } from './source.ts';

export interface Fact {
  /** `nonconformities.major_open` */
  key: string;
  part: Part;
  count: number;
  /** 3 of 12; null where it is a plain count. */
  of: number | null;
  /** Nobody is ready with it, whatever else. */
  blocks: boolean;
  /** The person who has the next step; null where nobody works here who could. */
  owner: number | null;
  /** Of those behind the number the earliest day, as 2026-11-27; of what is to be done every year the last. */
  day: string | null;
}

const RecordLine = z.object({
  /** Its name in the log, as `nonconformity:12`; null where there is none yet. */
  record: z.string().nullable(),
  reference: z.string().nullable(),
  title: z.string(),
  state: z.string(),
  day: z.string().nullable(),
  ownerId: z.number().nullable(),
  owner: z.string().nullable(),
  /** Whom it is about, where it is about somebody. */
  personId: z.number().nullable(),
});
export type RecordLine = z.infer<typeof RecordLine>;

const sources: readonly PartSource[] = [
  documentFacts,
  soaFacts,
  auditFacts,
  reviewFacts,
  nonconformityFacts,
  actionFacts,
  acknowledgementFacts,
  trainingFacts,
  evidenceFacts,
  certificationFacts,
  competenceFacts,
  objectiveFacts,
  incidentFacts,
];

export interface Of {
  /** Whose people alone are counted, where it is about people; null for everybody. */
  manager: number | null;
}

/**
 * @param at  as everything stood then
 * @param parts  all of them where there are none
 * @returns in the order of the parts, one statement each
 */
export async function selectFacts(
  tx: Queryable,
  at: Date,
  { manager = null, parts }: Partial<Of> & { parts?: readonly Part[] } = {},
): Promise<Fact[]> {
  const asked = await askedAt(tx, at, { manager });
  const facts: Fact[] = [];
  for (const source of sources)
    if (parts?.includes(source.part) ?? true) facts.push(...(await selectPart(tx, source, asked)));
  return facts;
}

/**
 * What a number opens: of a share what is missing of it, of a count what is counted, the first due first.
 *
 * @param whole  all that it counts among, what is missing first
 * @param limit  of lines
 * @throws Error for a key that no fact has
 */
export async function selectRecordsOf(
  tx: Queryable,
  key: string,
  at: Date,
  {
    manager = null,
    whole = false,
    limit = 1_000,
    offset = 0,
  }: Partial<Of> & { whole?: boolean; limit?: number; offset?: number } = {},
): Promise<RecordLine[]> {
  for (const source of sources)
    for (const group of source.groups) {
      const fact = group.facts.find((each) => each.key === key);
      if (fact === undefined) continue;
      const asked = await askedAt(tx, at, { manager });
      const missingFirst = whole ? `not coalesce((${fact.counts}), false) desc, ` : '';
      return selectAll(
        tx,
        RecordLine,
        `${beginning(source, asked.present)}
         select each.record, each.reference, each.title, each.state, each.day, each.owner_id,
           (select name from person where person.id = each.owner_id) as owner, (to_jsonb(each) ->> 'person_id')::integer as person_id
         from (${group.rows(asked.present)}) each
         where ${whole ? (fact.among ?? 'true') : isOfInterest(fact)}
         order by ${missingFirst}each.day ${fact.kind === 'recent' ? 'desc ' : ''}nulls last, each.reference, each.title limit $5 offset $6`,
        [...parametersOf(source, asked), limit, offset],
      );
    }
  throw new Error(`No fact ${key}`);
}

interface Asked extends Of {
  at: Date;
  day: string;
  present: boolean;
  /** Whose the next step is where a record names nobody. */
  leads: number | null;
}

async function askedAt(tx: Queryable, at: Date, { manager }: Of): Promise<Asked> {
  const { timeZone } = await selectSetting(tx, 'working_time');
  const { present, leads } = await selectOne(
    tx,
    z.object({ present: z.boolean(), leads: z.number().nullable() }),
    `select not exists (select from row_history where at > $1) as present,
       (select min(id) from person where active and 'isms_manager' = any(roles)) as leads`,
    [at],
  );
  return { at, day: dayOf(at, timeZone), present, manager, leads };
}

function parametersOf({ beside }: PartSource, { at, day, manager }: Asked): unknown[] {
  return [at, day, manager, beside === undefined ? null : toJsonb(beside())];
}

const Counted = z.object({
  key: z.string(),
  count: z.number(),
  of: z.number(),
  day: z.string().nullable(),
  owner: z.number().nullable(),
});

async function selectPart(tx: Queryable, source: PartSource, asked: Asked): Promise<Fact[]> {
  const counted = await selectAll(
    tx,
    Counted,
    `${beginning(source, asked.present)} ${source.groups.map((group) => countSql(group, asked.present)).join(' union all ')}`,
    parametersOf(source, asked),
  );
  return source.groups.flatMap(({ facts }) =>
    facts.map(({ key, kind, ofAll = false, blocks }) => {
      const found = counted.find((each) => each.key === key);
      if (found === undefined) throw new Error(`${key} was not counted`);
      return {
        key,
        part: source.part,
        count: found.count,
        of: kind === 'share' || ofAll ? found.of : null,
        blocks: blocks?.(found.count) ?? false,
        owner: found.owner ?? asked.leads,
        day: found.day,
      };
    }),
  );
}

/** All facts of a group in one pass over its rows, a line each. */
function countSql(group: FactGroup, present: boolean): string {
  const columns = group.facts.map((fact, at) => `${columnsOf(fact, group)} as fact_${at}`);
  const lines = group.facts.map(({ key }, at) => `('${key}', fact_${at})`);
  return `select key, (fact ->> 'count')::integer as count, (fact ->> 'of')::integer as of, fact ->> 'day' as day, (fact ->> 'owner')::integer as owner
    from (select ${columns.join(', ')} from ${rowsOf(group, present)} each) counted
    cross join lateral (values ${lines.join(', ')}) as line(key, fact)`;
}

/** With how many rows each stands for. */
function rowsOf({ rows, alike }: FactGroup, present: boolean): string {
  const all = rows(present);
  if (alike === undefined) return `(select *, 1 as rows from (${all}) one)`;
  return `(select ${alike.join(', ')}, count(*) as rows from (${all}) one group by ${alike.join(', ')})`;
}

function columnsOf(fact: FactSource, { owned = false }: FactGroup): string {
  const { kind, among = 'true', counts } = fact;
  const interest = isOfInterest(fact);
  const owner = owned ? `(array_agg(owner_id order by day nulls last) filter (where owner_id is not null and ${interest}))[1]` : 'null'; // prettier-ignore
  const sum = (where: string) => `coalesce(sum(rows) filter (where ${where}), 0)`;
  return `jsonb_build_object('count', ${sum(`(${among}) and (${counts})`)}, 'of', ${sum(among)},
    'day', ${kind === 'recent' ? 'max' : 'min'}(day) filter (where ${interest}), 'owner', ${owner})`;
}
