/** A card that proposes changes: each value as it is and as it would be, and the buttons that write all of them, or none. */
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Addressed,
  type ButtonParts,
  type Context,
  type ItemParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import { selectLastTrace } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors.ts';
import { dayOf, momentInWords, shortMoment } from '../language/calendar.ts';
import type { CommandContext } from '../records/command-context.ts';
import { selectPerson } from '../records/person.ts';
import { decideProposal, lockPending, propose, type Proposal } from '../records/proposal.ts';
import { commandOf, toAsker } from './command.ts';
import {
  filesOf,
  kindOf,
  readChanges,
  refusalOf,
  refuseUnwritable,
  type Applied,
  type Change,
  type Shown,
} from './change.ts';
import { orAskAgain } from './form.ts';
import { askAgain } from './form-fields.ts';
import { gathered } from './notify.ts';

export interface ProposeOptions {
  /** What was said besides and cannot be written, and why. */
  problems?: readonly string[];
  /** Buttons for what is still missing, or might be meant instead. */
  buttons?: readonly ButtonParts[] | ((proposal: Proposal) => readonly ButtonParts[]);
  /** What might be meant instead, a line each. */
  items?: (proposal: Proposal) => readonly ItemParts[];
  /** Where the words were said, if not in this very input. */
  link?: string | null;
  replacesCard?: boolean;
}

/** Keeps the changes and makes their card: one card however many records. */
export async function proposeChanges(
  tx: Queryable,
  context: Context,
  said: readonly Change[],
  { problems = [], buttons = [], items, link = context.link, replacesCard = false }: ProposeOptions = {},
): Promise<Addressed[]> {
  // Another room leaves out what it has no word on.
  const whole = said.map((change) => kindOf(change).schema.parse(change));
  await refuseUnwritable(
    tx,
    commandOf(context),
    whole.filter((change) => kindOf(change).alone === true),
  );
  const changes: Change[] = [];
  for (const change of whole) changes.push((await kindOf(change).prepared?.(tx, change)) ?? change);
  const kept = { changes, files: filesOf(changes) };
  const proposal = await propose(tx, { ...commandOf(context), link }, kept);
  const card = await proposalCard(tx, context, proposal, changes, problems);
  refuseUnshowable(card);
  const more = typeof buttons === 'function' ? buttons(proposal) : buttons;
  const rather = items?.(proposal) ?? [];
  return asked(
    { ...card, items: [...(card.items ?? []), ...rather], buttons: [...(card.buttons ?? []), ...more] },
    replacesCard,
  );
}

/** What one message of every door shows with room to spare: in Slack characters count, in Teams bytes. */
const mostOnCard = { characters: 9_000, bytes: 16_000 };

/** @throws Refusal where a card could not show all that it would write: nothing is confirmed that was not seen whole */
function refuseUnshowable({ text, facts = [] }: ReplyParts): void {
  const words = [text, ...facts.flatMap(({ label, value }) => [label, value])].join('');
  if (words.length <= mostOnCard.characters && Buffer.byteLength(words) <= mostOnCard.bytes) return;
  throw new Refusal(
    `All of this together has ${words.length.toLocaleString('en')} characters, more than one card can show. Nothing is proposed: shorten it, or attach the longer part as a file.`,
  );
}

export function asked(reply: ReplyParts, replacesCard: boolean): Addressed[] {
  return toAsker(reply).map((addressed) => (replacesCard ? { ...addressed, replacesCard } : addressed));
}

/** @param problems  what was said besides and cannot be written, and why */
export async function proposalCard(
  tx: Queryable,
  { person, now }: Pick<Context, 'person' | 'now'>,
  proposal: Pick<Proposal, 'id'>,
  changes: readonly Change[],
  problems: readonly string[] = [],
): Promise<ReplyParts> {
  const today = dayOf(now, person.timeZone);
  const shown: Shown[] = [];
  for (const change of changes) shown.push(await kindOf(change).show(tx, change, today));
  const bare = shown.flatMap((each) => each.bare ?? []);
  const [only] = shown;
  const single = shown.length === 1 && only !== undefined;
  const [first] = changes;
  const room = first === undefined ? '' : kindOf(first).room;
  return {
    text: [
      ...problems,
      ...(problems.length === 0 || single ? [] : ['']),
      ...(single ? [only.title] : [shown.map(partInWords).join('\n\n')]),
    ].join('\n'),
    ...(single ? { title: only.title, line: only.line ?? null, late: only.late ?? null } : {}),
    facts: single ? only.lines : [],
    items: shown.flatMap(({ items = [] }) => items),
    aside: [notWritten, ...(bare.length === 0 ? [] : [bareInWords(bare)])].join(' '),
    buttons: [
      proposalButton(room, 'confirm', 'Confirm', proposal, { style: 'primary', signs: true }),
      proposalButton(room, 'change', 'Change', proposal, { opensForm: single }),
      proposalButton(room, 'cancel', 'Cancel', proposal),
    ],
  };
}

const notWritten = 'Not written yet.';

/** One of several on a card. */
function partInWords({ title, line, lines }: Shown): string {
  return [
    title,
    ...(line == null ? [] : [line]),
    ...lines.map(({ label, value }) => `  ${label}: ${value}`),
  ].join('\n');
}

function bareInWords(references: readonly string[]): string {
  const it = references.length === 1 ? 'it' : 'they';
  return `No evidence is attached to ${references.join(' and ')} yet; ${it} cannot be verified without. You can confirm now, and send a file or a link later.`;
}

export function proposalButton(
  room: string,
  command: string,
  label: string,
  { id }: Pick<Proposal, 'id'>,
  rest: { style?: 'primary'; opensForm?: boolean; signs?: boolean } = {},
): ButtonParts {
  return { id: actionId(`${room}.${command}`, { proposal: id }), label, ...rest };
}

const pickFirst = 'Pick first which record you mean.';
const notThatCard = 'That button belongs to another card. Tell me in your own words what happened.';

/** The buttons of a room's cards: Confirm writes all of it or nothing, Change opens the form, Cancel forgets. */
export function proposalActions(room: string): Record<string, ActionHandler> {
  return {
    async [`${room}.confirm`](tx, context, call) {
      const { proposal, changes, command } = await shownChanges(tx, context, call);
      const overtaken = await overtakenBy(tx, command, changes);
      if (overtaken !== null) {
        await decideProposal(tx, commandOf(context), proposal, 'conflict');
        return overtaken;
      }
      const all: Applied[] = [];
      for (const change of changes) all.push(await kindOf(change).apply(tx, command, change));
      await decideProposal(tx, command, proposal, 'applied');
      const told = all.flatMap((applied) => applied.told);
      return [...asked(receiptOf(context, all), true), ...gathered(told, context.person.name)];
    },

    async [`${room}.cancel`](tx, context, call) {
      const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
      await decideProposal(tx, commandOf(context), proposal, 'cancelled');
      const files = proposal.files.length === 0 ? '' : ' What you attached is not kept.';
      return asked({ text: `Forgotten. Nothing was changed.${files}` }, true);
    },

    async [`${room}.change`](tx, context, call) {
      const { proposal, changes } = await shownChanges(tx, context, call);
      const record = call.argument('record');
      if (record === '' && changes.length > 1)
        return toAsker({
          text: 'Which of them?',
          buttons: changes.map((change) => ({
            id: actionId(`${room}.change`, { proposal: proposal.id, record: kindOf(change).nameOf(change) }),
            label: kindOf(change).nameOf(change),
            opensForm: true,
          })),
        });
      const form = await formOf(tx, context, proposal, pickedOf(changes, record));
      return toAsker({ text: 'Correct what is not right. Nothing is written yet.', form });
    },

    async [`${room}.send-change`](tx, context, call) {
      const { proposal, changes, command } = await shownChanges(tx, context, call);
      const before = pickedOf(changes, call.argument('record'));
      const { read, refusedAt = 'note' } = kindOf(before);
      if (read === undefined) throw new Refusal(notThatCard);
      const { change, errors } = read(call, before, context);
      const refused = Object.keys(errors).length > 0 ? null : await refusalOf(tx, command, change);
      if (refused !== null) errors[refusedAt] = refused;
      const form = await formOf(tx, context, proposal, before);
      if (Object.keys(errors).length > 0) return askAgain(form, call.fields, errors);

      const whole = changes.map((each) => (each === before ? change : each));
      return orAskAgain(tx, form, call.fields, 'note', () => replaceCard(tx, context, proposal, whole));
    },
  };
}

/** What the card becomes: what is so now, by whom and when, and the next steps. */
function receiptOf({ person, now }: Context, all: readonly Applied[]): ReplyParts {
  const when = shortMoment(now, person.timeZone);
  const only = all.length === 1 ? all[0]?.receipt : undefined;
  if (only !== undefined) return { ...only, text: `✓ ${only.text}`, line: `${only.line} · by you, ${when}` };
  const text = all.map(({ lines }) => `✓ ${lines.join('\n')}`).join('\n');
  return { text, line: `By you, ${when}` };
}

interface ShownChanges {
  proposal: Proposal;
  changes: Change[];
  /** By whoever confirms, from the message that the words came in. */
  command: CommandContext;
}

async function shownChanges(tx: Queryable, context: Context, call: ActionCall): Promise<ShownChanges> {
  const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
  const changes = readChanges(proposal.changes, pickFirst);
  const command = { ...commandOf(context), inputId: proposal.inputId, link: proposal.link };
  return { proposal, changes, command };
}

/** Somebody was faster: who, when, and what the record says now. All records are locked from here on. */
async function overtakenBy(
  tx: Queryable,
  command: CommandContext,
  changes: readonly Change[],
): Promise<Addressed[] | null> {
  for (const change of changes) {
    const { current, markOf, room } = kindOf(change);
    const now = await current(tx, change);
    if (now === null || now.mark === markOf(change)) continue;
    const trace = await selectLastTrace(tx, now.record);
    const by = Number(/^person:(\d+)$/.exec(trace?.actor ?? '')?.[1]);
    const who = by === command.actor.id ? 'You' : by > 0 ? (await selectPerson(tx, by)).name : 'Somebody';
    const when = trace === null ? '' : ` on ${momentInWords(trace.at, command.actor.timeZone)}`;
    const id = actionId(`${room}.show`, { record: now.reference });
    return asked(
      {
        text: `${who} changed ${now.reference} meanwhile${when}. It is ${now.now}. Nothing of your card was written: look at it again, and tell me what is still to be changed.`,
        notice: 'refused',
        buttons: [{ id, label: `Look at ${now.reference}`, style: 'primary' }],
      },
      true,
    );
  }
  return null;
}

function pickedOf(changes: readonly Change[], record: string): Change {
  const change = record === '' ? changes[0] : changes.find((each) => kindOf(each).nameOf(each) === record);
  if (change === undefined) throw new Refusal(notThatCard);
  return change;
}

async function formOf(tx: Queryable, context: Context, { id: proposal }: Proposal, change: Change) {
  const { room, nameOf, form } = kindOf(change);
  const id = actionId(`${room}.send-change`, { proposal, record: nameOf(change) });
  return form(tx, context, change, id, proposal);
}

/**
 * A card whose form was sent. It stays locked until the caller's transaction ends.
 *
 * @throws Refusal when it is not the person's, too old or decided already, or of another kind
 */
export async function lockCard<Of extends Change>(
  tx: Queryable,
  context: Context,
  id: string,
  kind: Of['kind'],
): Promise<{ proposal: Proposal; change: Of }> {
  const proposal = await lockPending(tx, commandOf(context), Number(id));
  const [change] = readChanges(proposal.changes, pickFirst);
  if (change?.kind !== kind) throw new Refusal('That form belongs to another card. Tell me once more.');
  return { proposal, change: change as Of };
}

/** It is taken back, and the corrected one takes its place. */
export async function replaceCard(
  tx: Queryable,
  context: Context,
  proposal: Proposal,
  changes: readonly Change[],
): Promise<Addressed[]> {
  await decideProposal(tx, commandOf(context), proposal, 'cancelled');
  return proposeChanges(tx, context, changes, { link: proposal.link, replacesCard: true });
}
