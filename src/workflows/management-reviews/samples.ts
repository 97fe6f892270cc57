/** Management reviews of the made-up company: one held and signed eleven months ago, whose actions go on, and the next one ahead. */
import type { Queryable } from '../../db/database.ts';
import { toJsonb } from '../../db/rows.ts';
import { recordSamples, type Story } from '../../dialogue/record-samples.ts';
import { acceptAction } from '../../isms/corrective-action/moves.ts';
import { actionsHanging } from '../../isms/corrective-action/removal.ts';
import { arrive } from '../../isms/management-review/attend.ts';
import { inputKeys, type InputKey } from '../../isms/management-review/inputs.ts';
import { managementReviews, type ManagementReview } from '../../isms/management-review/management-review.ts';
import {
  completeReview,
  markDiscussed,
  noteDecision,
  noteSaid,
  startReview,
} from '../../isms/management-review/meeting.ts';
import { signReview } from '../../isms/management-review/minutes.ts';
import { drawFigures, planReview } from '../../isms/management-review/plan.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

const heldAgo = 330;
const nextIn = 21;

/** What was said then, and the figures that stood there; those of today are drawn for the next one. */
const past: Record<InputKey, { figure: [string, string, string]; note: string }> = {
  a: {
    figure: ['Review before this one', 'none is kept here', 'earlier management reviews'],
    note: 'It is the first review, so there is nothing to follow up.',
  },
  b: {
    figure: ['Documents that took effect in the year', '14', 'documents in force'],
    note: 'Lyon opened as a second site. Two large customers ask for a certificate from next year on.',
  },
  c: {
    figure: ['Interested parties', '6', 'register of interested parties'],
    note: 'Customers want the certificate and word within 24 hours of an incident.',
  },
  d1: {
    figure: ['Minors open', '2', 'register of non-conformities'],
    note: 'Both are old: leavers and supplier contracts. No majors.',
  },
  d2: {
    figure: ['Incidents in the year', '7, none of them high', 'register of incidents'],
    note: 'Phishing tests are clicked less often than a year before.',
  },
  d3: {
    figure: ['Audits completed in 12 months', '0', 'audits'],
    note: 'No internal audit yet. The programme over three years is to be approved within a month.',
  },
  d4: {
    figure: ['Objectives open', '3', 'register of objectives'],
    note: 'Three objectives stand; the one on training needs a measure.',
  },
  e: {
    figure: ['Complaints in the year', '1', 'register of non-conformities'],
    note: 'One customer asked why their questionnaire took five weeks.',
  },
  f: {
    figure: ['Documents on risks', 'Risk Management Procedure', 'documents in force'],
    note: 'The treatment plan is on its way; the move to the new provider is the largest risk.',
  },
  g: {
    figure: ['Improvements under way', '1', 'register of improvements'],
    note: 'One list for questionnaires of customers, so that answers are written once.',
  },
};

export const reviewSamples = recordSamples(managementReviews, {
  many: 'management reviews',
  title: 'title',
  of: 'chair_id = any($1) and secretary_id = any($1)',
  parts: { review_decision: 'review_id', review_attendance: 'review_id', review_input: 'review_id' },
  with: actionsHanging,
  load,
});

async function load(tx: Queryable, { now, ines, person, by }: Story): Promise<void> {
  const [clara, fiona, ewan] = [await person('clara'), await person('fiona'), await person('ewan')];
  const members = [fiona, ewan];
  for (const name of ['hugo', 'mona', 'lena', 'hanna']) members.push(await person(name));
  const memberIds = members.map(({ id }) => id);
  const invited = { chairId: clara.id, secretaryId: ines.id, memberIds };
  const held = dayOf(by(ines, heldAgo).at, ines.timeZone);

  let review: ManagementReview = await planReview(tx, by(ines, heldAgo + 30), { plannedOn: held, ...invited });
  review = await startReview(tx, by(ines, heldAgo), review, null);
  for (const each of [clara, ines, ...members]) if (each !== ewan) review = await arrive(tx, by(each, heldAgo), review);
  for (const input of inputKeys) {
    const { figure: [label, value, source], note } = past[input];
    await tx.query('update review_input set figures = $3, figures_at = $4 where review_id = $1 and input = $2', [review.id, input, toJsonb([{ label, value, source }]), by(ines, heldAgo).at]);
    review = await noteSaid(tx, by(ines, heldAgo), review, input, note);
    review = await markDiscussed(tx, by(ines, heldAgo), review, input, true);
  }
  const decide = async (input: InputKey, kind: 'decision' | 'resources', text: string) => {
    ({ review } = await noteDecision(tx, by(clara, heldAgo), review, { input, kind, text, ownerId: null, dueOn: null }));
  };
  await decide('d3', 'decision', 'Audits run by a programme over three years, approved by the managing director.');
  await decide('f', 'resources', 'Two days a week of the platform team for the treatment plan.');
  const dueOn = addDays(dayOf(now, 'UTC'), 30);
  const action = await noteDecision(tx, by(clara, heldAgo), review, { input: 'e', kind: 'action', text: 'Keep one list of answers to questionnaires of customers, and name who keeps it', ownerId: fiona.id, dueOn });
  review = action.review;
  await acceptAction(tx, by(fiona, heldAgo - 1), action.decision.reference ?? '');
  review = await completeReview(tx, by(ines, heldAgo - 1), review, {
    heldOn: held, suitable: true, adequate: true, effective: false,
    conclusion: 'The system fits us and covers what is asked. It is not effective yet: audits have not begun, and two objectives have no measure.',
  });
  await signReview(tx, by(clara, heldAgo - 3), review);
  const next = await planReview(tx, by(ines, 20), { plannedOn: addDays(dayOf(now, ines.timeZone), nextIn), ...invited });
  // Of today, as somebody who looks around expects them.
  await drawFigures(tx, by(ines, 0), next, inputKeys);
} // prettier-ignore
