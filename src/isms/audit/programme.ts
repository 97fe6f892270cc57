/** The audit programme over several years: drafted, approved by top management or an ISMS manager, and superseded by the next. Owns `audit_programme`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { isIsmsManager, namesOf, required, requiredDay, type CommandContext } from '../../records/command-context.ts'; // prettier-ignore
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema, type OwnEvent } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { refuseUnlessPlans } from './audit.ts';

const AuditProgramme = recordSchema(['draft', 'approved', 'superseded'], {
  title: z.string(),
  fromOn: z.string(),
  untilOn: z.string(),
  objectives: z.string(),
  frequency: z.string(),
  methods: z.string(),
  ownerId: z.number(),
  stateByName: z.string().nullable(),
  stateAt: z.date(),
});
export type AuditProgramme = z.infer<typeof AuditProgramme>;

const people = z.array(z.number());
const Facts = z.object({ approvers: people, leads: people });
/** Who may approve by their place, and who leads audits within its days. */
export type ProgrammeFacts = z.infer<typeof Facts>;

/** Top management reports to nobody. SQL over `person`. */
const approves =
  "active and ('isms_manager' = any(roles) or ('manager' = any(roles) and manager_id is null))";

export function selectProgrammeFacts(tx: Queryable, { fromOn, untilOn }: AuditProgramme): Promise<ProgrammeFacts> {
  return selectOne(
    tx,
    Facts,
    `select array(select id from person where ${approves} order by id) as approvers,
       array(select distinct lead_id from audit where kind = 'internal' and state <> 'cancelled' and planned_from between $1 and $2) as leads`,
    [fromOn, untilOn],
  );
} // prettier-ignore

/** Whoever leads audits of it does not approve it, unless nobody else could. */
function ableToApprove({ approvers, leads }: ProgrammeFacts): number[] {
  const others = approvers.filter((id) => !leads.includes(id));
  return others.length > 0 ? others : [...approvers];
}

const mayApprove = permission<AuditProgramme, ProgrammeFacts>({
  code: (actor, _row, facts) => ableToApprove(facts).includes(actor.id),
  sql: `($1 in (select id from person where ${approves}) and ($1 not in (select lead_id from audit where kind = 'internal' and audit.state <> 'cancelled'
    and planned_from between from_on and until_on) or not exists (select from person where ${approves} and id not in (
    select lead_id from audit where kind = 'internal' and audit.state <> 'cancelled' and planned_from between from_on and until_on))))`,
  refusal: async (tx, { actor }, { reference }, facts) =>
    `Only ${await namesOf(tx, ableToApprove(facts))} can approve ${reference}${facts.leads.includes(actor.id) ? ': you lead audits of it' : ''}.`,
});

const drafts = permission<AuditProgramme, ProgrammeFacts>({
  code: (actor, { ownerId }) => actor.id === ownerId || isIsmsManager(actor),
  sql: '($2 or owner_id = $1)',
  refusal: async (tx, _command, { reference, ownerId }) =>
    `Only ${await namesOf(tx, [ownerId])} or the ISMS manager can change ${reference}.`,
});

export const programmeStates = declareStates<AuditProgramme['state'], AuditProgramme, ProgrammeFacts>('draft', {
  draft: { change: { by: drafts }, approve: { to: 'approved', by: mayApprove } },
  approved: { supersede: { to: 'superseded', by: null, needs: [{ lacks: null, met: () => false }] } },
  superseded: {},
}); // prettier-ignore

export const programmes = declareRecord<
  typeof AuditProgramme,
  'state' | 'title' | 'from_on' | 'until_on' | 'objectives' | 'frequency' | 'methods'
>({
  table: 'audit_programme',
  prefix: 'AP',
  schema: AuditProgramme,
  ended: ['superseded'],
  written: ['title', 'from_on', 'until_on', 'objectives', 'frequency', 'methods'],
  reads: `($2 or owner_id = $1 or exists (select from person where person.id = $1
    and (roles && '{admin,auditor}' or ('manager' = any(roles) and manager_id is null))))`,
});

export interface NewProgramme {
  title: string;
  fromOn: string;
  untilOn: string;
  objectives: string;
  frequency: string;
  methods: string;
}

/** @throws Refusal for whoever plans no audits */
export function draftProgramme(tx: Queryable, command: CommandContext, fresh: NewProgramme): Promise<AuditProgramme> {
  refuseUnlessPlans(command);
  return insertProgramme(tx, command, fresh, { action: 'audit_programme.drafted' });
} // prettier-ignore

/** As it was approved elsewhere. Of two that are approved the later one counts. */
export async function bringProgramme(tx: Queryable, command: CommandContext, fresh: NewProgramme, state: AuditProgramme['state']): Promise<AuditProgramme> {
  const draft = await insertProgramme(tx, command, fresh, { action: 'audit_programme.imported', detail: { state } });
  if (state === 'draft') return draft;
  const [other] = await programmes.selectWhere(tx, "state = 'approved'");
  if (state === 'approved' && other !== undefined) throw new Refusal(`${other.reference} is approved already; bring this one as superseded or as draft`);
  return programmes.change(tx, command, draft, { state }, () => ({ action: state === 'approved' ? 'audit_programme.approved' : 'audit_programme.superseded', detail: { from: draft.state, to: state } }));
} // prettier-ignore

/** @throws Refusal for one that is approved: another takes its place */
export async function amendProgramme(tx: Queryable, command: CommandContext, row: AuditProgramme, said: Partial<NewProgramme>): Promise<void> {
  if (row.state !== 'draft') throw new Refusal(`${row.reference} is ${row.state}: it is not changed any more, another takes its place`);
  await programmes.change(tx, command, row, programmeValues({ ...row, ...said }), () => ({ action: 'audit_programme.changed', detail: { from: row.state, to: row.state } }));
} // prettier-ignore

function insertProgramme(tx: Queryable, command: CommandContext, fresh: NewProgramme, event: OwnEvent): Promise<AuditProgramme> {
  const { actor, at } = command;
  const said = programmeValues(fresh);
  return programmes.insert(
    tx,
    command,
    { state: 'draft', state_by: actor.id, state_by_name: actor.name, state_at: at, owner_id: actor.id, ...said },
    () => event,
  );
} // prettier-ignore

export function programmeValues({ title, fromOn, untilOn, objectives, frequency, methods }: NewProgramme) {
  const from = requiredDay(fromOn, 'Its first day');
  const until = requiredDay(untilOn, 'Its last day');
  if (until <= from) throw new Refusal('Its last day comes before its first.');
  return {
    title: required(title, 'The title', 200),
    from_on: from,
    until_on: until,
    objectives: required(objectives, 'What it is for'),
    frequency: required(frequency, 'How often'),
    methods: required(methods, 'The methods'),
  };
}

/** The one that was approved before is superseded, and planned audits within its days belong to this one. The caller has it locked. */
export async function approveProgramme(tx: Queryable, command: CommandContext, draft: AuditProgramme): Promise<AuditProgramme> {
  const facts = await selectProgrammeFacts(tx, draft);
  const step = programmeStates.step('approve', draft, facts);
  if (step === null) throw new Refusal(`${draft.reference} is ${draft.state} already.`);
  await mayApprove.refuseUnless(tx, command, draft, facts);
  await tx.query("select pg_advisory_xact_lock(hashtext('audit_programme'))");
  for (const old of await programmes.selectWhere(tx, "state = 'approved'"))
    await programmes.change(tx, command, old, { state: 'superseded' }, ({ state }) => ({ action: 'audit_programme.superseded', detail: { from: old.state, to: state } }));
  await tx.query("update audit set programme_id = $1 where kind = 'internal' and state = 'planned' and planned_from between $2 and $3", [draft.id, draft.fromOn, draft.untilOn]);
  return programmes.change(tx, command, draft, { state: step.to }, () => ({ action: 'audit_programme.approved', detail: { from: draft.state, to: step.to } }));
} // prettier-ignore
