/** The audit that evidence is asked for in: who may ask there, which it is for an auditor from outside, and what it is called. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { audits, auditStates, type Audit } from '../audit/audit.ts';
import { selectAuditFacts } from '../audit/facts.ts';

/** @throws Refusal once its report is there, and for whoever has no part in it */
export async function refuseUnlessAsksIn(tx: Queryable, command: CommandContext, id: number): Promise<void> {
  const audit = await audits.select(tx, id);
  const facts = await selectAuditFacts(tx, audit);
  if (auditStates.step('request', audit, facts) === null)
    throw new Refusal(`${audit.reference} is ${audit.state}: nothing is asked for in it any more.`);
  await auditStates.by('request', audit.state)?.refuseUnless(tx, command, audit, facts);
}

const Id = z.object({ id: z.number() });

/** The one that an auditor was let in for, as long as it goes on; null for none. */
export async function selectAuditOfVisitor(tx: Queryable, person: { id: number }): Promise<number | null> {
  const found = await selectOptional(
    tx,
    Id,
    'select audit.id from audit join person on reads_for = audit.id where person.id = $1 and state = any($2)',
    [person.id, auditStates.from('request')],
  );
  return found?.id ?? null;
}

/** Those that somebody may be let in for, the next first. */
export function selectAuditsToCome(tx: Queryable): Promise<Audit[]> {
  return audits.selectWhere(tx, 'state = any($1)', [auditStates.from('request')]);
}

const Named = z.object({ id: z.number(), reference: z.string(), title: z.string() });

/** By id, those of these rows that belong to one. */
export async function selectAuditNames(tx: Queryable, rows: readonly { auditId: number | null }[]): Promise<Map<number, z.infer<typeof Named>>> {
  const found = await selectAll(tx, Named, 'select id, reference, title from audit where id = any($1)', [rows.flatMap(({ auditId }) => auditId ?? [])]);
  return new Map(found.map((each) => [each.id, each]));
} // prettier-ignore
