/** The way to a root cause: five whys, one at a time, a fishbone, or free text; then the search for similar ones. */
import { proposeChanges, lockCard, replaceCard } from '../../../dialogue/proposal.ts';
import { orAskAgain } from '../../../dialogue/form.ts';
import { lockLooking } from '../nonconformity-form.ts';
import type { ActionHandler, Actions, Addressed, Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import { causeMethods } from '../../../isms/nonconformity/nonconformity.ts';
import { causeForm, readCauseForm } from './cause-card.ts';
import { fiveWhys } from './cause-coach.ts';
import type { CauseChange } from '../change.ts';
import { askAgain, errorsIn } from '../../../dialogue/form-fields.ts';
import type { Dependencies } from '../../dependencies.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { similarActions } from './similar-search.ts';

export function causeActions(parts: Dependencies): Actions {
  return {
    async 'corrective-actions.cause'(tx, context, call) {
      const method = methodOf(call.argument('method'));
      const record = call.argument('record');
      if (method === 'five_whys' && call.argument('known') === '') return fiveWhys.begin(tx, context, record);
      const { reference, rootCause, causeChain, causeMethod } = await lockLooking(tx, context, record);
      const known = causeMethod === method && rootCause !== null ? { rootCause, chain: causeChain } : {};
      return toAsker({
        text: `What is the root cause of ${reference}?`,
        form: causeForm({ reference, method, ...known }),
      });
    },
    'corrective-actions.send-cause': sendCause,
    ...fiveWhys.actions,
    ...similarActions(parts),
  };
}

async function sendCause(
  tx: Queryable,
  context: Context,
  { argument, fields }: Parameters<ActionHandler>[2],
): Promise<Addressed[]> {
  const method = methodOf(argument('method'));
  const proposal = argument('proposal');
  const nonconformity = await lockLooking(tx, context, argument('record'));
  const { reference } = nonconformity;
  const card =
    proposal === '' ? null : await lockCard<CauseChange>(tx, context, proposal, 'nonconformity.cause');
  const known = nonconformity.causeMethod === method ? nonconformity.causeChain : [];
  const chain = card?.change.chain ?? known;
  const form = causeForm({ reference, method, chain }, proposal === '' ? null : Number(proposal));
  const errors = errorsIn(form, fields, context);
  if (Object.keys(errors).length > 0) return askAgain(form, fields, errors);
  const change = readCauseForm(fields, nonconformity, method, chain);
  return orAskAgain(tx, form, fields, 'cause', () =>
    card === null ? proposeChanges(tx, context, [change]) : replaceCard(tx, context, card.proposal, [change]),
  );
}

function methodOf(said: string): CauseChange['method'] {
  const method = causeMethods.find((each) => each === said);
  if (method === undefined) throw new Refusal('That button is not one of mine any more.');
  return method;
}
