/** Records of clause 10.2, moved forward by saying what happened: every way in is a module of its own. */
import '../../isms/nonconformity/actions.ts';
// Kinds of change, which cards of this room and of others may propose.
import './cause/cause-change.ts';
import './raise/raise-change.ts';
import type { Context, Outcome, Turn, Workflow } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import { words } from '../../language/vocabulary.ts';
import { fiveWhys } from './cause/cause-coach.ts';
import { causeActions } from './cause/root-cause.ts';
import { effectivenessJobs, dueChecks } from './check/due-checks.ts';
import { dueLeavers, leaverJobs } from './update/left-job.ts';
import type { Dependencies } from '../dependencies.ts';
import { waitingPlans } from './plan/waiting.ts';
import { planningActions } from './plan/planning.ts';
import { claimRaise, offerToReport, raiseActions, raiseAnswers } from './raise/raise.ts';
import { claimNamed, claimRegister, registerActions } from './register/register.ts';
import { correctiveActionTools } from './tools.ts';
import { claimNote, claimUpdate, updateActions } from './update/update.ts';
import { owedActions, waitingActions } from './update/my-list.ts';

const lookUp = {
  text: 'Look things up in the register: «open majors», «why is NC-6 still open?».',
  example: 'open non-conformities',
};

export function createCorrectiveActionsWorkflow(parts: Dependencies): Workflow {
  return {
    name: 'corrective-actions',
    actions: {
      ...updateActions,
      ...raiseActions(parts),
      ...causeActions(parts),
      ...planningActions,
      ...registerActions(parts),
    },
    answers: { ...fiveWhys.answers, ...raiseAnswers(parts) },
    tools: correctiveActionTools(parts),
    instructions: prompt('corrective-actions'),
    subject: 'non-conformities and corrective actions',
    mayConcern: words('rooms/corrective-actions').has,
    offer: {
      text: 'Tell me what happened to an action («CA-12 is done», «two more weeks»), or what is not as it should be: I write it down once you confirm.',
      examples: ["What's on my plate?"],
      first: {
        employee: {
          text: 'Say what is not as it should be («the badge reader at the gate is broken»): I write it down once you confirm.',
          example: 'Report something',
        },
        action_owner: {
          text: 'Tell me what happened to an action: «CA-12 is done», «two more weeks».',
          example: "What's on my plate?",
        },
        manager: { text: 'See what is overdue in your team.', example: 'everything overdue in my team' },
        isms_manager: lookUp,
        admin: lookUp,
        auditor: lookUp,
      },
    },

    async claim(context: Context, turn: Turn): Promise<Outcome | null> {
      return (
        (await claimRegister(parts, context, turn)) ??
        (await claimUpdate(parts, context, turn)) ??
        (await claimRaise(parts, context, turn))
      );
    },

    alsoOffers: offerToReport,
    claimWithoutModel: async (context, turn) =>
      (await claimNote(parts, context, turn)) ?? claimNamed(context, turn),

    owed: (tx, people) => owedActions(tx, people),
    waiting: async (context) => [
      ...(await waitingActions(parts, context)),
      ...(await waitingPlans(parts, context)),
    ],
    due: async (tx, now) => [...(await dueLeavers(tx, now)), ...(await dueChecks(tx, now))],
    jobs: { ...leaverJobs, ...effectivenessJobs },

    shortcuts: [
      {
        id: 'corrective-actions.raise',
        label: 'Raise a non-conformity',
        description:
          'Takes this message as what was seen, and proposes a record that you correct and confirm.',
      },
    ],
  };
}
