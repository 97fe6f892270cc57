/** What waits for a person, most urgent first: their actions, and what others wait for them to decide. */
import {
  actionId,
  type Context,
  type ItemParts,
  type OpenerParts,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import { shortened } from '../../../conversation/plain-text.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  selectClaimsFor,
  selectOwnActions,
  type ListedAction,
} from '../../../isms/corrective-action/list.ts';
import { isOverdue, selectAction } from '../../../isms/corrective-action/corrective-action.ts';
import { addDays, dayInWords, dayOf } from '../../../language/calendar.ts';
import { selectOffersTo } from '../../../isms/corrective-action/delegation.ts';
import { selectDueChangesFor } from '../../../isms/corrective-action/due-change.ts';
import { selectPerson } from '../../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { waitingPlans } from '../plan/waiting.ts';
import { shortState } from '../proposal-card.ts';
import { headline, lookButton } from './notify-action.ts';

/** Lines that are listed at once; what is more waits behind. */
const mostListed = 20;
/** Days ahead that count as due soon. */
const soon = 7;

/** Pressed there, a button leaves the list in its place, with one thing less on it. */
const inList = { from: 'list' };

export async function waitingActions(parts: Dependencies, context: Context): Promise<ItemParts[]> {
  return shortList(await waitingFor(parts.db, context, {}));
}

/** The answer to «what's on my plate?». */
export async function myList(parts: Dependencies, context: Context): Promise<ReplyParts> {
  const actions = await waitingFor(parts.db, context, inList);
  const items = [...actions, ...(await waitingPlans(parts, context))];
  if (items.length === 0) return { text: 'Nothing waits for you. Enjoy the quiet.' };
  const text =
    items.length === 1
      ? 'One thing waits for you:'
      : `${items.length} things wait for you, the most urgent first:`;
  return { text, items: shortList(items) };
}

function shortList(items: ItemParts[]): ItemParts[] {
  const left = items.length - mostListed;
  if (left <= 0) return items;
  return [
    ...items.slice(0, mostListed),
    { text: `And ${left} more, less urgent.`, detail: 'They move up as these are done.' },
  ];
}

type Where = Record<string, string>;

async function waitingFor(tx: Queryable, context: Context, where: Where): Promise<ItemParts[]> {
  const { person, now } = context;
  const today = dayOf(now, person.timeZone);
  const own = (await selectOwnActions(tx, person)).filter(
    ({ state, evidence }) => state !== 'done_claimed' || evidence === 0,
  );
  const overdue = own.filter((action) => isOverdue(action, today));
  const inTime = own.filter((action) => !overdue.includes(action));
  const isSoon = ({ dueOn, state }: ListedAction) => dueOn <= addDays(today, soon) || state === 'proposed';
  return [
    ...overdue.map((action) => ownItem(action, where, `overdue since ${dayInWords(action.dueOn)}`)),
    ...(await offerItems(tx, person.id)),
    ...(await timeItems(tx, person)),
    ...(await selectClaimsFor(tx, person)).map(claimItem),
    ...[...inTime.filter(isSoon), ...inTime.filter((action) => !isSoon(action))].map((action) =>
      ownItem(action, where, `due ${dayInWords(action.dueOn)}`),
    ),
  ];
}

function button(command: string, label: string, values: Where, opensForm = false): OpenerParts {
  return { id: actionId(`corrective-actions.${command}`, values), label, opensForm };
}

function ownItem(action: ListedAction, where: Where, due: string): ItemParts {
  const { reference, state, progress } = action;
  const record = { record: reference, ...where };
  const open =
    state === 'done_claimed'
      ? 'reported done, without evidence yet'
      : state === 'in_progress'
        ? `${progress} %`
        : shortState[state];
  return {
    text: headline(action),
    detail: `${due} · ${open}`,
    button:
      state === 'proposed'
        ? lookButton(reference, {})
        : state === 'done_claimed'
          ? button('show-update', 'Add evidence', record, true)
          : button('show-update', 'Update', record, true),
  };
}

function claimItem(action: ListedAction): ItemParts {
  const { evidence } = action;
  return {
    text: `Verify: ${headline(action)}`,
    detail: `${action.ownerName} reports it done · ${evidence === 0 ? 'no evidence yet' : evidence === 1 ? '1 piece of evidence' : `${evidence} pieces of evidence`}`,
    button: lookButton(action.reference, {}),
  };
}

async function offerItems(tx: Queryable, personId: number): Promise<ItemParts[]> {
  const items: ItemParts[] = [];
  for (const { actionId: offered, fromId, note } of await selectOffersTo(tx, personId)) {
    const action = await selectAction(tx, offered);
    const { name } = await selectPerson(tx, fromId);
    items.push({
      text: `Take over? ${headline(action)}`,
      detail: `${name}: «${shortened(note, 120)}» · due ${dayInWords(action.dueOn)}`,
      button: lookButton(action.reference, {}),
    });
  }
  return items;
}

async function timeItems(tx: Queryable, person: Context['person']): Promise<ItemParts[]> {
  const items: ItemParts[] = [];
  for (const { actionId: late, requestedBy, fromDueOn, toDueOn, reason } of await selectDueChangesFor(
    tx,
    person,
  )) {
    const action = await selectAction(tx, late);
    const { name } = await selectPerson(tx, requestedBy);
    items.push({
      text: `More time? ${headline(action)}`,
      detail: `${name}: «${shortened(reason, 120)}» · ${dayInWords(fromDueOn)} → ${dayInWords(toDueOn)}`,
      button: lookButton(action.reference, {}),
    });
  }
  return items;
}
