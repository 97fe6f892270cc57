/** Questions to the register: lists, one record, its history, and files of all of it. */
import { showRounds } from './rounds.ts';
import { privately as toAskerAlone } from '../../../conversation/privately.ts';
import { isUnfolded } from '../../../dialogue/history.ts';
import { pageIn } from '../../../dialogue/list.ts';
import { room } from '../buttons.ts';
import { evidenceActions } from '../../../dialogue/evidence.ts';
import type {
  Actions,
  Addressed,
  Context,
  Outcome,
  ReplyParts,
  Turn,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { actionCard } from '../update/action-card.ts';
import { findReadable, noSuchRecord, type Readable } from './find-readable.ts';
import { showHistory } from './history.ts';
import { nonconformityCard } from '../plan/nonconformity-card.ts';
import type { Dependencies } from '../../dependencies.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { asked } from '../../../dialogue/proposal.ts';
import { asksHowMany, readRegisterQuestion } from './read-register-question.ts';
import { registerCard } from './card.ts';
import { exportArchive } from './archive.ts';
import { exportRegister } from './export.ts';
import { filterFrom, type SaidFilter } from './filter.ts';
import { asksOfWholeTeam, withOtherDuties } from './team.ts';
import { waitsInWords } from './waits.ts';
import { referencesIn } from '../update/split-update.ts';

export function registerActions(parts: Dependencies): Actions {
  return {
    ...evidenceActions(room, parts),
    'corrective-actions.list': (tx, context, { argument }) => {
      const said = filterFrom(argument);
      return said === null
        ? Promise.resolve(toAsker({ text: 'That button is too old to be read. Ask me for the list again.' }))
        : listed(tx, context, said, pageIn(argument));
    },
    'corrective-actions.show': (tx, context, { argument }) =>
      showRecord(tx, context, argument('record'), { seenAgain: argument('said') }),
    'corrective-actions.more': (tx, context, { argument }) => showMore(tx, context, argument('record')),
    'corrective-actions.history': (tx, context, { argument }) =>
      showHistory(tx, context, argument('record'), isUnfolded(argument)),
    'corrective-actions.rounds': (tx, context, { argument }) => showRounds(tx, context, argument('record')),
    'corrective-actions.export': (tx, context, { argument }) => exportRegister(tx, parts, context, argument),
  };
}

/** A list takes the place of the one whose button was pressed. */
async function listed(tx: Queryable, context: Context, said: SaidFilter, page = 0): Promise<Addressed[]> {
  const reply = await registerCard(tx, context, said, { page });
  return [{ to: 'asker', reply, replacesCard: true }];
}

export async function claimRegister(
  parts: Dependencies,
  context: Context,
  turn: Turn,
): Promise<Outcome | null> {
  const question = readRegisterQuestion(turn.text);
  if (question === null) return null;
  switch (question.kind) {
    case 'show':
      return privately(context, (tx) => showRecord(tx, context, question.reference));
    case 'why':
      return privately(context, (tx) => showRecord(tx, context, question.reference, { asked: 'why' }));
    case 'history':
      return privately(context, (tx) => showHistory(tx, context, question.reference));
    case 'export':
      return privately(context, (tx) => exportArchive(tx, parts, context, question.reference));
    case 'nonconformities':
    case 'actions':
    case 'records':
      return asksOfWholeTeam(question)
        ? ofWholeTeam(parts, context, question)
        : listOf(context, question, asksHowMany(turn.text));
  }
}

export function recordCard(
  tx: Queryable,
  context: Context,
  found: Readable,
  seenAgain = '',
): Promise<ReplyParts> {
  return found.action === null
    ? nonconformityCard(tx, context, found.nonconformity, { seenAgain })
    : actionCard(tx, context, found.action);
}

/** Words about one record of which no more could be read: the record itself, and what can be done about it. */
export function claimNamed(context: Context, turn: Turn): Outcome | null {
  const [reference, ...others] = referencesIn(turn.text).references;
  if (reference === undefined || others.length > 0) return null;
  return privately(context, (tx) => showRecord(tx, context, reference));
}

/** @param counted  how they divide is said, too */
export function listOf(context: Context, said: SaidFilter, counted = false): Outcome {
  return privately(context, async (tx) => toAsker(await registerCard(tx, context, said, { counted })));
}

function ofWholeTeam(parts: Dependencies, context: Context, said: SaidFilter): Outcome {
  return privately(context, async (tx) =>
    toAsker(await withOtherDuties(tx, parts, context, await registerCard(tx, context, said))),
  );
}

/** In a channel others read along. */
export function privately(context: Context, outcome: Outcome): Outcome {
  return toAskerAlone(context, 'the register', outcome);
}

/** The same card, with what else may be done. */
async function showMore(tx: Queryable, context: Context, reference: string): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, reference);
  if (found === null) return toAsker(noSuchRecord(reference));
  const card =
    found.action === null
      ? await nonconformityCard(tx, context, found.nonconformity, { more: true })
      : await actionCard(tx, context, found.action, { more: true });
  return asked(card, true);
}

/**
 * One record with what this person may do about it now.
 *
 * @param seenAgain  what they saw just now, for a closed one that may have come back
 * @param asked      what the first line answers
 */
async function showRecord(
  tx: Queryable,
  context: Context,
  reference: string,
  { seenAgain = '', asked: what = 'what' }: { seenAgain?: string; asked?: 'what' | 'why' } = {},
): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, reference);
  if (found === null) return toAsker(noSuchRecord(reference));
  const card = await recordCard(tx, context, found, seenAgain);
  if (what === 'what') return toAsker(card);
  const [why] = await waitsInWords(tx, found);
  const rest = card.text.split('\n').filter((line) => !why.includes(line));
  return toAsker({ ...card, text: [why, ...rest].join('\n') });
}
