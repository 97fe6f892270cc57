/** Shows what a message of ours keeps folded: in its place where it can be edited, else below it. */
import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors.ts';
import { unfoldId, type Addressed, type Context, type Reply } from './contract.ts';
import { selectRecentReplies, selectShown } from './outbox.ts';

/** @param card  receipt of the message whose button was pressed; null where the door keeps none: then it is the newest */
export async function unfold(
  tx: Queryable,
  { platform, place }: Pick<Context, 'platform' | 'place'>,
  card: string | null,
): Promise<Addressed[]> {
  if (card !== null) {
    const shown = await selectShown(tx, platform, place.address, card);
    if (shown === null) throw new Refusal('That message is too old to be opened. Ask me again.');
    return [{ to: 'place', reply: opened(shown.reply), replacesCard: true }];
  }
  const recent = await selectRecentReplies(tx, platform, place.address);
  const folded = recent.find(({ passages }) => passages.some((passage) => passage.folded));
  if (folded === undefined) throw new Refusal('There is nothing more to show here.');
  const passages = folded.passages.filter((passage) => passage.folded);
  const citations = folded.citations.filter(({ n }) => passages.some((passage) => passage.n === n));
  return [{ to: 'place', reply: opened({ ...folded, text: '', passages, citations, buttons: [] }) }];
}

function opened(reply: Reply): Reply {
  return {
    ...reply,
    passages: reply.passages.map((passage) => ({ ...passage, folded: false })),
    buttons: reply.buttons.filter(({ id }) => id !== unfoldId),
  };
}
