/** Corrective actions as those see them whom they wait for, and those that a person's words may mean. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { actionRecordOf, CorrectiveAction } from './corrective-action.ts';
import { isIsmsManager, type Actor } from '../../records/command-context.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { parentsSql } from './parent.ts';
import { verifiesIt } from './states.ts';

export const ListedAction = CorrectiveAction.extend({
  /** Reference of its record. */
  parentReference: z.string(),
  parentTitle: z.string(),
  ownerName: z.string(),
  /** Pieces that count, as in `countEvidence`. */
  evidence: z.number(),
});
/** An action with what its line in a list says besides. */
export type ListedAction = z.infer<typeof ListedAction>;

const unfinished = `action.state in ('proposed', 'accepted', 'in_progress', 'done_claimed')`;

/** Once all kinds of records are declared. */
const listed = (
  more = '',
) => `select action.*, parent.reference as parent_reference, parent.title as parent_title,
    owner.name as owner_name, ${more === '' ? '' : `${more},`}
    (select count(*) from evidence where evidence.action_id = action.id
      and evidence.state in ('submitted', 'in_review', 'accepted')) as evidence
  from corrective_action action join person owner on owner.id = action.owner_id
  cross join lateral ${parentsSql()}`;

/** What this person has not finished, the earliest due first. */
export function selectOwnActions(
  tx: Queryable,
  { id }: Pick<Actor, 'id'>,
  limit = 50,
): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed()} where action.id in (select action.id from corrective_action action
       where action.owner_id = $1 and ${unfinished} order by action.due_on, action.id limit $2)
     order by action.due_on, action.id`,
    [id, limit],
  );
}

const OwedAction = ListedAction.extend({ locale: z.string(), isOfMajor: z.boolean() });

/** What these people have to do: not what waits to be verified with its evidence. */
export function selectOwedActions(
  tx: Queryable,
  people: readonly number[],
): Promise<z.infer<typeof OwedAction>[]> {
  return selectAll(
    tx,
    OwedAction,
    `select * from (${listed("owner.locale, exists (select from nonconformity where nonconformity.id = action.nonconformity_id and grade = 'major') as is_of_major")}
       where action.owner_id = any($1) and ${unfinished}) owed
     where state <> 'done_claimed' or evidence = 0 order by due_on, id`,
    [people],
  );
}

/** Actions reported done that this person verifies: as whoever leads or approves, or where neither can, as ISMS manager. */
export function selectClaimsFor(tx: Queryable, person: Actor, limit = 50): Promise<ListedAction[]> {
  return selectAll(
    tx,
    ListedAction,
    `${listed()} where action.state = 'done_claimed' and ${verifiesIt.sql}
     order by action.done_at, action.id limit $3`,
    [person.id, isIsmsManager(person), limit],
  );
}

/** Of a short reference: each unfinished action of that number which the person may read, the newest first. */
export async function selectActionsNumbered(
  tx: Queryable,
  person: Actor,
  number: number,
): Promise<ListedAction[]> {
  const all = await selectAll(
    tx,
    ListedAction,
    `${listed()} where split_part(action.reference, '-', 3)::integer = $1 and ${unfinished}
     order by action.reference desc`,
    [number],
  );
  const readable: ListedAction[] = [];
  for (const action of all)
    if ((await selectOptionalNamed(tx, person, actionRecordOf(action))) !== null) readable.push(action);
  return readable.slice(0, 5);
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
    `${listed()} where to_tsvector('simple', action.description) @@ to_tsquery('simple', $3) and ${unfinished}
       and action.owner_id <> $1
       and ($2::boolean or parent.leader_id = $1 or parent.approver_id = $1)
     order by action.due_on, action.id limit 6`,
    [
      person.id,
      isIsmsManager(person),
      words.map((word) => `'${word.replace(/[^\p{L}\p{N}]/gu, '')}':*`).join(' & '),
    ],
  );
}
