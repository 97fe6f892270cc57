/** What waits for a person, most urgent first: their actions, and what others wait for them to decide. */
import { lookButton } from '../buttons.ts';
import { shortState } from '../../../isms/corrective-action/line.ts';
import {
  actionId,
  type Context,
  type ItemParts,
  type Obligation,
  type OpenerParts,
  type WaitingItem,
} from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  selectClaimsFor,
  selectOwedActions,
  selectOwnActions,
  type ListedAction,
} from '../../../isms/corrective-action/list.ts';
import {
  actionRecordOf,
  isOverdue,
  selectAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import { addDays, dayInWords, dayOf } from '../../../language/calendar.ts';
import { dueInWords } from '../../../language/due-words.ts';
import { languageOf, wording } from '../../../language/wording.ts';
import { offers } from '../../../isms/corrective-action/delegation.ts';
import { dueChanges } from '../../../isms/corrective-action/due-change.ts';
import { selectPerson } from '../../../records/person.ts';
import type { Dependencies } from '../../dependencies.ts';
import { headline } from './notify-action.ts';

/** Days ahead that count as due soon. */
const soon = 7;

/** What people are to do, as the house reminds them of it. Their card told them of it when it was planned. */
export async function owedActions(tx: Queryable, people: readonly number[]): Promise<Obligation[]> {
  return (await selectOwedActions(tx, people)).map((action): Obligation => ({
    record: actionRecordOf(action),
    personId: action.ownerId,
    askedAt: action.proposedAt,
    isTold: true,
    dueOn: action.dueOn,
    item: ownItem(action, null),
    why: wording('actions', languageOf(action))('owedWhy', { reference: action.parentReference }),
    rank: action.isOfMajor ? 1 : 2,
  }));
}

export async function waitingActions(
  { db: tx }: Pick<Dependencies, 'db'>,
  { person, now }: Context,
): Promise<WaitingItem[]> {
  const today = dayOf(now, person.timeZone);
  const own = (await selectOwnActions(tx, person)).filter(
    ({ state, evidence }) => state !== 'done_claimed' || evidence === 0,
  );
  const overdue = own.filter((action) => isOverdue(action, today));
  const inTime = own.filter((action) => !overdue.includes(action));
  const isSoon = ({ dueOn, state }: ListedAction) => dueOn <= addDays(today, soon) || state === 'proposed';
  return [
    ...overdue.map((action) => ({
      ...ownItem(action, dueInWords(languageOf(person), action.dueOn, today)),
      overdue: true,
      dueOn: action.dueOn,
    })),
    ...(await offerItems(tx, person)),
    ...(await timeItems(tx, person)),
    ...(await selectClaimsFor(tx, person)).map(claimItem),
    ...[...inTime.filter(isSoon), ...inTime.filter((action) => !isSoon(action))].map((action) =>
      ownItem(action, `due ${dayInWords(action.dueOn)}`),
    ),
  ];
}

function updateButton(record: string, label: string): OpenerParts {
  return { id: actionId('corrective-actions.show-update', { record }), label, opensForm: true };
}

/** @param due  null where it is said beside it */
function ownItem(action: ListedAction, due: string | null): ItemParts {
  const { reference, state, progress } = action;
  const open =
    state === 'done_claimed'
      ? 'reported done, without evidence yet'
      : state === 'in_progress'
        ? `${progress} %`
        : shortState[state];
  return {
    text: headline(action),
    detail: due === null ? open : `${due} · ${open}`,
    button:
      state === 'proposed'
        ? lookButton(reference, {})
        : state === 'done_claimed'
          ? updateButton(reference, 'Add evidence')
          : updateButton(reference, 'Update'),
  };
}

function claimItem(action: ListedAction): ItemParts {
  const { evidence } = action;
  return {
    text: `${evidence === 0 ? 'Done, but not shown' : 'Verify'}: ${headline(action)}`,
    detail: `${action.ownerName} reports it done · ${evidence === 0 ? 'no evidence yet' : evidence === 1 ? '1 piece of evidence' : `${evidence} pieces of evidence`}`,
    button: lookButton(action.reference, {}),
  };
}

async function offerItems(tx: Queryable, person: Context['person']): Promise<ItemParts[]> {
  const items: ItemParts[] = [];
  for (const { recordId, askedBy, reason } of await offers.selectFor(tx, person)) {
    const action = await selectAction(tx, recordId);
    const { name } = await selectPerson(tx, askedBy);
    items.push({
      text: `Take over? ${headline(action)}`,
      detail: `${name}: «${shortened(reason ?? '', 120)}» · due ${dayInWords(action.dueOn)}`,
      button: lookButton(action.reference, {}),
    });
  }
  return items;
}

async function timeItems(tx: Queryable, person: Context['person']): Promise<ItemParts[]> {
  const items: ItemParts[] = [];
  for (const { recordId, askedBy, askedFor, reason } of await dueChanges.selectFor(tx, person)) {
    const action = await selectAction(tx, recordId);
    const { name } = await selectPerson(tx, askedBy);
    items.push({
      text: `More time? ${headline(action)}`,
      detail: `${name}: «${shortened(reason ?? '', 120)}» · ${dayInWords(askedFor.from)} → ${dayInWords(askedFor.to)}`,
      button: lookButton(action.reference, {}),
    });
  }
  return items;
}
