/** What needs neither a workflow nor a model: hello, thanks, help, and what is no question at all. */
import { words } from '../language/vocabulary.ts';
import { actionId, type Context, type ReplyParts, type Turn, type Workflow } from './contract.ts';
import { gatherWaiting } from './waiting.ts';

const greeting = words('small-talk/greeting');
const thanks = words('small-talk/thanks');
const agreement = words('small-talk/agreement');
const help = words('small-talk/help');
const abuse = words('small-talk/abuse');

/** @returns the replies, or null when the turn deserves more than small talk */
export async function smallTalk(
  context: Context,
  { text, attachments }: Pick<Turn, 'text' | 'attachments'>,
  workflows: readonly Workflow[],
): Promise<ReplyParts[] | null> {
  const bare = bareWords(text);

  if (bare === '' && attachments.length > 0) {
    return [
      {
        text: 'I got your file, but no words with it. Tell me what you would like to know; I cannot read pictures.',
      },
    ];
  }
  if (bare === '') {
    return /\p{Extended_Pictographic}/u.test(text)
      ? [{ text: 'Noted. Ask me about a policy whenever you like.' }]
      : [
          {
            text: `That message was empty. Ask me about a policy in your own words, for example: ${firstExample(workflows)}`,
          },
        ];
  }
  if (greeting.is(bare) !== null || help.is(bare) !== null) return [await home(context, workflows)];
  if (thanks.is(bare) !== null) return [{ text: 'You are welcome.' }];
  if (agreement.is(bare) !== null) return [{ text: 'Good. Ask me again whenever you need to.' }];
  if (abuse.has(bare) && bare.split(' ').length <= 6) {
    return [
      { text: 'That did not help you, sorry. Tell me in other words what you need, and I will look again.' },
    ];
  }
  return null;
}

/** Hello, thanks, «ok» or a call for help: said to us, and the answer to nobody's question. */
export function isCourtesy(text: string): boolean {
  const bare = bareWords(text);
  return [greeting, thanks, agreement, help].some((said) => said.is(bare) !== null);
}

function bareWords(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}'\s]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What Isma can do, in three lines, with three questions to press, and what waits for this person. */
export async function home(context: Context, all: readonly Workflow[]): Promise<ReplyParts> {
  const { person, newcomer } = context;
  const workflows = all.filter(({ offer: { to } }) => to?.(person) ?? true);
  const name = person.name.split(' ')[0] ?? person.name;
  const offers = workflows.map((workflow) => workflow.offer);
  const { count, items } = await gatherWaiting(context, all);
  return {
    text: [
      `${newcomer ? 'Welcome' : 'Hello'} ${name}, I am Isma. I know our security policies.`,
      ...offers.map((offer) => offer.text),
      ...(count === 0 ? [] : [count === 1 ? 'One thing waits for you:' : `${count} things wait for you:`]),
    ].join('\n'),
    items,
    choices: examplesOf(workflows)
      .slice(0, 3)
      .map((label) => ({ id: actionId('say', { text: label }), label })),
  };
}

/** One of each workflow before a second of any. */
function examplesOf(workflows: readonly Workflow[]): string[] {
  const examples = workflows.map((workflow) => workflow.offer.examples);
  const most = Math.max(0, ...examples.map((each) => each.length));
  return Array.from({ length: most }, (_, at) => examples.flatMap((each) => each[at] ?? [])).flat();
}

function firstExample(workflows: readonly Workflow[]): string {
  return workflows[0]?.offer.examples[0] ?? '';
}
