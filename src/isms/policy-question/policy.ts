/** Policies in force, whose they are, and their sections. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { inForceSql } from '../acknowledgement/in-force.ts';

const Policy = z.object({
  documentId: z.number(),
  versionId: z.number(),
  reference: z.string(),
  title: z.string(),
  version: z.string(),
  language: z.string(),
  effectiveFrom: z.string(),
  audience: z.array(z.string()),
  /** Null where nobody who works here owns it. */
  ownerId: z.number().nullable(),
});
export type Policy = z.infer<typeof Policy>;

/** @param day  SQL of it */
export const policiesSql = (day: string) =>
  `select document_id, id as version_id, reference, title, version, language, effective_from, audience,
     (select person.id from person where person.email = owner_email and person.active) as owner_id
   from (${inForceSql(day)}) version`;

/** By reference. @param day  as 2026-03-01 */
export function selectPolicies(tx: Queryable, day: string): Promise<Policy[]> {
  return selectAll(tx, Policy, `${policiesSql('$1::date')} order by reference`, [day]);
}

export function selectOptionalPolicy(tx: Queryable, documentId: number, day: string): Promise<Policy | null> {
  return selectOptional(tx, Policy, `${policiesSql('$1::date')} where document_id = $2`, [day, documentId]);
}

export const PolicySection = z.object({
  id: z.number(),
  number: z.string(),
  heading: z.string(),
  body: z.string(),
});
export type PolicySection = z.infer<typeof PolicySection>;

/** In their order. */
export function selectSections(tx: Queryable, versionId: number): Promise<PolicySection[]> {
  return selectAll(
    tx,
    PolicySection,
    'select id, number, heading, body from section where version_id = $1 order by ordinal',
    [versionId],
  );
}
