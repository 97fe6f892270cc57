/** How far people are with what they are to acknowledge, for those who answer for them; and all of it for an auditor. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import type { Policy } from '../policy-question/policy.ts';
import { AcknowledgementRequest, isOpenSql } from './request.ts';

const Standing = AcknowledgementRequest.pick({
  id: true,
  personId: true,
  state: true,
  stateAt: true,
  dueOn: true,
  campaignId: true,
}).extend({
  person: z.string(),
  department: z.string().nullable(),
  reference: z.string(),
  title: z.string(),
  version: z.string(),
  remindedAt: z.date().nullable(),
  /** Of who is exempt. */
  reason: z.string().nullable(),
  until: z.string().nullable(),
});
export type Standing = z.infer<typeof Standing>;

/** The newest request of each person and document, those who are late first. @param documentId  null for all */
export function selectStandings(
  tx: Queryable,
  people: readonly number[],
  documentId: number | null,
): Promise<Standing[]> {
  return selectAll(
    tx,
    Standing,
    `select * from (
       select distinct on (request.person_id, request.document_id) request.id, request.person_id, request.state, request.state_at, request.due_on,
         request.campaign_id, request.reminded_at, person.name as person, person.department, document.reference, version.title, version.version,
         exempt.reason, exempt.until_day as until
       from acknowledgement_request request join person on person.id = request.person_id
       join document on document.id = request.document_id join document_version version on version.id = request.version_id
       left join lateral (select reason, until_day from exemption where request.state = 'exempt' and exemption.person_id = request.person_id
         and (exemption.document_id = request.document_id or exemption.campaign_id = request.campaign_id) order by exemption.id desc limit 1) exempt on true
       where request.person_id = any($1) and ($2::integer is null or request.document_id = $2)
       order by request.person_id, request.document_id, request.id desc
     ) standing where state <> 'cancelled'
     order by state not in ('pending', 'viewed', 'quiz_passed', 'declined'), due_on nulls last, person, reference`,
    [people, documentId],
  );
}

/** Who looked at whose stays on record, the ISMS manager's look too. */
export async function noteLook(
  tx: Queryable,
  command: CommandContext,
  people: readonly number[],
  document: string | null,
): Promise<void> {
  const seen = people.filter((id) => id !== command.actor.id);
  if (seen.length > 0)
    await audit(tx, command, {
      action: 'acknowledgements.seen',
      record: 'acknowledgements',
      detail: { people: seen, document },
    });
}

/**
 * Of those whose request is open, each once a request: their next message comes soon, within all that holds for messages.
 *
 * @returns how many are reminded now
 */
export async function remindOf(tx: Queryable, command: CommandContext, people: readonly { id: number }[], { documentId, reference }: Pick<Policy, 'documentId' | 'reference'>): Promise<number> {
  const reminded = await selectAll(
    tx,
    AcknowledgementRequest.pick({ personId: true }),
    `update acknowledgement_request set reminded_at = $3 where person_id = any($1) and document_id = $2 and person_id <> $4 and ${isOpenSql}
       and state <> 'declined' and reminded_at is null returning person_id`,
    [people.map(({ id }) => id), documentId, command.at, command.actor.id],
  );
  const ids = reminded.map(({ personId }) => personId);
  if (ids.length === 0) return 0;
  await lookSoon(tx, ids, command.at);
  await audit(tx, command, { action: 'acknowledgement.reminded', record: `document:${documentId}`, detail: { document: reference, people: ids } });
  return ids.length;
} // prettier-ignore

const LogRow = z.object({
  personId: z.number(),
  person: z.string(),
  department: z.string().nullable(),
  document: z.string(),
  title: z.string(),
  version: z.string(),
  language: z.string().nullable(),
  sha256: z.string().nullable(),
  statement: z.string().nullable(),
  how: z.string().nullable(),
  asked: z.date().nullable(),
  due: z.string().nullable(),
  acknowledged: z.date().nullable(),
  state: z.string(),
  exemption: z.string().nullable(),
});

const logColumns = `person.id as person_id, coalesce(given.name, person.name) as person, person.department, document.reference as document, version.title,
  coalesce(given.version, version.version) as version, given.language, given.content_hash as sha256, given.statement,
  given.how || coalesce(': ' || given.place, '') as how, request.asked_at as asked, request.due_on as due,
  given.acknowledged_at as acknowledged, coalesce(request.state, 'acknowledged') as state,
  (select string_agg(exemption.reason || ' (' || from_day || ' to ' || coalesce(until_day::text, 'open end') || ', by ' || granted_by_name || ')', '; ' order by exemption.id)
   from exemption where exemption.person_id = person.id and (exemption.document_id = document.id or exemption.campaign_id = request.campaign_id)) as exemption`;

/** What each column of a row of the log is taken from. */
const logJoins = `join person on person.id = coalesce(request.person_id, given.person_id)
  join document on document.id = coalesce(request.document_id, given.document_id)
  join document_version version on version.id = coalesce(given.version_id, request.version_id)`;

/** A row a request, and a row for what was acknowledged without one, in the order in which it came. @param people  null for all */
export function selectLog(
  tx: Queryable,
  people: readonly number[] | null,
): Promise<z.infer<typeof LogRow>[]> {
  return selectAll(
    tx,
    LogRow,
    `select ${logColumns}
     from (select * from acknowledgement_request where $1::integer[] is null or person_id = any($1)) request
     full join (select * from acknowledgement where $1::integer[] is null or person_id = any($1)) given on given.request_id = request.id
     ${logJoins}
     order by coalesce(request.asked_at, given.acknowledged_at), request.id, given.id`,
    [people],
  );
}

const LogPageRow = LogRow.extend({ at: z.number() });
/** Rows that are held at once. */
const aPage = 1_000;

/** All of it for however many people, a page at a time: first what was asked, in the order in which it was, then what was not. */
export async function* logPages(tx: Queryable): AsyncGenerator<z.infer<typeof LogRow>[]> {
  const asked = `(select * from acknowledgement_request where id > $1 order by id limit $2) request
    left join acknowledgement given on given.request_id = request.id`;
  const unasked = `(select * from acknowledgement where request_id is null and id > $1 order by id limit $2) given
    left join acknowledgement_request request on false`;
  for (const [from, id] of [[asked, 'request.id'], [unasked, 'given.id']])
    for (let at = 0; ; ) {
      const page = await selectAll(tx, LogPageRow, `select ${logColumns}, ${id} as at from ${from} ${logJoins} order by ${id}, given.id`, [at, aPage]);
      if (page.length === 0) break;
      yield page;
      at = page.at(-1)?.at ?? at;
    }
} // prettier-ignore
