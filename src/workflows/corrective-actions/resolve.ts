/** Which record, and which person, somebody's words mean: one that is plain, a few to choose from, or none. Never a guess. */
import type { Context } from '../../conversation/contract.ts';
import { selectSaidAt } from '../../conversation/history.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import {
  selectActionsNumbered,
  selectActionsWith,
  selectClaimsFor,
  selectOwnActions,
  type ListedAction,
} from '../../isms/corrective-action/list.ts';
import { selectNonconformitiesNumbered } from '../../isms/register/list.ts';
import {
  isMovable,
  type CorrectiveAction,
  type Locked,
} from '../../isms/corrective-action/corrective-action.ts';
import { selectParent } from '../../isms/corrective-action/parent.ts';
import type { Nonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { slipIn } from '../../language/spelling.ts';
import { words, wordsIn } from '../../language/vocabulary.ts';
import { parseReference } from '../../records/reference.ts';
import { findReadable, noSuchRecord } from './register/find-readable.ts';
import { saysMore, type SaidUpdate } from './update/said-update.ts';

export interface Choice {
  reference: string;
  title: string;
}

export type Placing =
  | { kind: 'action'; action: CorrectiveAction }
  | { kind: 'nonconformity'; nonconformity: Nonconformity }
  | { kind: 'choice'; among: Choice[] }
  /** There is no such record, or none that the person may see. */
  | { kind: 'unknown'; reference: string }
  /** They have nothing that the words could be about. */
  | { kind: 'nothing' };

/** Records that a choice offers at most. */
const mostChoices = 5;
/** Words of a hint, and their share, that single an action out though one of them is not its own: who is wrong sees it on the card. */
const leastHits = 2;
const mostOfThem = 1 / 2;

/** @param near  the one record of the card that the words follow, where there is one */
export async function resolveTarget(
  tx: Queryable,
  context: Context,
  said: SaidUpdate,
  near: string | null,
): Promise<Placing> {
  if (said.reference !== null) return placeReference(tx, context, said.reference);
  const words = wordsOf(said.hint ?? '');
  const known = await knownTo(tx, context, said);
  const pool = known.filter((action) => mayBeMeant(said, action));
  if (words.length === 0) {
    const nearby = near === null ? null : await placeReference(tx, context, near);
    if (nearby?.kind === 'action' || nearby?.kind === 'nonconformity') return nearby;
    return chosen(pool, true);
  }

  const scored = known.map((action) => ({
    action,
    own: hitsIn(words, action.description),
    all: hitsOf(words, action),
  }));
  const called = (fits: (hits: (typeof scored)[number]) => boolean) =>
    scored.filter(fits).map(({ action }) => action);
  // The title of its non-conformity is shared by all actions of it, and names none of them by itself.
  const strong = called(({ own, all }) => own > 0 && all === words.length);
  const close = called(({ all }) => all === words.length).find(({ reference }) => reference === near);
  if (close !== undefined) return { kind: 'action', action: close };
  const exact = called(({ own }) => own === words.length);
  if (exact.length === 1 || strong.length > 0) return chosen(exact.length === 1 ? exact : strong, true);
  const most = Math.max(...scored.map(({ own }) => own));
  const outstanding = called(
    ({ own }) => own === most && own >= leastHits && own >= words.length * mostOfThem,
  );
  if (outstanding.length === 1) return chosen(outstanding, true);
  const others = await selectActionsWith(tx, context.person, spelled(said.hint ?? ''));
  if (others.length > 0) return chosen(others, true);
  const weak = called(({ all }) => all > 0);
  return chosen(weak.length > 0 ? weak : pool, false);
}

function chosen(actions: readonly ListedAction[], sure: boolean): Placing {
  const [only] = actions;
  if (only === undefined) return { kind: 'nothing' };
  if (actions.length === 1 && sure) return { kind: 'action', action: only };
  return { kind: 'choice', among: actions.slice(0, mostChoices).map(choiceOf) };
}

function choiceOf({ reference, description }: Pick<CorrectiveAction, 'reference' | 'description'>): Choice {
  return { reference, title: description };
}

async function placeReference(tx: Queryable, { person }: Context, reference: string): Promise<Placing> {
  const said = parseReference(reference);
  if (said?.year === null) {
    const among =
      said.prefix === 'CA'
        ? (await selectActionsNumbered(tx, person, said.number)).map(choiceOf)
        : await selectNonconformitiesNumbered(tx, person, said.number);
    if (among.length > 1) return { kind: 'choice', among };
  }
  const found = await findReadable(tx, person, reference);
  if (found === null) return { kind: 'unknown', reference };
  return found.action === null
    ? { kind: 'nonconformity', nonconformity: found.nonconformity }
    : { kind: 'action', action: found.action };
}

/** What of this person's the words may be about at all. */
async function knownTo(tx: Queryable, { person }: Context, { move }: SaidUpdate): Promise<ListedAction[]> {
  if (move === 'cancel') return [];
  return move === 'verify' || move === 'return' ? selectClaimsFor(tx, person) : selectOwnActions(tx, person);
}

/** Whether what they say happened can happen to it now. */
function mayBeMeant(said: SaidUpdate, action: ListedAction): boolean {
  const { move } = said;
  if (move === 'accept' || move === 'decline') return action.state === 'proposed';
  const judges = move === 'verify' || move === 'return';
  return judges || !saysMore(said) || isMovable(action);
}

/** Words of a hint that could name a thing; «the firewall thing» has one. */
function wordsOf(text: string): string[] {
  return wordsIn(text).filter((word) => word.length >= 3 && !empty.has(word));
}

const empty = words('updates/nameless');

/** The same as they are written, as the index has them. */
function spelled(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFC')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => wordsOf(word).length > 0);
}

function hitsOf(words: readonly string[], { description, parentTitle }: ListedAction): number {
  return hitsIn(words, `${description} ${parentTitle}`);
}

function hitsIn(words: readonly string[], text: string): number {
  const there = wordsIn(text);
  return words.filter((word) => there.some((other) => isAlike(word, other))).length;
}

/** The same word, its plural or a part of a compound, or one slip of the finger in a long one. */
function isAlike(word: string, other: string): boolean {
  if (other.startsWith(word) || (other.length >= 4 && word.startsWith(other))) return true;
  return word.length >= 5 && slipIn(word, other) !== null;
}

/** The one record that the card is about which the person sees above their words; in a channel others' cards stand there too. */
export async function nearRecord(
  tx: Queryable,
  { repliesTo, place }: Pick<Context, 'repliesTo' | 'place'>,
): Promise<string | null> {
  if (repliesTo === null || place.audience !== 'direct') return null;
  const said = await selectSaidAt(tx, place.address, repliesTo);
  const named = new Set(
    said.flatMap(({ text, line, facts, items, buttons, note }) =>
      [
        text,
        line ?? '',
        note ?? '',
        ...facts.map(({ value }) => value),
        ...items.map((item) => item.text),
        ...buttons.map(({ id }) => id),
      ].flatMap((words) => words.match(/\b(?:CA|NC)-\d{4}-\d{3,6}\b/g) ?? []),
    ),
  );
  const actions = [...named].filter((reference) => reference.startsWith('CA'));
  const among = actions.length > 0 ? actions : [...named];
  return among.length === 1 ? (among[0] ?? null) : null;
}

/** Of a button: the action, for whoever may see it. @throws Refusal as if there were none */
export async function actionFor(
  tx: Queryable,
  { person }: Pick<Context, 'person'>,
  reference: string,
): Promise<Locked> {
  const found = await findReadable(tx, person, reference);
  if (found === null || found.action === null) throw new Refusal(noSuchRecord(reference).text);
  return { action: found.action, parent: await selectParent(tx, found.action.belongsTo) };
}
