/** What waits for a person, gathered over all rooms: the same list for whoever says hello, opens Home or asks what is on their plate. */
import { z } from 'zod';
import { words } from '../language/vocabulary.ts';
import { actionId, longestId, parseActionId } from './action-id.ts';
import type { Addressed, Context, ItemParts, Outcome, ReplyParts, Tool, Workflow } from './contract.ts';
import { privately } from './privately.ts';

const greeting = words('small-talk/greeting');
const question = words('waiting/question');

/** «What's on my plate?», «Hi Isma, my actions», «was muss ich noch tun?» */
export function asksWhatWaits(text: string): boolean {
  return question.is(text.slice(greeting.begins(text)?.to ?? 0)) !== null;
}

/** Lines that are listed at once; what is more waits behind. */
const mostListed = 20;

/** What is overdue comes first, whosever room it is of; else the rooms in their order, each with its most urgent first. */
export async function gatherWaiting(
  context: Context,
  workflows: readonly Workflow[],
): Promise<{ count: number; items: ItemParts[] }> {
  const rooms = await Promise.all(workflows.map(async ({ waiting }) => (await waiting?.(context)) ?? []));
  const all = rooms.flat();
  const items = [
    ...all.filter(({ overdue }) => overdue === true),
    ...all.filter(({ overdue }) => overdue !== true),
  ].map(({ overdue: _overdue, ...item }) => item);
  const left = items.length - mostListed;
  const more = { text: `And ${left} more, less urgent.`, detail: 'They move up as these are done.' };
  return { count: items.length, items: left <= 0 ? items : [...items.slice(0, mostListed), more] };
}

/** The answer to «what's on my plate?». */
async function waitingList(context: Context, workflows: readonly Workflow[]): Promise<ReplyParts> {
  const { count, items } = await gatherWaiting(context, workflows);
  if (count === 0) return { text: 'Nothing waits for you. Enjoy the quiet.' };
  return {
    text: count === 1 ? 'One thing waits for you:' : `${count} things wait for you, the most urgent first:`,
    items: items.map((item) =>
      item.button == null ? item : { ...item, button: { ...item.button, id: onList(item.button.id) } },
    ),
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

function onList(id: string): string {
  const { command, values } = parseActionId(id);
  const marked = actionId(command, { ...Object.fromEntries(values), from: 'list' });
  return marked.length <= longestId ? marked : id;
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
    if (form != null) all.push({ ...each, reply: { ...each.reply, form: { ...form, id: onList(form.id) } } });
    else if (each.replacesCard === true && notice == null) {
      const list = await waitingList(context, workflows);
      all.push({ to: 'asker', reply: { ...list, note }, replacesCard: true });
      if (note == null) all.push({ ...each, replacesCard: false });
    } else all.push(each);
  }
  return all;
}
