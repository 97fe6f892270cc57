/** Which evidence is there of what, how old it is, and who owes some: each in one statement. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { mayRead } from '../register/access.ts';
import { openStates } from './evidence-request.ts';

const Owed = z.object({
  id: z.number(),
  reference: z.string(),
  state: z.string(),
  stateAt: z.date(),
  title: z.string(),
  requirements: z.array(z.string()),
  ownerId: z.number(),
  ownerLocale: z.string(),
  askedByName: z.string(),
  reason: z.string().nullable(),
  dueOn: z.string(),
  expiresOn: z.string().nullable(),
  isTold: z.boolean(),
});
/** What somebody is to bring. */
export type OwedEvidence = z.infer<typeof Owed>;

/** What was given to its auditor is owed no more. */
export function selectOwedEvidence(tx: Queryable, people: readonly number[]): Promise<OwedEvidence[]> {
  return selectAll(
    tx,
    Owed,
    `select request.id, reference, state, state_at, request.title, requirements, owner_id, person.locale as owner_locale, asked_by_name,
       state_reason as reason, due_on, expires_on, coalesce(told_at >= state_at, false) as is_told
     from evidence_request request join person on person.id = owner_id
     where owner_id = any($1) and state = any($2) and given_at is null order by coalesce(expires_on, due_on), request.id`,
    [people, openStates],
  );
}

const Held = z.object({
  reference: z.string(),
  title: z.string(),
  state: z.string(),
  owner: z.string(),
  requirements: z.array(z.string()),
  datedOn: z.string().nullable(),
  expiresOn: z.string().nullable(),
});
/** A request as the list by control shows it. */
export type HeldEvidence = z.infer<typeof Held>;

/** Of a requirement, or of them all. Who may see which is the record's rule. @param ids  of requests that the person may see */
export function selectHeld(
  tx: Queryable,
  ids: readonly number[],
  requirement: string | null,
): Promise<HeldEvidence[]> {
  return selectAll(
    tx,
    Held,
    `select reference, request.title, state, person.name as owner, requirements, dated_on, expires_on
     from evidence_request request join person on person.id = owner_id
     where request.id = any($1) and ($2::text is null or $2 = any(requirements)) order by request.id`,
    [ids, requirement],
  );
}

const Beside = z.object({ reference: z.string(), title: z.string(), evidence: z.number(), name: z.string() });
/** A piece of evidence on a non-conformity or an action of it, about the same requirement. */
export type EvidenceBeside = z.infer<typeof Beside>;

/** Of the records that the person may read, the newest first. */
export function selectBeside(
  tx: Queryable,
  reader: { id: number; readsAll: boolean },
  requirement: string,
  limit: number,
): Promise<EvidenceBeside[]> {
  return selectAll(
    tx,
    Beside,
    `with mine as (select id, reference, title from nonconformity where requirement = $3 and ${mayRead}),
       places as (
         select 'nonconformity:' || id as record, reference, title from mine
         union all select 'corrective_action:' || action.id, action.reference, action.description
           from corrective_action action join mine on mine.id = action.nonconformity_id
       )
     select places.reference, places.title, evidence.id as evidence, evidence.title as name
     from places join evidence on evidence.belongs_to = places.record
     where evidence.state in ('submitted', 'in_review', 'accepted') order by evidence.id desc limit $4`,
    [reader.id, reader.readsAll, requirement, limit],
  );
}
