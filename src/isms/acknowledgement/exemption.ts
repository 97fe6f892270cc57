/** Who need not acknowledge a document, why, and until when. Owns `exemption`. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { audit, required, type CommandContext } from '../../records/command-context.ts';
import type { Person } from '../../records/person.ts';
import type { Policy } from '../policy-question/policy.ts';
import { isOpenSql, requestStates } from './request.ts';

/**
 * From today on; what they are asked for now they need not do, and are asked again once it is over.
 *
 * @param until  its last day, as 2026-12-31; null for as long as nobody ends it
 */
export async function exemptFrom(
  tx: Queryable,
  command: CommandContext,
  person: Pick<Person, 'id'>,
  { documentId, reference }: Pick<Policy, 'documentId' | 'reference'>,
  { reason, until }: { reason: string; until: string | null },
): Promise<void> {
  const { actor, at } = command;
  await requestStates.by('exempt')?.refuseUnless(tx, command, null as never, {});
  const day = dayOf(at, 'UTC');
  if (until !== null && until < day) throw new Refusal('That day is past. Until when are they exempt?');
  // A day that is set ends what was granted for longer.
  if (until !== null)
    await tx.query(
      `update exemption set until_day = $3 where person_id = $1 and document_id = $2 and coalesce(until_day, 'infinity') > $3`,
      [person.id, documentId, until],
    );
  await tx.query(
    `insert into exemption (person_id, document_id, reason, from_day, until_day, granted_by, granted_by_name, granted_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [person.id, documentId, required(reason, 'Why', 500), day, until, actor.id, actor.name, at],
  );
  await tx.query(
    `update acknowledgement_request set state = 'exempt', state_by = $3, state_by_name = $4, state_at = $5
     where person_id = $1 and document_id = $2 and ${isOpenSql}`,
    [person.id, documentId, actor.id, actor.name, at],
  );
  await audit(tx, command, {
    action: 'acknowledgement.exempted',
    record: `document:${documentId}`,
    detail: { document: reference, person: person.id, until },
  });
}
