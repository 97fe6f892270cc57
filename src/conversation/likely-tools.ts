/** Which tools a model is told of: those of rooms that are likely to be wanted, and one to ask for the others, however many there are. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import {
  parseActionId,
  type Context,
  type Reply,
  type Tool,
  type Turn,
  type WaitingItem,
  type Workflow,
} from './contract.ts';
import { plain, words } from '../language/vocabulary.ts';
import { selectSaidAt } from './history.ts';

/** Rooms whose tools are offered unasked: what an answer pays for them stays flat as rooms are added. */
const mostLikely = 2;

const wantingFigure = words('answers/wanting a figure');
const wantingLeave = words('answers/wanting leave');
/** Characters of a word that says what something is about. */
const tellingLength = 5;

export interface LikelyTools {
  /** When to call which of those that are offered at once. */
  instructions: string[];
  /** Tools of all rooms, and the one to ask for more. */
  tools: OfferedTool[];
}

interface OfferedTool {
  tool: Tool;
  isOffered(): boolean;
}

export async function likelyTools(
  tx: Queryable,
  context: Context,
  turn: Turn,
  workflows: readonly Workflow[],
): Promise<LikelyTools> {
  const rooms = workflows.filter(({ tools }) => tools.length > 0);
  const likely = await likelyRooms(tx, context, turn, rooms);
  const others = rooms.filter((room) => !likely.includes(room));
  const offered = new Set(likely);
  return {
    instructions: likely.flatMap(({ instructions }) => instructions ?? []),
    tools: [
      ...rooms.flatMap((room) => room.tools.map((tool) => ({ tool, isOffered: () => offered.has(room) }))),
      ...(others.length === 0
        ? []
        : [
            {
              tool: askForMore(others, (room) => offered.add(room)),
              isOffered: () => offered.size < rooms.length,
            },
          ]),
    ],
  };
}

/** Those that the words speak of, then that of the card above, then the one where something waits that they may report on. */
async function likelyRooms(
  tx: Queryable,
  context: Context,
  { text }: Turn,
  rooms: readonly Workflow[],
): Promise<Workflow[]> {
  const { place, repliesTo } = context;
  const above = repliesTo === null ? [] : await selectSaidAt(tx, place.address, repliesTo);
  const shown = above.flatMap(commandsOn);
  const likely = new Set([
    ...rooms.filter(({ mayConcern }) => mayConcern?.(text) === true),
    ...rooms.filter(({ actions }) => shown.some((command) => Object.hasOwn(actions, command))),
  ]);
  const asks = isQuestion(text);
  for (const room of likely.size === 0 ? rooms : []) {
    const items = (await room.waiting?.(context)) ?? [];
    if (!items.some((item) => !asks || speaksOf(text, item))) continue;
    likely.add(room);
    break;
  }
  return [...likely].slice(0, mostLikely);
}

/** A question about a rule needs no tool of a room, whatever waits for the person who asks. */
function isQuestion(text: string): boolean {
  const begins = (vocabulary: typeof wantingFigure) => vocabulary.begins(text)?.from === 0;
  return /\?\s*$/.test(text) || begins(wantingFigure) || begins(wantingLeave);
}

function speaksOf(text: string, { text: title, detail }: WaitingItem): boolean {
  const waiting = plain(`${title} ${detail ?? ''}`).split(' ');
  return plain(text)
    .split(' ')
    .some((word) => word.length >= tellingLength && waiting.includes(word));
}

function commandsOn({ items, choices, buttons, form }: Reply): string[] {
  return [
    ...items.flatMap(({ button }) => button ?? []),
    ...choices,
    ...buttons,
    ...(form === null ? [] : [form]),
  ].map(({ id }) => parseActionId(id).command);
}

function askForMore(others: readonly Workflow[], give: (room: Workflow) => void): Tool {
  const schema = z.object({ room: z.enum(others.map(({ name }) => name)) });
  const rooms = others.map(({ name, subject }) => (subject === undefined ? name : `${name} (${subject})`));
  const tool: Tool<typeof schema> = {
    name: 'more_tools',
    description: `Gives you the tools of another room, for what no passage and no tool at hand can do: ${rooms.join('; ')}.`,
    schema,
    async run(_context, { room: name }) {
      const room = others.find((each) => each.name === name);
      if (room === undefined) return `There is no room ${name}.`;
      give(room);
      return room.instructions ?? 'You have its tools now.';
    },
  };
  return tool;
}
