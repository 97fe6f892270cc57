/**
 * Sets of questions of an organisation's own or of its customers: what maps to requirements is answered by what is known of these,
 * so that one answer counts for several sets; what does not is asked beside the bank. Owns `question_set` and `set_question`.
 */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../../db/rows.ts';
import { questionBank, type Choice, type QuestionBank, type Theme } from './bank.ts';

const SetQuestion = z.object({
  number: z.string(),
  question: z.string(),
  requirements: z.array(z.string()),
});
export type SetQuestion = z.infer<typeof SetQuestion>;

const Kept = z.object({ id: z.number(), name: z.string() });
type Kept = z.infer<typeof Kept>;

/** Those that count now, in the order in which they came. */
export function selectQuestionSets(tx: Queryable): Promise<Kept[]> {
  return selectAll(tx, Kept, 'select id, name from question_set where replaced_at is null order by id');
}

export function selectSetQuestions(tx: Queryable, set: number): Promise<SetQuestion[]> {
  return selectAll(
    tx,
    SetQuestion,
    'select number, question, requirements from set_question where set_id = $1 order by ordinal',
    [set],
  );
}

/** @returns the questions of the set of that name, or null where there is none */
export async function selectOptionalSet(tx: Queryable, name: string): Promise<SetQuestion[] | null> {
  const sql = 'select id, name from question_set where lower(name) = lower($1) and replaced_at is null';
  const found = await selectOptional(tx, Kept, sql, [name]);
  return found === null ? null : selectSetQuestions(tx, found.id);
}

/** Takes the place of the set of the same name. */
export async function insertQuestionSet(
  tx: Queryable,
  { name, questions }: { name: string; questions: readonly SetQuestion[] },
  { actor, at }: { actor: string; at: Date },
): Promise<void> {
  await tx.query(
    'update question_set set replaced_at = $2 where lower(name) = lower($1) and replaced_at is null',
    [name, at],
  );
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    'insert into question_set (name, imported_by, imported_at) values ($1, $2, $3) returning id',
    [name, actor, at],
  );
  for (const [index, { number, question, requirements }] of questions.entries())
    await tx.query(
      'insert into set_question (set_id, ordinal, number, question, requirements) values ($1, $2, $3, $4, $5)',
      [id, index + 1, number, question, requirements],
    );
  const detail = { name, questions: questions.length };
  await appendAudit(tx, { action: 'question_set.imported', record: `question_set:${id}`, detail, actor, at });
}

/** What anybody can say of a question that nobody here wrote. */
const usualChoices: readonly Choice[] = [
  {
    as: 'always',
    en: 'Yes, by a written rule',
    de: 'Ja, nach schriftlicher Regel',
    defined: 'yes',
    practised: 'yes',
  },
  { as: 'habit', en: 'Yes, by habit', de: 'Ja, aus Gewohnheit', defined: 'no', practised: 'yes' },
  { as: 'partly', en: 'In part', de: 'Zum Teil', defined: 'partly', practised: 'partly' },
  {
    as: 'planned',
    en: 'There is a rule, not done yet',
    de: 'Es gibt eine Regel, noch nicht umgesetzt',
    defined: 'yes',
    practised: 'no',
  },
  { as: 'no', en: 'No', de: 'Nein', defined: 'no', practised: 'no' },
];

/** Of a question that maps to nothing: `Acme 7`, which no requirement of the standard is called. */
export function ownRequirement(set: string, number: string): string {
  return `${set} ${number}`;
}

/** The bank as it is now, with a theme for each set that has questions which map to nothing. */
export async function bankWithSets(tx: Queryable): Promise<QuestionBank> {
  const bank = questionBank();
  const themes: Theme[] = [];
  for (const { id, name } of await selectQuestionSets(tx)) {
    const own = (await selectSetQuestions(tx, id)).filter(({ requirements }) => requirements.length === 0);
    if (own.length === 0) continue;
    themes.push({
      id: `set-${id}`,
      title: { en: name },
      requirements: own.map((asked) => requirementOf(name, asked)),
    });
  }
  return { ...bank, themes: [...bank.themes, ...themes] };
}

function requirementOf(set: string, { number, question }: SetQuestion): Theme['requirements'][number] {
  const asked = { en: question };
  return {
    id: ownRequirement(set, number),
    about: asked,
    criteria: [
      {
        id: 'asked',
        is: asked,
        who: ['owner'],
        routine: asked,
        why: { en: `${set} asks it.`, de: `${set} fragt danach.` },
        choices: [...usualChoices],
        hears: [],
        evidence: [{ en: 'What shows it', de: 'Was es zeigt', fresh: 12 }],
        gap: {
          close: { en: `Decide with whoever asks for ${set} how this is to be met.` },
          effort: 'days',
          grade: 'ofi',
        },
      },
    ],
  };
}
