/**
 * Interviews that people practise, of their own accord or for a mock audit. Owns `mock_interview` and `mock_interview_result`. Words
 * and results are the person's: whatever reads them here asks for that person. Others are given what is counted over many.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectSetting } from '../../records/setting.ts';
import { InterviewAnswer } from '../../records/interview-answer.ts';
import { stages, type Stage } from './roles.ts';

const Interview = z.object({
  id: z.number(),
  personId: z.number(),
  mockAuditId: z.number().nullable(),
  role: z.string().nullable(),
  stage: z.enum(stages),
  state: z.enum(['invited', 'in_progress', 'done', 'declined', 'ended']),
  criteria: z.array(z.string()),
  given: z.array(InterviewAnswer),
  before: z.string().nullable(),
  begunAt: z.date(),
  endedAt: z.date().nullable(),
  givenToAudit: z.boolean(),
  /** Of the audit that asks for it. */
  reference: z.string().nullable(),
  about: z.string().nullable(),
});
export type Interview = z.infer<typeof Interview>;

const select = `select mock_interview.*, mock_audit.reference, mock_audit.about
  from mock_interview left join mock_audit on mock_audit.id = mock_audit_id`;

const Result = z.object({
  criterion: z.string(),
  theme: z.string(),
  /** Places of the points, from 1. */
  missing: z.array(z.number()),
  points: z.number(),
});
export type Result = z.infer<typeof Result>;

export interface NewInterview {
  personId: number;
  mockAuditId: number | null;
  role: string | null;
  stage: Stage;
  criteria: readonly string[];
}

/** Of their own accord somebody practises one at a time: what they had not finished ends, but for the same without an answer yet. */
export async function openInterview(
  tx: Queryable,
  { at }: Pick<CommandContext, 'at'>,
  { personId, mockAuditId, role, stage, criteria }: NewInterview,
): Promise<number> {
  if (mockAuditId === null) {
    await tx.query("select pg_advisory_xact_lock(hashtext('mock_interview'), $1)", [personId]);
    const begun = await selectOptional(
      tx,
      z.object({ id: z.number() }),
      `select id from mock_interview where person_id = $1 and mock_audit_id is null and state = 'in_progress' and given = '[]'
         and role is not distinct from $2 and stage = $3 order by id desc limit 1`,
      [personId, role, stage],
    );
    if (begun !== null) return begun.id;
    await tx.query(
      `update mock_interview set state = 'ended', given = '[]', before = null, ended_at = $2
       where person_id = $1 and mock_audit_id is null and state = 'in_progress'`,
      [personId, at],
    );
  }
  const state = mockAuditId === null ? 'in_progress' : 'invited';
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into mock_interview (person_id, mock_audit_id, role, stage, state, criteria, begun_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [personId, mockAuditId, role, stage, state, criteria, at],
  );
  return id;
}

/** The person's own, locked until the caller's transaction ends. @throws Refusal for another's, as for one that is not there */
export async function lockInterview(
  tx: Queryable,
  { actor }: Pick<CommandContext, 'actor'>,
  id: string,
  states: readonly Interview['state'][],
): Promise<Interview> {
  const found = /^\d{1,9}$/.test(id)
    ? await selectOptional(
        tx,
        Interview,
        `${select} where mock_interview.id = $1 and person_id = $2 for update of mock_interview`,
        [Number(id), actor.id],
      )
    : null;
  if (found === null) throw new Refusal('There is no such interview of yours. Say «mock audit» to begin one.');
  if (!states.includes(found.state))
    throw new Refusal('That interview is over. Say «my interviews» for what came of it, or «mock audit» for a new one.');
  return found;
} // prettier-ignore

export async function saveInterview(
  tx: Queryable,
  { id, state, given, before }: Pick<Interview, 'id' | 'state' | 'given' | 'before'>,
): Promise<void> {
  await tx.query('update mock_interview set state = $2, given = $3, before = $4 where id = $1', [
    id,
    state,
    toJsonb(given),
    before && storable(before),
  ]);
}

/** The person's own, the newest first. */
export function selectInterviewsOf(
  tx: Queryable,
  personId: number,
  states: readonly Interview['state'][],
  most = 20,
): Promise<Interview[]> {
  return selectAll(
    tx,
    Interview,
    `${select} where person_id = $1 and mock_interview.state = any($2) order by mock_interview.id desc limit $3`,
    [personId, states, most],
  );
}

/** Of an interview that is the caller's person's. */
export function selectResults(tx: Queryable, { id }: Pick<Interview, 'id'>): Promise<Result[]> {
  return selectAll(
    tx,
    Result,
    'select criterion, theme, missing, points from mock_interview_result where interview_id = $1',
    [id],
  );
}

/** The caller has it locked. What was not asked has no result. */
export async function finishInterview(
  tx: Queryable,
  { at }: Pick<CommandContext, 'at'>,
  { id, mockAuditId }: Pick<Interview, 'id' | 'mockAuditId'>,
  results: readonly Result[],
): Promise<void> {
  await tx.query("update mock_interview set state = 'done', before = null, ended_at = $2 where id = $1", [
    id,
    at,
  ]);
  for (const { criterion, theme, missing, points } of results)
    await tx.query(
      'insert into mock_interview_result (interview_id, criterion, theme, missing, points) values ($1, $2, $3, $4, $5)',
      [id, criterion, theme, missing, points],
    );
  // What is given to an audit is shown there: counted here too, the two together would show a smaller group.
  if (mockAuditId === null) await count(tx, results.map(({ criterion }) => criterion), at); // prettier-ignore
}

/**
 * Counts what waits for it, a question at a time and only once enough people have answered it: all of them at once, so that what
 * is shown before and after never differs by fewer.
 */
async function count(tx: Queryable, criteria: readonly string[], at: Date): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('mock_interview_result'))");
  await tx.query(
    `update mock_interview_result set counted_at = $3
     from mock_interview where mock_interview.id = interview_id and mock_audit_id is null and counted_at is null
       and criterion in (
         select criterion from mock_interview_result waiting join mock_interview on mock_interview.id = waiting.interview_id
         where criterion = any($1) and counted_at is null and mock_audit_id is null
         group by criterion having count(distinct person_id) >= $2)`,
    [criteria, await selectSetting(tx, 'mock_audit.smallest_group'), at],
  );
}

const Counted = z.object({
  theme: z.string(),
  criterion: z.string(),
  point: z.number(),
  /** Answers without it, of all that there are. */
  missed: z.number(),
  answers: z.number(),
});
export type Counted = z.infer<typeof Counted>;

/** Over questions that enough people answered; what is missing most often comes first. @param where  which results */
function selectCounted(tx: Queryable, where: string, parameters: readonly unknown[]): Promise<Counted[]> {
  return selectAll(
    tx,
    Counted,
    `with chosen as (
       select result.*, person_id from mock_interview_result result join mock_interview on mock_interview.id = interview_id
       where ${where}
     ), enough as (
       select criterion, count(*) as answers from chosen group by criterion having count(distinct person_id) >= $1
     )
     select theme, criterion, point, count(*) as missed, answers from chosen join enough using (criterion), unnest(missing) point
     group by theme, criterion, point, answers
     order by count(*)::float8 / answers desc, answers desc, criterion, point`,
    parameters,
  );
}

/** What people miss when they practise. @returns `people` is 0 where there are fewer than `least` */
export async function selectPractised(
  tx: Queryable,
): Promise<{ least: number; people: number; points: Counted[] }> {
  const least = await selectSetting(tx, 'mock_audit.smallest_group');
  const points = await selectCounted(tx, 'counted_at is not null', [least]);
  const { people } = await selectOne(
    tx,
    z.object({ people: z.number() }),
    `select count(distinct person_id) as people from mock_interview_result join mock_interview on mock_interview.id = interview_id
     where counted_at is not null`,
  );
  return { least, people: people < least ? 0 : people, points };
}

const InAudit = z.object({ invited: z.number(), done: z.number(), given: z.number() });

/** How many were invited, have answered, and gave what was missing to the audit. */
export function selectInAudit(tx: Queryable, mockAuditId: number): Promise<z.infer<typeof InAudit>> {
  return selectOne(
    tx,
    InAudit,
    `select count(*) as invited, count(*) filter (where state = 'done') as done, count(*) filter (where given_to_audit) as given
     from mock_interview where mock_audit_id = $1`,
    [mockAuditId],
  );
}

/** What those miss who gave it to the audit. The caller's audit is over, so that nobody's comes later and shows by itself. */
export async function selectGivenTo(
  tx: Queryable,
  mockAuditId: number,
): Promise<{ least: number; points: Counted[] }> {
  const least = await selectSetting(tx, 'mock_audit.smallest_interviewed');
  return { least, points: await selectCounted(tx, 'mock_audit_id = $2 and given_to_audit', [least, mockAuditId]) };
} // prettier-ignore

/** Of everybody who is asked for an audit. */
export async function selectInvited(tx: Queryable, mockAuditId: number): Promise<number[]> {
  const Invited = z.object({ personId: z.number() });
  const rows = await selectAll(tx, Invited, 'select person_id from mock_interview where mock_audit_id = $1', [mockAuditId]);
  return rows.map(({ personId }) => personId);
} // prettier-ignore

/** The person's own decision. The caller has it locked. @throws Refusal once the audit is over */
export async function giveToAudit(tx: Queryable, { id, reference }: Interview): Promise<void> {
  const { rowCount } = await tx.query(
    `update mock_interview set given_to_audit = true where id = $1 and state = 'done'
       and mock_audit_id in (select id from mock_audit where state in ('draft', 'in_progress', 'in_review'))`,
    [id],
  );
  if (rowCount === 0)
    throw new Refusal(`${reference ?? 'That audit'} is over by now: nothing of yours goes into it.`);
}

/** No interview goes on once its audit is over. */
export async function endInterviews(tx: Queryable, mockAuditId: number, at: Date): Promise<void> {
  await tx.query(
    `update mock_interview set state = 'ended', given = '[]', before = null, ended_at = $2
     where mock_audit_id = $1 and state in ('invited', 'in_progress')`,
    [mockAuditId, at],
  );
}

/** By its person: their words go, and results that nobody was shown yet. The caller has it locked. */
export async function forgetInterview(tx: Queryable, { id }: Pick<Interview, 'id'>, at: Date): Promise<void> {
  await tx.query(
    `update mock_interview set state = 'ended', given = '[]', before = null, ended_at = $2,
       given_to_audit = given_to_audit and mock_audit_id in (select id from mock_audit where state in ('final', 'superseded'))
     where id = $1`,
    [id, at],
  );
  await tx.query(
    `delete from mock_interview_result using mock_interview
     where interview_id = $1 and mock_interview.id = interview_id and counted_at is null and not given_to_audit`,
    [id],
  );
}

/** Words past their retention; an interview that nobody went on with for as long ends. */
export async function forgetWords(tx: Queryable, before: Date): Promise<void> {
  await tx.query(
    `update mock_interview set given = '[]', before = null, ended_at = coalesce(ended_at, $1),
       state = case when state in ('invited', 'in_progress') then 'ended' else state end
     where coalesce(ended_at, begun_at) < $1 and (given <> '[]' or state in ('invited', 'in_progress'))`,
    [before],
  );
}
