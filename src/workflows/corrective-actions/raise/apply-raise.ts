/** Raises what a card proposed, once its person confirmed it, and says who hears of it. */
import type { Addressed, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { isFinding, lockById, raiseNonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import type { Deed } from '../../../records/command-context.ts';
import { selectByRole, selectPerson } from '../../../records/person.ts';
import type { RaiseChange } from '../change.ts';
import { containButton, stake, tellAlike, tellRaised, titleLine } from '../plan/tell-nonconformity.ts';
import { lookButton } from '../update/tell-action.ts';
import { findSimilar, similarLine } from './similar.ts';

/** After a person confirmed it. Whoever leads it hears of it, and the ISMS manager of records like it, which others may not read. */
export async function applyRaise(
  tx: Queryable,
  deed: Deed,
  change: RaiseChange,
): Promise<{ lines: string[]; told: Addressed[] }> {
  const raised = await raiseNonconformity(tx, deed, change);
  for (const exhibit of change.exhibits)
    await submitEvidence(tx, deed, { nonconformity: raised, action: null, purpose: 'finding', exhibit });
  const { reference, ownerId } = raised;
  const nonconformity = await lockById(tx, raised.id);
  const owner = await selectPerson(tx, ownerId);
  const [manager = null] = await selectByRole(tx, 'isms_manager');
  const [forOwner, forManager] = [
    ownerId === deed.by.id ? [] : await findSimilar(tx, null, owner, nonconformity),
    manager === null || manager.id === ownerId ? [] : await findSimilar(tx, null, manager, nonconformity),
  ];
  const next = stake(nonconformity);
  return {
    lines: [
      `${titleLine(nonconformity)}: raised. ${ownerId === deed.by.id ? 'You lead it.' : `${owner.name} leads it.`}`,
      ...(next === null ? [] : [next]),
    ],
    told: [
      ...(isFinding(nonconformity) ? [] : toAsker(askContainment(reference))),
      ...tellRaised(deed, nonconformity, forOwner.map(similarLine)),
      ...tellAlike(deed, manager?.id ?? null, nonconformity, forManager.map(similarLine)),
    ],
  };
}

function askContainment(reference: string): ReplyParts {
  return {
    text: `Was something done about ${reference} at once? Say so now, while it is fresh.`,
    buttons: [containButton(reference), lookButton(reference, {})],
  };
}
