/** Whether it worked: looked at when it is due, by somebody who did none of it. */
import type { Actions } from '../../../conversation/contract.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { FieldError } from '../../../dialogue/form.ts';
import { field, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { Refusal } from '../../../errors.ts';
import {
  checkEffectiveness,
  results,
  type EffectivenessCheck,
} from '../../../isms/nonconformity/effectiveness.ts';
import { nonconformityForm, lockReadable } from '../nonconformity-form.ts';
import { notifyDecided, notifyNotEffective } from '../plan/notify-nonconformity.ts';
import { lookAtCheck } from '../update/look.ts';
import { optionsFrom } from '../words.ts';
import { checkCard } from './check-card.ts';

const resultChoices: Record<EffectivenessCheck['result'], string> = {
  effective: 'It worked',
  partly: 'It worked in part',
  not: 'It did not work',
};

export const checkActions: Actions = {
  async 'corrective-actions.look-check'(tx, context, { argument }) {
    return toAsker(await checkCard(tx, context, await lockReadable(tx, context, argument('record'))));
  },
  ...nonconformityForm('check', {
    look: lookAtCheck,
    move: 'findEffective',
    title: 'Did it work?',
    submit: 'Save',
    lead: ({ reference, criterion }) =>
      `Did it work? ${reference} is gone for good when: «${criterion ?? ''}»`,
    at: 'result',
    fields: ({ nonconformity }) => [
      field('method', 'How did you look?', 'multiline', {
        hint: 'A sample, a figure, a test, a talk: what, how many, from when.',
      }),
      field('result', 'Did it work?', 'choice', { options: optionsFrom(resultChoices) }),
      field('findings', 'What did you find?', 'multiline'),
      field('change', 'Does the management system itself need a change?', 'choice', {
        value: 'no',
        hint: 'A policy, a risk, a control, a responsibility.',
        options: optionsFrom({ no: 'No', yes: 'Yes' }),
      }),
      field('what', 'If so, what?', 'multiline', { required: false, value: nonconformity.ismsChange }),
    ],
    async write({ tx, command, reference, fields }) {
      const ismsChangeNeeded = sentText(fields, 'change') === 'yes';
      const ismsChange = sentOrNull(fields, 'what');
      if (ismsChangeNeeded && ismsChange === null)
        throw new FieldError('what', 'Please say what has to change.');
      const findings = sentText(fields, 'findings');
      const result = resultOf(sentText(fields, 'result'));
      const changed = await checkEffectiveness(tx, command, reference, {
        method: sentText(fields, 'method'),
        result,
        findings,
        ismsChangeNeeded,
        ismsChange,
      });
      const worked = `${command.actor.name} checked: it worked, and is closed. «${findings}»`;
      return result === 'effective'
        ? {
            changed,
            said: 'It worked, and is closed. Thank you for looking.',
            told: notifyDecided(command, changed, worked),
          }
        : {
            changed,
            said: 'Noted. It goes back to its cause, and a new plan follows.',
            told: await notifyNotEffective(tx, command, changed, findings),
          };
    },
  }),
};

function resultOf(said: string): EffectivenessCheck['result'] {
  const result = results.find((each) => each === said);
  if (result === undefined) throw new Refusal(`«${said}» is not one of the results.`);
  return result;
}
