/** Non-conformities that wait for one person: those that they lead, whose plan they approve, and whose check they make. */
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { isIsmsManager, type Actor } from '../../records/command-context.ts';
import { Nonconformity } from './nonconformity.ts';
import { nextDeadlineSql } from './deadlines.ts';
import { plans } from './plan-request.ts';
import { breachStates } from './states.ts';

/** Of each kind; more of them wait behind. */
const mostWaiting = 20;
/** Majors first, and those whose date is near. */
const urgentFirst = `order by grade = 'major' desc, ${nextDeadlineSql} nulls last, id limit ${mostWaiting}`;
const actionIn = (
  states: string,
) => `exists (select from corrective_action action where action.nonconformity_id = nonconformity.id
  and action.round = nonconformity.round and action.state ${states})`;
const planned = actionIn("not in ('declined', 'cancelled')");
const underWay = actionIn("in ('proposed', 'accepted', 'in_progress', 'done_claimed')");

/** What only they can move on: not where it waits for the approval, the actions or the check of others. */
export function selectLedBy(tx: Queryable, personId: number): Promise<Nonconformity[]> {
  return selectAll(
    tx,
    Nonconformity,
    `select * from nonconformity
     where owner_id = $1 and (state in ('open', 'contained', 'implemented')
       or (state = 'cause_found' and not ${plans.waitsSql})
       or (state = 'action_planned' and grade in ('major', 'minor') and not ${plans.waitsSql}
         and (criterion is null or plan_approved_at is null or not ${planned}))
       or (state = 'action_planned' and grade in ('ofi', 'observation') and not ${underWay})) ${urgentFirst}`,
    [personId],
  );
}

/** Plans that were sent and wait for approval; where nobody who is here is set to approve, every ISMS manager may. */
export function selectPlansToApprove(tx: Queryable, person: Asked): Promise<Nonconformity[]> {
  return selectForMove(
    tx,
    person,
    'approve',
    `grade in ('major', 'minor') and ${plans.waitsSql} ${urgentFirst}`,
  );
}

/**
 * Whom `selectChecker` would ask: the chosen checker, else the approver, else the ISMS managers.
 *
 * @param today  as 2026-11-25, where the person is
 */
export function selectChecksFor(tx: Queryable, person: Asked, today: string): Promise<Nonconformity[]> {
  const due = `check_due_on <= $4 order by check_due_on, id limit ${mostWaiting}`;
  return selectForMove(tx, person, 'findEffective', due, today);
}

type Asked = Pick<Actor, 'id' | 'roles'>;

/** Whose move is this person's, from where and by whom the states declare it. @param and  SQL, of the values from `$4` on */
function selectForMove(
  tx: Queryable,
  person: Asked,
  move: string,
  and: string,
  ...values: unknown[]
): Promise<Nonconformity[]> {
  const states = breachStates.from(move);
  return selectAll(
    tx,
    Nonconformity,
    `select * from nonconformity where ${breachStates.by(move)?.sql ?? 'false'} and state = any($3) and ${and}`,
    [person.id, isIsmsManager(person), states, ...values],
  );
}
