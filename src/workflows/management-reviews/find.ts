/** Which management review is meant, for whoever may read it. */
import { actionId, type Context, type OpenerParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';
import { Refusal } from '../../errors.ts';
import { inputNamed, type InputKey } from '../../isms/management-review/inputs.ts';
import { managementReviews, type ManagementReview } from '../../isms/management-review/management-review.ts';
import { selectOptionalNamed } from '../../records/record.ts';

export const room = 'management-reviews';
export const { recordButton, signButton } = buttonsOf(room);

export function inputButton(command: string, label: string, reference: string, input: InputKey, rest: Partial<OpenerParts> = {}): OpenerParts {
  return { id: actionId(`${room}.${command}`, { record: reference, input }), label, ...rest };
} // prettier-ignore

/** @throws Refusal for what the person may not see, as for what is not there */
export async function findReview(
  tx: Queryable,
  { person }: Pick<Context, 'person'>,
  reference: string,
): Promise<ManagementReview> {
  const review = await managementReviews.selectOptional(tx, reference);
  if (review === null || (await selectOptionalNamed(tx, person, managementReviews.nameOf(review))) === null)
    throw new Refusal(
      `There is no ${reference} that you may see. Say «management reviews» for those that you may.`,
    );
  return review;
}

/** Locked until the caller's transaction ends: of several who write at once, one after the other. */
export async function lockReview(
  tx: Queryable,
  context: Pick<Context, 'person'>,
  reference: string,
): Promise<ManagementReview> {
  const { id } = await findReview(tx, context, reference);
  return managementReviews.lock(tx, id);
}

/** The next that is not over, or else the last. Null where the person may see none. */
export async function selectOptionalNext(
  tx: Queryable,
  { person }: Pick<Context, 'person'>,
): Promise<ManagementReview | null> {
  const seen = await managementReviews.selectSeen(tx, person, "state <> 'cancelled'");
  const ahead = seen.filter(({ state }) => state !== 'signed');
  const byDay = (all: ManagementReview[]) => all.toSorted((one, other) => one.plannedOn.localeCompare(other.plannedOn)); // prettier-ignore
  return byDay(ahead)[0] ?? byDay(seen).at(-1) ?? null;
}

/** @throws Refusal for what is no input: a button of ours always names one */
export function inputOf(argument: (name: string) => string): InputKey {
  const input = inputNamed(argument('input'));
  if (input === null) throw new Refusal('Inputs are a, b, c, d1, d2, d3, d4, e, f and g: say one of these.');
  return input;
}

/** Where it is held others read along, so that what is shown there is for all of them; elsewhere it is for the one who asks. */
export function shownIn({ place }: Pick<Context, 'place'>, { heldAt }: Pick<ManagementReview, 'heldAt'>): 'place' | 'asker' {
  return place.audience === 'direct' || heldAt === place.address ? 'place' : 'asker';
} // prettier-ignore
