/** The people of a campaign: who came in when, with what to do, and who went. Owns `campaign_member`. A few statements, however many they are. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, toJsonb } from '../../db/rows.ts';
import { isMeantSql } from '../../records/audience.ts';
import { selectSetting } from '../../records/setting.ts';
import { holdsSql, inForceSql, isReaderSql } from '../acknowledgement/in-force.ts';
import type { Campaign } from './campaign.ts';

/** Days that somebody has who comes in, or comes back from leave, when the campaign runs already. */
const daysLater = 7;

const Id = z.object({ personId: z.number() });
const idsOf = (rows: readonly z.infer<typeof Id>[]) => rows.map(({ personId }) => personId);

/** Who they are, as the audit log has it. */
export function countedAndHashed(people: readonly number[]): { people: number; sha256: string } {
  const ids = people.toSorted((one, other) => one - other).join(',');
  return { people: people.length, sha256: createHash('sha256').update(ids).digest('hex') };
}

type Meant = Pick<Campaign, 'audience' | 'subjects'>;

/** SQL: the day on which a person who is on leave is back; null for who is here. */
const backSql = (person: string, day: string) =>
  `(select max(until_day) + 1 from absence where absence.person_id = ${person} and ${day} between from_day and until_day)`;

/** SQL of those who are meant: `person`, with what of it is theirs to do, had before, and when they are back from leave. $1 audience, $2 documents, $3 lessons, $4 day, $5 whether minor versions ask anew. */
const meantSql = `
  with version as materialized (select * from (${inForceSql('$4::date')}) version where document_id = any($2::integer[])),
  meant as (
    select person.id, person.name, person.department,
      array(select 'document:' || version.document_id from version where ${isReaderSql} order by 1) || array(select 'lesson:' || lesson from unnest($3::text[]) as lesson) as needs,
      array(select 'document:' || held.document_id from acknowledgement held join version on version.document_id = held.document_id
            where held.person_id = person.id and ${holdsSql('held.version', 'version.version', '$5::boolean')})
        || array(select 'lesson:' || lesson from training where person_id = person.id and state = 'completed' and lesson = any($3)) as had,
      ${backSql('person.id', '$4::date')} as back
    from person where ${isMeantSql('$1::jsonb')}
  )`;

async function meantBy(tx: Queryable, { audience, subjects }: Meant, day: string): Promise<unknown[]> {
  const { minorAgain } = await selectSetting(tx, 'acknowledgement.versions');
  return [toJsonb(audience), subjects.documents, subjects.lessons, day, minorAgain];
}

/** Whoever is meant and not in it: of one that does not stand, after its start, only those who had left and are back. @returns who came in */
export async function enterMembers(tx: Queryable, campaign: Campaign, day: string, isStart: boolean): Promise<number[]> {
  const { id, standing, newcomers, dueOn, dueDays } = campaign;
  const isHere = isStart && newcomers;
  const entered = await selectAll(
    tx,
    Id,
    `${meantSql}
     insert into campaign_member (campaign_id, person_id, name, department, entered_on, counts_from, counts_until, ended_by, due_on, needs, had)
     select $6, id, name, department, $4::date, coalesce(back, $4::date), case when $11 then $4::date end, case when $11 then 'here' end,
       case when $8::date is null then coalesce(back, $4::date) + $9::integer
         when back is null and $7 then $8::date else greatest($8::date, coalesce(back, $4::date) + ${daysLater}) end,
       needs, array(select unnest(needs) intersect select unnest(had))
     from meant where needs <> '{}' and not exists (select from campaign_member known where known.campaign_id = $6 and known.person_id = meant.id
       and (known.counts_until is null or known.ended_by = 'here' or (not $7 and not $10 and known.ended_by = 'moved')))
       and ($7 or $10 or exists (select from campaign_member known where known.campaign_id = $6 and known.person_id = meant.id))
     order by id on conflict do nothing returning person_id`,
    [...(await meantBy(tx, campaign, day)), id, isStart, dueOn, dueDays, standing, isHere],
  );
  return idsOf(entered);
} // prettier-ignore

/** Whoever left the organisation, or of one that stands its audience, counts until this day. */
export async function endMembers(tx: Queryable, { id, standing, audience }: Campaign, day: string): Promise<{ left: number[]; moved: number[] }> {
  const ended = await selectAll(
    tx,
    Id.extend({ endedBy: z.string() }),
    `update campaign_member member set counts_until = $2, ended_by = case when person.active then 'moved' else 'left' end
     from person where person.id = member.person_id and campaign_id = $1 and counts_until is null
       and (not person.active or ($3 and not ${isMeantSql('$4::jsonb')}))
     returning member.person_id, ended_by`,
    [id, day, standing, toJsonb(audience)],
  );
  return { left: idsOf(ended.filter(({ endedBy }) => endedBy === 'left')), moved: idsOf(ended.filter(({ endedBy }) => endedBy === 'moved')) };
} // prettier-ignore

/** Whoever is on leave still, or back sooner than was said, counts from another day. */
export async function followLeave(tx: Queryable, { id }: Campaign, day: string): Promise<void> {
  await tx.query(
    `update campaign_member set counts_from = back, due_on = case when due_on < back + ${daysLater} then back + ${daysLater} else due_on end
     from (select id, coalesce(${backSql('person_id', '$2::date')}, $2::date) as back from campaign_member
           where campaign_id = $1 and counts_until is null and counts_from > $2::date) known
     where campaign_member.id = known.id and counts_from <> back`,
    [id, day],
  );
} // prettier-ignore

const Lacking = Id.extend({ dueOn: z.string(), locale: z.string() });

/** SQL: nobody let the person of `member` off a subject on a day, or off all of it. @param subject  SQL of `document:12` or `lesson:phishing` */
export const isExemptFromSql = (
  subject: string,
  day: string,
) => `exists (select from exemption where exemption.person_id = member.person_id
  and greatest(from_day, (granted_at at time zone 'UTC')::date) <= ${day} and (until_day is null or until_day >= ${day})
  and (campaign_id = member.campaign_id or document_id = ${documentIn(subject)} or lesson = ${lessonIn(subject)}))`;

/** SQL: of a subject; null for one of the other kind. */
const documentIn = (subject: string) => `substring(${subject} from '^document:(\\d+)$')::integer`;
const lessonIn = (subject: string) => `substring(${subject} from '^lesson:(.+)$')`;

/** SQL: the person of `member` has done a subject by a day, before it was asked or since. */
export const isDoneSql = (subject: string, day: string) => `(${subject} = any(member.had)
  or exists (select from acknowledgement done where done.person_id = member.person_id and done.document_id = ${documentIn(subject)}
    and (done.acknowledged_at at time zone 'UTC')::date between member.entered_on and ${day})
  or exists (select from training_completion done where done.person_id = member.person_id and done.lesson = ${lessonIn(subject)}
    and done.kept_on between member.entered_on and ${day}))`;

/** Those who have a subject to do, with the day by which. @param open  also those who are asked for it already */
export function selectLacking(tx: Queryable, { id }: Campaign, subject: string, day: string, { open, only }: { open: boolean; only: readonly number[] | null }): Promise<z.infer<typeof Lacking>[]> {
  return selectAll(
    tx,
    Lacking,
    `select member.person_id, member.due_on, person.locale from campaign_member member join person on person.id = member.person_id
     where member.campaign_id = $1 and counts_until is null and counts_from <= $3::date and $2 = any(needs)
       and not ${isDoneSql('$2::text', '$3::date')} and not ${isExemptFromSql('$2::text', '$3::date')}
       and ($4 or not (exists (select from acknowledgement_request asked where asked.person_id = member.person_id
           and asked.document_id = ${documentIn('$2::text')} and asked.state in ('pending', 'viewed', 'quiz_passed', 'declined'))
         or exists (select from training asked where asked.person_id = member.person_id and asked.lesson = ${lessonIn('$2::text')}
           and asked.assigned_by is not null and asked.state in ('assigned', 'started', 'failed'))))
       and ($5::integer[] is null or member.person_id = any($5))
     order by member.person_id`,
    [id, subject, day, open, only],
  );
} // prettier-ignore

/** Whether everybody who counts has done it, or the last of their days is so long past. @param graceDay  the latest day that is so long past */
export async function isOver(tx: Queryable, { id }: Campaign, day: string, graceDay: string): Promise<boolean> {
  const { open, last } = await selectOne(
    tx,
    z.object({ open: z.boolean(), last: z.string().nullable() }),
    `select exists (select from campaign_member member where campaign_id = $1 and counts_until is null and exists (
         select from unnest(needs) as subject where not ${isDoneSql('subject', '$2::date')} and not ${isExemptFromSql('subject', '$2::date')})) as open,
       (select max(due_on) from campaign_member where campaign_id = $1) as last`,
    [id, day],
  );
  return !open || last === null || last <= graceDay;
} // prettier-ignore
