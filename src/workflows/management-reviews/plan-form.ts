/** A management review is planned, or its plan changed, by a form; those invited hear of it in their language. */
import { actionId, type Actions, type Addressed, type Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, formCommand, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { isInvited, selectAttendance } from '../../isms/management-review/attend.ts';
import {
  plansReviews,
  refuseUnless,
  type ManagementReview,
} from '../../isms/management-review/management-review.ts';
import { changePlan, planReview, type ReviewPlan } from '../../isms/management-review/plan.ts';
import { dayOf, inFull } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import { selectNames, selectPerson } from '../../records/person.ts';
import { lockReview, recordButton, room } from './find.ts';
import { sayTo } from './record.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  known: ManagementReview | null;
  /** The day that was said. */
  on: string | null;
}

export function planActions(card: (tx: Queryable, context: Context, reference: string) => Promise<Addressed[]>): Actions {
  return formCommand<Opened>(room, 'plan', {
    async open(tx, context, { argument }) {
      const reference = argument('record');
      const known = reference === '' ? null : await lockReview(tx, context, reference);
      if (known === null) await plansReviews.refuseUnless(tx, commandOf(context), null, undefined);
      else await refuseUnless(tx, commandOf(context), known, 'replan');
      return { tx, context, known, on: argument('on') || null };
    },
    lead: ({ known }) => (known === null ? 'When is the management review, and who comes?' : `${known.reference} · ${known.title}`),
    async form({ tx, context, known, on }) {
      const attendance = known === null ? [] : (await selectAttendance(tx, known.id)).filter(isInvited);
      const names = known === null ? new Map<number, string>() : await selectNames(tx, [known.chairId, known.secretaryId]);
      const members = attendance.filter(({ part }) => part === 'member').map(({ name }) => name);
      return {
        id: actionId(`${room}.send-plan`, { record: known?.reference ?? '' }),
        title: 'Management review',
        submitLabel: known === null ? 'Plan it' : 'Change it',
        fields: [
          field('on', 'On which day?', 'date', { value: known?.plannedOn ?? on }),
          field('chair', 'Who chairs it?', 'text', { value: names.get(known?.chairId ?? 0) ?? null, hint: 'Of top management. They sign the minutes.' }),
          field('secretary', 'Who prepares it and writes the minutes?', 'text', { value: names.get(known?.secretaryId ?? 0) ?? context.person.name }),
          field('members', 'Who else is invited?', 'multiline', { required: false, value: members.join(', ') || null, hint: 'Names or e-mail addresses with commas.' }),
        ],
      };
    },
    at: 'on',
    async write({ tx, context, known }, fields) {
      const day = sentDay(fields, 'on', context) ?? '';
      if (day < dayOf(context.now, context.person.timeZone)) throw new FieldError('on', `${inFull(day)} is past. Choose a day from today on.`);
      const named = async (name: string) => (await personNamed(tx, context, sentText(fields, name), name)).id;
      const memberIds: number[] = [];
      for (const said of sentText(fields, 'members').split(/[,;\n]/).map((each) => each.trim()).filter((each) => each !== ''))
        memberIds.push((await personNamed(tx, context, said, 'members')).id);
      const plan: ReviewPlan = { plannedOn: day, chairId: await named('chair'), secretaryId: await named('secretary'), memberIds };
      const command = commandOf(context);
      const before = known === null ? [] : (await selectAttendance(tx, known.id)).flatMap(({ personId }) => personId ?? []);
      const review = known === null ? await planReview(tx, command, plan) : await changePlan(tx, command, known, plan);
      const told = await invitedTold(tx, context, review, known?.plannedOn === day ? before : []);
      return [...asked((await card(tx, context, review.reference))[0]?.reply ?? { text: '' }, true), ...told];
    },
  });
} // prettier-ignore

/** Each in one message, with what is theirs to do. @param knowing  who has heard of this very day */
async function invitedTold(tx: Queryable, context: Context, review: ManagementReview, knowing: readonly number[]): Promise<Addressed[]> {
  const told: Addressed[] = [];
  for (const { personId, name } of await selectAttendance(tx, review.id)) {
    if (personId === null || knowing.includes(personId)) continue;
    const person = await selectPerson(tx, personId);
    const say = sayTo(person);
    const text = linesOf(
      say('invited', { name: context.person.name, day: dayIn(languageOf(person), review.plannedOn) }),
      personId === review.chairId ? say('asChair') : null,
      personId === review.secretaryId ? say('asSecretary') : null,
    );
    if (name !== '') told.push(...tell(commandOf(context), [personId], { text, buttons: [recordButton('show', say('look'), review.reference)] }));
  }
  return told;
} // prettier-ignore
