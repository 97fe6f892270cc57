/** Everything that has a day, in one list: audits, reviews, answers, evidence, actions, visits of the certification body. Reads only. */
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { Reader } from '../../records/record.ts';
import { readsAll } from '../register/access.ts';
import { selectBodyDays } from './body-days.ts';
import { Day, type Dated } from './day.ts';
import { sources } from './sources.ts';

export interface Span {
  from: string;
  until: string;
}

/** @param viewer  null for the operator, who sees what is the organisation's, and nothing that is a person's alone */
export interface DatedAsked {
  viewer: Reader | null;
  span: Span;
  today: string;
  /** Also what is overdue, whenever it was due. */
  late: boolean;
}

/** SQL for a row of `person_id` and `others`: whether the viewer sees it, who is `$1`; `$2` is whether they see all. */
const seenSql = `($2::boolean or person_id = $1 or $1 = any(others)
  or exists (select from person report where report.id = person_id and report.manager_id = $1))`;

/** What is overdue first, the longest first, then by day. */
export async function selectDated(tx: Queryable, asked: DatedAsked): Promise<Dated[]> {
  const { viewer, span, today, late } = asked;
  const rows = await selectAll(
    tx,
    Day,
    `with dated as (${sources.join('\n union all ')})
     select dated.kind, record, reference, dated.title, opens_on::text, due_on::text, person_id, person.name as person
     from dated left join person on person.id = person_id
     where due_on is not null and ${seenSql}
       and ((due_on < $3::date and $6::boolean) or (coalesce(opens_on, due_on) <= $5::date and due_on >= $4::date))`,
    [viewer?.id ?? 0, viewer === null || readsAll(viewer), today, span.from, span.until, late],
  );
  const isAsked = ({ opensOn, dueOn }: Dated) =>
    (dueOn < today && late) || ((opensOn ?? dueOn) <= span.until && dueOn >= span.from);
  const all: Dated[] = [...rows, ...(await selectBodyDays(tx, viewer)).filter(isAsked)];
  const order = (each: Dated) => [each.dueOn, each.kind, each.record, each.part ?? ''].join(' ');
  return all.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}
