/** Questions that people are asked about a version of a policy: approved ones, of sections that still say what they said. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { choicesOf } from '../training/draw.ts';
import { PolicyQuestion } from './policy-question.ts';

const Row = PolicyQuestion.pick({ id: true, reference: true, ask: true, rightAnswer: true, wrongAnswers: true, why: true, shownBy: true })
  .extend({ sectionId: z.number(), number: z.string(), heading: z.string() }); // prettier-ignore

export interface AskedQuestion extends Pick<PolicyQuestion, 'id' | 'reference' | 'ask' | 'why' | 'shownBy'> {
  /** In the order of the seed. */
  choices: { text: string; right: boolean }[];
  /** Of this version. */
  section: { id: number; number: string; heading: string };
}

/**
 * The same for the same seed, as long as nobody approves or retires one.
 *
 * @param sectionIds  of the version: those that changed, whose questions come first
 * @param count       at most; there may be fewer, or none
 */
export async function selectQuestionsFor(
  tx: Queryable,
  versionId: number,
  sectionIds: readonly number[],
  count: number,
  seed: number,
): Promise<AskedQuestion[]> {
  const rows = await selectAll(
    tx,
    Row,
    `select * from (
       select distinct on (question.id) question.id, question.reference, question.ask, question.right_answer,
         question.wrong_answers, question.why, question.shown_by, section.id as section_id, section.number,
         section.heading
       from document_version version
       join policy_question question on question.document_id = version.document_id and question.state = 'approved'
       join section written on written.id = question.section_id
       join section on section.version_id = version.id and section.heading = written.heading
         and section.body = written.body
       where version.id = $1 order by question.id, section.ordinal
     ) possible
     order by section_id = any($2) desc, md5(id || ':' || $4::text), id limit $3`,
    [versionId, sectionIds, count, seed],
  );
  return rows.map(({ sectionId, number, heading, rightAnswer, wrongAnswers, ...question }) => ({
    ...question,
    section: { id: sectionId, number, heading },
    choices: choicesOf(
      {
        id: String(question.id),
        choices: [rightAnswer, ...wrongAnswers].map((text, at) => ({ text, right: at === 0 })),
      },
      seed,
    ),
  }));
}
