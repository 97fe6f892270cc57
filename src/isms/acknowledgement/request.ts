/**
 * Who is asked to acknowledge what: a person and a document, always in the version that is in force. Owns `acknowledgement_request`
 * and `acknowledgement_subject`. Many are asked, moved and ended by a few statements, however many they are.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { personIn, ismsManagerAlone } from '../../records/permission.ts';
import { selectSetting } from '../../records/setting.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { selectOptionalPolicy } from '../policy-question/policy.ts';
import { holdsSql, isReaderSql } from './in-force.ts';

const states = [
  'pending',
  'viewed',
  'quiz_passed',
  'declined',
  'acknowledged',
  'exempt',
  'cancelled',
] as const;

export const AcknowledgementRequest = z.object({
  id: z.number(),
  state: z.enum(states),
  stateBy: z.number().nullable(),
  stateByName: z.string().nullable(),
  stateAt: z.date(),
  personId: z.number(),
  documentId: z.number(),
  versionId: z.number(),
  campaignId: z.number().nullable(),
  why: z.string(),
  dueOn: z.string().nullable(),
  viewedAt: z.date().nullable(),
  questionId: z.number().nullable(),
  reason: z.string().nullable(),
});
export type AcknowledgementRequest = z.infer<typeof AcknowledgementRequest>;

/** What is known of it at a move. */
interface RequestFacts {
  /** Questions are asked first, and not all are answered. */
  asksFirst?: boolean;
  /** What came to pass, for however many at once: see follow.ts. */
  happened?: 'answered' | 'exemption over' | 'new version' | 'ended';
}
type RequestNeed = Need<AcknowledgementRequest, RequestFacts>;

const opened: RequestNeed = { lacks: 'the text, opened once', met: ({ viewedAt }) => viewedAt !== null };
const asked: RequestNeed = {
  lacks: 'the questions about it, answered',
  met: (_row, { asksFirst = false }) => !asksFirst,
};
const after = (what: RequestFacts['happened']): RequestNeed => ({
  lacks: null,
  met: (_row, { happened }) => happened === what,
});
const signsIt = personIn('personId');
const exempts = ismsManagerAlone('Only the ISMS manager exempts somebody from acknowledging a policy.');

const cancel = { to: 'cancelled', by: null, needs: [after('ended')] } as const;
const exempt = { to: 'exempt', by: exempts } as const;
const decline = { to: 'declined', by: signsIt } as const;
const view = { to: 'viewed', by: signsIt } as const;
const move = { to: 'pending', by: null, needs: [after('new version')] } as const;
const acknowledge = { to: 'acknowledged', by: signsIt, needs: [opened, asked] } as const;

export const requestStates = declareStates<
  AcknowledgementRequest['state'],
  AcknowledgementRequest,
  RequestFacts
>('pending', {
  pending: { view, acknowledge, decline, exempt, cancel },
  viewed: { pass: { to: 'quiz_passed', by: signsIt }, acknowledge, decline, move, exempt, cancel },
  quiz_passed: { acknowledge, decline, move, exempt, cancel },
  declined: { answer: { to: 'pending', by: null, needs: [after('answered')] }, exempt, cancel },
  acknowledged: {},
  exempt: { again: { to: 'pending', by: null, needs: [after('exemption over')] } },
  cancelled: {},
});

/** SQL: it waits for its person. */
export const isOpenSql = "state in ('pending', 'viewed', 'quiz_passed', 'declined')";

/** SQL: nobody has exempted the person on a day. @param campaign  SQL for the campaign that asks, or for null */
export const isExemptSql = (document: string, campaign: string, day: string) => `exists (
  select from exemption where exemption.person_id = person.id and exemption.from_day <= ${day}
    and (exemption.until_day is null or exemption.until_day >= ${day})
    and (exemption.document_id = ${document} or exemption.campaign_id = ${campaign}))`;

export interface Ask {
  documentId: number;
  people: readonly number[];
  dueOn: string | ((person: number) => string);
  campaignId: number | null;
  /** Said to the person, as «you work in Sales»; empty where there is a new version of what they acknowledged. */
  why: string | ((person: number) => string);
}

/**
 * Asks them for the version in force. Left out are those who may not read it, those who are exempt, and those of whom an
 * acknowledgement holds; whoever is asked already has the earlier of both days. The caller writes the audit entry.
 *
 * @param by  null where it comes by itself
 * @returns those who are asked only now
 * @throws Refusal where no version is in force
 */
export async function askToAcknowledge(
  tx: Queryable,
  by: { id: number | null; at: Date },
  ask: Ask,
): Promise<number[]> {
  const { documentId, campaignId } = ask;
  const day = dayOf(by.at, 'UTC');
  const version = await selectOptionalPolicy(tx, documentId, day);
  if (version === null)
    throw new Refusal('No version of that document is in force now, so that nobody can be asked for it.');
  const people = [...new Set(ask.people)];
  const of = <Value>(value: Value | ((person: number) => Value)) =>
    people.map((person) => (value instanceof Function ? value(person) : value));
  const asked = [people, of(ask.dueOn), of(ask.why)];
  const askedSql = 'unnest($1::integer[], $2::date[], $3::text[]) as asked(person_id, due_on, why)';

  await tx.query(
    `update acknowledgement_request request set due_on = least(request.due_on, asked.due_on), campaign_id = coalesce($5, request.campaign_id)
     from ${askedSql} where $3::text[] is not null and document_id = $4 and request.person_id = asked.person_id and ${isOpenSql}`,
    [...asked, documentId, campaignId],
  );
  await tx.query(
    'insert into acknowledgement_subject (document_id, version_id) values ($1, $2) on conflict do nothing',
    [documentId, version.versionId],
  );
  const { minorAgain } = await selectSetting(tx, 'acknowledgement.versions');
  const fresh = await selectAll(
    tx,
    z.object({ personId: z.number() }),
    `insert into acknowledgement_request (state, state_by, state_by_name, state_at, person_id, document_id, version_id, campaign_id, why,
       asked_by, asked_at, due_on)
     select 'pending', $6::integer, (select name from person where id = $6), $7::timestamptz, person.id, $4, version.id, $5::integer, asked.why, $6, $7, asked.due_on
     from ${askedSql} join person on person.id = asked.person_id
     join document_version version on version.id = $8
     where ${isReaderSql} and not ${isExemptSql('$4', '$5', '$9::date')}
       and not exists (select from acknowledgement held where held.person_id = person.id and held.document_id = $4
         and ${holdsSql('held.version', 'version.version', '$10')})
     order by person.id
     on conflict do nothing returning person_id`,
    [...asked, documentId, campaignId, by.id, by.at, version.versionId, day, minorAgain],
  );
  const ids = fresh.map(({ personId }) => personId);
  await lookSoon(tx, ids, by.at);
  return ids;
}

/** Open ones end, with nothing left to do for anybody: those of a campaign, of some people, or of some people for a campaign. @param reason  as «the campaign was stopped» */
export async function cancelRequests(
  tx: Queryable,
  { campaignId = null, people = null }: { campaignId?: number | null; people?: readonly number[] | null },
  reason: string,
  at: Date,
): Promise<void> {
  await tx.query(
    `update acknowledgement_request set state = 'cancelled', state_by = null, state_by_name = null, state_at = $4, reason = $3
     where ${isOpenSql} and ($1::integer is null or campaign_id = $1) and ($2::integer[] is null or person_id = any($2))`,
    [campaignId, people, reason, at],
  );
}
