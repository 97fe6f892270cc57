/** How an audit ends: its report is signed by two people, each as it is; and it is closed by itself once what it found is. Owns `audit_sign_off`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit as log, type CommandContext } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { keepSnapshot } from '../../records/revision.ts';
import { audits, auditStates, type Audit, type SignOffPart } from './audit.ts';
import { selectAuditFacts } from './facts.ts';
import { selectReport, signedContent } from './report.ts';

export const signMoves: Record<SignOffPart, string> = { lead: 'sign', isms_manager: 'countersign' };

/** The content as it is signed is kept, with its hash in the log. The caller has it locked. */
export async function signReport(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  part: SignOffPart,
): Promise<Audit> {
  const facts = await selectAuditFacts(tx, audit);
  const move = signMoves[part];
  const step = auditStates.step(move, audit, facts);
  if (step === null) throw new Refusal(`${audit.reference} is ${audit.state.replaceAll('_', ' ')}: its report cannot be signed now.`); // prettier-ignore
  await auditStates.by(move, audit.state)?.refuseUnless(tx, command, audit, facts);
  if (step.lacks.length > 0) throw new Refusal(`${audit.reference} lacks ${step.lacks.join(', ')}.`);
  const record = audits.nameOf(audit);
  const content = signedContent(await selectReport(tx, audit));
  const snapshot = await keepSnapshot(tx, command, { record, event: `signed by ${part}`, content });
  await tx.query(
    `insert into audit_sign_off (audit_id, person_id, name, part, content_hash, signed_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (audit_id, part) do update set person_id = excluded.person_id, name = excluded.name,
       content_hash = excluded.content_hash, signed_at = excluded.signed_at`,
    [audit.id, command.actor.id, command.actor.name, part, snapshot, command.at],
  );
  await log(tx, command, { action: 'audit.signed', record, detail: { part, snapshot } });
  return followAudit(tx, command, audit);
}

/** Whatever follows by itself from what was just written. */
export async function followAudit(tx: Queryable, command: CommandContext, audit: Audit): Promise<Audit> {
  const to = auditStates.next(audit, await selectAuditFacts(tx, audit));
  if (to === null) return audit;
  const moved = { from: audit.state, to };
  const values = to === 'complete' ? { state: to, completed_at: command.at } : { state: to };
  const changed = await audits.change(tx, command, audit, values, () =>
    to === 'complete'
      ? { action: 'audit.completed', detail: moved }
      : { action: 'audit.closed', detail: moved },
  );
  return followAudit(tx, command, changed);
}

const Settled = z.object({ id: z.number(), version: z.number() });

/** Complete ones of which nothing is open any more. */
export function selectSettled(tx: Queryable): Promise<z.infer<typeof Settled>[]> {
  return selectAll(
    tx,
    Settled,
    `select id, version from audit where state = 'complete'
       and not exists (select from nonconformity where audit_id = audit.id and state not in ('closed', 'rejected'))`,
  );
}

/** Closed in the name of its lead, who is asked nothing. @returns null where it is not settled any more */
export async function closeSettled(tx: Queryable, at: Date, id: number): Promise<Audit | null> {
  const audit = await audits.lock(tx, id);
  if (audit.state !== 'complete') return null;
  const actor = await selectPerson(tx, audit.leadId);
  const command = { actor, at, inputId: null, link: null, through: 'system:audits' };
  const followed = await followAudit(tx, command, audit);
  return followed.state === 'closed' ? followed : null;
}
