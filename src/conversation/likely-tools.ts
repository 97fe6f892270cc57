/** Which tools a model is told of: those of rooms that are likely to be wanted, and one to ask for the others, however many there are. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { parseActionId, type Context, type Reply, type Tool, type Turn, type Workflow } from './contract.ts';
import { selectSaidAt } from './history.ts';

/** Rooms whose tools are offered unasked: what an answer pays for them stays flat as rooms are added. */
const mostLikely = 2;

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

/** Those that the words speak of, then that of the card above, then those where something waits for the person. */
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
  for (const room of rooms) {
    if (likely.size >= mostLikely) break;
    if (!likely.has(room) && ((await room.waiting?.(context)) ?? []).length > 0) likely.add(room);
  }
  return [...likely].slice(0, mostLikely);
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
    description: `Gives you the tools of another room, where the person wants what no passage and no tool at hand can do: ${rooms.join('; ')}.`,
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
