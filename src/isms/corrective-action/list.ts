/** Corrective actions as those see them whom they wait for, and those that a person's words may mean. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { CorrectiveAction } from './corrective-action.ts';
import { isIsmsManager, type Actor } from '../../records/command-context.ts';
import { Nonconformity } from '../nonconformity/nonconformity.ts';
import { verifiesIt } from './states.ts';
import { mayReadThis, readsAll } from '../register/access.ts';

export const ListedAction = CorrectiveAction.extend({
  nonconformity: z.string(),
  title: z.string(),
  ownerName: z.string(),
  /** Pieces that count, as in `countEvidence`. */
  evidence: z.number(),
});
/** An action with what its line in a list says besides. */
export type ListedAction = z.infer<typeof ListedAction>;

const unfinished = `action.state in ('proposed', 'accepted', 'in_progress', 'done_claimed')`;

const listed = `select action.*, nonconformity.reference as nonconformity, nonconformity.title as title,
    owner.name as owner_name,
    (select count(*) from evidence where evidence.action_id = action.id
      and evidence.state in ('submitted', 'in_review', 'accepted')) as evidence
  from corrective_action action join nonconformity on nonconformity.id = action.nonconformity_id
  join person owner on owner.id = action.owner_id`;

/** What this person has not finished, the earliest due first. */
export function selectOwnActions(
  tx: Queryable,
  { id }: Pick<Actor, 'id'>,
  limit = 50,
): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed} where action.owner_id = $1 and ${unfinished} order by action.due_on, action.id limit $2`,
    [id, limit],
  );
}

/** Actions reported done that this person verifies: as whoever leads or approves, or where neither can, as ISMS manager. */
export function selectClaimsFor(tx: Queryable, person: Actor, limit = 50): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed} where action.state = 'done_claimed' and ${verifiesIt.sql}
     order by action.done_at, action.id limit $3`,
    [person.id, isIsmsManager(person), limit],
  );
}

/** Of a short reference: each unfinished action of that number which the person may read, the newest first. */
export function selectActionsNumbered(tx: Queryable, person: Actor, number: number): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed} where split_part(action.reference, '-', 3)::integer = $3 and ${unfinished} and ${mayReadThis}
     order by action.reference desc limit 5`,
    [person.id, readsAll(person), number],
  );
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

/**
 * Unfinished actions of others that this person leads, approves or, as ISMS manager, may update, whose words begin with all of
 * the given ones.
 */
export function selectActionsWith(
  tx: Queryable,
  person: Actor,
  words: readonly string[],
): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed} where to_tsvector('simple', action.description) @@ to_tsquery('simple', $3) and ${unfinished}
       and action.owner_id <> $1
       and ($2::boolean or nonconformity.owner_id = $1 or nonconformity.approver_id = $1)
     order by action.due_on, action.id limit 6`,
    [
      person.id,
      isIsmsManager(person),
      words.map((word) => `'${word.replace(/[^\p{L}\p{N}]/gu, '')}':*`).join(' & '),
    ],
  );
}
