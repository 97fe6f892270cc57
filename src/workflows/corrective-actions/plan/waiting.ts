/** What waits for a person among non-conformities, the most urgent first: each with the button that moves it on. */
import { lookButton, recordButton } from '../buttons.ts';
import { actionId, type Context, type ItemParts, type OpenerParts } from '../../../conversation/contract.ts';
import { selectInterviewsOf, type CauseInterview } from '../../../isms/nonconformity/cause-interview.ts';
import { dayOf } from '../../../language/calendar.ts';
import { selectChecksFor, selectLedBy, selectPlansToApprove } from '../../../isms/nonconformity/waiting.ts';
import {
  gradeInWords,
  isImprovement,
  selectNonconformity,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { checkChanges } from '../../../isms/nonconformity/check-plan.ts';
import { nextDeadline } from '../../../isms/nonconformity/deadlines.ts';
import { inFull } from '../../../language/calendar.ts';
import type { Dependencies } from '../../dependencies.ts';
import { stake, titleLine } from './notify-nonconformity.ts';

export async function waitingPlans(
  { db }: Pick<Dependencies, 'db'>,
  { person, now }: Context,
): Promise<ItemParts[]> {
  const today = dayOf(now, person.timeZone);
  const checks = await selectChecksFor(db, person, today);
  const plans = await selectPlansToApprove(db, person);
  const interviews = await selectInterviewsOf(db, person.id);
  const own = await selectLedBy(db, person.id);
  // An ISMS manager may be in the middle of five whys for somebody else.
  const elsewhere = interviews.filter(({ nonconformityId }) => !own.some(({ id }) => id === nonconformityId));
  const led = [...own];
  for (const { nonconformityId } of elsewhere) led.push(await selectNonconformity(db, nonconformityId));
  const judged = [
    ...checks.map((each) => ({
      nonconformity: each,
      item: itemOf(
        today,
        each,
        `its check is due since ${inFull(each.checkDueOn ?? today)}`,
        recordButton('look-check', 'Look', each.reference),
      ),
    })),
    ...plans.map((each) => ({
      nonconformity: each,
      item: itemOf(
        today,
        each,
        'its plan waits for your approval',
        recordButton('look-plan', 'Look', each.reference),
      ),
    })),
  ];
  for (const { recordId, askedByName } of await checkChanges.selectFor(db, person)) {
    const nonconformity = await selectNonconformity(db, recordId);
    const waits = `${askedByName} asks for another check than its plan says`;
    judged.push({
      nonconformity,
      item: itemOf(today, nonconformity, waits, lookButton(nonconformity.reference, {})),
    });
  }
  const moved = led.map((each) => ({
    nonconformity: each,
    item: itemOf(
      today,
      each,
      ...nextOf(
        each,
        interviews.find(({ nonconformityId }) => nonconformityId === each.id),
      ),
    ),
  }));
  const all = [...judged, ...moved];
  const majors = all
    .filter(({ nonconformity }) => nonconformity.grade === 'major')
    .sort((left, right) => dateOf(left.nonconformity).localeCompare(dateOf(right.nonconformity)));
  const others = all.filter(({ nonconformity }) => nonconformity.grade !== 'major');
  return [...majors, ...others].map(({ item }) => item);
}

/** A major without a day comes after those with one. */
function dateOf(nonconformity: Nonconformity): string {
  return nextDeadline(nonconformity)?.on ?? '9999-12-31';
}

function itemOf(today: string, nonconformity: Nonconformity, waits: string, button: OpenerParts): ItemParts {
  return {
    text: titleLine(nonconformity),
    detail: [`${gradeInWords[nonconformity.grade]}: ${waits}`, stake(nonconformity, today)]
      .filter((part) => part !== null)
      .join('. '),
    button,
  };
}

function nextOf(nonconformity: Nonconformity, interview: CauseInterview | undefined): [string, OpenerParts] {
  const { reference, state, rootCause, criterion, planApprovedAt } = nonconformity;
  const form = (command: string, label: string) =>
    recordButton(command, label, reference, { opensForm: true });
  const show = lookButton(reference, {});
  if (isImprovement(nonconformity)) return ['accept, decline or plan it', show];
  switch (state) {
    case 'open':
      return ['say what was done at once', form('contain', 'Done at once')];
    case 'contained':
      if (rootCause !== null) return ['look for similar ones', form('similar', 'Similar ones')];
      return [
        interview === undefined
          ? 'find its root cause'
          : `find its root cause; ${interview.steps.length} of the five whys answered`,
        {
          id: actionId('corrective-actions.cause', { record: reference, method: 'five_whys' }),
          label: interview === undefined ? 'Five whys' : 'Go on asking',
        },
      ];
    case 'cause_found':
      return ['plan what is done about its cause', show];
    default:
      if (planApprovedAt === null) return ['its plan was changed or sent back: send it again', show];
      return criterion === null
        ? ['say how it will be seen that it worked', form('plan-check', 'Plan the check')]
        : ['all its actions were declined or cancelled: plan another', show];
  }
}
