/** Who need not acknowledge a document, why, and until when. */
import type { Queryable } from '../../db/database.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import type { Person } from '../../records/person.ts';
import { keepExemption } from '../exemption/exemption.ts';
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
  await keepExemption(tx, command, person.id, { documentId }, { reason, until });
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
