/** Figures for each input of a management review, counted from the records as they stand, each with the register that it comes from. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import { addMonths, dayInWords, dayOf, daysBetween } from '../../language/calendar.ts';
import { inForceSql } from '../acknowledgement/in-force.ts';
import { unfinishedStates } from '../corrective-action/corrective-action.ts';
import { selectFacts, type Fact } from '../readiness/fact.ts';
import type { Figure, InputKey } from './inputs.ts';

export interface Period {
  /** The review itself, which is none of its own earlier ones. */
  id: number;
  plannedOn: string;
}

/** Months that a review looks back on where there was none before it. */
const usualMonths = 12;
const monthsOfAudits = 12;
/** Things that a figure names; it counts all of them. */
const mostNamed = 5;

const registers = {
  reviews: 'earlier management reviews',
  actions: 'register of corrective actions',
  findings: 'register of non-conformities',
  documents: 'documents in force',
  people: 'list of people',
  parties: 'register of interested parties',
  metrics: 'metrics and their measurements',
  incidents: 'register of incidents',
  acknowledgements: 'log of acknowledgements',
  training: 'training matrix',
  audits: 'audits',
  objectives: 'register of objectives',
  questions: 'questions of colleagues',
  soa: 'Statement of Applicability',
  improvements: 'register of improvements',
  gaps: 'work packages of the gap analysis',
} as const;

interface Asked {
  tx: Queryable;
  id: number;
  /** The first day after the review before this one, as 2026-01-05. */
  since: string;
  today: string;
  /** What readiness counts, by key. */
  facts: ReadonlyMap<string, Fact>;
}

/** SQL: «1 March 2026». */
const worded = (day: string) => `to_char(${day}, 'FMDD FMMonth YYYY')`;
const figure = (label: string, value: string | number, source: keyof typeof registers): Figure => ({
  label,
  value: String(value),
  source: registers[source],
});
const named = (all: readonly string[]) =>
  all.length === 0 ? 'none' : [...all.slice(0, mostNamed), ...(all.length > mostNamed ? [`and ${all.length - mostNamed} more`] : [])].join('; '); // prettier-ignore
const age = (from: string, today: string) => {
  const days = Math.max(0, daysBetween(from, today));
  return days === 1 ? '1 day' : `${days} days`;
};
const percent = (part: number, of: number) => (of === 0 ? 'none due' : `${part} of ${of} (${Math.floor((100 * part) / of)} %)`); // prettier-ignore

/** As readiness counts it, so that the two never differ. */
function share({ facts }: Asked, key: string, label: string, source: keyof typeof registers): Figure {
  const { count, of: all } = facts.get(key) ?? { count: 0, of: 0 };
  return figure(label, percent(count, all ?? 0), source);
}

const Named = z.object({ name: z.string() });
async function namesOf({ tx }: Asked, sql: string, parameters: readonly unknown[]): Promise<string[]> {
  return (await selectAll(tx, Named, sql, parameters)).map(({ name }) => name);
}

const Counts = z.record(z.string(), z.coerce.number());
const countsOf = ({ tx }: Asked, sql: string, parameters: readonly unknown[]) =>
  selectOne(tx, Counts, sql, parameters);

const of: Record<InputKey, (asked: Asked) => Promise<Figure[]>> = {
  async a(asked) {
    const { tx, id, today } = asked;
    const Last = z.object({ reference: z.string(), heldOn: z.string(), decisions: z.number() });
    const [last] = await selectAll(
      tx,
      Last,
      `select reference, held_on, (select count(*) from review_decision where review_id = management_review.id) as decisions
       from management_review where id <> $1 and state in ('complete', 'signed') and held_on is not null order by held_on desc, id desc limit 1`,
      [id],
    );
    const counts = await countsOf(
      asked,
      `select count(*) filter (where state not in ('declined', 'cancelled')) as total, count(*) filter (where state = 'verified') as verified,
         count(*) filter (where state = any($3)) as open,
         count(*) filter (where state = any($3) and state <> 'done_claimed' and due_on < $2) as late
       from corrective_action where belongs_to like 'management\\_review:%' and belongs_to <> 'management_review:' || $1::integer`,
      [id, today, unfinishedStates],
    );
    const { total = 0, verified = 0, open = 0, late = 0 } = counts;
    return [
      figure('Review before this one', last === undefined ? 'none is kept here' : `${last.reference} on ${dayInWords(last.heldOn)}, ${last.decisions} ${last.decisions === 1 ? 'decision' : 'decisions'}`, 'reviews'),
      figure('Actions of earlier reviews', total, 'actions'),
      figure('Of these verified as done', verified, 'actions'),
      figure('Of these open', late === 0 ? open : `${open}, ${late} overdue`, 'actions'),
    ];
  },
  async b(asked) {
    const { since, today } = asked;
    const changed = await namesOf(
      asked,
      `select reference || ' ' || title || ' v' || version as name from (${inForceSql('$2::date')}) version where effective_from > $1 order by reference`,
      [since, today],
    );
    const scope = await namesOf(
      asked,
      `select reference || ' v' || version || ', since ' || ${worded('effective_from')} || coalesce(', to be reviewed by ' || ${worded('review_on')}, '') as name
       from (${inForceSql('$1::date')}) version where title ~* '\\m(scope|context|geltungsbereich|kontext|anwendungsbereich)\\M' order by reference limit 3`,
      [today],
    );
    const { people = 0 } = await countsOf(asked, 'select count(*) as people from person where active', []);
    return [
      figure('Scope and context', scope.length === 0 ? 'no document in force says so by its title' : named(scope), 'documents'),
      figure(`Documents that took effect since ${dayInWords(since)}`, changed.length === 0 ? 0 : `${changed.length}: ${named(changed)}`, 'documents'),
      figure('People who work here', people, 'people'),
    ];
  },
  async c(asked) {
    const { since, today } = asked;
    const counts = await countsOf(
      asked,
      `select count(*) as current, count(*) filter (where not addressed) as left_out, count(*) filter (where reviewed_on > $1) as reviewed,
         count(*) filter (where review_on < $2) as late from interested_party where state = 'current'`,
      [since, today],
    );
    const { current = 0, leftOut = 0, reviewed = 0, late = 0 } = counts;
    return [
      figure('Interested parties', current, 'parties'),
      figure(`Looked at since ${dayInWords(since)}`, reviewed, 'parties'),
      figure('Overdue to be looked at', late, 'parties'),
      figure('Not taken up in the management system', leftOut, 'parties'),
    ];
  },
  async d1(asked) {
    const { tx, since, today } = asked;
    const Open = z.object({ grade: z.string(), count: z.number(), oldest: z.string() });
    const open = await selectAll(
      tx,
      Open,
      `select grade, count(*) as count, min(identified_on)::text as oldest from nonconformity where state not in ('closed', 'rejected') group by grade`,
      [],
    );
    const line = (grade: string, label: string) => {
      const found = open.find((each) => each.grade === grade);
      return figure(label, found === undefined ? 0 : `${found.count}, the oldest ${age(found.oldest, today)}`, 'findings');
    };
    const before = addMonths(today, -2 * usualMonths);
    const trend = await countsOf(
      asked,
      `select count(*) filter (where identified_on > $1 and state <> 'rejected') as raised,
         count(*) filter (where state = 'closed' and state_at::date > $1) as closed,
         count(*) filter (where identified_on > $2 and state <> 'rejected') as year,
         count(*) filter (where identified_on > $3 and identified_on <= $2 and state <> 'rejected') as before
       from nonconformity where grade in ('major', 'minor')`,
      [since, addMonths(today, -usualMonths), before],
    );
    const actions = await countsOf(
      asked,
      `select count(*) as open, count(*) filter (where state <> 'done_claimed' and due_on < $1) as late from corrective_action
       where state = any($2)`,
      [today, unfinishedStates],
    );
    return [
      line('major', 'Majors open'),
      line('minor', 'Minors open'),
      figure(`Raised since ${dayInWords(since)}`, trend.raised ?? 0, 'findings'),
      figure(`Closed since ${dayInWords(since)}`, trend.closed ?? 0, 'findings'),
      figure('Raised in 12 months, and in the 12 before', `${trend.year ?? 0}, and ${trend.before ?? 0}`, 'findings'),
      figure('Corrective actions open', (actions.late ?? 0) === 0 ? (actions.open ?? 0) : `${actions.open ?? 0}, ${actions.late ?? 0} overdue`, 'actions'),
    ];
  },
  async d2(asked) {
    const { tx, since, today } = asked;
    const Metric = z.object({ title: z.string(), unit: z.string(), target: z.number().nullable(), better: z.string().nullable(), value: z.number().nullable(), period: z.string().nullable(), late: z.boolean() });
    const metrics = await selectAll(
      tx,
      Metric,
      `select title, unit, target::float as target, better, newest.value::float as value, newest.period, next_due_on < $1 as late
       from metric left join lateral (
         select value, period from measurement where metric_id = metric.id order by period desc, id desc limit 1) newest on true
       where state = 'active' order by reference`,
      [today],
    );
    const isMet = ({ value, target, better }: (typeof metrics)[number]) =>
      value !== null && target !== null && (better === 'at_most' ? value <= target : value >= target);
    const targeted = metrics.filter(({ target, value }) => target !== null && value !== null);
    const missed = targeted.filter((each) => !isMet(each));
    const unit = (each: (typeof metrics)[number]) => (each.unit === '' ? '' : ` ${each.unit}`);
    const late = metrics.filter((each) => each.late).length;
    const incidents = await countsOf(
      asked,
      `select count(*) as total, count(*) filter (where severity in ('critical', 'high')) as grave,
         count(*) filter (where state <> 'closed') as open from incident where aware_at::date > $1 and state <> 'no_incident'`,
      [since],
    );
    return [
      figure('Metrics on target', targeted.length === 0 ? 'no metric with a target has a value' : percent(targeted.length - missed.length, targeted.length), 'metrics'),
      ...missed.slice(0, mostNamed).map((each) => figure(`Off target: ${each.title}`, `${each.value}${unit(each)} in ${each.period}, wanted ${each.better === 'at_most' ? 'at most' : 'at least'} ${each.target}${unit(each)}`, 'metrics')),
      figure('Measurements overdue', late, 'metrics'),
      figure(`Incidents since ${dayInWords(since)}`, `${incidents.total ?? 0}, of them ${incidents.grave ?? 0} high or critical, ${incidents.open ?? 0} open`, 'incidents'),
      share(asked, 'documents.required', 'Required documents that are current', 'documents'),
      share(asked, 'acknowledgements.done', 'Policies acknowledged of those due', 'acknowledgements'),
      share(asked, 'training.done', 'Lessons done of those due', 'training'),
    ];
  },
  async d3(asked) {
    const { today } = asked;
    const from = addMonths(today, -monthsOfAudits);
    const held = await namesOf(
      asked,
      `select reference || ' ' || title || ' (' || ${worded('held_until')} || ')' as name from audit
       where state in ('complete', 'closed') and held_until > $1 order by held_until desc, id`,
      [from],
    );
    const next = await namesOf(
      asked,
      `select reference || ' ' || title || ', from ' || ${worded('planned_from')} as name from audit
       where state in ('planned', 'prepared', 'in_progress', 'reporting') order by planned_from, id limit 3`,
      [],
    );
    const found = await countsOf(
      asked,
      `select count(*) filter (where grade = 'major') as majors, count(*) filter (where grade = 'minor') as minors,
         count(*) filter (where grade in ('ofi', 'observation')) as others,
         count(*) filter (where state not in ('closed', 'rejected')) as open
       from nonconformity where source in ('internal_audit', 'external_audit') and identified_on > $1 and state <> 'rejected'`,
      [from],
    );
    return [
      figure('Audits completed in 12 months', held.length === 0 ? 0 : `${held.length}: ${named(held)}`, 'audits'),
      figure('Their findings', `${found.majors ?? 0} major, ${found.minors ?? 0} minor, ${found.others ?? 0} other; ${found.open ?? 0} open`, 'findings'),
      figure('Audits ahead', named(next), 'audits'),
    ];
  },
  async d4(asked) {
    const { since, today } = asked;
    const counts = await countsOf(
      asked,
      `select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'open' and due_on < $2) as late,
         count(*) filter (where state = 'met' and state_at::date > $1) as met,
         count(*) filter (where state = 'missed' and state_at::date > $1) as missed from objective`,
      [since, today],
    );
    const open = await namesOf(
      asked,
      `select title || ' (by ' || ${worded('due_on')} || ')' as name from objective where state = 'open' order by due_on, id`,
      [],
    );
    return [
      figure('Objectives open', open.length === 0 ? 0 : `${open.length}: ${named(open)}`, 'objectives'),
      figure('Of these overdue', counts.late ?? 0, 'objectives'),
      figure(`Met since ${dayInWords(since)}`, counts.met ?? 0, 'objectives'),
      figure(`Missed since ${dayInWords(since)}`, counts.missed ?? 0, 'objectives'),
    ];
  },
  async e(asked) {
    const { since } = asked;
    const { complaints = 0 } = await countsOf(
      asked,
      `select count(*) as complaints from nonconformity where source = 'complaint' and identified_on > $1 and state <> 'rejected'`,
      [since],
    );
    const { reports = 0 } = await countsOf(
      asked,
      `select count(*) as reports from incident where aware_at::date > $1`,
      [since],
    );
    const asks = await countsOf(
      asked,
      `select count(*) as asked, count(*) filter (where state in ('new', 'routed')) as open from open_question where routed_at::date > $1`,
      [since],
    );
    return [
      figure(`Complaints since ${dayInWords(since)}`, complaints, 'findings'),
      figure(`Reports of colleagues that something is odd since ${dayInWords(since)}`, reports, 'incidents'),
      figure('Questions that no policy answered', `${asks.asked ?? 0}, ${asks.open ?? 0} without an answer`, 'questions'),
    ];
  },
  async f(asked) {
    const { since, today } = asked;
    const documents = await namesOf(
      asked,
      `select reference || ' ' || title || ' v' || version || coalesce(', to be reviewed by ' || ${worded('review_on')}, '') as name
       from (${inForceSql('$1::date')}) version where title ~* '(risk|risik|risque|riesgo)' order by reference`,
      [today],
    );
    const soa = await namesOf(
      asked,
      `select reference || ', edition ' || edition || ', approved ' || ${worded('approved_at')} || ': '
         || (select count(*) from soa_entry where soa_id = soa.id and applies) || ' controls apply, '
         || (select count(*) from soa_entry where soa_id = soa.id and applies and implemented = 'yes') || ' of them in place' as name
       from soa where state = 'approved'`,
      [],
    );
    const { found = 0 } = await countsOf(
      asked,
      `select count(*) as found from nonconformity where identified_on > $1 and state <> 'rejected'
         and (requirement in ('6.1.1', '6.1.2', '6.1.3', '8.2', '8.3'))`,
      [since],
    );
    return [
      figure('Documents on risks', named(documents), 'documents'),
      figure('Statement of Applicability', soa[0] ?? 'none is approved', 'soa'),
      figure(`Findings on risk assessment and treatment since ${dayInWords(since)}`, found, 'findings'),
    ];
  },
  async g(asked) {
    const { since } = asked;
    const counts = await countsOf(
      asked,
      `select count(*) filter (where state = 'proposed') as proposed, count(*) filter (where state = 'accepted') as accepted,
         count(*) filter (where state = 'done' and state_at::date > $1) as done from improvement`,
      [since],
    );
    const proposed = await namesOf(
      asked,
      `select reference || ' ' || title as name from improvement where state = 'proposed' order by id`,
      [],
    );
    const others = await countsOf(
      asked,
      `select (select count(*) from nonconformity where grade in ('ofi', 'observation') and state not in ('closed', 'rejected')) as seen,
         (select count(*) from work_package where state not in ('done', 'dropped')) as gaps`,
      [],
    );
    return [
      figure('Improvements that wait for a decision', proposed.length === 0 ? 0 : `${proposed.length}: ${named(proposed)}`, 'improvements'),
      figure('Improvements under way', counts.accepted ?? 0, 'improvements'),
      figure(`Improvements done since ${dayInWords(since)}`, counts.done ?? 0, 'improvements'),
      figure('Opportunities and observations of audits, open', others.seen ?? 0, 'findings'),
      figure('Gaps still to be closed', others.gaps ?? 0, 'gaps'),
    ];
  },
}; // prettier-ignore

const Since = z.object({ since: z.string().nullable() });

/** As the records stand; days are those of UTC. */
export async function selectFigures(tx: Queryable, { id, plannedOn }: Period, at: Date, inputs: readonly InputKey[]): Promise<Map<InputKey, Figure[]>> {
  const { since } = await selectOne(
    tx,
    Since,
    `select max(held_on)::text as since from management_review where id <> $1 and state in ('complete', 'signed') and held_on < $2`,
    [id, plannedOn],
  );
  const today = dayOf(at, 'UTC');
  const facts = new Map((await selectFacts(tx, at)).map((fact) => [fact.key, fact]));
  const asked: Asked = { tx, id, since: since ?? addMonths(today, -usualMonths), today, facts };
  const figures = new Map<InputKey, Figure[]>();
  for (const input of inputs) figures.set(input, await of[input](asked));
  return figures;
} // prettier-ignore
