/** Raises what a card proposed, once its person confirmed it, and says who hears of it. */
import type { Addressed, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { isImprovement, lockById, raiseNonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import { selectByRole, selectPerson } from '../../../records/person.ts';
import type { RaiseChange } from '../change.ts';
import { containButton, stake, notifyAlike, notifyRaised, titleLine } from '../plan/notify-nonconformity.ts';
import { lookButton } from '../update/notify-action.ts';
import { findSimilar, similarLine } from './similar.ts';

/** After a person confirmed it. Whoever leads it hears of it, and the ISMS manager of records like it, which others may not read. */
export async function applyRaise(
  tx: Queryable,
  command: CommandContext,
  change: RaiseChange,
): Promise<{ lines: string[]; told: Addressed[] }> {
  const raised = await raiseNonconformity(tx, command, change);
  for (const exhibit of change.exhibits)
    await submitEvidence(tx, command, { nonconformity: raised, action: null, purpose: 'finding', exhibit });
  const { reference, ownerId } = raised;
  const nonconformity = await lockById(tx, raised.id);
  const owner = await selectPerson(tx, ownerId);
  const [manager = null] = await selectByRole(tx, 'isms_manager');
  const [forOwner, forManager] = [
    ownerId === command.actor.id ? [] : await findSimilar(tx, null, owner, nonconformity),
    manager === null || manager.id === ownerId ? [] : await findSimilar(tx, null, manager, nonconformity),
  ];
  const next = stake(nonconformity);
  return {
    lines: [
      `${titleLine(nonconformity)}: raised. ${ownerId === command.actor.id ? 'You lead it.' : `${owner.name} leads it.`}`,
      ...(next === null ? [] : [next]),
    ],
    told: [
      ...(isImprovement(nonconformity) ? [] : toAsker(askContainment(reference))),
      ...notifyRaised(command, nonconformity, forOwner.map(similarLine)),
      ...notifyAlike(command, manager?.id ?? null, nonconformity, forManager.map(similarLine)),
    ],
  };
}

function askContainment(reference: string): ReplyParts {
  return {
    text: `Was something done about ${reference} at once? Say so now, while it is fresh.`,
    buttons: [containButton(reference), lookButton(reference, {})],
  };
}
