/** Sets of questions with what is known of each: one answer to a requirement counts for every set that asks for it. */
import type { Database, Queryable } from '../../db/database.ts';
import type { Table } from '../../files/write-table.ts';
import { assessments } from '../../isms/assessment/assessment.ts';
import { selectOutcomes, type Outcome } from '../../isms/assessment/outcome.ts';
import {
  ownRequirement,
  selectQuestionSets,
  selectSetQuestions,
} from '../../isms/assessment/question-set.ts';
import { isSeen, resultOfAll } from '../../isms/assessment/result.ts';

const columns = ['set', 'number', 'question', 'requirements', 'answer', 'basis', 'because', 'in_words', 'evidence_age', 'answered_by', 'as_of', 'assessment']; // prettier-ignore

const answers = {
  conform: 'yes',
  partial: 'partly',
  nonconform: 'no',
  not_applicable: 'not applicable',
  not_assessed: 'not answered yet',
} as const;

interface Known extends Outcome {
  from: string;
}

/** The newest that is known of each criterion, whichever assessment it comes from. */
async function selectKnown(tx: Queryable): Promise<Known[]> {
  const newest = new Map<string, Known>();
  for (const assessment of await assessments.selectWhere(
    tx,
    "state in ('in_progress', 'in_review', 'final')",
  ))
    for (const outcome of await selectOutcomes(tx, assessment))
      if (outcome.result !== 'not_assessed' || !newest.has(outcome.name))
        newest.set(outcome.name, { ...outcome, from: assessment.reference });
  return [...newest.values()];
}

/** For `isma export questions`. */
export async function questionsTable(db: Database): Promise<Table> {
  const rows: Table['rows'][number][] = [];
  const known = await selectKnown(db);
  for (const { id, name } of await selectQuestionSets(db))
    for (const { number, question, requirements } of await selectSetQuestions(db, id)) {
      const asked = requirements.length > 0 ? requirements : [ownRequirement(name, number)];
      const found = known.filter(({ requirement }) => asked.includes(requirement));
      rows.push([name, number, question, requirements.join('; '), ...answerOf(found)]);
    }
  return { columns, rows };
}

/** A requirement that nothing was asked of yet leaves the whole question open, unless what is known decides it. */
function answerOf(found: readonly Known[]): string[] {
  const result = resultOfAll(found);
  const assessed = found.filter((each) => each.result !== 'not_assessed' && each.result !== 'not_applicable');
  const days = found.flatMap(({ holds }) => holds?.at?.toISOString().slice(0, 10) ?? []).toSorted();
  const each = (of: (known: Known) => string | null | undefined) => [
    ...new Set(found.flatMap((known) => of(known) ?? []).filter((said) => said !== '')),
  ];
  return [
    answers[result],
    assessed.length === 0 ? '' : assessed.every(isSeen) ? 'seen' : 'claimed',
    found.map(({ name, result: its }) => `${name}: ${answers[its]}`).join('; '),
    each(({ holds }) => holds?.words).join('; '),
    each(({ holds }) => holds?.evidenceAge).join('; '),
    each(({ holds }) => holds?.byName).join('; '),
    days.at(-1) ?? '',
    each(({ from }) => from).join('; '),
  ];
}
