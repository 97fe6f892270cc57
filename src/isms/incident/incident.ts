/** Incidents, from the first words on: who has it, what was done, whom the law wants told and by when. Owns `incident`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, toJsonb } from '../../db/rows.ts';
import { isIsmsManager, namesOf, required, type CommandContext } from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { selectByRole, selectOptionalByEmail } from '../../records/person.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { selectSetting } from '../../records/setting.ts';
import { declareStates, type Need } from '../../records/states.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
/** What a reporter is asked, in this order. */
export const asked = ['details', 'began', 'since'] as const;

const Notice = z.object({
  to: z.string(),
  dueAt: z.coerce.date(),
  /** Sent, or found not to be needed, by whom and how. */
  settledAt: z.coerce.date().nullable(),
  settledBy: z.string().nullable(),
  how: z.string().nullable(),
});
type Notice = z.infer<typeof Notice>;

const text = z.string().nullable();
const Incident = recordSchema(['reported', 'contained', 'closed', 'no_incident'], {
  what: z.string(),
  awareAt: z.date(),
  reporterId: z.number(),
  details: text,
  began: text,
  since: text,
  asked: z.number(),
  onCall: z.array(z.number()),
  told: z.array(z.number()),
  toldAt: z.date(),
  takenBy: z.number().nullable(),
  severity: z.enum(severities).nullable(),
  personalData: z.boolean().nullable(),
  containment: text,
  cause: text,
  lessons: text,
  reason: text,
  notices: z.array(Notice),
});
export type Incident = z.infer<typeof Incident>;

const handles = permission<Incident>({
  code: (actor, { onCall, takenBy }) => isIsmsManager(actor) || onCall.includes(actor.id) || takenBy === actor.id,
  sql: '($2 or $1 = any(on_call) or taken_by = $1)',
  refusal: async (tx, _command, { reference, takenBy, onCall }) =>
    `Only ${await namesOf(tx, takenBy === null ? onCall : [takenBy])} can do that: ${reference} is with those on call.`,
}); // prettier-ignore
const takesBack = permission<Incident>({
  code: (actor, { reporterId, takenBy }) => reporterId === actor.id && takenBy === null,
  sql: '(reporter_id = $1 and taken_by is null)',
  refusal: async (tx, _command, { takenBy, onCall }) =>
    `That can be said by its reporter, before somebody has it. Tell ${await namesOf(tx, takenBy === null ? onCall : [takenBy])}.`,
});
const tells = permission<Incident>({
  code: (actor, row) => actor.id === row.reporterId || handles.allows(actor, row),
  sql: '($2 or $1 = any(on_call) or $1 in (taken_by, reporter_id))',
  refusal: async (tx, _command, { reference, reporterId, onCall }) =>
    `Only ${await namesOf(tx, [reporterId, ...onCall])} can add to ${reference}.`,
});
/** As long as they do not have it. */
const takes = permission<Incident>({
  code: (actor, row) => row.takenBy !== actor.id && handles.allows(actor, row),
  sql: '(($2 or $1 = any(on_call)) and taken_by is distinct from $1)',
  refusal: async (tx, { actor }, { reference, takenBy, onCall }) =>
    takenBy === actor.id
      ? `You have ${reference} already.`
      : `Only ${await namesOf(tx, onCall)} can take ${reference}.`,
});
const settles = permission<Incident>({
  code: (actor, row) => row.notices.some(({ settledAt }) => settledAt === null) && handles.allows(actor, row),
  sql: `(($2 or $1 = any(on_call) or taken_by = $1) and notices @> '[{"settledAt": null}]')`,
  refusal: async (_tx, _command, { reference }) =>
    `No notice is owed for ${reference}. Its severity form says when one is.`,
});
const need = (lacks: string, met: (row: Incident) => boolean): Need<Incident, void> => ({ lacks, met });
const judged = need('a severity', ({ severity }) => severity !== null);
const settled = need('the notices that are owed: sent, or why none is needed', ({ notices }) =>
  notices.every(({ settledAt }) => settledAt !== null),
);

const take = { by: takes };
const assess = { by: handles };
const note = { by: tells };
const notice = { by: settles };
const raise = { by: handles };
const dismiss = { to: 'no_incident', by: handles } as const;

export const incidentStates = declareStates<Incident['state'], Incident, void>('reported', {
  reported: { take, contain: { to: 'contained', by: handles }, assess, note, notice, raise, dismiss, takeBack: { to: 'no_incident', by: takesBack } },
  contained: { take, close: { to: 'closed', by: handles, needs: [judged, settled] }, assess, note, notice, raise, dismiss },
  closed: { note, raise },
  no_incident: {},
}); // prettier-ignore

export const incidents = declareRecord<typeof Incident, string>({
  table: 'incident',
  prefix: 'IN',
  schema: Incident,
  ended: ['closed', 'no_incident'],
  written: ['what', ...asked, 'containment', 'cause', 'lessons', 'reason'],
  reads: `(reporter_id = $1 or $2 or $1 = any(on_call) or taken_by = $1
    or exists (select from person where person.id = $1 and 'auditor' = any(roles)))`,
});

/** Those of the setting who work here, in its order, then the ISMS managers. */
async function selectOnCall(tx: Queryable): Promise<number[]> {
  const emails = await selectSetting(tx, 'incident.on_call');
  const people: number[] = [];
  for (const email of emails) {
    const person = await selectOptionalByEmail(tx, email);
    if (person !== null) people.push(person.id);
  }
  const managers = await selectByRole(tx, 'isms_manager');
  return [...new Set([...people, ...managers.map(({ id }) => id)])];
}

/** The first on call who is not the reporter is told of it at once. */
export async function reportIncident(tx: Queryable, command: CommandContext, what: string): Promise<Incident> {
  const { actor, at } = command;
  const onCall = await selectOnCall(tx);
  const first = onCall.find((id) => id !== actor.id);
  const told = [actor.id, ...(first === undefined ? [] : [first])].filter((id) => onCall.includes(id));
  const by = { state: 'reported', state_by: actor.id, state_by_name: actor.name, state_at: at };
  return incidents.insert(
    tx,
    command,
    { ...by, what: required(what, 'What happened'), aware_at: at, reporter_id: actor.id, on_call: onCall, told, told_at: at },
    () => ({ action: 'incident.reported', detail: { told: told.filter((id) => id !== actor.id) } }),
  );
} // prettier-ignore

/** What somebody reported in these very words within the hour: sent twice, or said again because nothing seemed to happen. Locked. */
export async function selectOptionalSame(tx: Queryable, { actor, at }: CommandContext, what: string): Promise<Incident | null> {
  const since = new Date(at.getTime() - 3_600_000);
  const where = "reporter_id = $1 and state = 'reported' and aware_at > $2 and lower(what) = lower($3)";
  const [same] = await incidents.selectWhere(tx, where, [actor.id, since, what.trim()]);
  return same === undefined ? null : incidents.lock(tx, same.id);
} // prettier-ignore

/** The answer to a question, or null where it was passed over. @param until  questions that are behind them now */
export function describe(tx: Queryable, command: CommandContext, incident: Incident, said: string | null, until: number): Promise<Incident> {
  const question = asked[incident.asked];
  if (question === undefined || said === null) return incidents.change(tx, command, incident, { asked: until }, () => []);
  return incidents.change(tx, command, incident, { [question]: required(said, 'What you say'), asked: until }, () => ({
    action: 'incident.described',
    detail: { question },
  }));
} // prettier-ignore

/** Whom to tell what happens to it: whoever has it, or as long as nobody does all who were told. */
export function concerned({ takenBy, told }: Incident): number[] {
  return takenBy === null ? told : [takenBy];
}

/** Notices that follow from what is known, by their rules; what was settled stays. */
export async function noticesOwed(tx: Queryable, { awareAt, notices }: Incident, personalData: boolean): Promise<string> {
  const rules = await selectSetting(tx, 'incident.notices');
  const settled = notices.filter(({ settledAt }) => settledAt !== null);
  const owed = rules.filter(({ to, when }) => (when === 'always' || personalData) && !settled.some((each) => each.to === to));
  const due = owed.map(({ to, hours }): Notice => ({
    to, dueAt: new Date(awareAt.getTime() + hours * 3_600_000), settledAt: null, settledBy: null, how: null,
  }));
  return toJsonb([...settled, ...due]);
} // prettier-ignore

/** Those of open incidents that have not been settled, and are due by then. */
export async function selectNoticesDue(tx: Queryable, by: Date): Promise<{ incident: Incident; notice: Notice }[]> {
  const open = await incidents.selectWhere(tx, `state in ('reported', 'contained') and notices @> '[{"settledAt": null}]'`);
  return open.flatMap((incident) =>
    incident.notices.filter(({ settledAt, dueAt }) => settledAt === null && dueAt <= by).map((notice) => ({ incident, notice })),
  );
} // prettier-ignore

/** What is owed to them is sent, or not needed. */
export function settledNotices({ actor, at }: CommandContext, { notices }: Incident, to: string, how: string): string {
  return toJsonb(notices.map((each) => (each.to === to ? { ...each, settledAt: at, settledBy: actor.name, how } : each)));
} // prettier-ignore

const Untaken = z.object({ id: z.number(), round: z.number() });

/** Those that nobody took in time, with whom else to tell; who came on call meanwhile is among them. @param minutes  since somebody was told */
export async function selectUntaken(tx: Queryable, now: Date, minutes: number): Promise<z.infer<typeof Untaken>[]> {
  const onCall = await selectOnCall(tx);
  // Whoever is on call now may act on what is open, too.
  await tx.query(
    `update incident set on_call = array(select distinct unnest(on_call || $1::integer[]))
     where state in ('reported', 'contained') and not on_call @> $1::integer[]`,
    [onCall],
  );
  return selectAll(
    tx,
    Untaken,
    `select id, cardinality(told) as round from incident
     where state = 'reported' and taken_by is null and told_at <= $1 and not told @> on_call`,
    [new Date(now.getTime() - minutes * 60_000)],
  );
} // prettier-ignore

/** The next on call and all ISMS managers hear of it, each once. Null where somebody has it meanwhile. */
export async function passOn(tx: Queryable, at: Date, id: number, round: number): Promise<{ incident: Incident; told: number[] } | null> {
  const incident = await incidents.lock(tx, id);
  if (incident.state !== 'reported' || incident.takenBy !== null || incident.told.length !== round) return null;
  const managers = (await selectByRole(tx, 'isms_manager')).map((person) => person.id);
  const left = (await selectOnCall(tx)).filter((each) => !incident.told.includes(each));
  const told = left.filter((each) => each === left[0] || managers.includes(each));
  const reporter = { id: incident.reporterId, name: '', roles: [], timeZone: 'UTC' };
  const command = { actor: reporter, at, inputId: null, link: null };
  const changed = await incidents.change(tx, command, incident, { told: [...incident.told, ...told], told_at: at }, () => ({ action: 'incident.passed_on', detail: { told } }));
  return { incident: changed, told };
} // prettier-ignore
