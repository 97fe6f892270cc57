/** Brings a set of questions from a file, with the requirements that they map to. */
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { faultText, nothingWritten, unreadText } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import {
  insertQuestionSet,
  selectOptionalSet,
  type SetQuestion,
} from '../../isms/assessment/question-set.ts';
import { assessable } from '../../isms/assessment/bank.ts';
import { normaliseRequirement, requirements } from '../../records/requirement.ts';

const mostText = 1_000;

/** A chapter stands for all that can be assessed in it. */
function readRequirements(said: string): string[] {
  return [
    ...new Set(
      said
        .split(/[;,\n|]|\s\/\s/)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .flatMap((part) => {
          const id = normaliseRequirement(part);
          if (
            id === null ||
            !(requirements().has(id) || assessable().some((each) => each.startsWith(`${id}.`)))
          )
            throw new Refusal(
              `«${part}» is no clause or control of ISO/IEC 27001:2022; write it as 9.2 or A.8.13, several with ; between, or leave it empty to have the question asked by itself`,
            );
          return assessable().filter((each) => each === id || each.startsWith(`${id}.`));
        }),
    ),
  ];
}

/** Columns by our names, each with what others call it. */
const questionRow = z
  .object({
    reference: z
      .string()
      .trim()
      .min(1, 'is missing')
      .max(60)
      .describe('number, no, ref, id, question_id, question_no, nr'),
    question: z
      .string()
      .trim()
      .min(5, 'is missing')
      .max(mostText, `may have ${mostText} characters`)
      .describe('question_text, text, control_question, requirement_text, frage'),
    requirements: z
      .string()
      .transform((said, context): string[] => {
        try {
          return readRequirements(said);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          context.addIssue({ code: 'custom', message: error.message });
          return z.NEVER;
        }
      })
      .describe(
        'requirement, control, controls, clause, clauses, iso, iso_27001, iso_27001_2022, annex_a, mapping, maps_to',
      ),
  })
  .transform((row) => row);

export const bringQuestions: Import['bring'] = async (db, clock, file, { apply, dates = null }) => {
  const { rows, faults, unread } = await readRecordFile(file, questionRow, dates);
  const name = basename(file, extname(file))
    .replace(/[_\s]+/g, ' ')
    .trim()
    .slice(0, 60);
  const questions = rows.map(({ record: { reference: number, ...rest } }): SetQuestion => ({
    number,
    ...rest,
  }));
  const written = apply && faults.length === 0 && questions.length > 0;
  const replaces = await db.transaction(async (tx) => {
    const before = await selectOptionalSet(tx, name);
    if (written)
      await insertQuestionSet(tx, { name, questions }, { actor: 'system:question-import', at: clock() });
    return before;
  });
  const mapped = questions.filter(({ requirements: to }) => to.length > 0).length;
  const own = questions.length - mapped;
  const lines = [
    ...unreadText(unread),
    ...faults.map(faultText),
    `${written ? 'Added' : 'Would add'} the set «${name}»: ${questions.length} questions, of which ${mapped} ${mapped === 1 ? 'is' : 'are'} answered by clauses and controls and ${own} ${own === 1 ? 'is' : 'are'} asked by ${own === 1 ? 'itself' : 'themselves'}.`,
    ...(replaces === null
      ? []
      : [`It takes the place of the set of that name, which had ${replaces.length} questions.`]),
    ...(written ? [] : [nothingWritten(faults.length > 0, true)]),
  ];
  return { text: `${lines.join('\n')}\n`, isWhole: faults.length === 0 };
};
