/** «Why am I getting this?», what else can be done, and who can end a reminder. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { byUrgency } from '../../dialogue/nudge/decide.ts';
import { dayOf } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { languageOf } from '../../language/wording.ts';
import { selectByRole } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import type { Dependencies } from '../dependencies.ts';
import { owedBy, startLooking } from './look.ts';
import { room, sayTo } from './phrases.ts';

/** Things that one message explains. */
const mostExplained = 10;

async function why(tx: Queryable, context: Context, { workflows }: Dependencies): Promise<Addressed[]> {
  const { person, now } = context;
  const say = sayTo(person);
  const owed = (await owedBy(await startLooking(tx, now, workflows()), [person.id]))(person.id).toSorted(byUrgency);
  if (owed.length === 0) return toAsker({ text: say('nothingOwed') });
  const { weekly, after } = await selectSetting(tx, 'nudges');
  const today = dayOf(now, person.timeZone);
  return toAsker({
    text: say('whyLead'),
    items: owed.slice(0, mostExplained).map(({ item, dueOn, why: reason }) => ({
      text: item.text,
      detail: [reason, dueOn === null ? null : dueInWords(languageOf(person), dueOn, today)].filter((part) => part !== null).join(' · '),
    })),
    aside: say('rules', { weekly, days: Math.max(0, ...after) }),
  });
} // prettier-ignore

export function whyActions(parts: Dependencies): Actions {
  return {
    [`${room}.why`]: (tx, context) => why(tx, context, parts),
    [`${room}.more`]: async (_tx, { person }) =>
      toAsker({
        text: sayTo(person)('whatElse'),
        buttons: [
          { id: actionId(`${room}.why`), label: sayTo(person)('why') },
          { id: actionId(`${room}.more-time`), label: sayTo(person)('moreTime'), opensForm: true },
          { id: actionId(`${room}.leave`), label: sayTo(person)('onLeave'), opensForm: true },
        ],
      }),
  };
}

const asksWhy = words('nudges/why');
const stopping = words('nudges/stop');

/** «Why did you message me?», «stop reminding me about the lesson». Null for other words. */
export function claimWhy(context: Context, text: string, parts: Dependencies): Outcome | null {
  const { person } = context;
  const said = withoutEnding(text.trim(), /[.!?]/);
  if (asksWhy.is(said) !== null) return (tx) => why(tx, context, parts);
  if (stopping.begins(said) === null) return null;
  return async (tx) => {
    const say = sayTo(person);
    const managers = (await selectByRole(tx, 'isms_manager')).map(({ name }) => name);
    return toAsker({
      text: say('cannotStop', { who: managers.length === 0 ? say('ismsManager') : managers.join(', ') }),
      buttons: [
        { id: actionId(`${room}.more-time`), label: say('moreTime'), style: 'primary', opensForm: true },
        { id: actionId(`${room}.later`), label: say('later') },
        { id: actionId(`${room}.why`), label: say('why') },
      ],
    });
  };
}
