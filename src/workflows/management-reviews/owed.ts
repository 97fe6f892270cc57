/** What people owe to a management review: its paper a week ahead, its day, its minutes, and the chair's signature. */
import { z } from 'zod';
import type { Obligation } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { paperDaysAhead } from '../../isms/management-review/plan.ts';
import { addDays } from '../../language/calendar.ts';
import { recordButton } from './find.ts';
import { sayTo } from './record.ts';

/** Days after the review within which its minutes are complete, and after that signed. */
const daysToComplete = 7;
const daysToSign = 14;

const Open = z.object({
  id: z.number(), reference: z.string(), title: z.string(), state: z.enum(['planned', 'in_progress', 'complete']), stateAt: z.date(), plannedOn: z.string(),
  heldOn: z.string().nullable(), paperSentAt: z.date().nullable(), personId: z.number(), locale: z.string(),
}); // prettier-ignore

export async function owedReviews(tx: Queryable, people: readonly number[]): Promise<Obligation[]> {
  const open = await selectAll(
    tx,
    Open,
    `select review.id, reference, review.title, state, state_at, planned_on, held_on, paper_sent_at, person.id as person_id, person.locale
     from management_review review join person on person.id = case when state = 'complete' then chair_id else secretary_id end
     where state in ('planned', 'in_progress', 'complete') and person.id = any($1) order by planned_on, review.id`,
    [people],
  );
  return open.map((review): Obligation => {
    const { id, reference, title, state, stateAt, plannedOn, heldOn, paperSentAt, personId } = review;
    const say = sayTo(review);
    const what = {
      planned: paperSentAt === null ? { key: 'owedPaper', command: 'paper', dueOn: addDays(plannedOn, -paperDaysAhead) } : { key: 'owedHold', command: 'show', dueOn: plannedOn },
      in_progress: { key: 'owedComplete', command: 'agenda', dueOn: addDays(heldOn ?? plannedOn, daysToComplete) },
      complete: { key: 'owedSign', command: 'minutes', dueOn: addDays(heldOn ?? plannedOn, daysToSign) },
    }[state];
    return {
      record: `management_review:${id}`,
      personId,
      askedAt: paperSentAt ?? stateAt,
      isTold: true,
      dueOn: what.dueOn,
      item: { text: say(what.key), detail: `${reference} · ${title}`, button: recordButton(what.command, say('look'), reference) },
      why: say(state === 'complete' ? 'chairWhy' : 'secretaryWhy'),
      rank: 1,
    };
  });
} // prettier-ignore
