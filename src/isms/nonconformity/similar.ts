/** Non-conformities that may be the same or alike: by their words, or by the requirement that they break. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Actor } from '../../records/command-context.ts';
import { Nonconformity } from './nonconformity.ts';
import { mayRead, readsAll } from '../register/access.ts';

/** Records that one word may bring: a word that more of them have says little. */
const mostOfAWord = 100;
/** Of all that a word or the requirement brought: those that most of them brought are looked at closely. */
const mostCandidates = 100;

/** As the index `nonconformity_words` has it. */
const words = `to_tsvector('simple', title || ' ' || gap || ' ' || coalesce(root_cause, ''))`;

export const Similar = Nonconformity.extend({
  sameRequirement: z.boolean(),
  /** Of the groups of words that were looked for: how many it has. */
  matched: z.number(),
});
export type Similar = z.infer<typeof Similar>;

export interface Likeness {
  /** Each a `tsquery` of the forms and meanings of one word. */
  groups: string[];
  requirement: string | null;
  /** The record that others are compared with. */
  butNot: number | null;
}

/**
 * Only what the person may read. Open ones first, then those that share most; rejected ones were none.
 *
 * @returns at most `limit`, those with the same requirement or with at least a quarter of the words, and two
 */
export function selectSimilar(
  tx: Queryable,
  person: Pick<Actor, 'id' | 'roles'>,
  { groups, requirement, butNot }: Likeness,
  limit: number,
): Promise<Similar[]> {
  const least = Math.max(2, Math.ceil(groups.length / 4));
  return selectAll(
    tx,
    Similar,
    `with found as (
       select near.id from unnest($3::text[]) as term(query),
         lateral (select id from nonconformity
           where ${words} @@ term.query::tsquery limit ${mostOfAWord}) near
       union all
       select near.id from (select id from nonconformity where requirement = $4
         order by id desc limit ${mostOfAWord}) near
     ), candidate as materialized (
       select id from found group by id order by count(*) desc, id desc limit ${mostCandidates}
     ), counted as (
       select id, (select count(*) from unnest($3::text[]) as term(query)
         where vector @@ term.query::tsquery) as matched
       from candidate, lateral (select ${words} as vector from nonconformity
         where nonconformity.id = candidate.id offset 0) worded
     )
     select nonconformity.*, matched, requirement is not distinct from $4 as same_requirement
     from nonconformity join counted using (id)
     where state <> 'rejected' and id is distinct from $5 and (requirement = $4 or matched >= $6)
       and ${mayRead}
     order by state = 'closed', matched + case when requirement = $4 then 2 else 0 end desc, id desc
     limit $7`,
    [person.id, readsAll(person), groups, requirement, butNot, least, limit],
  );
}
