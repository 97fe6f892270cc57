/** What a decision is made on: the record as it is now, locked, with the card that shows it. */
import { lockReadable } from '../nonconformity-form.ts';
import type { ActionCall, Context, ReplyParts, SigningAction } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { lockAction, selectAction } from '../../../isms/corrective-action/corrective-action.ts';
import { answeredAlready, offers } from '../../../isms/corrective-action/delegation.ts';
import { dueChanges } from '../../../isms/corrective-action/due-change.ts';
import type { Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { actionCard } from './action-card.ts';
import { checkCard } from '../check/check-card.ts';
import { nonconformityCard } from '../plan/nonconformity-card.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { planCard } from '../plan/plan-card.ts';
import { actionFor } from '../resolve.ts';
import { seenOfAction, seenOfNonconformity } from './seen.ts';

export async function lookAtAction(
  tx: Queryable,
  context: Context,
  call: ActionCall,
): ReturnType<SigningAction['look']> {
  const named = await recordOf(tx, context, call);
  const { action: found } = await actionFor(tx, context, call.argument('record') || named);
  const { action } = await lockAction(tx, found.reference);
  return { seen: await seenOfAction(tx, action), card: () => actionCard(tx, context, action) };
}

/** Of buttons that name a request or an offer alone. @throws Refusal for an offer that is answered, which says how and when */
async function recordOf(tx: Queryable, context: Context, { argument }: ActionCall): Promise<string> {
  const id = (name: string) => {
    const number = Number(argument(name));
    return Number.isInteger(number) && number < 2 ** 31 ? number : 0;
  };
  const change = await dueChanges.selectOptional(tx, id('change'));
  const offer = await offers.selectOptional(tx, id('offer'));
  if (offer !== null && offer.askedOf === context.person.id && offer.state !== 'waiting')
    throw answeredAlready(commandOf(context), offer);
  const action = change?.recordId ?? offer?.recordId;
  return action === undefined ? '' : (await selectAction(tx, action)).reference;
}

type ShowCard = (tx: Queryable, context: Context, nonconformity: Nonconformity) => Promise<ReplyParts>;

const looking =
  (show: ShowCard): SigningAction['look'] =>
  async (tx, context, call) => {
    const nonconformity = await lockReadable(tx, context, call.argument('record'));
    return {
      seen: await seenOfNonconformity(tx, nonconformity),
      card: () => show(tx, context, nonconformity),
    };
  };

export const lookAtRecord = looking(nonconformityCard);
export const lookAtPlan = looking(planCard);
export const lookAtCheck = looking(checkCard);
