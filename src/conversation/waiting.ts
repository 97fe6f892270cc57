/** What waits for a person, gathered over all rooms: the same list for whoever says hello, opens Home or asks what is on their plate. */
import { z } from 'zod';
import { dayOf } from '../language/calendar.ts';
import { dueInWords } from '../language/due-words.ts';
import { words } from '../language/vocabulary.ts';
import { languageOf, wording } from '../language/wording.ts';
import { actionId, longestId, parseActionId } from './action-id.ts';
import type {
  Addressed,
  Context,
  ItemParts,
  Obligation,
  OpenerParts,
  Outcome,
  ReplyParts,
  Tool,
  WaitingItem,
  Workflow,
} from './contract.ts';
import { privately } from './privately.ts';

const greeting = words('small-talk/greeting');
const question = words('waiting/question');

/** «What's on my plate?», «Hi Isma, my actions», «was muss ich noch tun?» */
export function asksWhatWaits(text: string): boolean {
  return question.is(text.slice(greeting.begins(text)?.to ?? 0)) !== null;
}

/** Lines that are listed at once; what is more waits behind. */
const mostListed = 20;

/** What somebody owes, as the list says it. */
export function asWaiting(
  owed: readonly Obligation[],
  { person, now }: Pick<Context, 'person' | 'now'>,
): WaitingItem[] {
  const today = dayOf(now, person.timeZone);
  return owed.map(({ item, dueOn, rank }) => {
    const due = dueOn === null ? null : dueInWords(languageOf(person), dueOn, today);
    const detail = [due, item.detail].filter((part) => part != null).join(' · ') || null;
    return { ...item, detail, dueOn, rank, overdue: dueOn !== null && dueOn < today };
  });
}

/** What is overdue comes first, whosever room it is of, the longest first; else the rooms in their order, each with its most urgent first. */
export async function gatherWaiting(
  context: Context,
  workflows: readonly Workflow[],
): Promise<{ count: number; items: ItemParts[] }> {
  const all: WaitingItem[] = [];
  // One after the other: a connection takes one statement at a time.
  for (const { waiting } of workflows) all.push(...((await waiting?.(context)) ?? []));
  const late = all.filter(({ overdue }) => overdue === true);
  const items = [
    ...late.toSorted(
      (one, other) =>
        (one.dueOn ?? '').localeCompare(other.dueOn ?? '') || (one.rank ?? 3) - (other.rank ?? 3),
    ),
    ...all.filter(({ overdue }) => overdue !== true),
  ].map(({ overdue, dueOn: _dueOn, rank: _rank, ...item }) =>
    // The line of what is overdue begins with how long.
    overdue === true && item.detail != null ? { late: item.detail.split(' · ')[0], ...item } : item,
  );
  const left = items.length - mostListed;
  const more = () => {
    const say = wording('waiting', languageOf(context.person));
    return { text: say('more', { count: left }), detail: say('moveUp') };
  };
  return { count: items.length, items: left <= 0 ? items : [...items.slice(0, mostListed), more()] };
}

/** The answer to «what's on my plate?». */
async function waitingList(context: Context, workflows: readonly Workflow[]): Promise<ReplyParts> {
  const { count, items } = await gatherWaiting(context, workflows);
  const say = wording('waiting', languageOf(context.person));
  if (count === 0) return { text: say('nothing') };
  let beside: Awaited<ReturnType<NonNullable<Workflow['besideList']>>> = {};
  for (const { besideList } of workflows) beside = { ...beside, ...(await besideList?.(context)) };
  return {
    text: say(count === 1 ? 'one' : 'many', { count }),
    items: items.map((item) => (item.button == null ? item : { ...item, button: onList(item.button) })),
    ...beside,
  };
}

/** For the one who asks: in a channel others read along. */
export async function tellWhatWaits(context: Context, workflows: readonly Workflow[]): Promise<Outcome> {
  const reply = await waitingList(context, workflows);
  return privately(context, 'what waits for you', async () => [{ to: 'asker', reply }]);
}

export function waitingTool(workflows: readonly Workflow[]): Tool {
  return {
    name: 'my_actions',
    description: 'Shows the person what waits for them.',
    schema: z.object({}),
    run: (context) => tellWhatWaits(context, workflows),
  };
}

// ---- Buttons that are pressed on the list --------------------------------------------------------------------------------

/** A button as it stands on the list: what it leads to brings the list back. */
export function onList<Of extends Pick<OpenerParts, 'id'>>(button: Of): Of {
  const { command, values } = parseActionId(button.id);
  const id = actionId(command, { ...Object.fromEntries(values), from: 'list' });
  return id.length <= longestId ? { ...button, id } : button;
}

/** Whether a button stood on the list, or a form was opened from there. */
export function stoodOnList(id: string): boolean {
  return parseActionId(id).values.get('from') === 'list';
}

/**
 * What a button of the list led to, with the list in its place, one thing shorter: no workflow knows of it. What would have taken
 * its place is said by its note, or in a message of its own where it has none.
 */
export async function withList(
  context: Context,
  workflows: readonly Workflow[],
  said: readonly Addressed[],
): Promise<Addressed[]> {
  const all: Addressed[] = [];
  for (const each of said) {
    const { form, note, notice } = each.reply;
    if (form != null) all.push({ ...each, reply: { ...each.reply, form: onList(form) } });
    else if (each.replacesCard === true && notice == null) {
      const list = await waitingList(context, workflows);
      all.push({ to: 'asker', reply: { ...list, note }, replacesCard: true });
      if (note == null) all.push({ ...each, replacesCard: false });
    } else all.push(each);
  }
  return all;
}
