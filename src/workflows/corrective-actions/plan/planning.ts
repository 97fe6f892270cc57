/** Containment, plans, approvals and checks of a non-conformity, as buttons and forms. */
import type { Actions, Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { FieldError, personNamed } from '../../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText, type Sent } from '../../../dialogue/form-fields.ts';
import { contain, skipContainment } from '../../../isms/nonconformity/moves.ts';
import { answerChange, waiveChange } from '../../../isms/nonconformity/actions.ts';
import { amendNonconformity } from '../../../isms/nonconformity/amend.ts';
import { checkChanges, planCheck } from '../../../isms/nonconformity/check-plan.ts';
import { inFull } from '../../../language/calendar.ts';
import { selectPerson } from '../../../records/person.ts';
import { selectSetting } from '../../../records/setting.ts';
import { checkActions } from '../check/check.ts';
import { nonconformityForm, reasonField } from '../nonconformity-form.ts';
import type { NewAction } from '../../../isms/corrective-action/corrective-action.ts';
import { planApproverNames } from '../../../isms/nonconformity/gate.ts';
import { lookAtRecord } from '../update/look.ts';
import { optionsFrom } from '../words.ts';
import { approvalActions } from './approval.ts';
import { endActions } from './end-actions.ts';
import { notifyOtherCheck } from './notify-nonconformity.ts';
import { planAction } from './plan-action.ts';

const containing = nonconformityForm('contain', {
  move: 'contain',
  title: 'First steps',
  submit: 'Save',
  lead: ({ reference }) => `${reference}: while it is fresh.`,
  at: 'correction',
  fields: ({ nonconformity }) => [
    field('correction', 'What was done at once?', 'multiline', {
      hint: 'What stopped it or put it right for now. The cause comes later.',
    }),
    field('consequences', 'What did it lead to, and what was done about that?', 'multiline', {
      required: nonconformity.grade === 'major',
      value: nonconformity.consequences,
    }),
  ],
  write: async ({ tx, command, reference, fields }) => ({
    changed: await contain(tx, command, reference, {
      correction: sentText(fields, 'correction'),
      consequences: sentOrNull(fields, 'consequences'),
    }),
    said: 'Noted what was done at once.',
  }),
});

const skipping = nonconformityForm('skip', {
  move: 'skip',
  title: 'Nothing to do at once',
  submit: 'Save',
  lead: ({ reference }) => `Is there nothing to do at once about ${reference}?`,
  fields: () => [reasonField('Why is there nothing to stop or put right at once?')],
  write: async ({ tx, command, reference, fields }) => ({
    changed: await skipContainment(tx, command, reference, sentText(fields, 'reason')),
    said: 'Noted, with your reason.',
  }),
});

const planningCheck = nonconformityForm('plan-check', {
  move: 'planCheck',
  title: 'Plan the check',
  submit: 'Save',
  lead: ({ reference }) => `When its actions are done, somebody looks whether ${reference} is gone for good.`,
  at: 'who',
  async fields({ tx, nonconformity }) {
    const { checkerId, grade, criterion, checkDueOn, consequences, ismsChangeNeeded } = nonconformity;
    const days = await selectSetting(tx, 'nonconformity.effectiveness_days');
    return [
      field('criterion', 'How will it be seen that it worked?', 'multiline', {
        value: criterion,
        hint: 'For example: no active account among 20 leavers.',
      }),
      field('due', 'On which day?', 'date', {
        required: false,
        value: checkDueOn,
        hint: `Left empty: ${days[grade]} days after the last action is verified.`,
      }),
      field('who', 'Who looks?', 'text', {
        required: false,
        value: checkerId === null ? null : (await selectPerson(tx, checkerId)).name,
        hint: `Name or e-mail address; nobody who does one of the actions${grade === 'major' ? ', leads or verifies' : ''}. Left empty: whoever approves the plan.`,
      }),
      ...(grade === 'major' && consequences === null
        ? [field('consequences', 'What did it lead to, and what was done about that?', 'multiline')]
        : []),
      ...(ismsChangeNeeded === null
        ? [
            field('change', 'Does the management system itself have to change?', 'choice', {
              hint: 'A policy, a risk, a control, a responsibility.',
              options: optionsFrom({ no: 'No', yes: 'Yes' }),
            }),
            field('change-what', 'If so, what?', 'multiline', { required: false }),
            field('change-who', 'Who changes it?', 'text', {
              required: false,
              hint: 'Name or e-mail address.',
            }),
            field('change-due', 'By when?', 'date', { required: false }),
          ]
        : []),
    ];
  },
  async write({ tx, context, command, nonconformity, reference, fields }) {
    const who = sentOrNull(fields, 'who');
    const consequences = sentOrNull(fields, 'consequences');
    if (consequences !== null) await amendNonconformity(tx, command, reference, { consequences });
    const change = nonconformity.ismsChangeNeeded === null ? sentText(fields, 'change') : '';
    if (change !== '') await answerChange(tx, command, reference, await changeIn(tx, context, fields));
    const changed = await planCheck(tx, command, reference, {
      criterion: sentText(fields, 'criterion'),
      dueOn: sentDay(fields, 'due', context),
      checkerId: who === null ? null : (await personNamed(tx, context, who, 'who')).id,
    });
    const other = await checkChanges.selectWaiting(tx, changed.id);
    if (other !== null)
      return {
        changed,
        said: `Asked: the check changes once ${await planApproverNames(tx, changed)} approves it.`,
        told: await notifyOtherCheck(tx, command, changed, other),
      };
    const day = changed.checkDueOn === null ? '' : ` It is due on ${inFull(changed.checkDueOn)}.`;
    return { changed, said: `The check is planned.${day}` };
  },
});

/** 10.2 e). */
async function changeIn(tx: Queryable, context: Context, fields: Sent): Promise<NewAction | null> {
  if (sentText(fields, 'change') === 'no') return null;
  const [description, who] = [sentText(fields, 'change-what'), sentText(fields, 'change-who')];
  const dueOn = sentDay(fields, 'change-due', context);
  if (description === '') throw new FieldError('change-what', 'Please say what has to change.');
  if (who === '') throw new FieldError('change-who', 'Please say who changes it.');
  if (dueOn === null) throw new FieldError('change-due', 'Please say by when.');
  return { description, ownerId: (await personNamed(tx, context, who, 'change-who')).id, dueOn };
}

const waiving = nonconformityForm('waive-change', {
  look: lookAtRecord,
  move: 'waiveChange',
  title: 'Waive the change',
  submit: 'Waive',
  lead: ({ reference, ismsChange }) =>
    `${reference} is closed without this change of the management system: «${ismsChange ?? ''}» You answer for that, by name.`,
  fields: () => [reasonField('Why does the management system stay as it is?')],
  write: async ({ tx, command, reference, fields }) => ({
    changed: await waiveChange(tx, command, reference, sentText(fields, 'reason')),
    said: 'Waived, with your name and reason.',
  }),
});

export const planningActions: Actions = {
  ...containing,
  ...skipping,
  ...planAction,
  ...planningCheck,
  ...waiving,
  ...approvalActions,
  ...checkActions,
  ...endActions,
};
