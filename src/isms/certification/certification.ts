/** The certificate on its way and for its years, and the body that gives it. Owns `certification`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import {
  isIsmsManager,
  namesOf,
  optional,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Move, type Need } from '../../records/states.ts';
import { BodyRules, certificationSql, endedStates } from './rules.ts';

const text = z.string().nullable();
/** Kinds of audits that a body holds, as `audit.kind` has them. */
export const visitKinds = ['stage1', 'stage2', 'surveillance', 'recertification'] as const;
const AuditDays = z.partialRecord(z.enum(visitKinds), z.number().positive().max(365));
export type AuditDays = z.infer<typeof AuditDays>;

const Certification = recordSchema(
  ['preparing', 'stage1_done', 'stage2_done', 'major_open', 'certified', 'surveillance_1', 'surveillance_2', 'recertification', 'suspended', ...endedStates],
  {
    stateAt: z.date(),
    stateReason: text,
    suspendedFrom: text,
    body: z.string(),
    scope: z.string(),
    standard: z.string(),
    certificateNumber: text,
    soaVersion: text,
    visitedOn: text,
    decidedOn: text,
    validUntil: text,
    auditDays: AuditDays,
    auditors: z.array(z.string()),
    contact: text,
    rules: BodyRules,
    ownerId: z.number(),
  },
); // prettier-ignore
export type Certification = z.infer<typeof Certification>;
export type CertificationState = Certification['state'];

/** States in which there is a certificate to show. */
const validStates = ['certified', 'surveillance_1', 'surveillance_2', 'recertification'] as const;

const Facts = z.object({ majors: z.number() });
/** Majors of its external audits that the body has not verified yet. */
export type CertificationFacts = z.infer<typeof Facts>;

/** SQL that is true for findings of its audits. @param id  SQL for its id */
export const findingOfSql = (id: string) =>
  `(nonconformity.source = 'external_audit' and ${certificationSql('nonconformity.audit_id')} = ${id})`;

export function selectCertificationFacts(tx: Queryable, { id }: { id: number }): Promise<CertificationFacts> {
  return selectOne(
    tx,
    Facts,
    `select count(*) as majors from nonconformity
     where grade = 'major' and body_closed_on is null and state <> 'rejected' and ${findingOfSql('$1')}`,
    [id],
  );
}

const keeps = permission<Pick<Certification, 'ownerId'>, unknown>({
  code: (actor, { ownerId }) => isIsmsManager(actor) || actor.id === ownerId,
  sql: '($2 or owner_id = $1)',
  refusal: async (tx, _command, { ownerId }) =>
    `Only ${await namesOf(tx, [ownerId])} and the ISMS manager can do that: they speak with the certification body.`,
});
/** Whoever keeps it, where the suspension came from that state. */
const lifts = (state: string) =>
  permission<Pick<Certification, 'ownerId' | 'suspendedFrom'>, unknown>({
    code: (actor, row) => row.suspendedFrom === state && keeps.allows(actor, row, undefined),
    sql: `(suspended_from = '${state}' and ($2 or owner_id = $1))`,
    refusal: async (tx, _command, { ownerId }) =>
      `Only ${await namesOf(tx, [ownerId])} and the ISMS manager can lift it, to where it was suspended from.`,
  });

const need = (lacks: string | null, met: (row: Certification, facts: CertificationFacts) => boolean): Need<Certification, CertificationFacts> => ({ lacks, met }); // prettier-ignore
const visited = need('visited_on', ({ visitedOn }) => visitedOn !== null);
const decided = need('decided_on', ({ decidedOn }) => decidedOn !== null);
const ends = need('valid_until', ({ validUntil }) => validUntil !== null);
const hasMajors = need(null, (_row, { majors }) => majors > 0);
const noMajors = need('majors that the body has verified', (_row, { majors }) => majors === 0);

type Step = Move<CertificationState, Certification, CertificationFacts, Certification>;
const correct: Step = { by: keeps };
const rule: Step = { by: keeps };
const reckon: Step = { by: keeps };
const withdraw: Step = { to: 'withdrawn', by: keeps };
const suspend: Step = { to: 'suspended', by: keeps };
const certify: Step = { to: 'certified', by: keeps, needs: [noMajors], leaves: [decided, ends] };
const valid = { suspend, correct, rule, reckon, withdraw, expire: { to: 'expired', by: null, needs: [need(null, () => false)] } } satisfies Record<string, Step>; // prettier-ignore
const recertify: Step = { to: 'recertification', by: keeps };

export const certificationStates = declareStates<CertificationState, Certification, CertificationFacts>(
  'preparing',
  {
    preparing: { stage1: { to: 'stage1_done', by: keeps, leaves: [visited] }, correct, rule, reckon, withdraw },
    stage1_done: { stage2: { to: 'stage2_done', by: keeps, leaves: [visited] }, correct, rule, reckon, withdraw },
    stage2_done: { openMajors: { to: 'major_open', by: null, needs: [hasMajors] }, certify, correct, rule, reckon, withdraw },
    major_open: { verifyMajors: { to: 'stage2_done', by: null, needs: [noMajors] }, repeatStage2: { to: 'stage1_done', by: keeps }, correct, rule, reckon, withdraw },
    certified: { surveillance1: { to: 'surveillance_1', by: keeps }, ...valid },
    surveillance_1: { surveillance2: { to: 'surveillance_2', by: keeps }, recertify, ...valid },
    surveillance_2: { recertify, surveillance: { by: keeps }, ...valid },
    recertification: { certify, ...valid },
    suspended: {
      ...Object.fromEntries(validStates.map((state) => [`lift_${state}`, { to: state, by: lifts(state) } satisfies Step])),
      correct, rule, reckon, withdraw, expire: valid.expire,
    },
    withdrawn: {},
    expired: {},
  },
); // prettier-ignore

export const certifications = declareRecord<
  typeof Certification,
  | 'state' | 'state_reason' | 'suspended_from' | 'body' | 'scope' | 'standard' | 'certificate_number' | 'soa_version' | 'visited_on' | 'decided_on'
  | 'valid_until' | 'audit_days' | 'auditors' | 'contact' | 'rules' | 'owner_id'
>({
  table: 'certification',
  prefix: 'CE',
  schema: Certification,
  ended: endedStates,
  written: ['state_reason', 'body', 'scope', 'standard', 'certificate_number', 'soa_version', 'decided_on', 'valid_until', 'audit_days', 'auditors', 'contact', 'rules'],
  // A certificate is shown to whoever asks; the way there is for those who answer for it.
  reads: `(owner_id = $1 or $2 or state in (${validStates.map((state) => `'${state}'`).join(', ')})
    or exists (select from person where person.id = $1 and roles && array['manager', 'auditor']))`,
}); // prettier-ignore

export interface NewCertification {
  body: string;
  scope: string;
  standard?: string | null;
  soaVersion?: string | null;
  contact?: string | null;
  auditDays?: AuditDays;
  /** The actor where nobody is named. */
  ownerId?: number | null;
}

/** By the ISMS manager. @throws Refusal for one of that body and standard that still runs */
export async function recordCertification(
  tx: Queryable,
  command: CommandContext,
  fresh: NewCertification,
): Promise<Certification> {
  const { actor, at } = command;
  refuseReadOnly(command);
  if (!isIsmsManager(actor)) throw new Refusal('Only the ISMS manager records a certification.');
  const body = required(fresh.body, 'The certification body', 200);
  const standard = optional(fresh.standard, 'The standard', 200) ?? 'ISO/IEC 27001:2022';
  const known = await selectOptionalRunning(tx, body, standard);
  if (known !== null) throw new Refusal(`${known.reference} is the certification by ${body} already.`);
  const ownerId = fresh.ownerId ?? actor.id;
  await refuseUnlessWorking(tx, ownerId);
  return certifications.insert(
    tx,
    command,
    {
      state: 'preparing',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      body,
      scope: required(fresh.scope, 'The scope'),
      standard,
      soa_version: optional(fresh.soaVersion, 'The version', 200),
      contact: optional(fresh.contact, 'The contact', 200),
      audit_days: toJsonb(fresh.auditDays ?? {}),
      owner_id: ownerId,
    },
    ({ state }) => ({ action: 'certification.recorded', detail: { body, state } }),
  );
}

/** By that body, of that standard, and not ended. */
export async function selectOptionalRunning(
  tx: Queryable,
  body: string,
  standard: string,
): Promise<Certification | null> {
  const where = 'lower(body) = lower($1) and lower(standard) = lower($2) and not state = any($3)';
  const [found] = await certifications.selectWhere(tx, where, [body.trim(), standard.trim(), endedStates]);
  return found ?? null;
}

/** @throws Refusal for a day to come */
export function heldOn({ at, actor }: CommandContext, day: string | null): string {
  const held = required(day, 'The day', 10);
  if (held > dayOf(at, actor.timeZone))
    throw new Refusal(`${dayInWords(held)} is still to come: note it once it was held.`);
  return held;
}
