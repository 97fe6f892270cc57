/** Whether it worked: looked at when it is due, by somebody who did none of it. */
import { nonconformityForm, lockReadable } from '../nonconformity-form.ts';
import { FieldError } from '../../../dialogue/form.ts';
import type { Actions } from '../../../conversation/contract.ts';
import { Refusal } from '../../../errors.ts';
import {
  checkEffectiveness,
  results,
  type EffectivenessCheck,
} from '../../../isms/nonconformity/effectiveness.ts';
import { sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from '../plan/nonconformity-card.ts';
import { checkForm } from '../plan/nonconformity-forms.ts';
import { lookAtCheck } from '../update/look.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { checkCard } from './check-card.ts';
import { notifyDecided, notifyNotEffective } from '../plan/notify-nonconformity.ts';

export function checkActions(): Actions {
  return {
    async 'corrective-actions.look-check'(tx, context, { argument }) {
      return toAsker(await checkCard(tx, context, await lockReadable(tx, context, argument('record'))));
    },
    ...check,
  };
}

const check = nonconformityForm('check', {
  look: lookAtCheck,
  move: 'findEffective',
  lead: ({ reference, criterion }) => `Did it work? ${reference} is gone for good when: «${criterion ?? ''}»`,
  at: 'result',
  form: ({ nonconformity }) => checkForm(nonconformity),
  async write({ tx, context, nonconformity, fields }) {
    const command = commandOf(context);
    const ismsChangeNeeded = sentText(fields, 'change') === 'yes';
    const ismsChange = sentOrNull(fields, 'what');
    if (ismsChangeNeeded && ismsChange === null)
      throw new FieldError('what', 'Please say what has to change.');
    const findings = sentText(fields, 'findings');
    const result = resultOf(sentText(fields, 'result'));
    const changed = await checkEffectiveness(tx, command, nonconformity.reference, {
      method: sentText(fields, 'method'),
      result,
      findings,
      ismsChangeNeeded,
      ismsChange,
    });
    if (result === 'effective')
      return [
        ...(await changedCard(tx, context, changed, 'It worked, and is closed. Thank you for looking.')),
        ...notifyDecided(
          command,
          changed,
          `${command.actor.name} checked: it worked, and is closed. «${findings}»`,
        ),
      ];
    return [
      ...(await changedCard(
        tx,
        context,
        changed,
        'Noted. It goes back to its cause, and a new plan follows.',
      )),
      ...(await notifyNotEffective(tx, command, changed, findings)),
    ];
  },
});

function resultOf(said: string): EffectivenessCheck['result'] {
  const result = results.find((each) => each === said);
  if (result === undefined) throw new Refusal(`«${said}» is not one of the results.`);
  return result;
}
