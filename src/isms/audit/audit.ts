/**
 * Audits of every kind, as clause 9.2 asks for them: what each looks at and by what, who audits, what came of it, who signed. The
 * rules of its moves stand here. Owns `audit`.
 */
import './audit-events.ts';
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  isReadOnly,
  namesOf,
  refuseReadOnly,
  type Actor,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission, ismsManagerAlone, leadsRecord } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';

export const auditKinds = ['internal', 'stage1', 'stage2', 'surveillance', 'recertification'] as const;
export type AuditKind = (typeof auditKinds)[number];
export const kindInWords: Record<AuditKind, string> = {
  internal: 'Internal audit',
  stage1: 'Stage 1 audit',
  stage2: 'Stage 2 audit',
  surveillance: 'Surveillance audit',
  recertification: 'Recertification audit',
};

const text = z.string().nullable();
export const Audit = recordSchema(
  ['planned', 'prepared', 'in_progress', 'reporting', 'complete', 'closed', 'cancelled'],
  {
    kind: z.enum(auditKinds),
    programmeId: z.number().nullable(),
    title: z.string(),
    criteria: text,
    scope: text,
    methods: text,
    leadId: z.number(),
    externalAuditors: z.array(z.string()),
    departments: z.array(z.string()),
    sites: z.array(z.string()),
    /** Days as 2026-12-09. */
    plannedFrom: z.string(),
    plannedUntil: z.string(),
    heldFrom: text,
    heldUntil: text,
    conclusion: text,
    completedAt: z.date().nullable(),
    stateReason: text,
    stateByName: text,
    stateAt: z.date(),
  },
);
export type Audit = z.infer<typeof Audit>;

/** By our own people; the others are held by a certification body, which writes and signs its own report. */
export function isInternal({ kind }: Pick<Audit, 'kind'>): boolean {
  return kind === 'internal';
}

export type SignOffPart = 'lead' | 'isms_manager';

/** What beside the record itself decides a move. */
export interface AuditFacts {
  /** Its auditors, of our own people. */
  team: readonly number[];
  /** Requirements that it is to look at, and those of them that it has not looked at yet. */
  covers: number;
  left: number;
  /** Talks of its plan. */
  talks: number;
  /** Auditors who would audit their own department. */
  conflicts: number;
  /** Who may sign beside the lead. */
  signers: readonly number[];
  /** Signatures of the report as it is now. */
  signed: readonly SignOffPart[];
  /** What it found that is not closed. */
  openFindings: number;
}

/** ISMS managers plan audits, and internal auditors who work here. */
export function plansAudits(actor: Pick<Actor, 'roles'>): boolean {
  return !isReadOnly(actor) && (isIsmsManager(actor) || actor.roles.includes('auditor'));
}

/** @throws Refusal for whoever plans no audits */
export function refuseUnlessPlans(command: CommandContext): void {
  refuseReadOnly(command);
  if (plansAudits(command.actor)) return;
  throw new Refusal('Audits are planned by the ISMS manager and internal auditors. Tell one of them what should be looked at.'); // prettier-ignore
}

/** Sees the whole of every audit. */
export function readsAudits({ roles }: Pick<Actor, 'roles'>): boolean {
  return ['isms_manager', 'admin', 'auditor'].some((role) => roles.includes(role));
}

const isMember = `exists (select from audit_member where audit_id = audit.id and person_id = $1 and part = 'auditor')`;

/** Whoever leads it, and the ISMS manager. */
export const leadsAudit = leadsRecord<Audit, AuditFacts>(
  'lead_id',
  async (tx, _command, { reference, leadId }) => `Only ${await namesOf(tx, [leadId])} or the ISMS manager can do that: they look after ${reference}.`,
); // prettier-ignore

/** What was seen is written by those who audit; of an audit by others, by whoever looks after it. */
const auditsIt = permission<Audit, AuditFacts>({
  code: (actor, audit, { team }) =>
    actor.id === audit.leadId || team.includes(actor.id) || (!isInternal(audit) && isIsmsManager(actor)),
  sql: `(lead_id = $1 or ${isMember} or (kind <> 'internal' and $2))`,
  refusal: async (tx, _command, { reference, leadId }, { team }) =>
    `Only ${await namesOf(tx, [leadId, ...team])} can do that: they audit ${reference}.`,
});

/** Evidence is asked for by those who audit and whoever looks after it; by auditors from outside too, of what they want to see. */
const asksInIt = permission<Audit, AuditFacts>({
  code: (actor, { leadId }, { team }) => actor.id === leadId || team.includes(actor.id) || isIsmsManager(actor) || actor.roles.includes('auditor'),
  sql: `($2 or lead_id = $1 or ${isMember} or exists (select from person where person.id = $1 and 'auditor' = any(person.roles)))`,
  refusal: async (tx, _command, { reference, leadId }, { team }) => `Only ${await namesOf(tx, [leadId, ...team])} can ask for evidence in ${reference}.`,
  readersToo: true,
}); // prettier-ignore

const leadSigns = permission<Audit, AuditFacts>({
  code: (actor, audit, { signed }) => isInternal(audit) && actor.id === audit.leadId && !signed.includes('lead'),
  sql: "(kind = 'internal' and lead_id = $1)",
  refusal: async (tx, _command, audit, { signed }) => whoSigns(audit, 'lead', signed, await namesOf(tx, [audit.leadId])),
}); // prettier-ignore

/** An ISMS manager who does not lead it; where there is none, whoever the lead reports to. */
const managerSigns = permission<Audit, AuditFacts>({
  code: (actor, audit, { signed, signers }) => isInternal(audit) && signers.includes(actor.id) && !signed.includes('isms_manager'),
  sql: `(kind = 'internal' and lead_id <> $1 and (case when exists (select from person where active and 'isms_manager' = any(roles) and person.id <> lead_id)
    then $2 else exists (select from person where person.id = lead_id and manager_id = $1) end))`,
  refusal: async (tx, _command, audit, { signed, signers }) => whoSigns(audit, 'isms_manager', signed, await namesOf(tx, signers)),
}); // prettier-ignore

function whoSigns({ reference, kind }: Audit, part: SignOffPart, signed: readonly SignOffPart[], names: string): string {
  if (!isInternal({ kind })) return `The certification body signs its own report of ${reference}.`;
  return signed.includes(part) ? `${reference} has that signature already.` : `Only ${names} can sign ${reference} here.`;
} // prettier-ignore

const takesOver = permission<Audit, AuditFacts>({
  code: (actor, audit, facts) => !isInternal(audit) && leadsAudit.allows(actor, audit, facts),
  sql: "(kind <> 'internal' and ($2 or lead_id = $1))",
  refusal: async (tx, _command, { reference, leadId }) =>
    `${reference} is completed by signing its report, or where it is of a certification body by ${await namesOf(tx, [leadId])}.`,
});

const ismsManager = ismsManagerAlone<Audit, AuditFacts>(({ reference }) => `${reference} can be cancelled by the ISMS manager only.`); // prettier-ignore

type AuditNeed = Need<Audit, AuditFacts>;
const need = (lacks: string | null, met: AuditNeed['met']): AuditNeed => ({ lacks, met });
const criteria = need('criteria', (row) => row.criteria !== null);
const scope = need('scope', (row) => row.scope !== null);
const methods = need('methods', (row) => row.methods !== null);
const covers = need('what it looks at', (_row, facts) => facts.covers > 0);
const talks = need(
  'a plan: who talks to whom about what',
  (row, facts) => !isInternal(row) || facts.talks > 0,
);
const independent = need('auditors of another department', (_row, facts) => facts.conflicts === 0);
const looked = need('a word on each requirement of its scope: looked at, or left out and why', (row, facts) => !isInternal(row) || facts.left === 0); // prettier-ignore
const conclusion = need('a conclusion', (row) => row.conclusion !== null);
const signed = need(null, (row, facts) => isInternal(row) && facts.signed.length === 2);
const settled = need(null, (_row, facts) => facts.openFindings === 0);

const described = [criteria, scope, methods];
const change = { by: leadsAudit };
const describe = { by: leadsAudit };
const team = { by: leadsAudit };
const schedule = { by: leadsAudit };
const aim = { by: leadsAudit };
const note = { by: auditsIt };
const sample = { by: auditsIt };
const finding = { by: auditsIt };
const request = { by: asksInIt };
const cancel = { to: 'cancelled', by: ismsManager } as const;

export const auditStates = declareStates<Audit['state'], Audit, AuditFacts>('planned', {
  planned: { change, describe, team, schedule, aim, note, request, prepare: { to: 'prepared', by: leadsAudit, needs: [covers, talks, independent], leaves: described }, cancel },
  prepared: { change, describe, team, schedule, aim, note, request, start: { to: 'in_progress', by: auditsIt, needs: [independent] }, cancel },
  in_progress: { team, schedule, aim, note, sample, finding, request, cover: { by: auditsIt }, report: { to: 'reporting', by: auditsIt, needs: [looked, independent] }, cancel },
  reporting: {
    note, sample, finding, request,
    conclude: { by: auditsIt },
    sign: { by: leadSigns, needs: [conclusion] },
    countersign: { by: managerSigns, needs: [conclusion] },
    finish: { to: 'complete', by: takesOver, needs: [conclusion] },
    complete: { to: 'complete', by: null, needs: [conclusion, signed] },
  },
  complete: { close: { to: 'closed', by: null, needs: [settled] } },
  closed: {},
  cancelled: {},
}); // prettier-ignore

export type AuditColumn =
  | 'state' | 'state_reason' | 'title' | 'criteria' | 'scope' | 'methods' | 'lead_id' | 'external_auditors' | 'departments' | 'sites' | 'planned_from'
  | 'planned_until' | 'held_from' | 'held_until' | 'conclusion' | 'completed_at' | 'programme_id'; // prettier-ignore

export const audits = declareRecord<typeof Audit, AuditColumn>({
  table: 'audit',
  prefix: 'AU',
  schema: Audit,
  ended: ['closed', 'cancelled'],
  written: ['title', 'criteria', 'scope', 'methods', 'conclusion', 'state_reason', 'planned_from', 'planned_until', 'departments', 'sites'],
  reads: `($2 or lead_id = $1 or exists (select from audit_member where audit_id = audit.id and person_id = $1)
    or exists (select from person lead where lead.id = lead_id and lead.manager_id = $1)
    or exists (select from person where person.id = $1 and roles && '{admin,auditor}'))`,
}); // prettier-ignore
