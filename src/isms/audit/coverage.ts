/** What of the 30 clauses and 93 controls our own audits have looked at over three years, what is planned, and what nobody plans. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { addDays, addMonths } from '../../language/calendar.ts';
import { auditable, requirementTitle } from '../../records/requirement-set.ts';

/** Years of a programme, and of a certificate. */
const yearsOfCoverage = 3;

export interface Period {
  from: string;
  until: string;
  /** Reference of the approved programme; null where there is none, and the last three years count. */
  programme: string | null;
}

const Programme = z.object({ reference: z.string(), fromOn: z.string(), untilOn: z.string() });

/** @param today  as 2026-12-09 */
export async function selectPeriod(tx: Queryable, today: string): Promise<Period> {
  const programme = await selectOptional(
    tx,
    Programme,
    "select reference, from_on, until_on from audit_programme where state = 'approved' order by id desc limit 1",
  );
  if (programme === null)
    return { from: addDays(addMonths(today, -12 * yearsOfCoverage), 1), until: addMonths(today, 12), programme: null }; // prettier-ignore
  return { from: programme.fromOn, until: programme.untilOn, programme: programme.reference };
}

const Entry = z.object({
  requirement: z.string(),
  site: z.string(),
  state: z.enum(['planned', 'covered']),
  reference: z.string(),
  title: z.string(),
  /** Its first day, held or planned. */
  day: z.string(),
});
export type CoverageEntry = z.infer<typeof Entry>;

export interface Covered {
  requirement: string;
  title: string;
  kind: 'clause' | 'control';
  /** Chapter of the clauses, or theme of the controls. */
  group: string;
  covered: CoverageEntry[];
  planned: CoverageEntry[];
}

/** Audits by a certification body do not count: clause 9.2 asks for our own. What was cancelled or left out counts for nothing. */
export async function selectCoverage(tx: Queryable, { from, until }: Pick<Period, 'from' | 'until'>): Promise<Covered[]> {
  const entries = await selectAll(
    tx,
    Entry,
    `select requirement, site, audit_coverage.state, reference, title, coalesce(held_from, planned_from) as day
     from audit_coverage join audit on audit.id = audit_id
     where audit.kind = 'internal' and audit.state <> 'cancelled' and audit_coverage.state <> 'left_out'
       and coalesce(held_from, planned_from) between $1 and $2
     order by day, audit.id, site`,
    [from, until],
  );
  const of = Map.groupBy(entries, ({ requirement }) => requirement);
  return [...auditable().values()].map(({ id, kind }) => {
    const own = of.get(id) ?? [];
    return {
      requirement: id,
      title: requirementTitle(id),
      kind,
      group: groupOf(id),
      covered: own.filter(({ state }) => state === 'covered'),
      planned: own.filter(({ state }) => state === 'planned'),
    };
  });
} // prettier-ignore

function groupOf(id: string): string {
  return id.startsWith('A.') ? id.split('.').slice(0, 2).join('.') : (id.split('.')[0] ?? '');
}

export interface CoverageCount {
  total: number;
  covered: number;
  /** Planned, and not covered yet. */
  planned: number;
  /** Neither. */
  open: number;
}

export function countCoverage(rows: readonly Covered[]): CoverageCount {
  const covered = rows.filter((row) => row.covered.length > 0).length;
  const planned = rows.filter((row) => row.covered.length === 0 && row.planned.length > 0).length;
  return { total: rows.length, covered, planned, open: rows.length - covered - planned };
}

export function openOf(rows: readonly Covered[]): string[] {
  return rows.filter((row) => row.covered.length + row.planned.length === 0).map(({ requirement }) => requirement); // prettier-ignore
}

/** First days of the years of a period, as far as it goes. */
export function yearsOf({ from, until }: Pick<Period, 'from' | 'until'>): { from: string; until: string }[] {
  return Array.from({ length: yearsOfCoverage }, (_, year) => ({
    from: addMonths(from, 12 * year),
    until: addDays(addMonths(from, 12 * (year + 1)), -1),
  })).filter((year) => year.from <= until);
}

/** At a site, or everywhere. */
export function atSite(rows: readonly Covered[], site: string): Covered[] {
  const there = (entries: readonly CoverageEntry[]) => entries.filter((each) => each.site === '' || each.site === site); // prettier-ignore
  return rows.map((row) => ({ ...row, covered: there(row.covered), planned: there(row.planned) }));
}

export function sitesIn(rows: readonly Covered[]): string[] {
  const all = rows.flatMap(({ covered, planned }) => [...covered, ...planned].map(({ site }) => site));
  return [...new Set(all.filter((site) => site !== ''))].toSorted();
}
