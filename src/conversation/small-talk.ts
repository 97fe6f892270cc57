/** What needs neither a workflow nor a model: hello, thanks, help, and what is no question at all. */
import { words } from '../language/vocabulary.ts';
import {
  actionId,
  type Context,
  type Person,
  type ReplyParts,
  type Turn,
  type Workflow,
} from './contract.ts';
import type { ItemParts } from './item.ts';
import { gatherWaiting } from './waiting.ts';

const greeting = words('small-talk/greeting');
const thanks = words('small-talk/thanks');
const agreement = words('small-talk/agreement');
const help = words('small-talk/help');
const everythingAsked = words('small-talk/everything');
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
  if (greeting.is(bare) !== null) return [await home(context, workflows)];
  if (help.is(bare) !== null) return [await home(context, workflows, true)];
  if (everythingAsked.is(bare) !== null) return [listOffers(context.person, workflows)];
  if (/^\d{1,3}$/.test(bare))
    return [{ text: `«${bare}» alone tells me nothing here. Say in words what you need.` }];
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

/** Things that somebody is told first. */
const mostTold = 3;
const mostToldVisitors = 6;
/** Of somebody's roles the one that says most of their work comes first. */
const rolesInOrder = [
  'isms_manager',
  'auditor',
  'top_management',
  'manager',
  'admin',
  'action_owner',
  'employee',
];

/** Things that wait, as help names them: all of them are a word away. */
const mostBesideHelp = 3;

/**
 * Somebody new is told what there is to do for people like them. Whoever comes back sees what waits for them first, and only
 * where they ask for it what else there is, each with what to say.
 */
async function home(context: Context, all: readonly Workflow[], asked = context.newcomer): Promise<ReplyParts> {
  const { person, newcomer } = context;
  const name = person.name.split(' ')[0] ?? person.name;
  const told = offersFirst(context, all);
  const { count, items } = await gatherWaiting(context, all);
  const waits = count === 0 ? 'Nothing waits for you.' : count === 1 ? 'One thing waits for you:' : `${count} things wait for you:`;
  if (asked && !newcomer && count > 0)
    return {
      text: `Hello ${name}.\n${waits}`,
      items: [...firstOf(items, count), ...told.map(({ text, example }) => ({ text, button: sayButton(example) }))],
      choices: [sayButton(everything)],
    };
  const examples = told.map(({ example }) => example);
  return {
    text: [
      newcomer ? `Welcome ${name}, I am Isma. I know our security policies.` : `Hello ${name}.${asked || count > 0 ? '' : ` ${waits}`}`,
      ...(asked ? told.map(({ text }) => text) : []),
      ...(count === 0 ? [] : [waits]),
    ].join('\n'),
    items,
    choices: [...examples, everything].map(sayButton),
  };
} // prettier-ignore

/** To whom something is offered. */
interface Offered {
  person: Pick<Person, 'roles'>;
  top?: boolean;
}

function firstOf(items: readonly ItemParts[], count: number): ItemParts[] {
  if (count <= mostBesideHelp) return [...items];
  const more = { text: `And ${count - mostBesideHelp} more.`, button: { ...sayButton(listed), label: 'All that waits' } };
  return [...items.slice(0, mostBesideHelp), more];
} // prettier-ignore

function sayButton(label: string): { id: string; label: string } {
  return { id: actionId('say', { text: label }), label };
}

/** What there is to say for somebody like them, pressed or typed: what a door suggests beside the place to write. */
export function suggestionsFor(context: Offered, all: readonly Workflow[]): string[] {
  return [...new Set([listed, ...offersFirst(context, all).map(({ example }) => example), everything])];
}

/** What is opened rather than said: above what waits stands how things are, for whom that concerns. */
export async function homePage(context: Context, all: readonly Workflow[]): Promise<ReplyParts> {
  const page = await home(context, all);
  const lines = await Promise.all(all.flatMap(({ onHome }) => onHome?.(context) ?? []));
  return { ...page, items: [...lines.filter((line) => line !== null), ...(page.items ?? [])] };
}

/** What asks for all that waits. */
const listed = "What's on my plate?";
/** What asks for all of it. */
const everything = 'What else can you do?';

/** Whoever only audits is told of what they came for, and of all of it. */
function isVisitor({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.every((role) => role === 'auditor');
}

/** Two of their work, and the first room's, which is there for everybody. */
function offersFirst(
  { person, top = false }: Offered,
  all: readonly Workflow[],
): { text: string; example: string }[] {
  const roles = [...person.roles, ...(top ? ['top_management'] : [])];
  const own = rolesInOrder
    .filter((role) => roles.includes(role))
    .flatMap((role) => all.flatMap(({ offer: { first } }) => first?.[role] ?? []));
  const [general] = all.map(({ offer }) => ({ text: offer.text, example: offer.examples[0] ?? '' }));
  const others = own.filter(({ example }) => example !== general?.example);
  const two = others.filter(({ example }, at) => others.findIndex((each) => each.example === example) === at);
  if (isVisitor(person)) return two.slice(0, mostToldVisitors);
  return [...(general === undefined ? [] : [general]), ...two].slice(0, mostTold);
}

/** All that there is to do for them, a line and an example each. */
function listOffers(person: Person, all: readonly Workflow[]): ReplyParts {
  const [general] = all;
  const ofVisitors = all.flatMap(({ offer: { first } }) => first?.auditor ?? []).map(({ text, example }) => ({ text, examples: [example] }));
  const offers = isVisitor(person)
    ? [...(general === undefined ? [] : [general.offer]), ...ofVisitors]
    : all.map(({ offer }) => offer).filter(({ to }) => to?.(person) ?? true);
  return {
    text: 'All that I can do for you:',
    items: offers.map(({ text, examples: [example] }) => ({
      text,
      button: example === undefined ? null : { id: actionId('say', { text: example }), label: example },
    })),
  };
} // prettier-ignore

function firstExample(workflows: readonly Workflow[]): string {
  return workflows[0]?.offer.examples[0] ?? '';
}
