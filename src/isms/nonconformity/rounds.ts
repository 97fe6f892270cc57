/** A round of a non-conformity as it was when it ended: the record with its actions and the evidence of both. */
import type { Queryable } from '../../db/database.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { keepSnapshot } from '../../records/revision.ts';
import { recordOf, type Nonconformity } from './nonconformity.ts';

/** What ends a round, or a part of it that somebody signed. */
export type RoundEnd = 'planned' | 'checked' | 'reopened';

/** The caller has it locked. @returns what the audit entry of the move holds: the hash of what is kept */
export async function keepRound(
  tx: Queryable,
  command: CommandContext,
  { id, round, cycle }: Nonconformity,
  event: RoundEnd,
): Promise<{ snapshot: string }> {
  const { rows } = await tx.query(
    `select to_jsonb(nonconformity) as record,
       (select coalesce(jsonb_agg(to_jsonb(action) order by action.id), '[]') from corrective_action action
        where action.nonconformity_id = nonconformity.id and action.round = nonconformity.round) as actions,
       (select coalesce(jsonb_agg(to_jsonb(revision) || to_jsonb(evidence)
         order by evidence.id, revision.number), '[]')
        from evidence join evidence_revision revision on revision.evidence_id = evidence.id
        where evidence.nonconformity_id = nonconformity.id) as evidence,
       (select coalesce(jsonb_agg(to_jsonb(effectiveness_check) order by effectiveness_check.id), '[]')
         from effectiveness_check
        where effectiveness_check.nonconformity_id = nonconformity.id) as checks
     from nonconformity where id = $1`,
    [id],
  );
  const content = rows[0] ?? {};
  return {
    snapshot: await keepSnapshot(tx, command, { record: recordOf({ id }), event, round, cycle, content }),
  };
}
