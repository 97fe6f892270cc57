/** Gap analyses, as the house knows them. */
import type { Room } from '../../dialogue/room.ts';
import { assessments } from '../../isms/assessment/assessment.ts';
import { forgetUnfinished } from '../../isms/assessment/assignment.ts';
import type { Dependencies } from '../dependencies.ts';
import { gapTable } from './export.ts';
import { gapSamples } from './samples.ts';
import { bringQuestions } from './import-questions.ts';
import { questionsTable } from './question-answers.ts';
import { gapReport } from './report-actions.ts';
import { createGapAnalysisWorkflow } from './workflow.ts';

export const gapAnalysisRoom: Room<Dependencies> = {
  name: 'gap-analysis',
  workflow: createGapAnalysisWorkflow,
  forget: forgetUnfinished,
  tables: { gap: gapTable, questions: questionsTable },
  documents: { gap: gapReport },
  imports: { questions: { bring: bringQuestions } },
  evidence: { gap: assessments.selectReferences },
  pack: { selfAssessment: true },
  samples: gapSamples,
};
