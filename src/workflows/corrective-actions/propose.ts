/** From words about a record to the card that would write them: only what the record would take, and what it would not is said. */
import { actionId, type ButtonParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { kindOf, refusalOf, type Change } from '../../dialogue/change.ts';
import type { CorrectiveAction } from '../../isms/corrective-action/corrective-action.ts';
import type { Nonconformity, NonconformityState } from '../../isms/nonconformity/nonconformity.ts';
import type { purposes } from '../../isms/register/evidence.ts';
import { addDays, inFull } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { EvidenceItem } from '../../records/evidence.ts';
import { lookButton, room } from './buttons.ts';
import { changeOf, changeOfNonconformity, type ActionChange, type NonconformityChange } from './change.ts';
import { joined, saysMore, type SaidUpdate } from './update/said-update.ts';

export interface Drafted {
  /** Null where nothing is left that the record would take. */
  change: Change | null;
  problems: string[];
  buttons: ButtonParts[];
}

/** Addresses that are given as evidence, each as it was said. */
function linksOf(said: SaidUpdate): { exhibits: EvidenceItem[]; problems: string[] } {
  const exhibits: EvidenceItem[] = [];
  const problems: string[] = [];
  for (const address of said.links) {
    const link = EvidenceItem.safeParse({ kind: 'link', address });
    if (link.success) exhibits.push(link.data);
    else problems.push('One of the links is no web address that can be kept: it was left out.');
  }
  return { exhibits, problems };
}

/** @param person  whom the action is handed over to, where somebody was named */
export async function draftForAction(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  said: SaidUpdate,
  exhibits: EvidenceItem[],
  person: ActionChange['handOverTo'],
): Promise<Drafted> {
  const { note } = said;
  const begun = action.state === 'in_progress';
  const isSo = (said.move === 'start' && begun) || (said.move === 'accept' && action.state === 'accepted');
  const move = isSo ? null : said.move;
  const progress = begun && said.progress === action.progress ? null : said.progress;
  const links = linksOf(said);
  const dueOn = said.dueOn ?? (said.moreDays === null ? null : addDays(action.dueOn, said.moreDays));
  const reasonOnly = dueOn !== null && said.reason === null;
  const whole = changeOf(action, {
    move,
    progress: move === 'done' ? null : progress,
    dueOn,
    reason: reasonOnly ? note : said.reason,
    note: reasonOnly ? null : note,
    exhibits: [...exhibits, ...links.exhibits],
    handOverTo: person,
  });
  const drafted = await possible(tx, command, whole, partsOf(whole));
  const untilWhen = said.wantsTime && dueOn === null ? untilWhenOf(action) : nothingAsked;
  return {
    ...drafted,
    problems: [...links.problems, ...untilWhen.problems, ...drafted.problems],
    buttons: [...untilWhen.buttons, ...drafted.buttons],
  };
}

const nothingAsked = { problems: [], buttons: [] };

function untilWhenOf({ reference, dueOn }: CorrectiveAction): Pick<Drafted, 'problems' | 'buttons'> {
  const problem =
    `I see that you want more time for ${reference}, but not until when. It is due on ${inFull(dueOn)}. ` +
    `Say the day, as in «${reference} until 15 January», or how much, as in «two more weeks for ${reference}».`;
  const button = {
    id: actionId(`${room}.more-time`, { record: reference }),
    label: 'Ask for more time',
    opensForm: true,
  };
  return { problems: [problem], buttons: [button] };
}

const purposeAt: Record<NonconformityState, (typeof purposes)[number]> = {
  open: 'finding',
  contained: 'correction',
  cause_found: 'correction',
  action_planned: 'correction',
  implemented: 'effectiveness',
  verifying: 'effectiveness',
  closed: 'effectiveness',
  rejected: 'finding',
};

export async function draftForNonconformity(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  said: SaidUpdate,
  exhibits: EvidenceItem[],
): Promise<Drafted> {
  const { reference, state } = nonconformity;
  const links = linksOf(said);
  const problems = saysMore(said)
    ? [
        `${reference} is a non-conformity: states, shares and dates are said of its actions, by their own references.`,
      ]
    : [];
  const part = (values: Partial<NonconformityChange>) =>
    changeOfNonconformity(nonconformity, { purpose: purposeAt[state], ...values });
  const { note } = said;
  const pieces = [...exhibits, ...links.exhibits];
  const drafted = await possible(tx, command, part({ note, exhibits: pieces }), [
    ...(note === null ? [] : [{ of: part({ note }), ask: null }]),
    ...(pieces.length === 0 ? [] : [{ of: part({ exhibits: pieces }), ask: null }]),
  ]);
  return { ...drafted, problems: [...links.problems, ...problems, ...drafted.problems] };
}

interface Part<Whole extends Change> {
  /** The change with this part alone. */
  of: Whole;
  /** Opens the form that asks for the reason which this part lacks. */
  ask: ButtonParts | null;
  /** The same with a reason, to see whether that is all that it lacks. */
  trial?: Whole;
}

/**
 * A card never offers what would be refused: the change is tried, and what the record does not take is left out and said.
 *
 * @param parts  the change taken apart, in the order in which it would be written
 */
async function possible<Whole extends Change>(
  tx: Queryable,
  command: CommandContext,
  whole: Whole,
  parts: Part<Whole>[],
): Promise<Drafted> {
  if (parts.length === 0) return { change: null, problems: [], buttons: [] };
  if (parts.every(({ ask }) => ask === null) && (await refusalOf(tx, command, whole)) === null)
    return { change: whole, problems: [], buttons: [] };

  let kept: Whole | null = null;
  const problems = new Set<string>();
  const buttons: ButtonParts[] = [];
  for (const { of, ask, trial } of parts) {
    const next: Whole = kept === null ? of : joined(kept, of);
    const problem = await refusalOf(tx, command, trial ?? next);
    if (problem !== null) problems.add(problem);
    else if (ask === null) kept = next;
    else buttons.push(ask);
  }
  for (const { label } of buttons)
    problems.add(
      label === 'Look'
        ? `${nameOf(whole)}: say why in a few words, here or on its card.`
        : `${nameOf(whole)}: press «${label}» and say why in a few words.`,
    );
  return { change: kept, problems: [...problems], buttons };
}

function nameOf(change: Change): string {
  return kindOf(change).nameOf(change);
}

/** Moves that take a reason: where none was said, the card asks for it. */
const reasoned = new Set(['decline', 'return', 'cancel']);

function partsOf(whole: ActionChange): Part<ActionChange>[] {
  const { note, exhibits, dueOn, move, progress, handOverTo, reason, reference } = whole;
  const empty = changeOf(whole);
  const form = (
    command: string,
    label: string,
    values: Record<string, string | number> = {},
  ): ButtonParts => ({
    id: actionId(`${room}.${command}`, { record: reference, ...values }),
    label,
    opensForm: true,
  });
  const parts: Part<ActionChange>[] = [];
  const part = (values: Partial<ActionChange>, ask: ButtonParts | null = null) =>
    parts.push({
      of: { ...empty, ...values },
      ask,
      ...(ask === null ? {} : { trial: { ...empty, ...values, reason: '?' } }),
    });

  if (note !== null && handOverTo === null) part({ note });
  if (exhibits.length > 0) part({ exhibits });
  if (dueOn !== null)
    part({ dueOn, reason }, reason === null ? form('more-time', 'Ask for more time', { due: dueOn }) : null);
  if (move !== null) {
    const asks = reason === null && reasoned.has(move);
    part({ move, reason }, asks ? lookButton(reference) : null);
  }
  if (progress !== null) part({ progress });
  if (handOverTo !== null)
    part(
      { handOverTo, note, reason },
      note === null && reason === null ? form('hand-over', 'Hand over', { to: handOverTo.id }) : null,
    );
  return parts;
}
