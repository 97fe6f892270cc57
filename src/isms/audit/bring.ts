/** Audits of before Isma, brought as they ended, or as they are while they go on; and what a list says anew of one that is still planned. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { optional, type CommandContext } from '../../records/command-context.ts';
import { keepNote } from '../../records/note.ts';
import { audits, auditStates, type Audit } from './audit.ts';
import { selectAuditFacts } from './facts.ts';
import { markLooked } from './fieldwork.ts';
import { linkFindings } from './findings.ts';
import { refuseConflicts } from './independence.ts';
import { addTalk, insertAudit, replanned, setMember, setScope, type NewAudit, type NewTalk } from './plan.ts';

export interface BroughtAudit extends NewAudit {
  state: Audit['state'];
  criteria: string | null;
  scope: string | null;
  methods: string | null;
  conclusion: string | null;
  leftOut: readonly string[];
  /** What of an audit under way was looked at already; empty for all of it once the fieldwork has ended. */
  lookedAt: readonly string[];
  /** Auditors beside its lead, by id. */
  team: readonly number[];
  talks: readonly NewTalk[];
  notes: readonly string[];
  /** References of non-conformities. */
  findings: readonly string[];
}

/** States before the report is there: what is brought in them goes on here. */
const underWay: readonly Audit['state'][] = ['planned', 'prepared', 'in_progress', 'reporting'];

/** What its state asks for must be there; who signed it elsewhere, and a plan that is not brought, stay where they were kept. @throws Refusal naming what is missing */
export async function bringAudit(tx: Queryable, command: CommandContext, said: BroughtAudit): Promise<Audit> {
  const { state, requirements, leftOut, lookedAt } = said;
  refuseFuture(command, said);
  const planned = await insertAudit(tx, command, { ...said, requirements: [...requirements, ...lookedAt, ...leftOut] });
  for (const member of said.team) await setMember(tx, command, planned, member, 'auditor');
  for (const talk of said.talks) await addTalk(tx, command, planned, { ...talk, auditorId: talk.auditorId ?? (said.kind === 'internal' ? said.leadId : null) });
  for (const note of said.notes) await keepNote(tx, command, audits.nameOf(planned), note);
  if (underWay.includes(state)) await refuseConflicts(tx, planned);
  const isOver = ['reporting', 'complete', 'closed'].includes(state);
  const looked = lookedAt.length > 0 ? lookedAt : isOver ? requirements : [];
  if (looked.length > 0) await markLooked(tx, command, planned, looked, { state: 'covered', note: null });
  if (leftOut.length > 0) await markLooked(tx, command, planned, leftOut, { state: 'left_out', note: 'Left out, as the list says' });
  const unknown = await linkFindings(tx, planned, said.findings);
  if (unknown.length > 0) throw new Refusal(`findings: ${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not in the register, or of another audit`);
  const words = {
    criteria: optional(said.criteria, 'The criteria'),
    scope: optional(said.scope, 'The scope'),
    methods: optional(said.methods, 'The methods'),
    conclusion: optional(said.conclusion, 'The conclusion'),
  };
  if (state !== 'planned' && state !== 'cancelled') await refuseLacking(tx, { ...planned, ...words, state });
  const held = state === 'in_progress' ? { held_from: planned.plannedFrom } : isOver ? { held_from: planned.plannedFrom, held_until: planned.plannedUntil } : {};
  const completed = isOver && state !== 'reporting' ? { completed_at: command.at } : {};
  const reason = state === 'cancelled' ? { state_reason: 'Cancelled before it was brought here' } : {};
  const moved = state === 'planned' ? {} : { state };
  return audits.change(tx, command, planned, { ...words, ...held, ...completed, ...reason, ...moved }, () => ({ action: 'audit.imported', detail: { state } }));
} // prettier-ignore

/** @throws Refusal for one that is said to have begun, or ended, and has not by its days */
function refuseFuture({ actor, at }: CommandContext, { state, plannedFrom, plannedUntil }: BroughtAudit): void {
  const today = dayOf(at, actor.timeZone);
  const from = ['in_progress', 'reporting', 'complete', 'closed'].includes(state) && plannedFrom > today;
  const until = ['reporting', 'complete', 'closed'].includes(state) && plannedUntil > today;
  if (from || until)
    throw new Refusal(`is ${state.replaceAll('_', ' ')}, and ${from ? `begins only on ${plannedFrom}` : `ends only on ${plannedUntil}`}`);
} // prettier-ignore

/** Its plan, and who signed it, may stay where they were kept. */
async function refuseLacking(tx: Queryable, audit: Audit): Promise<void> {
  const { state } = audit;
  const counted = await selectAuditFacts(tx, audit);
  const signed = state === 'reporting' ? [] : (['lead', 'isms_manager'] as const);
  const facts = { ...counted, talks: Math.max(1, counted.talks), conflicts: underWay.includes(state) ? counted.conflicts : 0, signed };
  const lacks = auditStates.lacking(audit, facts);
  if (lacks.length > 0) throw new Refusal(`is ${state.replaceAll('_', ' ')} and lacks ${lacks.join(', ')}`);
  if (state === 'closed' && facts.openFindings > 0) throw new Refusal(`is closed, and ${facts.openFindings} of its findings are open`);
} // prettier-ignore

const Brought = z.object({ record: z.string(), at: z.date(), state: z.string() });

/** Of these audits those that a list brought, by their names in the log: when, and as what. */
export async function selectBrought(tx: Queryable, rows: readonly Pick<Audit, 'id'>[]): Promise<Map<string, z.infer<typeof Brought>>> {
  const found = await selectAll(
    tx,
    Brought,
    "select record, at::timestamptz as at, payload::jsonb -> 'detail' ->> 'state' as state from audit_entry where action = 'audit.imported' and record = any($1)",
    [rows.map(audits.nameOf)],
  );
  return new Map(found.map((each) => [each.record, each]));
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
