/** The report that an auditor would write: each finding with its facts, what promises otherwise, who can mend it and by when. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { addDays } from '../../language/calendar.ts';
import { selectByRole } from '../../records/person.ts';
import { requirements } from '../../records/requirement.ts';
import { selectDeadlines } from '../nonconformity/deadlines.ts';
import { promiseOf, readPromises, selectSections, type OwnPromise } from './promise.ts';
import type { Found, PredictedGrade, Rule } from './rule.ts';
import { rules } from './rules.ts';
import { selectFound, type Concern, type Moment } from './select.ts';

export interface PredictedFinding {
  /** Of its rule, with the requirement where the rule has none: the same as long as it stands. */
  key: string;
  rule: Rule;
  requirement: string;
  grade: PredictedGrade;
  facts: Fact[];
  promise: OwnPromise | null;
  /** Who has the next step, those of most facts first; the ISMS manager where nobody has. */
  owners: { id: number; name: string }[];
  mendBy: MendBy | null;
  /** A record that was raised of it and is not closed. */
  raised: { reference: string; state: string } | null;
}

export interface Fact {
  text: string;
  reference: string | null;
}

export interface MendBy {
  /** As 2026-12-09. */
  on: string;
  because: 'visit' | 'limit';
  /** Of the visit: `stage2`, `surveillance`. */
  visit: string | null;
}

export interface Reader {
  concern: Concern;
  /** Of policies that they may read. */
  audiences: readonly string[];
}

export async function selectFindings(
  tx: Queryable,
  moment: Moment,
  { concern, audiences }: Reader,
): Promise<PredictedFinding[]> {
  const found = await selectFound(tx, moment, concern);
  const grouped = rules.flatMap((rule) => groupsOf(rule, found.get(rule.key) ?? []));
  if (grouped.length === 0) return [];
  const promises = readPromises(await selectSections(tx, moment, audiences));
  const raised = await selectRaised(tx, grouped);
  const mendBy = await selectMendBy(tx, moment.day);
  const [manager] = await selectByRole(tx, 'isms_manager');
  const ids = grouped.flatMap(({ rows }) => ownersIn(rows));
  const able = new Map((await selectAble(tx, ids)).map((person) => [person.id, person]));
  const findings = grouped.map(({ rule, requirement, rows }) => {
    const owners = ownersIn(rows).flatMap((id) => able.get(id) ?? []);
    return {
      key: keyOf(rule, requirement),
      rule,
      requirement,
      grade: rule.grade,
      facts: rows.map((row) => ({ text: rule.fact(row), reference: row.reference })),
      promise: promiseOf(rule, requirement, promises),
      owners: owners.length > 0 || manager === undefined ? owners : [manager],
      mendBy: mendBy[rule.grade],
      raised: raised.get(keyOf(rule, requirement)) ?? null,
    };
  });
  return inOrder(findings);
}

interface Group {
  rule: Rule;
  requirement: string;
  rows: Found[];
}

/** A rule finds one thing of its requirement, or one of each that its rows name. */
function groupsOf(rule: Rule, rows: readonly Found[]): Group[] {
  const byRequirement = Map.groupBy(rows, (row) => rule.requirement ?? row.requirement ?? '');
  return [...byRequirement].map(([requirement, of]) => ({ rule, requirement, rows: of }));
}

function keyOf({ key, requirement: own }: Rule, requirement: string): string {
  return own === null ? `${key}:${requirement}` : key;
}

/** Those of most rows first. */
function ownersIn(rows: readonly Found[]): number[] {
  const counts = new Map<number, number>();
  for (const { owner_id: id } of rows) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one).map(([id]) => id);
}

const graveFirst: readonly PredictedGrade[] = ['major', 'minor', 'ofi'];

/** The gravest first, then in the order of the standard. */
function inOrder(findings: readonly PredictedFinding[]): PredictedFinding[] {
  const order = new Map([...requirements().keys()].map((id, at) => [id, at]));
  const place = ({ grade, requirement }: PredictedFinding) =>
    graveFirst.indexOf(grade) * 1_000 + (order.get(requirement) ?? 999);
  return findings.toSorted((one, other) => place(one) - place(other));
}

const Visit = z.object({ kind: z.string(), plannedFrom: z.string() });
type Visit = z.infer<typeof Visit>;

function selectNextVisit(tx: Queryable, day: string): Promise<Visit | null> {
  return selectOptional(
    tx,
    Visit,
    `select kind, planned_from from audit
     where kind <> 'internal' and state in ('planned', 'prepared') and planned_from > $1 order by planned_from, id limit 1`,
    [day],
  );
}

/** Days before a visit by which what it would find is mended, so that there is something to show. */
const beforeVisit = 7;

/** By grade, what comes first: a week before the next visit of the body, or the end of the organisation's own limit. */
async function selectMendBy(tx: Queryable, today: string): Promise<Record<PredictedGrade, MendBy | null>> {
  const visit = await selectNextVisit(tx, today);
  const early = visit === null ? null : addDays(visit.plannedFrom, -beforeVisit);
  const ready = early === null || early > today ? early : today;
  const by = async (grade: PredictedGrade): Promise<MendBy | null> => {
    const days = { identifiedOn: today, enteredOn: today };
    const { actionsDueOn: limit } = await selectDeadlines(tx, { grade, source: 'self' }, days);
    if (ready !== null && (limit === null || ready < limit))
      return { on: ready, because: 'visit', visit: visit?.kind ?? null };
    return limit === null ? null : { on: limit, because: 'limit', visit: null };
  };
  return { major: await by('major'), minor: await by('minor'), ofi: await by('ofi') };
}

const Able = z.object({ id: z.number(), name: z.string() });

/** Of these, those who work here and do not only read. */
function selectAble(tx: Queryable, ids: readonly number[]): Promise<z.infer<typeof Able>[]> {
  return selectAll(
    tx,
    Able,
    `select id, name from person where id = any($1) and active
       and not ('auditor' = any(roles) and not roles && '{action_owner,manager,isms_manager,admin}')`,
    [[...new Set(ids)]],
  );
}

const Open = z.object({
  reference: z.string(),
  state: z.string(),
  requirement: z.string(),
  title: z.string(),
  gap: z.string(),
  evidenceSeen: z.string(),
});

/** Records that are open and say the same: of the requirement, with its title or gap, or a record that it found. */
async function selectRaised(
  tx: Queryable,
  groups: readonly Group[],
): Promise<Map<string, { reference: string; state: string }>> {
  const open = await selectAll(
    tx,
    Open,
    `select reference, state, requirement, title, gap, evidence_seen from nonconformity
     where state not in ('closed', 'rejected') and requirement = any($1) order by id`,
    [[...new Set(groups.map(({ requirement }) => requirement))]],
  );
  const known = new Map<string, { reference: string; state: string }>();
  for (const { rule, requirement, rows } of groups) {
    const same = open.find(
      (record) =>
        record.requirement === requirement &&
        (record.title === rule.title ||
          record.gap.includes(rule.expects) ||
          rows.some(({ reference }) => reference !== null && record.evidenceSeen.includes(reference))),
    );
    if (same !== undefined) known.set(keyOf(rule, requirement), { reference: same.reference, state: same.state });
  }
  return known;
} // prettier-ignore
