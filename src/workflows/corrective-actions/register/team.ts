/** «Everything overdue in my team»: beside what the register holds, whatever else of the house is late with a manager's people. */
import type { Context, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { dueInWords } from '../../../language/due-words.ts';
import { languageOf } from '../../../language/wording.ts';
import { selectReports } from '../../../records/person.ts';
import type { Dependencies } from '../../dependencies.ts';
import { room } from '../buttons.ts';
import type { SaidFilter } from './filter.ts';

/** Lines that are shown; how many there are is always said. */
const mostShown = 10;

/** Nothing else was asked for: no kind of record, no grade and no requirement. */
export function asksOfWholeTeam(said: SaidFilter): boolean {
  const { kind, team, overdue, ...others } = said;
  return kind === 'records' && team === true && overdue === true && Object.keys(others).length === 0;
}

/** @param card  the register's own answer */
export async function withOtherDuties(
  tx: Queryable,
  { workflows }: Pick<Dependencies, 'workflows'>,
  { person, now }: Context,
  card: ReplyParts,
): Promise<ReplyParts> {
  const team = new Map((await selectReports(tx, person.id)).map(({ id, name }) => [id, name]));
  if (team.size === 0) return card;
  const today = dayOf(now, person.timeZone);
  const late = [];
  for (const workflow of workflows()) {
    if (workflow.name === room) continue;
    for (const duty of (await workflow.owed?.(tx, [...team.keys()], now)) ?? [])
      if (duty.dueOn !== null && duty.dueOn < today && duty.paused !== true)
        late.push({ ...duty, dueOn: duty.dueOn });
  }
  const isInRegister = (card.items ?? []).length > 0;
  if (late.length === 0) return isInRegister ? card : { text: 'Nothing is overdue in your team.' };
  const sorted = late.toSorted((one, other) => one.dueOn.localeCompare(other.dueOn) || one.rank - other.rank);
  const things = late.length === 1 ? 'thing is' : 'things are';
  const first = isInRegister
    ? `${card.text}\n${late.length} other ${things} late with your people.`
    : `${late.length} ${things} late with your people, and no finding or action.`;
  return {
    ...card,
    text: first,
    ...(isInRegister ? {} : { buttons: [] }),
    items: [
      ...(card.items ?? []),
      ...sorted.slice(0, mostShown).map(({ personId, item, dueOn }) => ({
        text: `${team.get(personId) ?? ''}: ${item.text}`,
        detail: dueInWords(languageOf(person), dueOn, today),
      })),
    ],
  };
}
