/** What a model is told of the moment: who speaks, when, with what in hand, and what waits for them. */
import type { Queryable } from '../db/database.ts';
import { dayOf, inFull } from '../language/calendar.ts';
import { shortened } from '../language/text.ts';
import type { Context, Turn, Workflow } from './contract.ts';
import type { People } from './port.ts';
import { prompt } from './prompts.ts';
import { gatherWaiting } from './waiting.ts';

/** Things that wait, as a model is told of them, and characters of each. */
const mostTold = 4;
const lineLength = 100;
/** Files that came along, and characters of a name. */
const mostFiles = 10;
const nameLength = 80;

export async function situation(
  tx: Queryable,
  people: Pick<People, 'describe'>,
  workflows: readonly Workflow[],
  context: Context,
  { attachments }: Pick<Turn, 'attachments'>,
): Promise<string> {
  const { person, place, now } = context;
  const { title, manager, reports } = await people.describe(tx, person.id);
  const roles = person.roles.filter((role) => role !== 'employee').map((role) => role.replace(/_/g, ' '));
  const who = [person.name, title, person.department].filter((part) => part !== null).join(', ');
  const files = attachments.slice(0, mostFiles).map(({ name }) => quoted(name, nameLength));
  const lines = [
    `You talk with ${quoted(who, lineLength)}.`,
    ...(manager === null ? [] : [`Their manager is ${quoted(manager, nameLength)}.`]),
    ...(reports === 0 ? [] : [`They are the manager of ${reports} ${reports === 1 ? 'person' : 'people'}.`]),
    ...(roles.length === 0 ? [] : [`Their roles here: ${roles.join(', ')}.`]),
    `For them it is ${inFull(dayOf(now, person.timeZone))}, ${timeOf(now, person.timeZone)}.`,
    ...(files.length === 0
      ? []
      : [`With their message came ${files.join(', ')}; it is attached by itself to what they confirm.`]),
    // In a channel others read the answer, and what waits for one person is not for them.
    ...(place.audience === 'direct' ? await waitingLines(context, workflows) : []),
  ];
  return prompt('situation', { lines: lines.map((line) => `- ${line}`).join('\n') });
}

async function waitingLines(context: Context, workflows: readonly Workflow[]): Promise<string[]> {
  const { count, items } = await gatherWaiting(context, workflows);
  if (count === 0) return ['Nothing waits for them.'];
  const told = items
    .slice(0, mostTold)
    .map(({ text, detail }) => quoted([text, detail].filter((part) => part != null).join(', '), lineLength));
  return [`Waiting for them (${count}): ${told.join('; ')}${count > mostTold ? '; …' : ''}.`];
}

/** One line in quotes, whatever stands in it. */
function quoted(text: string, longest: number): string {
  return JSON.stringify(shortened(text.replace(/\s+/g, ' '), longest));
}

function timeOf(at: Date, timeZone: string): string {
  return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
}
