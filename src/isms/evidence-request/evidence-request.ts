/**
 * Evidence that a requirement asks for: asked of its owner, brought, looked at by somebody else, accepted for a time, and brought
 * anew before it runs out. Its pieces are evidence of the house (records/evidence.ts). Owns `evidence_request`.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addWorkingDays, dayOf, inFull } from '../../language/calendar.ts';
import {
  isIsmsManager,
  isReadOnly,
  namesOf,
  optional,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import {
  permission,
  personIn,
  type PermissionDeclaration,
  type Who,
  ismsManagerAlone,
} from '../../records/permission.ts';
import { selectByRole } from '../../records/person.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { requirements as known } from '../../records/requirement.ts';
import { selectSetting } from '../../records/setting.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { refuseUnlessAsksIn, selectAuditOfVisitor } from './in-audit.ts';

const text = z.string().nullable();
const EvidenceRequest = recordSchema(
  ['requested', 'submitted', 'in_review', 'accepted', 'rejected', 'expiring', 'expired', 'withdrawn'],
  {
    stateBy: z.number().nullable(),
    stateByName: text,
    stateAt: z.date(),
    stateReason: text,
    title: z.string(),
    requirements: z.array(z.string()),
    what: z.string(),
    ownerId: z.number(),
    askedBy: z.number(),
    askedByName: z.string(),
    askedAt: z.date(),
    dueOn: z.string(),
    toldAt: z.date().nullable(),
    forAuditor: z.boolean(),
    auditId: z.number().nullable(),
    givenAt: z.date().nullable(),
    givenByName: text,
    months: z.number().nullable(),
    datedOn: text,
    acceptedAt: z.date().nullable(),
    acceptedByName: text,
    /** The last day on which it counts. */
    expiresOn: text,
  },
);
export type EvidenceRequest = z.infer<typeof EvidenceRequest>;

/** SQL for those who brought what waits for a verdict, by id. */
const bringersSql = `(select uploaded_by from evidence join evidence_revision revision on evidence_id = evidence.id
  where belongs_to = 'evidence_request:' || evidence_request.id and evidence.state in ('submitted', 'in_review')
    and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id))`;
/** SQL that is true for somebody who neither owns it nor brought what waits. @param id  SQL for their id */
const standsOutside = (id: string) => `(${id} <> evidence_request.owner_id and ${id} not in ${bringersSql})`;
/** SQL for everybody whose to judge it is: the asker, ISMS managers and the lead of its audit. */
const judgesSql = `(select person.id from person where active and ${standsOutside('person.id')} and (person.id = evidence_request.asked_by
  or 'isms_manager' = any(person.roles) or exists (select from audit where audit.id = evidence_request.audit_id and lead_id = person.id)))`;
/** SQL for those to whom the owner and the bringers report: theirs where all of the others own or brought it. */
const abovesSql = `(select above.id from person above where above.active and ${standsOutside('above.id')}
  and exists (select from person below where below.manager_id = above.id and (below.id = evidence_request.owner_id or below.id in ${bringersSql})))`;

const Facts = z.object({ pieces: z.number(), lookers: z.array(z.number()) });
/** Pieces that count or wait for a verdict, and whose that verdict is. */
export type EvidenceRequestFacts = z.infer<typeof Facts>;

export function selectRequestFacts(tx: Queryable, { id }: { id: number }): Promise<EvidenceRequestFacts> {
  return selectOne(
    tx,
    Facts,
    `select (select count(*) from evidence where belongs_to = 'evidence_request:' || evidence_request.id and state <> 'rejected') as pieces,
       coalesce(nullif(array${judgesSql}, '{}'), array${abovesSql}) as lookers
     from evidence_request where id = $1`,
    [id],
  );
}

type Row = EvidenceRequest;
type Of = EvidenceRequestFacts;

const brings = permission<Row, Of>({
  code: (actor, { ownerId }) => actor.id === ownerId || isIsmsManager(actor),
  sql: '($2 or owner_id = $1)',
  refusal: async (tx, _command, { ownerId, reference }) =>
    `Only ${await namesOf(tx, [ownerId])} can do that: ${reference} is asked of them.`,
});
/** Nobody judges what they brought, or what is asked of them; an auditor takes what they asked for once it is given. */
const reviews = permission<Row, Of>({
  code: (actor, row, { lookers }) => lookers.includes(actor.id) && (row.givenAt !== null || !waitsFor(actor, row)),
  sql: `((given_at is not null or not (for_auditor and asked_by = $1)) and ${standsOutside('$1')} and (asked_by = $1 or $2
    or exists (select from audit where audit.id = evidence_request.audit_id and lead_id = $1)
    or ($1 in ${abovesSql} and not exists ${judgesSql})))`,
  async refusal(tx, { actor }, row, { lookers }) {
    if (lookers.includes(actor.id)) return `${row.reference} is given to you by the ISMS manager first.`;
    const { ownerId, reference } = row;
    const isOwn = actor.id === ownerId || isIsmsManager(actor) || actor.id === row.askedBy;
    const who = lookers.length === 0 ? 'somebody else whom the ISMS manager has to name' : await namesOf(tx, lookers);
    return `Only ${who} can do that: ${isOwn ? 'nobody accepts their own evidence' : `they look at ${reference}`}.`;
  },
  readersToo: true,
}); // prettier-ignore
function waitsFor({ id }: Who, { forAuditor, askedBy }: Row): boolean {
  return forAuditor && askedBy === id;
}
const asker: PermissionDeclaration<Row, Of> = {
  code: (actor, { askedBy }) => actor.id === askedBy || isIsmsManager(actor),
  sql: '($2 or asked_by = $1)',
  refusal: async (tx, _command, { askedBy, reference }) =>
    `Only ${await namesOf(tx, [askedBy])} or the ISMS manager can do that: they asked for ${reference}.`,
};
const leads = permission<Row, Of>(asker);
/** An auditor may take back what they asked for. */
const takesBack = permission<Row, Of>({ ...asker, readersToo: true });
const passes = permission<Row, Of>({
  code: (actor, { askedBy, ownerId }) => actor.id === askedBy || actor.id === ownerId || isIsmsManager(actor),
  sql: '($2 or $1 in (asked_by, owner_id))',
  refusal: async (tx, _command, { askedBy, ownerId }) => `Only ${await namesOf(tx, [ownerId, askedBy])} can do that.`,
}); // prettier-ignore
const gives = ismsManagerAlone<Row, Of>(
  'Only the ISMS manager can do that: they answer for what an auditor is given.',
);

const brought: Need<Row, Of> = { lacks: 'a file or a link', met: (_row, { pieces }) => pieces > 0 };
const asked: Need<Row, Of> = { lacks: 'an auditor who asked for it', met: ({ forAuditor }) => forAuditor };
const kept: Need<Row, Of> = {
  lacks: 'anything that was not given yet',
  met: ({ givenAt }) => givenAt === null,
};

const bring = { to: 'submitted', by: brings } as const;
const review = { to: 'in_review', by: reviews, needs: [brought] } as const;
const accept = { to: 'accepted', by: reviews, needs: [brought] } as const;
const reject = { to: 'rejected', by: reviews, needs: [brought] } as const;
const withdraw = { to: 'withdrawn', by: takesBack } as const;
const give = { by: gives, needs: [asked, brought, kept] } as const;
const open = { bring, passOn: { by: passes }, change: { by: leads }, withdraw } as const;

export const requestStates = declareStates<Row['state'], Row, Of>('requested', {
  requested: open,
  submitted: {
    review,
    bring,
    takeBack: { to: 'requested', by: personIn('ownerId') },
    give,
    withdraw,
  },
  in_review: { review, accept, reject, bring, give, withdraw },
  rejected: open,
  accepted: { bring, give, change: { by: leads }, runLow: { to: 'expiring', by: null }, withdraw },
  expiring: { bring, give, passOn: { by: passes }, runOut: { to: 'expired', by: null }, withdraw },
  expired: open,
  withdrawn: {},
});

/** Whether it is this person's to make now, and nothing is missing for it. */
export function canMake(move: string, actor: Who, row: Row, facts: Of): boolean {
  return (
    requestStates.may(move, actor, row, facts) && requestStates.step(move, row, facts)?.lacks.length === 0
  );
}

/** SQL for what waits for a look of the person: theirs to judge, or to give to the auditor who asked, who takes it then as long as they are here. */
export const toLookAtSql = `(state in ('submitted', 'in_review') and ((for_auditor and given_at is null and $2)
  or ((given_at is null or asked_by = $1 or not exists (select from person where person.id = asked_by and active)) and ${reviews.sql})))`;

/** Those who are to bring something: nothing was brought yet, it was sent back, or it runs out. */
export const openStates = requestStates.from('passOn');

export const evidenceRequests = declareRecord<
  typeof EvidenceRequest,
  | 'state'
  | 'state_by'
  | 'state_by_name'
  | 'state_reason'
  | 'title'
  | 'requirements'
  | 'what'
  | 'owner_id'
  | 'audit_id'
  | 'due_on'
  | 'told_at'
  | 'given_at'
  | 'given_by'
  | 'given_by_name'
  | 'months'
  | 'dated_on'
  | 'accepted_at'
  | 'accepted_by'
  | 'accepted_by_name'
  | 'expires_on'
>({
  table: 'evidence_request',
  prefix: 'EV',
  schema: EvidenceRequest,
  ended: ['withdrawn'],
  written: ['title', 'what', 'requirements', 'due_on', 'months', 'state_reason', 'owner_id'],
  reads: `($2 or $1 in (owner_id, asked_by) or exists (select from person where person.id = $1 and roles && '{auditor,admin}')
    or exists (select from person where manager_id = $1 and (person.id = owner_id or person.id in ${bringersSql}))
    or exists (select from audit left join audit_member on audit_member.audit_id = audit.id where audit.id = evidence_request.audit_id and $1 in (lead_id, person_id)))`,
  // What an auditor asked for is theirs to open once it is given.
  async opens(tx, actor, id) {
    if (!isReadOnly(actor)) return true;
    const { rowCount } = await tx.query(
      'select from evidence_request where id = $1 and for_auditor and given_at is null',
      [id],
    );
    return rowCount === 0;
  },
});

export interface NewRequest {
  title: string;
  requirements: readonly string[];
  what: string;
  ownerId: number;
  /** Null for the usual days. */
  dueOn: string | null;
  /** Null for what counts until a newer one is brought. */
  months: number | null;
  /** Its owner is told by the caller, in a message of its own. */
  urgent: boolean;
  /** The audit that it is asked for in; without one, that for which an auditor from outside was let in. */
  auditId?: number | null;
}

const mayAsk = permission<{ ownerId: number }>({
  code: ({ roles }) => roles.some((role) => ['isms_manager', 'manager', 'auditor'].includes(role)),
  sql: '$2',
  refusal: async (tx) =>
    `Evidence is asked for by the ISMS manager, managers and auditors. Tell ${await namesOf(
      tx,
      (await selectByRole(tx, 'isms_manager')).map(({ id }) => id),
    )} what you need.`,
  readersToo: true,
});

export function mayAskForEvidence(actor: { id: number; roles: readonly string[] }): boolean {
  return mayAsk.allows(actor, { ownerId: 0 });
}

/**
 * Of somebody who works here. What an auditor from outside asks for is on their list, and asked of the ISMS manager, who passes it
 * on: whom they name is for the caller to leave out.
 *
 * @throws Refusal for what is asked for already, a day that is past, no requirement, or an audit in which they have no part
 */
export async function askForEvidence(tx: Queryable, command: CommandContext, fresh: NewRequest): Promise<Row> {
  const { actor, at } = command;
  const forAuditor = isReadOnly(actor);
  const auditId = fresh.auditId ?? (forAuditor ? await selectAuditOfVisitor(tx, actor) : null);
  if (auditId === null) await mayAsk.refuseUnless(tx, command, fresh);
  else await refuseUnlessAsksIn(tx, command, auditId);
  const [manager] = await selectByRole(tx, 'isms_manager');
  if (forAuditor && manager === undefined) throw new Refusal('Nobody here is ISMS manager, who would have to answer that.');
  const ownerId = forAuditor ? (manager?.id ?? 0) : fresh.ownerId;
  await refuseUnlessWorking(tx, ownerId);
  const title = required(fresh.title, 'What it is called', 200);
  const unknown = fresh.requirements.find((each) => !known().has(each));
  if (unknown !== undefined) throw new Refusal(`«${unknown}» is no clause or control. Write it as 9.2 or A.8.13.`);
  if (fresh.requirements.length === 0 && !forAuditor)
    throw new Refusal('Say for which clause or control it is, as 9.2 or A.8.13.');
  const today = dayOf(at, actor.timeZone);
  const { days } = await selectSetting(tx, 'evidence.requests');
  const dueOn = fresh.dueOn ?? addWorkingDays(today, forAuditor ? daysForAuditor : days);
  if (dueOn < today) throw new Refusal(`${inFull(dueOn)} is past. Say a day to come.`);
  const [same] = await evidenceRequests.selectWhere(tx, "owner_id = $1 and lower(title) = lower($2) and state <> 'withdrawn'", [ownerId, title]);
  if (same !== undefined)
    throw new Refusal(`${same.reference} asks ${await namesOf(tx, [ownerId])} for «${same.title}» already.`);
  await lookSoon(tx, [ownerId], at);
  return evidenceRequests.insert(
    tx,
    command,
    {
      state: 'requested', state_by: actor.id, state_by_name: actor.name, state_at: at, title,
      requirements: [...new Set(fresh.requirements)], what: optional(fresh.what, 'What it has to show') ?? title, owner_id: ownerId,
      asked_by: actor.id, asked_by_name: actor.name, asked_at: at, due_on: dueOn, told_at: fresh.urgent || forAuditor ? at : null,
      for_auditor: forAuditor, audit_id: auditId, months: fresh.months,
    },
    () => ({ action: 'evidence_request.asked', detail: { owner: ownerId, due: dueOn, forAuditor } }),
  );
} // prettier-ignore

/** Working days in which an auditor who is here for a few days has it. */
const daysForAuditor = 1;

/** What it asks for, as another list or its form says it. @throws Refusal for whoever did not ask, and in states in which that is settled */
export async function changeRequest(
  tx: Queryable,
  command: CommandContext,
  row: Row,
  said: Partial<
    Pick<NewRequest, 'title' | 'what' | 'months' | 'auditId'> & {
      dueOn: string;
      requirements: readonly string[];
    }
  >,
): Promise<Row> {
  const facts = await selectRequestFacts(tx, row);
  if (requestStates.step('change', row, facts) === null)
    throw new Refusal(`${row.reference} is ${row.state.replace('_', ' ')}: what it asks for is settled`);
  await requestStates.by('change', row.state)?.refuseUnless(tx, command, row, facts);
  const { dueOn, requirements, auditId, ...rest } = said;
  if (auditId !== undefined && auditId !== null) await refuseUnlessAsksIn(tx, command, auditId);
  const values = {
    ...rest,
    ...(auditId === undefined ? {} : { audit_id: auditId }),
    ...(dueOn === undefined ? {} : { due_on: dueOn }),
    ...(requirements === undefined ? {} : { requirements: [...requirements] }),
  };
  return evidenceRequests.change(tx, command, row, values, () => ({
    action: 'evidence_request.changed',
    detail: { from: row.state, to: row.state },
  }));
}
