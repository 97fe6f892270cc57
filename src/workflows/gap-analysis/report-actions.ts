/** The report of an assessment, on its way to a reader: in chat, and to a file. */
import { actionId, type Actions } from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Database } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import type { ReportAsked } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { assessments } from '../../isms/assessment/assessment.ts';

import { room } from './buttons.ts';
import { findAssessment } from './find.ts';
import { reportOf } from './report.ts';
import { languageOf } from '../../language/wording.ts';

export const reportActions: Actions = {
  async [`${room}.report`](tx, context, { argument }) {
    const { person, now } = context;
    const assessment = await findAssessment(tx, context, argument('record'));
    const { reference } = assessment;
    const bytes = await reportOf(
      tx,
      assessment,
      { language: languageOf(person), timeZone: person.timeZone },
      now,
    );
    const table = (format: string) => actionId(`${room}.export`, { record: reference, format });
    return toAsker({
      text: `The report of ${reference}, for readers who were not here.`,
      files: [await keepOutgoingFile(tx, `${reference}.docx`, bytes)],
      buttons: [
        { id: table('xlsx'), label: 'Every criterion as Excel' },
        { id: table('csv'), label: 'As CSV' },
      ],
    });
  },
};

/** For `isma export gap --out <file>.docx`. Days are those of UTC: an operator has no zone here. */
export async function gapReport(db: Database, { record, language, now }: ReportAsked): Promise<Uint8Array> {
  return db.transaction(async (tx) => {
    const found =
      record === null
        ? (await assessments.selectWhere(tx, "state <> 'draft'")).at(-1)
        : await assessments.selectOptional(tx, record);
    if (found == null || found.state === 'draft')
      throw new OperatorError(
        record === null
          ? 'There is no gap analysis yet. The ISMS manager begins one in chat with «gap analysis».'
          : `There is no gap analysis ${record} that has begun.`,
      );
    return reportOf(tx, found, { language: languageOf({ locale: language }), timeZone: 'UTC' }, now);
  });
}
