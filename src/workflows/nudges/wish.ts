/** «Send me a weekly digest», and no more; and the digest of this week, whenever somebody asks. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { wishDigest } from '../../records/digest.ts';
import { selectReports } from '../../records/person.ts';
import { room } from './phrases.ts';
import { weekFor, weekParts } from './week.ts';

const weekly = words('nudges/weekly');
const noWeekly = words('nudges/no weekly');
const thisWeek = words('nudges/this week');

const sayTo = (person: { locale: string }) => wording('digest', languageOf(person));

export function claimWish(context: Context, text: string): Outcome | null {
  if (noWeekly.is(text) !== null) return (tx) => wish(tx, context, false);
  if (weekly.is(text) !== null) return (tx) => wish(tx, context, true);
  return thisWeek.is(text) === null ? null : (tx) => showWeek(tx, context);
}

export const wishActions: Actions = {
  [`${room}.weekly`]: (tx, context, { argument }) => wish(tx, context, argument('wanted') === 'yes', true),
  [`${room}.week`]: (tx, context) => showWeek(tx, context),
};

/** Whoever has nobody to hear of is told what they have instead. */
async function mayWish(tx: Queryable, { person }: Context): Promise<boolean> {
  return isIsmsManager(person) || (await selectReports(tx, person.id)).length > 0;
}

async function wish(tx: Queryable, context: Context, wanted: boolean, replacesCard = false): Promise<Addressed[]> {
  const { person, now } = context;
  const say = sayTo(person);
  if (!(await mayWish(tx, context))) return toAsker({ text: say('nobody') });
  await wishDigest(tx, person.id, wanted, now);
  const undo = { id: actionId(`${room}.weekly`, { wanted: wanted ? 'no' : 'yes' }), label: say('undo') };
  const show = { id: `${room}.week`, label: say('showNow') };
  return [{ to: 'asker', reply: { text: say(wanted ? 'wanted' : 'unwanted'), buttons: wanted ? [show, undo] : [undo] }, replacesCard }];
} // prettier-ignore

async function showWeek(tx: Queryable, context: Context): Promise<Addressed[]> {
  const { person, now } = context;
  if (!(await mayWish(tx, context))) return toAsker({ text: sayTo(person)('nobody') });
  const { text, facts, buttons } = weekParts(person, await weekFor(tx, now, person), dayOf(now, person.timeZone)); // prettier-ignore
  return toAsker({ text: text.length === 0 ? sayTo(person)('quiet') : text.join('\n'), facts, buttons });
}
