/** What a certification body still wants: its open findings, as far as somebody may see them, each with what is owed next and until when. */
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Actor } from '../../records/command-context.ts';
import { Nonconformity } from '../nonconformity/nonconformity.ts';
import { mayRead, readsAll } from '../register/access.ts';
import { findingOfSql } from './certification.ts';

/** SQL over a row of `nonconformity`: the body waits for something; an opportunity for improvement asks for no answer. */
const isWantedSql = `(nonconformity.source = 'external_audit' and nonconformity.grade in ('major', 'minor')
  and nonconformity.body_closed_on is null and nonconformity.state <> 'rejected')`;

/** Those that the body has not closed, in the order in which they were found. */
export function selectOpenFindings(tx: Queryable, actor: Pick<Actor, 'id' | 'roles'>, { id }: { id: number }): Promise<Nonconformity[]> {
  return selectAll(
    tx,
    Nonconformity,
    `select nonconformity.* from nonconformity
     where ${isWantedSql} and ${findingOfSql('$3')} and ${mayRead}
     order by identified_on, id`,
    [actor.id, readsAll(actor), id],
  );
} // prettier-ignore

export interface Wanted {
  /** «our answer» */
  what: string;
  /** Null where it set no day. */
  on: string | null;
  /** Whether it is with us now; else with the body. */
  ours: boolean;
}

type Answered = Pick<Nonconformity, 'bodyAnsweredOn' | 'bodyAnswer' | 'bodyPlanDueOn' | 'bodyDueOn'>;

/** `wantedOnSql` says the same of the day. */
export function wantedOf({ bodyAnsweredOn, bodyAnswer, bodyPlanDueOn, bodyDueOn }: Answered): Wanted {
  if (bodyAnsweredOn === null)
    return { what: 'our answer', on: bodyPlanDueOn ?? bodyDueOn, ours: true };
  if (bodyAnswer === 'returned') return { what: 'a new answer', on: bodyPlanDueOn ?? bodyDueOn, ours: true };
  if (bodyDueOn !== null) return { what: 'the evidence', on: bodyDueOn, ours: true };
  return { what: bodyAnswer === 'accepted' ? 'a look at its next visit' : 'time to read our answer', on: null, ours: false };
} // prettier-ignore

/** SQL over a row of `nonconformity`: until when the body wants what it wants next. */
export const wantedOnSql = `case when ${isWantedSql} then
  case when nonconformity.body_answered_on is null or nonconformity.body_answer = 'returned'
    then coalesce(nonconformity.body_plan_due_on, nonconformity.body_due_on) else nonconformity.body_due_on end end`;

/** The most urgent first; what is with the body comes last. */
export function byDay(one: Wanted, other: Wanted): number {
  return Number(other.ours) - Number(one.ours) || (one.on ?? '9999').localeCompare(other.on ?? '9999');
}
