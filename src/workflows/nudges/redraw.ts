/** The last card of a person follows what they do, wherever they do it: what is done is gone from it, and nobody is pinged. */
import type { Context, Reply, ReplyParts, Workflow } from '../../conversation/contract.ts';
import { redraw } from '../../conversation/outbox.ts';
import { stoodOnList } from '../../conversation/waiting.ts';
import type { Queryable } from '../../db/database.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { selectDigestIn } from '../../records/digest.ts';
import { selectLastNudge } from '../../records/nudge.ts';
import { nudgeCard, peopleParts } from './card.ts';
import { owedBy, startLooking } from './look.ts';
import { sayTo } from './phrases.ts';

/** Days for which a card follows. */
const followed = 14;

export async function redrawCard(tx: Queryable, context: Context, workflows: readonly Workflow[]): Promise<void> {
  const { person, now, inputId } = context;
  const today = dayOf(now, person.timeZone);
  const last = await selectLastNudge(tx, person.id, addDays(today, -followed));
  if (last === null) return;
  await redraw(tx, inputId, last.inputId, async (shown) => {
    if (marksOf(shown) === '') return null;
    const owed = (await owedBy(await startLooking(tx, now, workflows), [person.id]))(person.id);
    const news = await selectDigestIn(tx, last.id);
    const isOver = owed.length === 0 && news === null;
    const people = peopleParts(person, news, today);
    const reply = owed.length === 0
      ? { text: [sayTo(person)('allDone'), people.text].filter((part) => part !== null).join('\n'), ...people.parts, buttons: people.buttons }
      : await nudgeCard(context, workflows, { due: owed, today, news });
    return marksOf(reply) === marksOf(shown) ? null : { reply, isOver };
  });
} // prettier-ignore

/** What can be pressed on it, whatever the day's words are. */
function marksOf({ items = [], buttons = [] }: Reply | ReplyParts): string {
  const ids = [...items.flatMap(({ button }) => button?.id ?? []), ...buttons.map(({ id }) => id)];
  return ids.filter(stoodOnList).sort().join('\n');
} // prettier-ignore
