/** A card whose form was sent: it is taken back, and the corrected one takes its place. */
import { z } from 'zod';
import type { Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { decideProposal, lockPending, type Proposal } from '../../records/proposal.ts';
import { Change } from './change.ts';
import { commandOf } from '../../dialogue/command.ts';
import { proposeChanges } from './propose.ts';

type Single = 'raise' | 'cause';

/**
 * The card stays locked until the caller's transaction ends.
 *
 * @throws Refusal when it is not the person's, too old or decided already
 */
export async function lockCard<Kind extends Single>(
  tx: Queryable,
  context: Context,
  id: string,
  kind: Kind,
): Promise<{ proposal: Proposal; change: Extract<Change, { kind: Kind }> }> {
  const proposal = await lockPending(tx, commandOf(context), Number(id));
  const [change] = z.array(Change).parse(proposal.changes);
  if (change?.kind !== kind) throw new Refusal('That form belongs to another card. Tell me once more.');
  return { proposal, change: change as Extract<Change, { kind: Kind }> };
}

export async function replaceCard(
  tx: Queryable,
  context: Context,
  proposal: Proposal,
  changes: Change[],
): Promise<Addressed[]> {
  await decideProposal(tx, commandOf(context), proposal, 'cancelled');
  return proposeChanges(tx, context, changes, { link: proposal.link, replacesCard: true });
}
