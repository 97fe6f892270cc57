/** Whether it worked: looked at when it is due, by somebody who did none of it. */
import type { Actions } from '../../../conversation/contract.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { field, sentText } from '../../../dialogue/form-fields.ts';
import { Refusal } from '../../../errors.ts';
import { selectActionsOf } from '../../../isms/corrective-action/corrective-action.ts';
import { parentOf } from '../../../isms/nonconformity/actions.ts';
import { andAll, closingLacks } from '../../../isms/nonconformity/gate.ts';
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import {
  checkEffectiveness,
  results,
  type EffectivenessCheck,
} from '../../../isms/nonconformity/effectiveness.ts';
import { nonconformityForm, lockReadable } from '../nonconformity-form.ts';
import { notifyDecided, notifyNotEffective } from '../plan/notify-nonconformity.ts';
import { lookAtCheck } from '../update/look.ts';
import { linkField, sentLink } from '../update/action-forms.ts';
import { optionsFrom, resultChoices } from '../words.ts';
import { checkCard } from './check-card.ts';

export const checkActions: Actions = {
  async 'corrective-actions.look-check'(tx, context, { argument }) {
    return toAsker(await checkCard(tx, context, await lockReadable(tx, context, argument('record'))));
  },
  ...nonconformityForm('check', {
    look: lookAtCheck,
    move: 'findEffective',
    title: 'The check',
    submit: 'Save',
    lead: ({ reference, criterion }) => `${reference} is gone for good when: «${criterion ?? ''}»`,
    at: 'result',
    async fields({ tx, nonconformity }) {
      const actions = await selectActionsOf(tx, recordOf(nonconformity), nonconformity.round);
      const waits = closingLacks(nonconformity, actions);
      const { effective, ...worse } = resultChoices;
      return [
        field('method', 'How did you look?', 'multiline', {
          hint: 'A sample, a figure, a test, a talk: what, how many, from when.',
        }),
        field('result', 'Did it work?', 'choice', {
          hint: waits.length === 0 ? null : `It cannot be closed without ${andAll(waits)}.`,
          options: optionsFrom(waits.length === 0 ? { effective, ...worse } : worse),
        }),
        field('findings', 'What did you find?', 'multiline'),
        linkField('A link to what shows it'),
      ];
    },
    async write({ tx, command, nonconformity, reference, fields }) {
      const findings = sentText(fields, 'findings');
      const result = resultOf(sentText(fields, 'result'));
      const exhibit = sentLink(fields);
      if (exhibit !== null)
        await submitEvidence(tx, command, {
          parent: parentOf(nonconformity),
          action: null,
          purpose: 'effectiveness',
          exhibit,
        });
      const changed = await checkEffectiveness(tx, command, reference, {
        method: sentText(fields, 'method'),
        result,
        findings,
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
