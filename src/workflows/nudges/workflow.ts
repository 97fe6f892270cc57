/** Reminders that people do not mute: one message a day at most, in their hours, with all that is open for them. */
import type { Workflow } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Dependencies } from '../dependencies.ts';
import { besideList } from './card.ts';
import { claimLater, laterActions } from './later.ts';
import { claimMoreTime, moreTimeActions, waitingTime } from './more-time.ts';
import { room } from './phrases.ts';
import { planDue } from './plan.ts';
import { redrawCard } from './redraw.ts';
import { nudgeJobs } from './send.ts';
import { claimWhy, whyActions } from './why.ts';
import { claimWish, wishActions } from './wish.ts';

export function createNudgesWorkflow(parts: Dependencies): Workflow {
  const { db, workflows } = parts;
  return {
    name: room,
    offer: { text: 'I remind you once a day at most, in your hours.', examples: [] },
    tools: [],
    async claim(context, { text, attachments }) {
      if (attachments.length > 0) return null;
      const asked =
        claimWish(context, text) ??
        claimMoreTime(context, text, parts) ??
        claimWhy(context, text, parts) ??
        claimLater(context, text, parts);
      return asked === null ? null : privately(context, 'what waits for you', asked);
    },
    actions: { ...laterActions(parts), ...whyActions(parts), ...moreTimeActions(parts), ...wishActions },
    waiting: (context) => waitingTime(parts, context),
    dueInBatches: (tx, now) => planDue(tx, now, workflows()),
    jobs: nudgeJobs(workflows),
    besideList: (context) => besideList(db, context),
    afterwards: (tx, context) => redrawCard(tx, context, workflows()),
  };
}
