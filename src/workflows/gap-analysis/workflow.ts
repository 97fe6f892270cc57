/** How the organisation stands against the standard: asked of those who know, rated, shown, and turned into what is to be done. */
import type { Context, Outcome, Turn, WaitingItem, Workflow } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { evidenceActions } from '../../dialogue/evidence.ts';
import { toAsker } from '../../dialogue/command.ts';
import { mayBegin, selectWaitingFor } from '../../isms/assessment/assessment.ts';
import { selectSubmittedTo } from '../../isms/assessment/assignment.ts';
import { words } from '../../language/vocabulary.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { assignmentButton, recordButton, room } from './buttons.ts';
import { claimAsking, delegateActions } from './delegate.ts';
import { exportActions } from './export.ts';
import { findAssessment } from './find.ts';
import { gapActions } from './gaps.ts';
import { interviewOf } from './interview.ts';
import { owedAnswers } from './owed.ts';
import { profileActions, profileInterview } from './profile.ts';
import { goOnButton, resultsActions, shownResults } from './results.ts';
import { reportActions } from './report-actions.ts';
import { reviewActions } from './review.ts';
import { readStart } from './said-start.ts';
import { listCard, start, startActions, startCard, type Interviews } from './start.ts';
import { submissionActions } from './submission.ts';
import { gapAnalysisTools } from './tools.ts';

const lists = words('assessments/list');
const results = words('assessments/results');

/** Words of a message that asks for an assessment by its reference; a longer one says something. */
const mostWords = 5;

export function createGapAnalysisWorkflow(parts: Dependencies): Workflow {
  const questions = interviewOf(parts);
  const profile = profileInterview(questions);
  const interviews: Interviews = { questions, profile };

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    const mine = (outcome: Outcome) => privately(context, 'a gap analysis', outcome);
    if (attachments.length > 0) return null;
    if (lists.is(text) !== null) return mine(async (tx) => toAsker(await listCard(tx, context)));
    const reference = text.trim().split(/\s+/).length > mostWords ? null : referenceIn(text, 'GA');
    if (reference !== null || results.is(text) !== null)
      return mine(async (tx) => toAsker(await shownResults(tx, context, await findAssessment(tx, context, reference ?? '')))); // prettier-ignore
    const asks = await claimAsking(parts.db, context, text);
    if (asks !== null) return mine(asks);
    const said = readStart(text);
    if (said === null) return null;
    const { scope, covers } = said;
    return mine(async (tx) =>
      scope === null ? toAsker(startCard(context, said)) : start(tx, context, interviews, scope, covers),
    );
  }

  /** What is plainly for this room, as «ask Omar about A.8.13», answers no question of it. */
  function unlessCommands(answers: NonNullable<Workflow['answers']>): typeof answers {
    const entries = Object.entries(answers).map(([command, answer]): [string, typeof answer] => [
      command,
      async (context, turn, argument) =>
        (await claim(context, turn)) === null ? answer(context, turn, argument) : null,
    ]);
    return Object.fromEntries(entries);
  }

  return {
    name: room,
    offer: {
      text: 'I look with you at how you stand against ISO/IEC 27001, one question at a time.',
      examples: ['gap analysis'],
      to: mayBegin,
      first: {
        isms_manager: {
          text: 'Find out how you stand against ISO/IEC 27001, one question at a time.',
          example: 'gap analysis',
        },
      },
    },
    tools: gapAnalysisTools(),
    instructions: prompt('gap-analysis'),
    subject: 'gap analyses against ISO/IEC 27001',
    mayConcern: words('rooms/gap-analysis').has,
    actions: {
      ...questions.actions,
      ...profile.actions,
      ...profileActions(questions, profile),
      ...startActions(interviews),
      ...submissionActions,
      ...delegateActions(interviews),
      ...reviewActions(parts, interviews),
      ...evidenceActions(room, parts),
      ...resultsActions,
      ...gapActions,
      ...exportActions,
      ...reportActions,
    },
    answers: unlessCommands({ ...questions.answers, ...profile.answers }),
    claim,
    owed: (tx, people) => owedAnswers(interviews, tx, people),
    waiting: (context) => waiting(parts.db, context, interviews),
  };
}

async function waiting(tx: Queryable, context: Context, interviews: Interviews): Promise<WaitingItem[]> {
  const { person } = context;
  const items: WaitingItem[] = asWaiting(await owedAnswers(interviews, tx, [person.id]), context);
  for (const assignment of await selectSubmittedTo(tx, person.id))
    items.push({
      text: `${assignment.reference} · ${assignment.personName} answered about ${assignment.about}`,
      detail: 'waits for your look',
      button: assignmentButton('review', 'Look', assignment),
    });
  for (const led of await selectWaitingFor(tx, person.id))
    items.push(
      led.state === 'draft'
        ? { text: `${led.reference} · a gap analysis that you opened`, detail: 'waits for a few words about you', button: goOnButton(led) }
        : { text: `${led.reference} · all answers are in`, detail: 'waits to be made final', button: recordButton('show', 'Look', led.reference) },
    );
  return items;
} // prettier-ignore
