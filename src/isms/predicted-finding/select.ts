/** What the rules find in the records, now or as they stood: all of them in one statement. Reads many tables and owns none. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { asOf } from '../../db/row-history.ts';
import { selectAll } from '../../db/rows.ts';
import { requirements } from '../../records/requirement.ts';
import { Found, type Rule } from './rule.ts';
import { rules } from './rules.ts';

/** Whose records somebody may see: null for all of them. */
export type Concern = { people: readonly number[]; department: string | null } | null;

export interface Moment {
  at: Date;
  /** Its day where the reader is, as 2026-11-25. */
  day: string;
  /** Whether it is long gone: then the tables are read as they stood. */
  isPast: boolean;
}

const history = [
  'person', 'document', 'document_version', 'nonconformity', 'corrective_action', 'effectiveness_check', 'open_question', 'incident', 'competence',
  'certification', 'audit_programme', 'audit', 'audit_coverage', 'management_review', 'review_input', 'evidence_request', 'metric', 'objective',
  'improvement', 'interested_party', 'soa', 'soa_entry',
]; // prettier-ignore

/** What several rules ask: see `Rule.sql`. */
const shared = `
  said as (select $1::timestamptz as at, $2::date as today, $3::integer[] as people, $4::text as department, $5::text[] as controls, $6::text[] as clauses),
  in_force as (
    select distinct on (version.document_id) version.*, document.reference
    from document_version version join document on document.id = version.document_id
    where document.archived_at is null and document.kind = 'policy' and version.translates is null
      and version.status = 'published' and version.effective_from <= $2
    order by version.document_id, version.effective_from desc, version.id desc),
  breach as (select * from nonconformity where grade in ('major', 'minor') and state <> 'rejected' and duplicate_of is null),
  current_soa as (select * from soa where state = 'approved' order by approved_at desc, id desc limit 1),
  programme as (select * from audit_programme where state = 'approved' and $2 between from_on and until_on order by id desc limit 1),
  asked_for as (select * from evidence_request where state <> 'withdrawn')`;

const concerns = `($3::integer[] is null or (to_jsonb(found) ->> 'owner_id')::integer = any($3)
  or lower(to_jsonb(found) ->> 'department') = lower($4))`;

function partOf({ key, sql, counted }: Rule): string {
  const found = `(${sql}) found where ${concerns}`;
  return counted === true
    ? `select '${key}' as key, jsonb_build_object('title', title, 'count', count(*), 'day', min(day)) as found from ${found} group by title`
    : `select '${key}' as key, to_jsonb(found) as found from ${found}`;
}

/** The same for the tables as they are, and as they stood. */
function statement(isPast: boolean): string {
  const begin = isPast ? `${asOf(history, '$1')},` : 'with';
  return `${begin} ${shared} ${rules.map((rule) => `(${partOf(rule)})`).join(' union all ')}`;
}

let [asItIs, asItStood]: (string | undefined)[] = [];

const Row = z.object({ key: z.string(), found: Found });

/** By rule, those that concern whoever looks. */
export async function selectFound(
  tx: Queryable,
  { at, day, isPast }: Moment,
  concern: Concern,
): Promise<Map<string, Found[]>> {
  const sql = isPast ? (asItStood ??= statement(true)) : (asItIs ??= statement(false));
  const all = [...requirements().values()];
  const controls = all.flatMap(({ id, kind }) => (kind === 'control' ? [id] : []));
  const rows = await selectAll(tx, Row, sql, [
    at,
    day,
    concern?.people ?? null,
    concern?.department ?? null,
    controls,
    clauses(all),
  ]);
  const byRule = new Map<string, Found[]>();
  for (const { key, found } of rows) {
    const known = byRule.get(key);
    if (known === undefined) byRule.set(key, [found]);
    else known.push(found);
  }
  return byRule;
}

/** Those that have no parts of their own: 30. */
function clauses(all: readonly { id: string; kind: string }[]): string[] {
  return all.flatMap(({ id, kind }) =>
    kind === 'clause' && !all.some((other) => other.id.startsWith(`${id}.`)) ? [id] : [],
  );
}
