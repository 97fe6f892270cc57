/** Updates said in plain words: read, shown as a card, and written when the person confirms. */
import { room } from '../buttons.ts';
import { takeIn } from '../../../dialogue/evidence-intake.ts';
import type { Actions, Attachment, Context, Outcome, Turn } from '../../../conversation/contract.ts';
import { actionButtons } from './action-buttons.ts';
import type { Dependencies } from '../../dependencies.ts';
import { proposalActions } from '../../../dialogue/proposal.ts';
import { cardsFor, pickActions } from './propose-said.ts';
import { impossibleDates, type DateReading } from '../../../language/dates.ts';
import { readUpdates } from './read-update.ts';
import { privately } from '../register/register.ts';
import { nearRecord, resolveTarget } from '../resolve.ts';
import { nothingSaid, saysMore, type SaidUpdate } from './said-update.ts';
import { markUp, segmentsOf } from './split-update.ts';

export const updateActions: Actions = { ...proposalActions(room), ...pickActions(), ...actionButtons };

/** Takes a message that plainly says what happened to a record, or that brings evidence for one. */
export async function claimUpdate(
  parts: Dependencies,
  context: Context,
  turn: Turn,
): Promise<Outcome | null> {
  const said = readUpdates(turn.text, readingOf(context));
  const understood =
    said.length === 0 ||
    turn.attachments.length > 0 ||
    said.some((each) => saysMore(each) || each.links.length > 0);
  return understood ? claimSaid(parts, context, turn, said) : null;
}

/** Words about a record out of which nothing but a note could be read: a model may read more. */
export async function claimNote(parts: Dependencies, context: Context, turn: Turn): Promise<Outcome | null> {
  return claimSaid(parts, context, turn, readUpdates(turn.text, readingOf(context)));
}

function readingOf({ person, now }: Context): DateReading {
  return { now, timeZone: person.timeZone, locale: person.locale };
}

async function claimSaid(
  parts: Dependencies,
  context: Context,
  turn: Turn,
  said: SaidUpdate[],
): Promise<Outcome | null> {
  if (said.length === 0 && turn.attachments.length === 0 && !/https?:\/\//i.test(turn.text)) return null;

  const named = said.length > 0 && said.every(({ reference }) => reference !== null);
  const near = named ? null : await nearRecord(parts.db, context);
  const updates = said.length > 0 ? said : evidenceIn(turn, readingOf(context), near);
  if (updates.length === 0) return null;
  for (const each of updates.filter(({ reference }) => reference === null)) {
    const placing = await resolveTarget(parts.db, context, each, near);
    if (placing.kind === 'nothing') return null;
  }
  const problems = impossibleDates(turn.text, readingOf(context)).map(
    (words) => `«${words}» is no day of the calendar. Say the date again.`,
  );
  return proposeSaid(parts, context, updates, turn.attachments, { near, problems });
}

/**
 * From read words, or a model's, to the card that would write them.
 *
 * @param near      the one record that the words follow, where they name none
 * @param problems  what of the words could not be read
 */
export async function proposeSaid(
  parts: Dependencies,
  context: Context,
  said: readonly SaidUpdate[],
  attachments: readonly Attachment[],
  { near = null, problems = [] }: { near?: string | null; problems?: string[] } = {},
): Promise<Outcome> {
  const { exhibits, problems: refused } = await takeIn(parts, context, attachments);
  const taken = { exhibits, problems: [...problems, ...refused] };
  return privately(context, (tx) => cardsFor(tx, context, said, { taken, near }));
}

/** Words beside a bare link or file; more of them are a message of their own. */
const mostBeside = 8;

/** Files and links by themselves: for the records that are named beside them, or the one that the card above is about. */
function evidenceIn(turn: Turn, reading: DateReading, near: string | null): SaidUpdate[] {
  const marked = markUp(turn.text, reading);
  const links = marked.marks.flatMap((mark) => (mark.kind === 'link' ? [mark.url] : []));
  if (turn.attachments.length === 0 && links.length === 0) return [];
  const named = segmentsOf(marked).flatMap(({ references }) => references);
  const asks = turn.text.replace(/https?:\S+/gi, '').includes('?');
  if (named.length > 0)
    return turn.attachments.length === 0 || asks
      ? []
      : named.map((reference) => ({ ...nothingSaid, reference, links }));
  const words = turn.text.replace(/https?:\S+/gi, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  const bare = words.length <= mostBeside && !asks;
  if (!bare || (near === null && (turn.attachments.length === 0 || words.length > 0))) return [];
  return [{ ...nothingSaid, reference: near, links }];
}
