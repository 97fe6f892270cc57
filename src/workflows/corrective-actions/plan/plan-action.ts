/** An action is added to a record of whichever kind, by a form that the card of any room opens with a button. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Field,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { FieldError, formCommand, personNamed } from '../../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { asked } from '../../../dialogue/proposal.ts';
import { Refusal } from '../../../errors.ts';
import {
  actionPurposes,
  addAction,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { hasActions, lockParent, type Parent } from '../../../isms/corrective-action/parent.ts';
import { wrongState } from '../../../isms/nonconformity/gate.ts';
import {
  isImprovement,
  selectNonconformity,
  selectOptionalNonconformityNamed,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { statesOf } from '../../../isms/nonconformity/states.ts';
import { dayOf, inFull } from '../../../language/calendar.ts';
import { selectOptionalReferred } from '../../../records/record.ts';
import { room } from '../buttons.ts';
import { noSuchRecord } from '../register/find-readable.ts';
import { actionCard } from '../update/action-card.ts';
import { purposeChoices, optionsFrom } from '../words.ts';
import { changedCard } from './nonconformity-card.ts';
import { notifyPlanned } from './notify-nonconformity.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  parent: Parent;
  /** Null where the record is none. */
  nonconformity: Nonconformity | null;
}

export const planAction: Actions = formCommand<Opened>(room, 'plan-action', {
  async open(tx, context, { argument }) {
    const reference = argument('record');
    const record = await selectOptionalReferred(tx, context.person, reference);
    if (record === null || !hasActions(record)) throw new Refusal(noSuchRecord(reference).text);
    const parent = await lockParent(tx, record);
    const nonconformity = await selectOptionalNonconformityNamed(tx, record);
    const moves = nonconformity === null ? [] : ['addAction', 'addCorrection'];
    if (
      nonconformity !== null &&
      !moves.some((move) => statesOf(nonconformity).from(move).includes(nonconformity.state))
    )
      throw await wrongState(tx, commandOf(context), nonconformity);
    return { tx, context, parent, nonconformity };
  },
  lead: ({ parent: { reference }, nonconformity }) =>
    nonconformity?.rootCause == null || !purposesFor(nonconformity).includes('corrective')
      ? `An action for ${reference}.`
      : `An action for ${reference}, against its cause: «${nonconformity.rootCause}»`,
  form: ({ parent: { reference }, nonconformity }) => ({
    id: actionId(`${room}.send-plan-action`, { record: reference }),
    title: 'Add an action',
    submitLabel: 'Add',
    fields: [
      ...(nonconformity === null || isImprovement(nonconformity) ? [] : [purposeField(nonconformity)]),
      field('what', 'What is to be done?', 'multiline', {
        hint:
          nonconformity?.rootCause == null ? null : 'So that the cause is gone, and not only this one case.',
      }),
      field('who', 'Who does it?', 'text', { hint: 'Name or e-mail address.' }),
      field('due', 'By when?', 'date'),
      field('evidence', 'What will show that it is done?', 'multiline', {
        required: false,
        hint: 'For example: the changed procedure, a screenshot of the setting.',
      }),
    ],
  }),
  at: 'what',
  async write({ tx, context, parent, nonconformity }, fields) {
    const command = commandOf(context);
    const owner = await personNamed(tx, context, sentText(fields, 'who'), 'who');
    const dueOn = sentDay(fields, 'due', context) ?? '';
    if (dueOn < dayOf(context.now, context.person.timeZone))
      throw new FieldError('due', `${inFull(dueOn)} is past. Choose a day from today on.`);
    const purpose = actionPurposes.find((each) => each === sentText(fields, 'purpose'));
    const action = await addAction(tx, command, parent.record, {
      ...(purpose === undefined ? {} : { purpose }),
      description: sentText(fields, 'what'),
      ownerId: owner.id,
      dueOn,
      expectedEvidence: sentOrNull(fields, 'evidence'),
    });
    const whose = owner.id === command.actor.id ? 'It is yours' : `${owner.name} is asked to accept it`;
    const said = `${action.reference} is planned. ${whose}.`;
    return [
      ...(await shown(tx, context, { nonconformity, action, said })),
      ...notifyPlanned(command, parent, action),
    ];
  },
});

/** Before there is a cause, and once the plan was done, what puts right what was found. */
function purposesFor(nonconformity: Nonconformity): readonly CorrectiveAction['purpose'][] {
  return statesOf(nonconformity).from('addAction').includes(nonconformity.state)
    ? ['corrective', 'correction', 'isms_change']
    : ['correction'];
}

function purposeField(nonconformity: Nonconformity): Field {
  const purposes = purposesFor(nonconformity);
  return field('purpose', 'What is it for?', 'choice', {
    value: purposes[0] ?? null,
    options: optionsFrom(Object.fromEntries(purposes.map((each) => [each, purposeChoices[each]]))),
  });
}

/** The record whose plan grew, where this room shows it; else the action. */
async function shown(
  tx: Queryable,
  context: Context,
  {
    nonconformity,
    action,
    said,
  }: { nonconformity: Nonconformity | null; action: CorrectiveAction; said: string },
): Promise<Addressed[]> {
  if (nonconformity !== null)
    return changedCard(tx, context, await selectNonconformity(tx, nonconformity.id), said);
  return asked({ ...(await actionCard(tx, context, action)), note: said }, true);
}
