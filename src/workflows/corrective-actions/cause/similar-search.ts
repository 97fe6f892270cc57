/** After the cause: which others are alike, ticked by whoever leads, and what of them came back. */
import { tell } from '../../../dialogue/notify.ts';
import { recordButton } from '../buttons.ts';
import { lockLooking } from '../nonconformity-form.ts';
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Form,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { recordSimilar } from '../../../isms/nonconformity/moves.ts';
import {
  leads,
  selectOptionalNonconformity,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import type { Lexicon } from '../../../knowledge/lexicon.ts';
import { askAgain, errorsIn, field, sentChoices, sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from '../plan/nonconformity-card.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { findSimilar, similarLine } from '../raise/similar.ts';

export function similarActions({ lexicon }: Dependencies): Actions {
  return {
    async 'corrective-actions.similar'(tx, context, call) {
      const { form, found } = await similarForm(tx, lexicon, context, call.argument('record'));
      const lead =
        found === 0
          ? 'The register holds none that looks alike. Where else could the same be so?'
          : `${found === 1 ? 'One looks' : `${found} look`} alike. Tick what is, and say where else you looked.`;
      return toAsker({ text: lead, form });
    },
    async 'corrective-actions.send-similar'(tx, context, { argument, fields }) {
      const { form } = await similarForm(tx, lexicon, context, argument('record'));
      const errors = errorsIn(form, fields, context);
      if (Object.keys(errors).length > 0) return askAgain(form, fields, errors);
      const same = sentChoices(fields, 'same');
      const ticked = [...new Set([...sentChoices(fields, 'linked'), ...same])];
      const changed = await recordSimilar(tx, commandOf(context), argument('record'), {
        result: sentText(fields, 'result'),
        linked: ticked.map((reference) => ({ reference, sameCause: same.includes(reference) })),
      });
      const said = ticked.length === 0 ? 'Noted.' : `Noted, with ${ticked.join(', ')} beside it.`;
      return [
        ...(await changedCard(tx, context, changed, said)),
        ...(await offerReopening(tx, context, changed, same)),
      ];
    },
  };
}

async function similarForm(
  tx: Queryable,
  lexicon: Lexicon,
  context: Context,
  reference: string,
): Promise<{ form: Form; found: number }> {
  const nonconformity = await lockLooking(tx, context, reference);
  const found = await findSimilar(tx, lexicon, context.person, nonconformity);
  const options = found.map((similar) => ({ value: similar.reference, label: similarLine(similar) }));
  return {
    found: found.length,
    form: {
      id: actionId('corrective-actions.send-similar', { record: nonconformity.reference }),
      title: 'Similar ones',
      submitLabel: 'Save',
      fields: [
        ...(options.length === 0
          ? []
          : [
              field('linked', 'Which of these are alike?', 'choices', { required: false, options }),
              field('same', 'Which of them have the same cause?', 'choices', { required: false, options }),
            ]),
        field('result', 'Where else did you look, and what did you find?', 'multiline', {
          value: nonconformity.similarResult,
          hint: 'For example: the leavers of the two other sites, none of 14.',
        }),
      ],
    },
  };
}

/** A closed one with the same cause came back: whoever may open it again is offered to, or else its owner is. */
async function offerReopening(
  tx: Queryable,
  context: Context,
  { reference }: Nonconformity,
  sameCause: string[],
): Promise<Addressed[]> {
  const command = commandOf(context);
  const offers: Addressed[] = [];
  for (const each of sameCause) {
    const other = await selectOptionalNonconformity(tx, each);
    if (other?.state !== 'closed') continue;
    const reply = {
      text: `${other.reference} «${other.title}» was closed, and ${reference} has the same cause. It can be opened again from its card.`,
      buttons: [recordButton('show', `Look at ${other.reference}`, other.reference, { style: 'primary' })],
    };
    offers.push(...(leads(command, other) ? toAsker(reply) : tell(command, [other.ownerId], reply)));
  }
  return offers;
}
