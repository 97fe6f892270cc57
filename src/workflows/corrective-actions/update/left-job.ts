/** Somebody has left: what they own is listed, once, for the ISMS managers, who find others to take it over. */
import { recordButton } from '../buttons.ts';
import type { Addressed, DueJob, ItemParts, JobHandler } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayInWords } from '../../../language/calendar.ts';
import { endWhoLeft, selectLeavers, selectOwned, type OwnedItem } from '../../../isms/person/leaving.ts';
import { isHere, selectByRole, selectPerson } from '../../../records/person.ts';

const name = 'corrective-actions.left';
/** Lines that are listed at once. */
const mostListed = 20;

/** Those whose last day is over where they are. */
export async function dueLeavers(tx: Queryable, now: Date): Promise<DueJob[]> {
  const leavers = await selectLeavers(tx, now);
  return leavers.map(({ id, leftOn }) => ({
    key: `${name}:${id}:${leftOn}`,
    name,
    values: { person: String(id), on: leftOn },
  }));
}

export const leaverJobs: Record<string, JobHandler> = {
  [name]: (tx, { now }, values) => listOwned(tx, now, values),
};

async function listOwned(
  tx: Queryable,
  now: Date,
  { person = '', on = '' }: Record<string, string>,
): Promise<Addressed[]> {
  await endWhoLeft(tx, now);
  const id = Number(person);
  // The day was moved meanwhile, or they are back.
  if (await isHere(tx, id)) return [];
  const owned = await selectOwned(tx, id);
  if (owned.length === 0) return [];
  const { name: called } = await selectPerson(tx, id);
  const more = owned.length - mostListed;
  const items = owned.slice(0, mostListed).map(itemOf);
  return (await selectByRole(tx, 'isms_manager')).map((manager) => ({
    to: { personId: manager.id },
    reply: {
      text: `${called} is not here any more since ${dayInWords(on)}. Please find somebody else for what was theirs.`,
      items: more > 0 ? [...items, { text: `And ${more} more.` }] : items,
    },
  }));
}

const places: Record<OwnedItem['what'], string> = {
  leads: 'led it',
  does: 'owned this action',
  approves: 'approves its plan',
  checks: 'checks whether it worked',
  decides: 'was asked for more time',
  answers: 'was asked this question',
  brings: 'was asked for this evidence',
  manages: 'was their manager',
  owns: 'owned this document',
};

function itemOf({ what, reference, title }: OwnedItem): ItemParts {
  return {
    text: title === '' ? reference : `${reference} · ${shortened(title.replace(/\s+/g, ' '), 140)}`,
    detail: places[what],
    button: /^(NC|CA)-/.test(reference) ? recordButton('show', 'Show', reference) : null,
  };
}
