/** Planning an audit: what it looks at, when, by whom, and who talks to whom. Owns `audit_member` and `audit_plan_item`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit as log, optional, refuseUnlessWorking, required, requiredDay, type CommandContext } from '../../records/command-context.ts'; // prettier-ignore
import { auditable } from '../../records/requirement-set.ts';
import { auditKinds, audits, refuseUnlessPlans, type Audit } from './audit.ts';
import { distinct, knownDepartments } from './departments.ts';
import { refuseConflicts } from './independence.ts';

const Id = z.object({ id: z.number() });

export interface NewAudit {
  kind: (typeof auditKinds)[number];
  title: string;
  /** Clauses and controls by their numbers. */
  requirements: readonly string[];
  departments: readonly string[];
  sites: readonly string[];
  plannedFrom: string;
  plannedUntil: string;
  leadId: number;
  externalAuditors?: readonly string[];
}

/** @throws Refusal for whoever plans no audits, and for a lead whose own department it would look at */
export async function planAudit(tx: Queryable, command: CommandContext, fresh: NewAudit): Promise<Audit> {
  refuseUnlessPlans(command);
  const inserted = await insertAudit(tx, command, fresh);
  await refuseConflicts(tx, inserted);
  return inserted;
}

/** As planned; who may, and who audits whom, is the caller's to ask. */
export async function insertAudit(tx: Queryable, command: CommandContext, fresh: NewAudit): Promise<Audit> {
  const { actor, at } = command;
  const { from, until } = daysOf(fresh.plannedFrom, fresh.plannedUntil);
  await refuseUnlessWorking(tx, fresh.leadId);
  const isOurs = fresh.kind === 'internal';
  const programme = isOurs ? await selectOptional(tx, Id, "select id from audit_programme where state <> 'draft' and $1 between from_on and until_on order by state = 'approved' desc, id desc limit 1", [from]) : null; // prettier-ignore
  const certification = isOurs ? null : await selectOptional(tx, Id, "select id from certification where state not in ('withdrawn', 'expired') order by id desc limit 1"); // prettier-ignore
  const sites = distinct(fresh.sites);
  const inserted = await audits.insert(
    tx,
    command,
    {
      state: 'planned',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      kind: fresh.kind,
      programme_id: programme?.id ?? null,
      certification_id: certification?.id ?? null,
      title: required(fresh.title, 'The title', 200),
      lead_id: fresh.leadId,
      external_auditors: distinct(fresh.externalAuditors ?? []),
      departments: await knownDepartments(tx, fresh.departments),
      sites,
      planned_from: from,
      planned_until: until,
    },
    () => ({ action: 'audit.planned', detail: { kind: fresh.kind, from, lead: fresh.leadId } }),
  );
  await insertCoverage(tx, command, inserted, fresh.requirements);
  await logScope(tx, command, inserted, fresh.requirements);
  return inserted;
}

function daysOf(plannedFrom: string, plannedUntil: string): { from: string; until: string } {
  const from = requiredDay(plannedFrom, 'The first day');
  const until = requiredDay(plannedUntil, 'The last day');
  if (until < from) throw new Refusal('The last day comes before the first.');
  return { from, until };
}

/** A row each, at every site that it visits. */
async function insertCoverage(
  tx: Queryable,
  { actor, at }: CommandContext,
  { id, sites }: Pick<Audit, 'id' | 'sites'>,
  said: readonly string[],
): Promise<void> {
  const unknown = said.find((each) => !auditable().has(each));
  if (unknown !== undefined) throw new Refusal(`«${unknown}» is none of the 30 clauses and 93 controls.`);
  await tx.query(
    `insert into audit_coverage (audit_id, requirement, site, state, noted_by, noted_at)
     select $1, requirement, site, 'planned', $4, $5 from unnest($2::text[]) requirement, unnest($3::text[]) site
     on conflict (audit_id, requirement, site) do nothing`,
    [id, said, sites.length === 0 ? [''] : sites, actor.id, at],
  );
}

/** What it looks at from now on. What was looked at already, or left out with a word, stays. The caller has it locked. */
export async function setScope(tx: Queryable, command: CommandContext, audit: Audit, said: readonly string[]): Promise<void> {
  if (said.length === 0) throw new Refusal('Say at least one clause, control or theme, as «A.5.15 to A.5.18» or «access».');
  await tx.query("delete from audit_coverage where audit_id = $1 and state = 'planned' and (not requirement = any($2) or not site = any($3))", [audit.id, said, audit.sites.length === 0 ? [''] : audit.sites]);
  await insertCoverage(tx, command, audit, said);
  await logScope(tx, command, audit, said);
} // prettier-ignore

function logScope(tx: Queryable, command: CommandContext, audit: Audit, requirements: readonly string[]) {
  const detail = { requirements: [...requirements] };
  return log(tx, command, { action: 'audit.scoped', record: audits.nameOf(audit), detail });
}

export interface Replanned {
  title: string;
  plannedFrom: string;
  plannedUntil: string;
  leadId: number;
  departments: readonly string[];
  sites: readonly string[];
}

/** The columns that change. The caller has it locked, and asks for conflicts once they are written. */
export async function replanned(tx: Queryable, audit: Audit, said: Replanned): Promise<Record<string, unknown>> {
  const { from, until } = daysOf(said.plannedFrom, said.plannedUntil);
  if (said.leadId !== audit.leadId) await refuseUnlessWorking(tx, said.leadId);
  const wanted = {
    title: required(said.title, 'The title', 200),
    planned_from: from,
    planned_until: until,
    lead_id: said.leadId,
    departments: await knownDepartments(tx, said.departments),
    sites: distinct(said.sites),
  };
  const { title, plannedFrom, plannedUntil, leadId, departments, sites } = audit;
  const before: Record<string, unknown> = { title, planned_from: plannedFrom, planned_until: plannedUntil, lead_id: leadId, departments, sites };
  return Object.fromEntries(Object.entries(wanted).filter(([column, value]) => JSON.stringify(value) !== JSON.stringify(before[column])));
} // prettier-ignore

/** @param part  null takes them out again. The caller has it locked */
export async function setMember(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  personId: number,
  part: 'auditor' | 'observer' | null,
): Promise<void> {
  if (personId === audit.leadId) throw new Refusal('They lead it already.');
  if (part === null) {
    const { rowCount } = await tx.query('delete from audit_member where audit_id = $1 and person_id = $2', [audit.id, personId]); // prettier-ignore
    if (rowCount === 0) throw new Refusal('They are not in its team.');
    return log(tx, command, {
      action: 'audit.left',
      record: audits.nameOf(audit),
      detail: { person: personId },
    });
  }
  await refuseUnlessWorking(tx, personId);
  await tx.query(
    `insert into audit_member (audit_id, person_id, part) values ($1, $2, $3)
     on conflict (audit_id, person_id) do update set part = excluded.part`,
    [audit.id, personId, part],
  );
  await refuseConflicts(tx, audit);
  const detail = { person: personId, part };
  await log(tx, command, { action: 'audit.joined', record: audits.nameOf(audit), detail });
}

export interface NewTalk {
  heldOn: string;
  begins: string | null;
  topic: string;
  auditorId: number | null;
  auditeeId: number | null;
}

/** The caller has it locked. */
export async function addTalk(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  talk: NewTalk,
): Promise<void> {
  const heldOn = requiredDay(talk.heldOn, 'The day');
  if (heldOn < audit.plannedFrom || heldOn > audit.plannedUntil)
    throw new Refusal(`${audit.reference} goes from ${audit.plannedFrom} to ${audit.plannedUntil}: choose a day within, or change its days first.`); // prettier-ignore
  if (talk.begins !== null && !/^([01]?\d|2[0-3]):[0-5]\d$/.test(talk.begins))
    throw new Refusal(`«${talk.begins}» is no time of day. Write it as 09:30.`);
  const { rows } = await tx.query(
    `insert into audit_plan_item (audit_id, held_on, begins, topic, auditor_id, auditee_id, department)
     values ($1, $2, $3, $4, $5, $6, (select department from person where id = $6)) returning id`,
    [audit.id, heldOn, optional(talk.begins?.padStart(5, '0'), 'The time', 5), storable(required(talk.topic, 'The topic', 200)), talk.auditorId, talk.auditeeId], // prettier-ignore
  );
  await refuseConflicts(tx, audit);
  const detail = { item: Number(rows[0]?.id), day: heldOn };
  await log(tx, command, { action: 'audit.scheduled', record: audits.nameOf(audit), detail });
}

/** The caller has it locked, and has asked who may. */
export async function dropTalk(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  item: number,
): Promise<void> {
  const { rowCount } = await tx.query('delete from audit_plan_item where id = $1 and audit_id = $2', [item, audit.id]); // prettier-ignore
  if (rowCount === 0) throw new Refusal('That talk is not in the plan any more.');
  await log(tx, command, { action: 'audit.unscheduled', record: audits.nameOf(audit), detail: { item } });
}
