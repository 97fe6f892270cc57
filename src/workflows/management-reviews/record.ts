/** The record of a management review: its card, its list, its history, and the two moves that need nothing but a press or a reason. */
import { actionId, type ButtonParts, type Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { field } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import { selectActionsOf } from '../../isms/corrective-action/corrective-action.ts';
import { linesOf } from '../../isms/corrective-action/line.ts';
import { selectAttendance } from '../../isms/management-review/attend.ts';
import { selectInputs } from '../../isms/management-review/inputs.ts';
import {
  managementReviews,
  reviewStates,
  selectReviewFacts,
  type ManagementReview,
  type ReviewFacts,
} from '../../isms/management-review/management-review.ts';
import { selectDecisions } from '../../isms/management-review/meeting.ts';
import { dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { dayIn, languageOf, wording, type Say } from '../../language/wording.ts';
import { selectPerson } from '../../records/person.ts';
import { decisionLine, kindWords, presentInWords } from './cards.ts';
import { recordButton, room } from './find.ts';

export const sayTo = (person: { locale: string }): Say => wording('management-reviews', languageOf(person));

/** «suitable, adequate, not effective»; null as long as nobody has said. */
export function verdictOf({ suitable, adequate, effective }: Pick<ManagementReview, 'suitable' | 'adequate' | 'effective'>): string | null {
  if (suitable === null || adequate === null || effective === null) return null;
  return Object.entries({ suitable, adequate, effective }).map(([word, is]) => (is ? word : `not ${word}`)).join(', ');
} // prettier-ignore

export const base = recordRoom<ManagementReview, ReviewFacts>({
  name: room,
  offer: {
    text: 'I prepare management reviews with figures, walk through them with you, and keep their minutes.',
    examples: ['plan the management review', 'management reviews'],
    to: ({ roles }) => roles.includes('isms_manager'),
  },
  record: managementReviews,
  states: reviewStates,
  facts: selectReviewFacts,
  title: ({ title }) => title,
  columns: {
    'Planned for': ({ plannedOn }) => dayInWords(plannedOn),
    'Held on': ({ heldOn }) => (heldOn === null ? null : dayInWords(heldOn)),
    Chair: 'chairId',
    Secretary: 'secretaryId',
    'The ISMS is': verdictOf,
    Conclusion: 'conclusion',
    'Why it was cancelled': ({ state, stateReason }) => (state === 'cancelled' ? stateReason : null),
    Signed: ({ signedByName, signedAt }, zone) =>
      signedAt === null ? null : `${signedByName ?? ''}, ${momentInWords(signedAt, zone)}`,
    'SHA-256 of the minutes': 'minutesHash',
  },
  people: ['chairId', 'secretaryId'],
  list: {
    says: 'management reviews',
    words: words('management-reviews/list'),
    one: 'management review',
    many: 'management reviews',
    newestFirst: true,
    columns: ['Planned for', 'Held on', 'Chair'],
  },
  moves: {
    reopen: { label: 'Go on with it', event: (detail) => ({ action: 'management_review.reopened', detail }) },
    cancel: {
      label: 'Cancel',
      fields: [field('state_reason', 'Why is it cancelled? Those invited read this.', 'multiline', { value: '' })],
      event: (detail) => ({ action: 'management_review.cancelled', detail }),
      told: cancelledTold,
    },
  },
  evidence: 'management_review',
  async shows(tx, review, context) {
    const { id, heldOn, plannedOn } = review;
    const attendance = await selectAttendance(tx, id);
    const inputs = await selectInputs(tx, id);
    const decisions = await selectDecisions(tx, id);
    const actions = await linesOf(
      tx,
      await selectActionsOf(tx, managementReviews.nameOf(review)),
      dayOf(context.now, context.person.timeZone),
    );
    const isOver = heldOn !== null && review.state !== 'planned';
    const done = inputs.filter(({ discussedAt }) => discussedAt !== null).length;
    return {
      facts: [
        { label: 'Invited', value: attendance.filter(({ part }) => part !== 'guest').map(({ name }) => name).join(', ') },
        ...(isOver ? [{ label: 'Present', value: presentInWords(attendance) }, { label: 'Discussed', value: `${done} of ${inputs.length} inputs` }] : []),
        ...(review.paperSentAt === null || isOver ? [] : [{ label: 'Paper', value: `has gone out, ${dayInWords(dayOf(review.paperSentAt, 'UTC'))}` }]),
        ...decisions.filter(({ reference }) => reference === null).map((each) => ({ label: kindWords[each.kind], value: decisionLine(each) })),
      ],
      items: actions.map(({ reference, ...line }) => ({
        ...line,
        button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Look' },
      })),
      buttons: await buttonsFor(tx, context, review, plannedOn),
    };
  },
}); // prettier-ignore

async function buttonsFor(tx: Queryable, { person }: Context, review: ManagementReview, plannedOn: string): Promise<ButtonParts[]> {
  const { reference, state, paperSentAt } = review;
  const facts = await selectReviewFacts(tx, review);
  const may = (move: string) => reviewStates.may(move, person, review, facts);
  const minutes = recordButton('minutes', 'Minutes', reference);
  if (state === 'planned')
    return [
      ...(may('start') ? [recordButton('hold', 'Begin', reference, { style: paperSentAt === null ? 'plain' : 'primary' })] : []),
      recordButton('paper', 'Paper', reference),
      ...(may('replan') ? [{ ...recordButton('plan', 'Change', reference, { opensForm: true }), id: actionId(`${room}.plan`, { record: reference, on: plannedOn }) }] : []),
    ];
  if (state === 'in_progress') return [recordButton('agenda', 'Agenda', reference, { style: 'primary' }), minutes];
  if (state === 'complete') return [{ ...minutes, ...(may('sign') ? { label: 'Look, and sign', style: 'primary' as const } : {}) }];
  return state === 'signed' ? [minutes] : [];
} // prettier-ignore

/** Everybody invited who works here, in their language. */
async function cancelledTold(tx: Queryable, context: Context, review: ManagementReview) {
  const invited = (await selectAttendance(tx, review.id)).flatMap(({ personId }) => personId ?? []);
  const told = [];
  for (const personId of invited) {
    const person = await selectPerson(tx, personId);
    const values = {
      day: dayIn(languageOf(person), review.plannedOn),
      reason: review.stateReason ?? '',
    };
    told.push(...tell(commandOf(context), [personId], { text: sayTo(person)('cancelled', values) }));
  }
  return told;
}
