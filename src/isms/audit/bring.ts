/** Audits and programmes of before Isma, brought as they ended; and what a list says anew of one that is still planned. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { optional, type CommandContext } from '../../records/command-context.ts';
import { audits, auditStates, type Audit } from './audit.ts';
import { selectAuditFacts } from './facts.ts';
import { markLooked } from './fieldwork.ts';
import { linkFindings } from './findings.ts';
import { refuseConflicts } from './independence.ts';
import { insertAudit, replanned, setScope, type NewAudit } from './plan.ts';

/** States in which one may be brought: what goes on here is held here. */
export const broughtStates = ['planned', 'complete', 'closed', 'cancelled'] as const;

export interface BroughtAudit extends NewAudit {
  state: (typeof broughtStates)[number];
  criteria: string | null;
  scope: string | null;
  methods: string | null;
  conclusion: string | null;
  leftOut: readonly string[];
  /** References of non-conformities. */
  findings: readonly string[];
}

/** What its state asks for must be there; who signed it elsewhere, and its plan, stay where they were kept. @throws Refusal naming what is missing */
export async function bringAudit(tx: Queryable, command: CommandContext, said: BroughtAudit): Promise<Audit> {
  const { state, requirements, leftOut } = said;
  const planned = await insertAudit(tx, command, { ...said, requirements: [...requirements, ...leftOut] });
  if (state === 'planned') await refuseConflicts(tx, planned);
  const isHeld = state === 'complete' || state === 'closed';
  if (isHeld && requirements.length > 0) await markLooked(tx, command, planned, requirements, { state: 'covered', note: null });
  if (leftOut.length > 0) await markLooked(tx, command, planned, leftOut, { state: 'left_out', note: 'Left out, as the list says' });
  const unknown = await linkFindings(tx, planned, said.findings);
  if (unknown.length > 0) throw new Refusal(`findings: ${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not in the register, or of another audit`);
  const words = {
    criteria: optional(said.criteria, 'The criteria'),
    scope: optional(said.scope, 'The scope'),
    methods: optional(said.methods, 'The methods'),
    conclusion: optional(said.conclusion, 'The conclusion'),
  };
  if (isHeld) {
    const facts = { ...(await selectAuditFacts(tx, planned)), talks: 1, conflicts: 0, signed: ['lead', 'isms_manager'] as const };
    const lacks = auditStates.lacking({ ...planned, ...words, state }, facts);
    if (lacks.length > 0) throw new Refusal(`is ${state} and lacks ${lacks.join(', ')}`);
    if (state === 'closed' && facts.openFindings > 0) throw new Refusal(`is closed, and ${facts.openFindings} of its findings are open`);
  }
  const held = isHeld ? { held_from: planned.plannedFrom, held_until: planned.plannedUntil, completed_at: command.at } : {};
  const reason = state === 'cancelled' ? { state_reason: 'Cancelled before it was brought here' } : {};
  const moved = state === 'planned' ? {} : { state };
  return audits.change(tx, command, planned, { ...words, ...held, ...reason, ...moved }, () => ({ action: 'audit.imported', detail: { state } }));
} // prettier-ignore

/** @throws Refusal for one that has begun: what was held stays as it is */
export async function amendAudit(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  { requirements, ...said }: Partial<Pick<BroughtAudit, 'title' | 'plannedFrom' | 'plannedUntil' | 'leadId' | 'departments' | 'sites' | 'criteria' | 'scope' | 'methods' | 'requirements'>>,
): Promise<void> {
  if (audit.state !== 'planned' && audit.state !== 'prepared') throw new Refusal(`${audit.reference} is ${audit.state.replaceAll('_', ' ')}: it is not changed by a list any more`);
  const { criteria, scope, methods, ...plan } = said;
  if (requirements !== undefined) await setScope(tx, command, audit, requirements);
  const words = Object.fromEntries(Object.entries({ criteria, scope, methods }).filter(([, value]) => value !== undefined && value !== null));
  const values = { ...(await replanned(tx, audit, { ...audit, ...plan })), ...words };
  await audits.change(tx, command, audit, values, () => ({ action: 'audit.replanned', detail: { fields: Object.keys({ ...plan, ...words }) } }));
  await refuseConflicts(tx, audit);
} // prettier-ignore
