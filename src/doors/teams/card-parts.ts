/**
 * The pieces that our Adaptive Cards are made of. Words stand in rich text runs, never in text blocks: clients parse markdown
 * in those, and in these they parse nothing.
 */
import { hostOf, shortened } from '../../conversation/plain-text.ts';
import type { Button } from '../../conversation/contract.ts';
import { isMessageLink, label, plain } from './text.ts';

export type Element = Record<string, unknown> & { type: string };

export interface Card extends Element {
  type: 'AdaptiveCard';
  body: Element[];
}

/** Where a card stands: a chat with one person, a conversation of several, or a dialog, which knows other actions. */
export type Surface = 'personal' | 'shared' | 'dialog';

/** What the client can do that shows a card. */
export interface Client {
  /** Text and card make one message: the playground's makes two of them. */
  joined: boolean;
  /** It opens dialogs; without them a form stands on the card. */
  dialogs: boolean;
  /** It says aloud what a button is to say (imBack); the playground's fails there. */
  says: boolean;
}

export const teamsClient: Client = { joined: false, dialogs: true, says: true };
export const playgroundClient: Client = { joined: true, dialogs: false, says: false };

/** What our own buttons carry, under a name of ours. */
export const dataKey = 'isma';
const pressVerb = 'isma.press';
export const formVerb = 'isma.form';
export const refreshVerb = 'isma.refresh';

/** What a card carries with each of its actions. */
export interface Carried {
  /** Address under which the message is known, where that is not the conversation in which it stands. */
  at?: string;
  /** Of a dialog: the message that it was opened from. */
  card?: string | null;
  /** Of a dialog: it answers in the person's own chat. */
  direct?: boolean;
}

export interface Run {
  text: string;
  bold?: boolean;
  subtle?: boolean;
  marked?: boolean;
  color?: 'attention' | 'good';
}

/** A paragraph for each line. @param most  paragraphs; lines beyond run on in the last */
export function paragraphs(text: string, style: Omit<Run, 'text'> = {}, most = 20): Element[] {
  const all = plain(text).trim().split('\n');
  const lines = all
    .map((line, at) => ({ line, apart: at === 0 || all[at - 1]?.trim() === '' }))
    .filter(({ line }) => line.trim() !== '');
  const rest = lines.slice(most - 1).map(({ line }) => line);
  const shown =
    lines.length <= most ? lines : [...lines.slice(0, most - 1), { line: rest.join(' '), apart: false }];
  return shown.map(({ line, apart }) => richText([{ text: line, ...style }], apart ? 'default' : 'small'));
}

export function richText(runs: Run[], spacing = 'small'): Element {
  const said = runs.filter((run) => run.text !== '');
  return {
    type: 'RichTextBlock',
    spacing,
    inlines: (said.length === 0 ? [{ text: '–' } as Run] : said).map(
      ({ text, bold, subtle, marked, color }) => ({
        type: 'TextRun',
        text: plain(text).replaceAll('\n', ' '),
        ...(bold === true ? { weight: 'bolder' } : {}),
        ...(subtle === true ? { isSubtle: true } : {}),
        ...(marked === true ? { highlight: true } : {}),
        ...(color === undefined ? {} : { color }),
      }),
    ),
  };
}

/** Shows what is folded away and takes its own button away, and the other way round. */
export function folded(id: string, hidden: Element[], more = 'Show all', less = 'Show less'): Element[] {
  const toggle = (title: string, visible: boolean, name: string): Element => ({
    type: 'ActionSet',
    id: `${id}-${name}`,
    isVisible: visible,
    actions: [
      {
        type: 'Action.ToggleVisibility',
        title,
        targetElements: [id, `${id}-more`, `${id}-less`],
      },
    ],
  });
  return [
    { type: 'Container', id, isVisible: false, spacing: 'small', items: hidden },
    toggle(more, true, 'more'),
    toggle(less, false, 'less'),
  ];
}

export function action(
  button: Button,
  surface: Surface,
  carried: Carried = {},
  { dialogs }: Client = teamsClient,
): Element {
  const style: Record<string, string> =
    button.style === 'primary'
      ? { style: 'positive' }
      : button.style === 'danger'
        ? { style: 'destructive' }
        : {};
  const title = shortened(label(button.label), 75) || 'Go on';
  const data = { [dataKey]: { press: button.id, ...carried } };
  if (surface === 'dialog') return { type: 'Action.Submit', title, ...style, data };
  if (button.opensForm && dialogs) return opener(title, style, { press: button.id, ...carried });
  // A form that is not filled in yet is no hindrance to what stands beside it.
  const beside = dialogs ? {} : { associatedInputs: 'none' };
  return { type: 'Action.Execute', title, ...style, verb: pressVerb, data, ...beside };
}

/** Opens a dialog: Teams asks us what is in it when it is pressed. */
export function opener(title: string, style: Record<string, string>, data: Record<string, unknown>): Element {
  return {
    type: 'Action.Submit',
    title,
    ...style,
    data: { msteams: { type: 'task/fetch' }, [dataKey]: data },
  };
}

/** Opens the message that something came from. @returns null for an address that is none of ours */
export function messageOpener(link: string): Element | null {
  return isMessageLink(link) ? { type: 'Action.OpenUrl', title: 'Message', url: link } : null;
}

export function addressOpener(address: string): Element {
  return {
    type: 'Action.OpenUrl',
    title: shortened(`Open ${hostOf(address)}`, 75),
    url: new URL(address).href,
  };
}

/** A thing to say next: in a chat of two it is said aloud, elsewhere it is pressed. */
export function choice(
  button: Button,
  surface: Surface,
  carried: Carried = {},
  client: Client = teamsClient,
): Element {
  const said = /^say\?/.test(button.id) ? new URLSearchParams(button.id.slice(4)).get('text') : null;
  if (surface !== 'personal' || said === null || said === '' || !client.says)
    return action(button, surface, carried, client);
  return {
    type: 'Action.Submit',
    title: shortened(label(button.label), 75) || 'Go on',
    data: { msteams: { type: 'imBack', value: said } },
  };
}

/** Teams shows at most six actions beside each other, and where they do not fit it squeezes them until their words break or are cut. */
const actionsBeside = 6;
/** Characters of labels that a phone has room for in a row, each button with what its edges take. */
const rowLength = 47;
const edges = 5;

export function actionSets(actions: Element[]): Element[] {
  const rows: Element[][] = [];
  let length = 0;
  for (const each of actions) {
    const own = edges + (typeof each['title'] === 'string' ? each['title'].length : 0);
    const row = rows.at(-1);
    if (row !== undefined && row.length < actionsBeside && length + own <= rowLength) row.push(each);
    else rows.push([each]);
    length = row === rows.at(-1) ? length + own : own;
  }
  return rows.map((row, at) => ({ type: 'ActionSet', spacing: at === 0 ? 'medium' : 'small', actions: row }));
}
