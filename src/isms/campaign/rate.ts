/**
 * How far a campaign was on a day, worked out from rows with days that are only added to: asked again a year later it is the same,
 * whoever has left, come back, moved or been called something else meanwhile. Days are those of UTC.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Campaign } from './campaign.ts';
import { isDoneSql, isExemptFromSql } from './members.ts';
import { screenPlatform } from '../../records/screen-code.ts';

const standings = ['done', 'open', 'overdue', 'exempt', 'on_leave', 'left', 'moved'] as const;
export type Standing = (typeof standings)[number];

/** Whose people: null for everybody's, else those who report to the person. */
type Of = number | null;

/** SQL of the members on a day. $1 campaign, $2 day, $3 whose people. */
const standingSql = `
  select member.*, case
      when counts_until <= $2::date then ended_by
      when counts_from > $2::date then 'on_leave'
      when needed.count = 0 then 'exempt'
      when needed.done = needed.count then 'done'
      when due_on < $2::date then 'overdue' else 'open' end as standing
  from (
    select distinct on (person_id) * from campaign_member
    where campaign_id = $1 and entered_on <= $2::date and ended_by is distinct from 'here'
      and ($3::integer is null or person_id in (select id from person where manager_id = $3))
    order by person_id, id desc
  ) member cross join lateral (
    select count(*) filter (where not exempt) as count, count(*) filter (where not exempt and done) as done
    from (select ${isExemptFromSql('subject', '$2::date')} as exempt, ${isDoneSql('subject', '$2::date')} as done
          from unnest(member.needs) as subject) each
  ) needed`;

const Counted = z.object({
  department: z.string().nullable(),
  standing: z.enum(standings),
  count: z.number(),
});

/** Of the people of a department, or of all. */
export interface Rate {
  /** Who counts: not exempt, not on leave, here. */
  of: number;
  done: number;
  overdue: number;
  exempt: number;
  onLeave: number;
  /** Left, or moved out of its audience. */
  left: number;
}

export interface Counts extends Rate {
  /** By department, in the order of the alphabet. */
  departments: (Rate & { department: string })[];
}

export async function selectCounts(tx: Queryable, { id }: Pick<Campaign, 'id'>, day: string, of: Of = null): Promise<Counts> {
  const rows = await selectAll(tx, Counted, `select department, standing, count(*) as count from (${standingSql}) member group by 1, 2 order by 1, 2`, [id, day, of]);
  const names = [...new Set(rows.map(({ department }) => department ?? 'no department'))];
  return {
    ...rateOf(rows),
    departments: names.map((department) => ({ department, ...rateOf(rows.filter((row) => (row.department ?? 'no department') === department)) })),
  };
} // prettier-ignore

function rateOf(rows: readonly z.infer<typeof Counted>[]): Rate {
  const in_ = (...of: Standing[]) => rows.filter(({ standing }) => of.includes(standing)).reduce((sum, { count }) => sum + count, 0);
  return { of: in_('done', 'open', 'overdue'), done: in_('done'), overdue: in_('overdue'), exempt: in_('exempt'), onLeave: in_('on_leave'), left: in_('left', 'moved') };
} // prettier-ignore

/** What it asked of whom, as the log and reminders name it. */
const recordsSql = `
    select person_id, 'acknowledgement_request:' || id as record, viewed_at as opened_at from acknowledgement_request where campaign_id = $1
    union all select person_id, 'training:' || id, case when cards > 0 or state not in ('assigned', 'waived') then state_at end from training where campaign_id = $1`;

export async function selectRecords(tx: Queryable, { id }: Pick<Campaign, 'id'>): Promise<string[]> {
  const rows = await selectAll(
    tx,
    z.object({ record: z.string() }),
    `select record from (${recordsSql}) asked`,
    [id],
  );
  return rows.map(({ record }) => record);
}

/** SQL of what became of the messages about it: by person when the first was sent and delivered, the last problem, and when it was opened. $1 campaign, $2 day. */
const toldSql = `
  select thing.person_id, min(nudge.sent_at) as sent_at, min(nudge.delivered_at) as delivered_at, min(thing.opened_at) as opened_at,
    case when min(nudge.delivered_at) is null then max(nudge.problem) filter (where nudge.problem <> 'withdrawn') end as problem
  from (${recordsSql}
  ) thing
  left join nudge_item item on item.record = thing.record and item.person_id = thing.person_id and (item.sent_at at time zone 'UTC')::date <= $2::date
  left join nudge on nudge.id = item.nudge_id
  group by thing.person_id`;

/** SQL: accounts that take messages. Of people without chat there is but one that does not. */
const chatSql = `(select * from identity where platform <> '${screenPlatform}') identity`;

/** SQL: nothing of ours arrives there. Somebody without an identity is looked for by their address. */
const isOutOfReachSql = `(not exists (select from ${chatSql} where identity.person_id = person.id and unreachable_since is null and outside_since is null)
  and (person.email is null or exists (select from ${chatSql} where identity.person_id = person.id)))`;

const Told = z.object({ sent: z.number(), delivered: z.number(), failed: z.number(), opened: z.number() });

/** Of all of its people, how many were sent it, have it, or opened it, by a day. */
export async function selectTold(tx: Queryable, { id }: Pick<Campaign, 'id'>, day: string, of: Of = null): Promise<z.infer<typeof Told>> {
  const [told = { sent: 0, delivered: 0, failed: 0, opened: 0 }] = await selectAll(
    tx,
    Told,
    `select count(sent_at) as sent, count(delivered_at) as delivered, count(problem) as failed,
       count(*) filter (where (opened_at at time zone 'UTC')::date <= $2::date) as opened
     from (${toldSql}) told join person on person.id = told.person_id where $3::integer is null or person.manager_id = $3`,
    [id, day, of],
  );
  return told;
} // prettier-ignore

/** People whom a platform knows under our care, whom none does yet, and whom nothing reaches; of those who have it to do. */
export interface Reach {
  met: { platform: string; count: number }[];
  unmet: number;
  outOfReach: number;
}

export async function selectReach(tx: Queryable, { id }: Pick<Campaign, 'id'>, day: string, of: Of = null): Promise<Reach> {
  const rows = await selectAll(
    tx,
    z.object({ platform: z.string().nullable(), outOfReach: z.boolean(), count: z.number() }),
    `select platform, out_of_reach, count(*) as count from (
       select (select platform from ${chatSql} where identity.person_id = person.id and unreachable_since is null and outside_since is null
               order by seen_at desc limit 1) as platform, ${isOutOfReachSql} as out_of_reach
       from (${standingSql}) member join person on person.id = member.person_id where standing in ('open', 'overdue')
     ) reached group by 1, 2 order by 1`,
    [id, day, of],
  );
  const count = (which: (row: (typeof rows)[number]) => boolean) => rows.filter(which).reduce((sum, row) => sum + row.count, 0);
  return {
    met: rows.flatMap(({ platform, count: people }) => (platform === null ? [] : [{ platform, count: people }])),
    unmet: count(({ platform, outOfReach }) => platform === null && !outOfReach),
    outOfReach: count(({ outOfReach }) => outOfReach),
  };
} // prettier-ignore

const Member = z.object({
  personId: z.number(),
  name: z.string(),
  department: z.string().nullable(),
  standing: z.enum(standings),
  enteredOn: z.string(),
  countsFrom: z.string(),
  countsUntil: z.string().nullable(),
  dueOn: z.string(),
  sentAt: z.date().nullable(),
  deliveredAt: z.date().nullable(),
  openedAt: z.date().nullable(),
  problem: z.string().nullable(),
  /** «until 2026-12-31: works at the plant without a screen». */
  exemption: z.string().nullable(),
  outOfReach: z.boolean(),
});
export type Member = z.infer<typeof Member>;

/** Who is overdue first. @param only  standings; all where there are none */
export function selectMembers(
  tx: Queryable,
  { id }: Pick<Campaign, 'id'>,
  day: string,
  { of = null, only = [], unreached = false, limit = null, offset = 0 }: { of?: Of; only?: readonly Standing[]; unreached?: boolean; limit?: number | null; offset?: number } = {},
): Promise<Member[]> {
  return selectAll(
    tx,
    Member,
    `with told as materialized (${toldSql})
     select member.person_id, member.name, member.department, standing, entered_on, counts_from, counts_until, due_on, sent_at, delivered_at, opened_at, problem,
       case when standing = 'exempt' then (select coalesce('until ' || until_day || ': ', '') || reason from exemption where exemption.person_id = member.person_id
         and (campaign_id = $1 or 'document:' || document_id = any(needs) or 'lesson:' || lesson = any(needs)) order by id desc limit 1) end as exemption,
       ${isOutOfReachSql} as out_of_reach
     from (${standingSql}) member join person on person.id = member.person_id left join told on told.person_id = member.person_id
     where ($4::text[] = '{}' or standing = any($4)) and (not $5 or (standing in ('open', 'overdue') and (${isOutOfReachSql} or problem is not null)))
     order by array_position('{overdue,open,done,exempt,on_leave,left,moved}', standing), due_on, member.name, member.id limit $6 offset $7`,
    [id, day, of, only, unreached, limit, offset],
  );
} // prettier-ignore
