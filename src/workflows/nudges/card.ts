/** The one message of a day: the most urgent thing first, in words, with its button; what else is open below; the rest behind «More». */
import {
  actionId,
  type ButtonParts,
  type Context,
  type Obligation,
  type ReplyParts,
  type Workflow,
} from '../../conversation/contract.ts';
import { gatherWaiting, onList } from '../../conversation/waiting.ts';
import { byUrgency } from '../../dialogue/nudge/decide.ts';
import { messageText } from '../../dialogue/nudge/message.ts';
import type { Queryable } from '../../db/database.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';
import { linesOf } from '../../language/text.ts';
import { languageOf } from '../../language/wording.ts';
import { selectLastDigests } from '../../records/digest.ts';
import type { News } from './digest.ts';
import { room, sayTo } from './phrases.ts';
import { weekParts } from './week.ts';

export interface Nudge {
  /** What makes it due; empty where only news of their people do. */
  due: readonly Obligation[];
  /** Where the person is. */
  today: string;
  news: News | null;
}

export async function nudgeCard(context: Context, workflows: readonly Workflow[], { due, today, news }: Nudge): Promise<ReplyParts> {
  const { person } = context;
  const [first] = due.toSorted(byUrgency);
  const people = peopleParts(context.person, news, today);
  if (first === undefined) return { text: people.text ?? '', ...people.parts, ...(people.buttons.length === 0 ? {} : { buttons: people.buttons }) };
  const { items } = await gatherWaiting(context, workflows);
  const own = first.item.button?.id;
  const others = items.filter(({ text, button }) => text !== first.item.text || button?.id !== own);
  const { button = null } = first.item;
  return {
    text: linesOf(messageText(person, first, others.length, today), people.text),
    items: others.map((item) => (item.button == null ? item : { ...item, button: onList(item.button) })),
    buttons: [
      ...(button === null ? [] : [{ ...onList(button), style: 'primary' as const }]),
      ...people.buttons,
      ...listButtons(person),
    ],
    aside: first.why,
    ...people.parts,
  };
} // prettier-ignore

/** What stands with the list of what waits: the same buttons, and what a manager was told of their people this week. */
export async function besideList(tx: Queryable, context: Context): Promise<Pick<ReplyParts, 'buttons' | 'table' | 'facts'>> {
  const today = dayOf(context.now, context.person.timeZone);
  const [last] = await selectLastDigests(tx, [context.person.id]);
  const news = last === undefined || last.day <= addDays(today, -7) ? null : last;
  return { buttons: listButtons(context.person), ...peopleParts(context.person, news, today).parts };
} // prettier-ignore

function listButtons(person: { locale: string }): ButtonParts[] {
  const say = sayTo(person);
  return [
    { id: actionId(`${room}.later`), label: say('later') },
    { id: actionId(`${room}.more`), label: say('more') },
  ];
}

/** People and things that one message names; the rest is counted. */
const mostNamed = 15;

/** What a manager hears of their people. */
export function peopleParts(person: Context['person'], news: News | null, today: string): { text: string | null; parts: Partial<ReplyParts>; buttons: ButtonParts[] } {
  if (news === null) return { text: null, parts: {}, buttons: [] };
  const say = sayTo(person);
  const language = languageOf(person);
  const { items, resolved } = news;
  const rows = items.slice(0, mostNamed).map(({ name, text, dueOn }) => [name, text, dueInWords(language, dueOn, today)]);
  const left = items.length - rows.length;
  const named = resolved.slice(0, mostNamed).map(({ name, text }) => `${name}: ${text}`);
  const week = weekParts(person, news.week, today);
  const ofPeople = items.length === 0 ? (resolved.length === 0 ? null : say('allResolved')) : say(items.length === 1 ? 'peopleOne' : 'people', { count: items.length });
  const facts = [...week.facts, ...(named.length === 0 ? [] : [{ label: say('resolved'), value: named.join('\n') }])];
  return {
    text: linesOf(ofPeople, left > 0 ? say('peopleMore', { count: left }) : null, ...week.text),
    parts: {
      ...(rows.length === 0 ? {} : { table: { columns: [say('who'), say('what'), say('since')], rows } }),
      ...(facts.length === 0 ? {} : { facts }),
    },
    buttons: week.buttons,
  };
} // prettier-ignore
