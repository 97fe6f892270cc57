/** Containment, plans, approvals and checks of a non-conformity, as buttons and forms. */
import { nonconformityForm } from '../nonconformity-form.ts';
import { FieldError, personNamed } from '../../../dialogue/form.ts';
import type { Actions } from '../../../conversation/contract.ts';
import { dayOf } from '../../../language/calendar.ts';
import { proposeAction } from '../../../isms/corrective-action/corrective-action.ts';
import { contain, skipContainment } from '../../../isms/nonconformity/moves.ts';
import { planCheck } from '../../../isms/nonconformity/plan.ts';
import { lockById } from '../../../isms/nonconformity/nonconformity.ts';
import { selectPerson } from '../../../records/person.ts';
import { selectSetting } from '../../../records/setting.ts';
import { inFull } from '../../../language/calendar.ts';
import { checkActions } from '../check/check.ts';
import { endActions } from './end-actions.ts';
import { sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from './nonconformity-card.ts';
import { containForm, planActionForm, planCheckForm, reasonForm } from './nonconformity-forms.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { approvalActions } from './approval.ts';
import { notifyPlanned } from './notify-nonconformity.ts';

export function planningActions(_parts: Dependencies): Actions {
  return {
    ...containment,
    ...planAction,
    ...planCheckForms,
    ...approvalActions(),
    ...checkActions(),
    ...endActions(),
  };
}

const containment = {
  ...nonconformityForm('contain', {
    move: 'contain',
    lead: ({ reference }) => `What was done at once about ${reference}?`,
    at: 'correction',
    form: ({ nonconformity }) => containForm(nonconformity),
    async write({ tx, context, nonconformity, fields }) {
      const changed = await contain(tx, commandOf(context), nonconformity.reference, {
        correction: sentText(fields, 'correction'),
        consequences: sentOrNull(fields, 'consequences'),
      });
      return changedCard(tx, context, changed, 'Noted what was done at once.');
    },
  }),
  ...nonconformityForm('skip', {
    move: 'skip',
    lead: ({ reference }) => `Is there nothing to do at once about ${reference}?`,
    at: 'reason',
    form: ({ nonconformity }) =>
      reasonForm('skip', nonconformity, {
        title: 'Nothing to do at once',
        label: 'Why is there nothing to stop or put right at once?',
        submit: 'Save',
      }),
    async write({ tx, context, nonconformity, fields }) {
      const changed = await skipContainment(
        tx,
        commandOf(context),
        nonconformity.reference,
        sentText(fields, 'reason'),
      );
      return changedCard(tx, context, changed, 'Noted, with your reason.');
    },
  }),
};

const planAction = nonconformityForm('plan-action', {
  move: 'addAction',
  lead: ({ reference, rootCause }) =>
    rootCause === null
      ? `An action for ${reference}.`
      : `An action for ${reference}, against its cause: «${rootCause}»`,
  at: 'what',
  form: ({ nonconformity }) => planActionForm(nonconformity),
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const owner = await personNamed(tx, context, sentText(fields, 'who'), 'who');
    const dueOn = sentDay(fields, 'due', context) ?? '';
    if (dueOn < dayOf(context.now, context.person.timeZone))
      throw new FieldError('due', `${inFull(dueOn)} is past. Choose a day from today on.`);
    const action = await proposeAction(tx, command, nonconformity.reference, {
      description: sentText(fields, 'what'),
      ownerId: owner.id,
      dueOn,
      expectedEvidence: sentOrNull(fields, 'evidence'),
    });
    const changed = await lockById(tx, nonconformity.id);
    const asked = owner.id === command.actor.id ? 'It is yours' : `${owner.name} is asked to accept it`;
    return [
      ...(await changedCard(tx, context, changed, `${action.reference} is planned. ${asked}.`)),
      ...notifyPlanned(command, changed, action),
    ];
  },
});

const planCheckForms = nonconformityForm('plan-check', {
  move: 'planCheck',
  lead: ({ reference }) => `When its actions are done, somebody looks whether ${reference} is gone for good.`,
  at: 'who',
  async form({ tx, nonconformity }) {
    const { checkerId, grade } = nonconformity;
    const checker = checkerId === null ? null : (await selectPerson(tx, checkerId)).name;
    const days = await selectSetting(tx, 'nonconformity.effectiveness_days');
    return planCheckForm(nonconformity, checker, days[grade]);
  },
  async write({ tx, context, nonconformity, fields }) {
    const who = sentOrNull(fields, 'who');
    const changed = await planCheck(tx, commandOf(context), nonconformity.reference, {
      criterion: sentText(fields, 'criterion'),
      dueOn: sentDay(fields, 'due', context),
      checkerId: who === null ? null : (await personNamed(tx, context, who, 'who')).id,
    });
    const day = changed.checkDueOn === null ? '' : ` It is due on ${inFull(changed.checkDueOn)}.`;
    return changedCard(tx, context, changed, `The check is planned.${day}`);
  },
});
