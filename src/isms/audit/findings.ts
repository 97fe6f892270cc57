/** What an audit finds: a non-conformity that names it, raised by those who audit and as long as its report is not signed. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { audits, auditStates } from './audit.ts';
import { selectAuditFacts } from './facts.ts';

/** Locks the audit until the caller's transaction ends, so that nobody signs meanwhile. @throws Refusal */
export async function refuseUnlessTakesFindings(
  tx: Queryable,
  command: CommandContext,
  id: number,
): Promise<void> {
  const audit = await audits.lock(tx, id);
  const facts = await selectAuditFacts(tx, audit);
  if (auditStates.step('finding', audit, facts) === null)
    throw new Refusal(`${audit.reference} is ${audit.state.replaceAll('_', ' ')}: what is found now is raised by itself.`); // prettier-ignore
  await auditStates.by('finding', audit.state)?.refuseUnless(tx, command, audit, facts);
}
/** Findings that were raised before the audit was a record of ours, or brought from a list. @returns references that are none, or have another audit */
export async function linkFindings(
  tx: Queryable,
  { id }: { id: number },
  references: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query(
    'update nonconformity set audit_id = $1 where reference = any($2) and (audit_id is null or audit_id = $1) returning reference',
    [id, references],
  );
  const linked = rows.map(({ reference }) => String(reference));
  return references.filter((reference) => !linked.includes(reference));
}
