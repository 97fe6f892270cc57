/** An assessment as a table: one row a criterion, with all that was said, by whom, and what it came to. */
import type { Actions, Context } from '../../conversation/contract.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { sendTable } from '../../dialogue/list.ts';
import type { Table } from '../../files/write-table.ts';
import { assessments, type Assessment } from '../../isms/assessment/assessment.ts';
import { selectOutcomes, type Outcome } from '../../isms/assessment/outcome.ts';
import { titleOf } from '../../isms/assessment/questions.ts';
import { isSeen, maturityOf } from '../../isms/assessment/result.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { room } from './buttons.ts';
import { findAssessment } from './find.ts';
import { sayIn } from '../../language/wording.ts';

const columns = [
  'assessment', 'state', 'theme', 'requirement', 'title', 'criterion', 'criterion_text', 'result', 'defined', 'practised', 'proven', 'basis',
  'seen', 'maturity', 'answer', 'words', 'evidence_age', 'evidence', 'answered_by', 'part', 'answered_at', 'differs', 'other_answers', 'left_out',
  'to_close', 'effort', 'grade',
]; // prettier-ignore

async function rowsOf(tx: Queryable, assessment: Assessment): Promise<Table['rows']> {
  const titles = new Map((await selectEvidence(tx, [assessments.nameOf(assessment)])).map(({ id, title }) => [id, title])); // prettier-ignore
  const outcomes = await selectOutcomes(tx, assessment);
  return outcomes.map((outcome) => rowOf(assessment, outcome, titles));
}

function rowOf({ reference, state }: Assessment, outcome: Outcome, titles: ReadonlyMap<number, string>): Table['rows'][number] {
  const { holds, placed, requirement, answers, gap, result } = outcome;
  const choice = placed.criterion.choices.find(({ as }) => as === holds?.choice);
  const others = answers.filter((each) => each !== holds).map((each) => `${each.byName ?? ''}: ${each.defined ?? '–'}/${each.practised ?? '–'}/${each.proven ?? '–'}`);
  return [
    reference, state, outcome.theme, requirement, titleOf(requirement), outcome.name, placed.criterion.is.en, result,
    outcome.defined ?? '', outcome.practised ?? '', outcome.proven ?? '', holds === null ? '' : isSeen(outcome) ? 'seen' : 'claimed', outcome.seen.join(', '),
    maturityOf(outcome) ?? '', holds === null ? 'unanswered' : choice === undefined ? (holds.state ?? '') : sayIn(choice, 'en'), holds?.words ?? '',
    holds?.evidenceAge ?? '', (holds?.evidence ?? []).map((id) => titles.get(id) ?? '').join(', '), holds?.byName ?? '', holds?.part ?? '',
    holds?.at?.toISOString() ?? '', outcome.differs ? 'yes' : '', others.join('; '), outcome.leftOut ?? '', sayIn(gap.close, 'en'), gap.effort, gap.grade,
  ];
} // prettier-ignore

/** All assessments that have begun, for `isma export gap`. */
export async function gapTable(db: Database): Promise<Table> {
  const rows: Table['rows'][number][] = [];
  for (const assessment of await assessments.selectWhere(db, "state <> 'draft'"))
    rows.push(...(await rowsOf(db, assessment)));
  return { columns, rows };
}

export const exportActions: Actions = {
  async [`${room}.export`](tx: Queryable, context: Context, { argument }) {
    const assessment = await findAssessment(tx, context, argument('record'));
    const { reference } = assessment;
    const table = { columns, rows: await rowsOf(tx, assessment) };
    const text = `${reference} with all ${table.rows.length} criteria.`;
    return sendTable(tx, room, argument, { record: reference }, { name: reference, text, table });
  },
};
