/** What an audit came to, as its report has it: read whole, and known by its hash, which those who sign it sign. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import { auditable } from '../../records/requirement-set.ts';
import { snapshotHash } from '../../records/revision.ts';
import { Audit, type SignOffPart } from './audit.ts';

const text = z.string().nullable();
export const Talk = z.object({
  id: z.number(),
  heldOn: z.string(),
  begins: text,
  topic: z.string(),
  auditor: text,
  auditeeId: z.number().nullable(),
  auditee: text,
  department: text,
});
export type Talk = z.infer<typeof Talk>;

const Member = z.object({ personId: z.number(), name: z.string(), part: z.enum(['auditor', 'observer']) });
export const Looked = z.object({
  requirement: z.string(),
  site: z.string(),
  state: z.enum(['planned', 'covered', 'left_out']),
  note: text,
});
export type Looked = z.infer<typeof Looked>;
const Sample = z.object({
  id: z.number(),
  requirement: z.string(),
  population: z.string(),
  size: z.number(),
  ofTotal: z.number().nullable(),
  chosenBy: z.string(),
  items: z.string(),
  result: text,
  takenByName: z.string(),
  takenAt: z.date(),
});
export type Sample = z.infer<typeof Sample>;
const Finding = z.object({
  reference: z.string(),
  title: z.string(),
  requirement: z.string(),
  grade: z.string(),
  evidenceSeen: z.string(),
  gap: z.string(),
  state: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export function selectTalks(tx: Queryable, auditId: number): Promise<Talk[]> {
  return selectAll(
    tx,
    Talk,
    `select item.id, held_on, begins, topic, auditor.name as auditor, auditee_id, auditee.name as auditee, coalesce(item.department, auditee.department) as department
     from audit_plan_item item left join person auditor on auditor.id = auditor_id left join person auditee on auditee.id = auditee_id
     where audit_id = $1 order by held_on, begins nulls last, item.id`,
    [auditId],
  );
} // prettier-ignore

export function selectTeam(tx: Queryable, auditId: number): Promise<z.infer<typeof Member>[]> {
  return selectAll(
    tx,
    Member,
    'select person_id, name, part from audit_member join person on person.id = person_id where audit_id = $1 order by audit_member.id',
    [auditId],
  );
}

/** In the order of the standard. */
async function selectLooked(tx: Queryable, auditId: number): Promise<Looked[]> {
  const order = [...auditable().keys()];
  const rows = await selectAll(
    tx,
    Looked,
    'select requirement, site, state, note from audit_coverage where audit_id = $1 order by site, id',
    [auditId],
  );
  return rows.toSorted(
    (one, other) => order.indexOf(one.requirement) - order.indexOf(other.requirement) || one.site.localeCompare(other.site),
  );
} // prettier-ignore

function selectSamples(tx: Queryable, auditId: number): Promise<Sample[]> {
  return selectAll(
    tx,
    Sample,
    `select id, requirement, population, size, of_total, chosen_by, items, result, taken_by_name, taken_at
     from audit_sample where audit_id = $1 order by id`,
    [auditId],
  );
}

/** Findings that it led to, in whatever state they are by now; those that were found to be none are not among them. */
function selectFindings(tx: Queryable, auditId: number): Promise<Finding[]> {
  return selectAll(
    tx,
    Finding,
    `select reference, title, requirement, grade, evidence_seen, gap, state from nonconformity
     where audit_id = $1 and state <> 'rejected' order by array_position(array['major', 'minor', 'ofi', 'observation'], grade), id`,
    [auditId],
  );
}

const SignOff = z.object({
  part: z.enum(['lead', 'isms_manager']),
  name: z.string(),
  contentHash: z.string(),
  signedAt: z.date(),
});
export type SignOff = z.infer<typeof SignOff>;

export function selectSignOffs(tx: Queryable, auditId: number): Promise<SignOff[]> {
  return selectAll(
    tx,
    SignOff,
    'select part, name, content_hash, signed_at from audit_sign_off where audit_id = $1 order by signed_at, part desc',
    [auditId],
  );
}

export interface AuditReport {
  audit: Audit;
  lead: string;
  team: z.infer<typeof Member>[];
  talks: Talk[];
  looked: Looked[];
  samples: Sample[];
  findings: Finding[];
}

export async function selectReport(tx: Queryable, audit: Audit): Promise<AuditReport> {
  const { name } = await selectOne(tx, z.object({ name: z.string() }), 'select name from person where id = $1', [audit.leadId]); // prettier-ignore
  return {
    audit,
    lead: name,
    team: await selectTeam(tx, audit.id),
    talks: await selectTalks(tx, audit.id),
    looked: await selectLooked(tx, audit.id),
    samples: await selectSamples(tx, audit.id),
    findings: await selectFindings(tx, audit.id),
  };
}

/** What is signed: what was audited, seen and found. States, which go on, are no part of it; nor are notes, from which it was written. */
export function signedContent({ audit, lead, team, talks, looked, samples, findings }: AuditReport): Record<string, unknown> {
  const { reference, kind, title, criteria, scope, methods, externalAuditors, departments, sites, heldFrom, heldUntil, conclusion } = audit;
  return {
    audit: { reference, kind, title, criteria, scope, methods, lead, externalAuditors, departments, sites, heldFrom, heldUntil, conclusion },
    team: team.map(({ name, part }) => ({ name, part })),
    talks: talks.map(({ heldOn, begins, topic, auditor, auditee, department }) => ({ heldOn, begins, topic, auditor, auditee, department })),
    looked: [...looked],
    samples: [...samples],
    findings: findings.map(({ reference: finding, title: of, requirement, grade, evidenceSeen, gap }) => ({ reference: finding, title: of, requirement, grade, evidenceSeen, gap })),
  };
} // prettier-ignore

/** Signatures that are of the report as it is now: what was changed since is signed anew. */
export async function selectSigned(tx: Queryable, audit: Audit): Promise<SignOffPart[]> {
  const signOffs = await selectSignOffs(tx, audit.id);
  if (signOffs.length === 0) return [];
  const hash = snapshotHash(signedContent(await selectReport(tx, audit)));
  return signOffs.filter(({ contentHash }) => contentHash === hash).map(({ part }) => part);
}
