/** Behind a door for people without chat: what rooms open to them, whatever a browser asks for, and nothing else of the chat. */
import { Refusal } from '../errors.ts';
import { languageOf, wording } from '../language/wording.ts';
import {
  parseActionId,
  unfoldId,
  type Context,
  type Input,
  type Outcome,
  type Workflow,
} from './contract.ts';
import { unfold } from './unfold.ts';
import { gatherWaiting } from './waiting.ts';

/** @param press  what a button does that may be pressed, with the rooms as they are to be seen there */
export async function decideWithoutChat(
  only: ReadonlySet<string>,
  workflows: readonly Workflow[],
  context: Context,
  input: Input,
  press: (workflows: Workflow[]) => Promise<Outcome>,
): Promise<Outcome> {
  const say = wording('screen', languageOf(context.person));
  const command = input.kind === 'action' ? parseActionId(input.id).command : '';
  const seen = workflows.map((workflow) => openIn(workflow, only));
  if (command === 'home') {
    const { count, items } = await gatherWaiting(context, seen);
    const text = count === 0 ? say('nothing') : count === 1 ? say('one') : say('several', { count });
    return async () => [{ to: 'place', reply: { text, items } }];
  }
  if (input.kind === 'action' && command === unfoldId) return (tx) => unfold(tx, context, input.card);
  if (only.has(command)) return press(seen);
  return async () => {
    throw new Refusal(say('notHere'));
  };
}

/** What waits, as far as it can be done there. */
function openIn(workflow: Workflow, only: ReadonlySet<string>): Workflow {
  const { waiting } = workflow;
  if (waiting === undefined) return workflow;
  return {
    ...workflow,
    waiting: async (context) =>
      (await waiting(context)).filter(
        ({ button }) => button != null && only.has(parseActionId(button.id).command),
      ),
  };
}
