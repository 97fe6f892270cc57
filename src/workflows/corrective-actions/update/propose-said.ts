/** Everything that one message said about records, as cards: one of all that is plain, and a short choice for each that is not. */
import { z } from 'zod';
import { Refusal } from '../../../errors.ts';
import { room } from '../buttons.ts';
import { resolvePersonNamed } from '../../../dialogue/form.ts';
import { draftForAction, draftForNonconformity, type Drafted } from '../propose.ts';
import { asked, proposeChanges, type ProposeOptions, proposalButton } from '../../../dialogue/proposal.ts';
import type { TakenIn } from '../../../dialogue/evidence-intake.ts';
import type { Change } from '../../../dialogue/change.ts';
import {
  actionId,
  type ActionHandler,
  type Addressed,
  type ButtonParts,
  type Context,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import { actionIdWith } from '../../../conversation/action-id.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { type EvidenceItem } from '../../../records/evidence.ts';
import { decideProposal, lockPending, propose } from '../../../records/proposal.ts';
import { filesIn, Unplaced, type ActionChange } from '../change.ts';
import { noSuchRecord } from '../register/find-readable.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { words } from '../../../language/vocabulary.ts';
import { resolveTarget, type Choice, type Placing } from '../resolve.ts';
import { SaidUpdate } from './said-update.ts';

export interface SaidWith extends Pick<ProposeOptions, 'link' | 'replacesCard'> {
  taken: TakenIn;
  /** The one record of the card that the words follow. */
  near: string | null;
}

const nothingTaken: TakenIn = { exhibits: [], problems: [] };

export async function cardsFor(
  tx: Queryable,
  context: Context,
  said: readonly SaidUpdate[],
  { taken, near, link = context.link, replacesCard = false }: SaidWith,
): Promise<Addressed[]> {
  const placed: { said: SaidUpdate; placing: Placing }[] = [];
  for (const each of said) placed.push({ said: each, placing: await resolveTarget(tx, context, each, near) });
  const holder = holderOf(placed);
  const problems = [...taken.problems];
  if (taken.exhibits.length > 0 && holder === null)
    problems.push(
      'I cannot tell which record the files are for, so they are left out. Send them again with one reference, as in «evidence for CA-12».',
    );

  const changes: Change[] = [];
  const buttons: ButtonParts[] = [];
  const choices: { said: SaidUpdate; among: Choice[]; exhibits: EvidenceItem[] }[] = [];
  for (const each of placed) {
    const exhibits = each === holder ? taken.exhibits : [];
    if (exhibits.length > 0 && pointing.is(each.said.note ?? '') !== null)
      each.said = { ...each.said, note: null };
    if (each.placing.kind === 'choice') {
      choices.push({ said: each.said, among: each.placing.among, exhibits });
      continue;
    }
    const drafted = await draft(tx, context, each.said, each.placing, exhibits);
    problems.push(...drafted.problems.filter((problem) => !problems.includes(problem)));
    buttons.push(...drafted.buttons);
    if (drafted.change !== null) changes.push(drafted.change);
  }

  const cards: Addressed[] = [];
  if (changes.length > 0)
    cards.push(...(await proposeChanges(tx, context, changes, { problems, buttons, link, replacesCard })));
  else if (problems.length > 0 || choices.length === 0)
    cards.push(...asked(refusedReply(problems, buttons), replacesCard));
  for (const choice of choices) {
    const reply = await choiceCard(tx, context, choice, link);
    cards.push(...asked(reply, replacesCard && cards.length === 0));
  }
  return cards;
}

function refusedReply(problems: readonly string[], buttons: ButtonParts[]): ReplyParts {
  const text = problems.length > 0 ? problems.join('\n') : 'Nothing changes: the record says so already.';
  return { text, buttons };
}

/** Words that only point to the file beside them. */
const pointing = words('updates/attached');

/** The one that the files are for: the only one, or the only one that is said to be done. */
function holderOf<Placed extends { said: SaidUpdate }>(placed: readonly Placed[]): Placed | null {
  const done = placed.filter(({ said }) => said.move === 'done');
  const fitting = placed.length === 1 ? placed : done;
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

async function draft(
  tx: Queryable,
  context: Context,
  said: SaidUpdate,
  placing: Exclude<Placing, { kind: 'choice' }>,
  exhibits: EvidenceItem[],
): Promise<Drafted> {
  const command = commandOf(context);
  switch (placing.kind) {
    case 'unknown':
      return nothing(noSuchRecord(placing.reference).text);
    case 'nothing':
      return nothing(
        'I find nothing of yours that this could be about. Say its reference, as in «CA-12 is done».',
      );
    case 'nonconformity':
      return draftForNonconformity(tx, command, placing.nonconformity, said, exhibits);
    case 'action': {
      const assignee = await takerOf(tx, context, said, placing.action.reference);
      // Words beside a hand-over are for whoever takes it.
      const lost = said.handOverTo !== null && assignee.person === null;
      const heard = lost ? { ...said, note: null, reason: null } : said;
      const drafted = await draftForAction(tx, command, placing.action, heard, exhibits, assignee.person);
      return {
        change: drafted.change,
        problems: [...assignee.problems, ...drafted.problems],
        buttons: [...assignee.buttons, ...drafted.buttons],
      };
    }
  }
}

function nothing(problem: string): Drafted {
  return { change: null, problems: [problem], buttons: [] };
}

interface Assignee {
  person: ActionChange['handOverTo'];
  problems: string[];
  buttons: ButtonParts[];
}

async function takerOf(
  tx: Queryable,
  context: Context,
  { handOverTo, note, reason }: SaidUpdate,
  reference: string,
): Promise<Assignee> {
  if (handOverTo === null) return { person: null, problems: [], buttons: [] };
  const found = await resolvePersonNamed(tx, context.platform, handOverTo);
  if ('person' in found)
    return { person: { id: found.person.id, name: found.person.name }, problems: [], buttons: [] };
  const shown = shortened(handOverTo, 60);
  return {
    person: null,
    problems: [
      found.among.length === 0
        ? `I know nobody here called «${shown}». Say their whole name or e-mail address, or choose them.`
        : `Several people fit «${shown}»: ${found.among.map(({ name }) => name).join(', ')}. Say the e-mail address, or choose.`,
    ],
    buttons: [
      {
        id: actionIdWith(
          'corrective-actions.hand-over',
          { record: reference },
          { note: note ?? reason ?? '' },
        ),
        label: 'Choose a person',
        opensForm: true,
      },
    ],
  };
}

/** A short choice, kept with the words: the change is made of both once the person has picked. */
async function choiceCard(
  tx: Queryable,
  context: Context,
  { said, among, exhibits }: { said: SaidUpdate; among: Choice[]; exhibits: EvidenceItem[] },
  link: string | null,
): Promise<ReplyParts> {
  const unplaced: Unplaced = { kind: 'unplaced', said, exhibits };
  const proposal = await propose(
    tx,
    { ...commandOf(context), link },
    { changes: [unplaced], files: filesIn(exhibits) },
  );
  const words = said.reference ?? said.hint;
  const which = among.length === 1 ? 'Do you mean this one' : 'Which one do you mean';
  return {
    text: words === null ? `${which}?` : `${which} by «${shortened(words, 80)}»?`,
    buttons: [
      ...among.map(({ reference, title }) => ({
        id: actionId('corrective-actions.pick', { proposal: proposal.id, record: reference }),
        label: shortened(`${reference} ${title.replace(/\s+/g, ' ')}`, 72),
      })),
      proposalButton(room, 'cancel', 'None of these', proposal),
    ],
  };
}

const Unplaceds = z.tuple([Unplaced]);

/** The person picked one of a few: the change is made of what they had said. */
export function pickActions(): Record<string, ActionHandler> {
  return {
    async 'corrective-actions.pick'(tx, context, call) {
      const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
      const unplaced = Unplaceds.safeParse(proposal.changes);
      const said = SaidUpdate.safeParse(unplaced.data?.[0].said);
      if (unplaced.data === undefined || !said.success)
        throw new Refusal('That button belongs to another card. Tell me in your own words what happened.');
      await decideProposal(tx, commandOf(context), proposal, 'cancelled');
      return cardsFor(tx, context, [{ ...said.data, reference: call.argument('record') }], {
        taken: { ...nothingTaken, exhibits: unplaced.data[0].exhibits },
        near: null,
        link: proposal.link,
        replacesCard: true,
      });
    },
  };
}
