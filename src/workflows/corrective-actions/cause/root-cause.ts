/** The way to a root cause: five whys, one at a time, a fishbone, or free text; then the search for similar ones. */
import type { Actions, Addressed, Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { formHandlers } from '../../../dialogue/form.ts';
import { lockCard, proposeChanges, replaceCard } from '../../../dialogue/proposal.ts';
import { Refusal } from '../../../errors.ts';
import {
  causeMethods,
  type CauseStep,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import type { Proposal } from '../../../records/proposal.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { CauseChange } from '../change.ts';
import { lockLooking } from '../nonconformity-form.ts';
import { causeForm, readCauseForm } from './cause-card.ts';
import { fiveWhys } from './cause-coach.ts';
import { similarActions } from './similar-search.ts';

interface Saying {
  tx: Queryable;
  context: Context;
  about: Nonconformity;
  method: CauseChange['method'];
  /** The card that it corrects. */
  proposal: Proposal | null;
  known: { rootCause?: string; chain: CauseStep[] };
}

const saying = formHandlers<Saying>({
  async open(tx, context, { argument }) {
    const method = methodOf(argument('method'));
    const about = await lockLooking(tx, context, argument('record'));
    const id = argument('proposal');
    const card = id === '' ? null : await lockCard<CauseChange>(tx, context, id, 'nonconformity.cause');
    const { rootCause, causeChain: chain, causeMethod } = about;
    const known = causeMethod === method && rootCause !== null ? { rootCause, chain } : { chain: [] };
    return { tx, context, about, method, proposal: card?.proposal ?? null, known: card?.change ?? known };
  },
  lead: ({ about }) => `What is the root cause of ${about.reference}?`,
  form: ({ about: { reference }, method, proposal, known: { rootCause, chain } }) =>
    causeForm({ reference, method, chain, ...(rootCause === undefined ? {} : { rootCause }) }, proposal?.id),
  async write({ tx, context, about, method, proposal, known }, fields) {
    const change = readCauseForm(fields, about, method, known.chain);
    return proposal === null
      ? proposeChanges(tx, context, [change])
      : replaceCard(tx, context, proposal, [change]);
  },
  at: 'cause',
});

export function causeActions(parts: Dependencies): Actions {
  return {
    'corrective-actions.cause': (tx, context, call) =>
      call.argument('method') === 'five_whys' && call.argument('known') === ''
        ? fiveWhys.begin(tx, context, call.argument('record'))
        : saying.open(tx, context, call),
    'corrective-actions.send-cause': saying.send,
    ...fiveWhys.actions,
    ...similarActions(parts),
  };
}

/** In words of their own, as a form would have it. */
export async function proposeCauseSaid(
  tx: Queryable,
  context: Context,
  record: string,
  rootCause: string,
): Promise<Addressed[]> {
  const { reference, version } = await lockLooking(tx, context, record);
  const change: CauseChange = { kind: 'nonconformity.cause', reference, version, method: 'other', rootCause, chain: [] }; // prettier-ignore
  return proposeChanges(tx, context, [change]);
}

function methodOf(said: string): CauseChange['method'] {
  const method = causeMethods.find((each) => each === said);
  if (method === undefined) throw new Refusal('That button is not one of mine any more.');
  return method;
}
