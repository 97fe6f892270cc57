/** After the cause: which others are alike, ticked by whoever leads, and what of them came back. */
import { tell } from '../../../dialogue/notify.ts';
import { recordButton, room } from '../buttons.ts';
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
import type { Similar } from '../../../isms/nonconformity/similar.ts';
import { formCommand } from '../../../dialogue/form.ts';
import { field, sentChoices, sentText } from '../../../dialogue/form-fields.ts';
import { changedCard } from '../plan/nonconformity-card.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { findSimilar, similarLine } from '../raise/similar.ts';

interface Compared {
  tx: Queryable;
  context: Context;
  nonconformity: Nonconformity;
  found: Similar[];
}

export function similarActions({ lexicon }: Dependencies): Actions {
  return formCommand<Compared>(room, 'similar', {
    async open(tx, context, { argument }) {
      const nonconformity = await lockLooking(tx, context, argument('record'));
      return {
        tx,
        context,
        nonconformity,
        found: await findSimilar(tx, lexicon, context.person, nonconformity),
      };
    },
    lead: ({ found }) =>
      found.length === 0
        ? 'The register holds none that looks alike. Where else could the same be so?'
        : `${found.length === 1 ? 'One looks' : `${found.length} look`} alike. Tick what is, and say where else you looked.`,
    form: similarForm,
    at: 'result',
    async write({ tx, context, nonconformity }, fields) {
      const same = sentChoices(fields, 'same');
      const ticked = [...new Set([...sentChoices(fields, 'linked'), ...same])];
      const changed = await recordSimilar(tx, commandOf(context), nonconformity.reference, {
        result: sentText(fields, 'result'),
        linked: ticked.map((reference) => ({ reference, sameCause: same.includes(reference) })),
      });
      const said = ticked.length === 0 ? 'Noted.' : `Noted, with ${ticked.join(', ')} beside it.`;
      return [
        ...(await changedCard(tx, context, changed, said)),
        ...(await offerReopening(tx, context, changed, same)),
      ];
    },
  });
}

function similarForm({ nonconformity: { reference, similarResult }, found }: Compared): Form {
  const options = found.map((similar) => ({ value: similar.reference, label: similarLine(similar) }));
  const ticks = (name: string, label: string) =>
    options.length === 0 ? [] : [field(name, label, 'choices', { required: false, options })];
  return {
    id: actionId('corrective-actions.send-similar', { record: reference }),
    title: 'Similar ones',
    submitLabel: 'Save',
    fields: [
      ...ticks('linked', 'Which of these are alike?'),
      ...ticks('same', 'Which of them have the same cause?'),
      field('result', 'Where else did you look, and what did you find?', 'multiline', {
        value: similarResult,
        hint: 'For example: the leavers of the two other sites, none of 14.',
      }),
    ],
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
