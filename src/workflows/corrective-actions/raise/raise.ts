/** Raising a non-conformity: by words, by a message, by a form. Similar ones are shown first, so that none is raised twice. */
import { room } from '../buttons.ts';
import { tell } from '../../../dialogue/notify.ts';
import { lookButton } from '../buttons.ts';
import { filesOf, refuseUnwritable } from '../../../dialogue/change.ts';
import {
  proposalButton,
  proposalCard,
  asked,
  proposeChanges,
  lockCard,
  replaceCard,
} from '../../../dialogue/proposal.ts';
import { lockReadable } from '../nonconformity-form.ts';
import { FieldError, orAskAgain, personNamed } from '../../../dialogue/form.ts';
import { takeIn, type TakenIn } from '../../../dialogue/evidence-intake.ts';
import type {
  Actions,
  Addressed,
  Attachment,
  ItemParts,
  Context,
  OpenerParts,
  Outcome,
  ReplyParts,
  Turn,
  Workflow,
} from '../../../conversation/contract.ts';
import { actionId, Link } from '../../../conversation/contract.ts';
import { actionIdWith } from '../../../conversation/action-id.ts';
import { needLane } from '../../../conversation/lanes.ts';
import { shortened } from '../../../language/text.ts';
import { tooLong } from '../../../conversation/too-long.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import { namesOf, refuseReadOnly } from '../../../records/command-context.ts';
import { leads } from '../../../isms/nonconformity/nonconformity.ts';
import { decideProposal, propose, type Proposal } from '../../../records/proposal.ts';
import { words } from '../../../language/vocabulary.ts';
import { gapToBeSaid } from '../words.ts';
import { changeOfNonconformity, type RaiseChange } from '../change.ts';
import { askAgain, errorsIn, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { judges, raiseForm, readRaiseForm } from './raise-card.ts';
import { draftRaise, saidBefore, withGap, type Drafted, type SaidRaise } from './raise-draft.ts';
import { isQuestion, mayBeFinding, readRaise } from './read-raise.ts';
import { readRegisterQuestion } from '../register/read-register-question.ts';
import { privately } from '../register/register.ts';
import { findSimilar, similarItem } from './similar.ts';
import { titleLine } from '../plan/notify-nonconformity.ts';

/** Characters of a button. */
const longestButton = 60;

export function raiseActions(parts: Dependencies): Actions {
  const waitless = { ...parts, embedder: null };
  return {
    /** The button opens the form; the shortcut on a message brings its words. */
    async 'corrective-actions.raise'(tx, context, { argument, fields }) {
      refuseReadOnly(commandOf(context));
      const text = sentText(fields, 'message') || argument('said');
      const refused = tooLong(text);
      if (refused !== null) return askForFinding({ text: refused, form: raiseForm(context, {}) });
      if (text === '')
        return askForFinding({ text: 'What is not as it should be?', form: raiseForm(context, {}) });
      const link = Link.safeParse(sentText(fields, 'link')).data ?? context.link;
      const drafted = await draftRaise(tx, waitless, context, { text });
      return showSimilarFirst(tx, parts, { ...context, link }, drafted);
    },

    async 'corrective-actions.send-raise'(tx, context, { argument, fields }) {
      const id = argument('proposal');
      const card = id === '' ? null : await lockRaise(tx, context, id);
      const form = raiseForm(context, card?.change ?? {}, card?.proposal.id ?? null);
      const errors = errorsIn(form, fields, context);
      const values = readRaiseForm(fields, context);
      const owner = await ownerIn(tx, context, sentOrNull(fields, 'owner'));
      if (owner instanceof FieldError) errors[owner.field] = owner.message;
      if (Object.keys(errors).length > 0 || owner instanceof FieldError)
        return askAgain(form, fields, errors);
      const unasked =
        card === null || judges(context.person, card.change)
          ? {}
          : await saidBefore(tx, waitless, context, card.change);
      const said = { text: values.evidenceSeen ?? '', ...values, ...unasked };
      const drafted = await draftRaise(tx, waitless, context, said);
      const change = { ...drafted.change, ownerId: owner?.id ?? card?.change.ownerId ?? null };
      return orAskAgain(tx, form, fields, 'evidence', () =>
        card === null
          ? showSimilarFirst(tx, parts, context, { ...drafted, change })
          : replaceCard(tx, context, card.proposal, [
              { ...change, auditId: card.change.auditId, exhibits: card.change.exhibits },
            ]),
      );
    },

    async 'corrective-actions.raise-new'(tx, context, { argument }) {
      const { proposal, change } = await lockRaise(tx, context, argument('proposal'));
      if (change.gap === gapToBeSaid) return askForGap(proposal, change);
      return asked(await proposalCard(tx, context, proposal, [change]), true);
    },
    /** Nobody needs to know what should have been: whoever leads it says so. */
    async 'corrective-actions.gap'(tx, context, { argument }) {
      const { proposal, change } = await lockRaise(tx, context, argument('proposal'));
      return asked(await proposalCard(tx, context, proposal, [change]), true);
    },
    async 'corrective-actions.requirement'(tx, context, { argument }) {
      const { proposal, change } = await lockRaise(tx, context, argument('proposal'));
      return replaceCard(tx, context, proposal, [{ ...change, requirement: argument('requirement') }]);
    },
    'corrective-actions.same': (tx, context, { argument }) =>
      addToKnown(tx, context, argument('proposal'), argument('record')),
  };
}

function lockRaise(tx: Queryable, context: Context, id: string) {
  return lockCard<RaiseChange>(tx, context, id, 'nonconformity.raise');
}

async function ownerIn(tx: Queryable, context: Context, said: string | null) {
  if (said === null) return null;
  return personNamed(tx, context, said, 'owner').catch((error: unknown) => {
    if (error instanceof FieldError) return error;
    throw error;
  });
}

export function claimRaise(parts: Dependencies, context: Context, turn: Turn): Promise<Outcome | null> {
  return raiseSaid(parts, context, turn, false);
}

/** «What is not as it should be?»: what follows is the finding, unless they rather ask the register something. */
export function raiseAnswers(parts: Dependencies): NonNullable<Workflow['answers']> {
  return {
    'corrective-actions.raise': async (context, turn) =>
      turn.text.trim() === '' || readRegisterQuestion(turn.text) !== null
        ? null
        : raiseSaid(parts, context, turn, true),
    'corrective-actions.gap': async (context, { text: said }, argument) => {
      const gap = said.trim();
      if (gap === '' || isQuestion(gap)) return null;
      return async (tx) => {
        const { proposal, change } = await lockRaise(tx, context, argument('proposal'));
        const waitless = { ...parts, embedder: null };
        const drafted =
          unsure.is(gap) === null
            ? await withGap(tx, waitless, context, change, gap)
            : { change, others: [] };
        await decideProposal(tx, commandOf(context), proposal, 'cancelled');
        return proposeChanges(tx, { ...context, link: proposal.link }, [drafted.change], {
          items: ({ id }) => otherRequirements(id, drafted.others),
        });
      };
    },
  };
}

const unsure = words('findings/unsure');

/** «What should have been so?», with a button for whoever does not know. */
function askForGap(
  { id: proposal }: Pick<Proposal, 'id'>,
  { title }: RaiseChange,
  problems: readonly string[] = [],
): Addressed[] {
  const gap = actionId('corrective-actions.gap', { proposal });
  const reply: ReplyParts = {
    text: [...problems, 'What should have been so?', `«${title}»`].join('\n'),
    buttons: [
      { id: gap, label: 'I don’t know' },
      proposalButton(room, 'change', 'Open the form', { id: proposal }, { opensForm: true }),
      proposalButton(room, 'cancel', 'Cancel', { id: proposal }),
    ],
    aside: 'One sentence is enough. Then you see all that would be written.',
  };
  return [{ to: 'asker', reply, awaits: gap }];
}

function otherRequirements(proposal: number, others: Drafted['others']): ItemParts[] {
  return others.map(({ id, title }) => ({
    text: `Or is it ${kindOfRequirement(id)}${id}?`,
    detail: title,
    button: {
      id: actionId('corrective-actions.requirement', { proposal, requirement: id }),
      label: shortened(`Rather ${id}`, longestButton),
    },
  }));
}

/** Said where somebody has to choose: what the standard asks of the management system, or one of the controls. */
function kindOfRequirement(id: string): string {
  return id.startsWith('A.') ? 'control ' : /^\d/.test(id) ? 'clause ' : '';
}

async function raiseSaid(
  parts: Dependencies,
  context: Context,
  turn: Turn,
  asked: boolean,
): Promise<Outcome | null> {
  const { person, now } = context;
  const reading = { now, timeZone: person.timeZone, locale: person.locale };
  const finding = readRaise(turn.text, reading, asked);
  if (finding === null) return null;
  if (finding.evidence === '')
    return async () => {
      refuseReadOnly(commandOf(context));
      return askForFinding({
        text: "What is not as it should be? Tell me what you saw, as in «We found three leavers with live accounts in last week's audit», or fill in the form.",
        buttons: [{ id: raising, label: 'Open the form', style: 'primary', opensForm: true }],
      });
    };
  return proposeRaise(parts, context, { text: turn.text }, turn.attachments);
}

const raising = 'corrective-actions.raise';

/** Below an answer to a plain statement: it may have been meant to be written down. */
export function offerToReport({ text }: Pick<Turn, 'text'>): OpenerParts | null {
  return mayBeFinding(text)
    ? { id: actionIdWith(raising, {}, { said: text.trim() }), label: 'Report it' }
    : null;
}

function askForFinding(reply: ReplyParts): Addressed[] {
  return [{ to: 'asker', reply, awaits: raising }];
}

/** From somebody's words, or a model's call, to the card that would raise it; similar records come first. */
export async function proposeRaise(
  parts: Dependencies,
  context: Context,
  said: SaidRaise,
  attachments: readonly Attachment[] = [],
): Promise<Outcome> {
  if (parts.embedder !== null) needLane(context, 'outside');
  const taken = await takeIn(parts, context, attachments);
  const drafted = await draftRaise(parts.db, parts, context, said);
  return privately(context, async (tx) => {
    refuseReadOnly(commandOf(context));
    return showSimilarFirst(tx, parts, context, drafted, taken);
  });
}

async function showSimilarFirst(
  tx: Queryable,
  { lexicon }: Pick<Dependencies, 'lexicon'>,
  context: Context,
  { change: drafted, others }: Drafted,
  { exhibits, problems }: TakenIn = { exhibits: [], problems: [] },
): Promise<Addressed[]> {
  const change: RaiseChange = { ...drafted, exhibits };
  await refuseUnwritable(tx, commandOf(context), [change]);
  const similar = await findSimilar(tx, lexicon, context.person, change);
  if (similar.length === 0 && change.gap !== gapToBeSaid)
    return proposeChanges(tx, context, [change], {
      problems,
      items: ({ id }) => otherRequirements(id, others),
    });
  const proposal = await propose(tx, commandOf(context), { changes: [change], files: filesOf([change]) });
  if (similar.length === 0) return askForGap(proposal, change, problems);
  return toAsker({
    text: [
      ...problems,
      `Before «${change.title}» is raised: ${similar.length === 1 ? 'this looks' : 'these look'} alike. Is it ${similar.length === 1 ? 'the same' : 'one of them'}?`,
    ].join('\n'),
    items: similar.map((each) => similarItem(each, proposal.id)),
    buttons: [
      proposalButton(room, 'raise-new', 'Raise it as new', proposal, { style: 'primary' }),
      proposalButton(room, 'cancel', 'Cancel', proposal),
    ],
  });
}

/** It is one that is known: what was seen goes there, once the person confirms; a closed one may have come back. */
async function addToKnown(tx: Queryable, context: Context, id: string, record: string): Promise<Addressed[]> {
  const command = commandOf(context);
  const { proposal, change } = await lockRaise(tx, context, id);
  const nonconformity = await lockReadable(tx, context, record);
  const { reference, state, ownerId } = nonconformity;
  if (state === 'closed') {
    const raise = proposalButton(room, 'raise-new', 'Raise it as new', proposal);
    if (leads(command, nonconformity))
      return asked(
        {
          text: `${titleLine(nonconformity)}\nIt is closed. Opened again from its card, it begins anew, with all that it held kept.`,
          buttons: [
            {
              id: actionIdWith(
                'corrective-actions.show',
                { record: reference },
                { said: change.evidenceSeen },
              ),
              label: `Look at ${reference}`,
              style: 'primary',
            },
            raise,
          ],
        },
        true,
      );
    await decideProposal(tx, command, proposal, 'cancelled');
    const owner = await namesOf(tx, [ownerId]);
    return [
      ...asked({ text: `${reference} is closed, and ${owner} leads it: I told them what you saw.` }, true),
      ...tell(command, [ownerId], {
        text: `${context.person.name} says that this came back: «${change.evidenceSeen}»\n${titleLine(nonconformity)}`,
        buttons: [lookButton(reference)],
      }),
    ];
  }
  if (state === 'rejected') throw new Refusal(`${reference} was found to be none. Raise it as new.`);
  return replaceCard(tx, context, proposal, [
    changeOfNonconformity(nonconformity, {
      note: change.evidenceSeen,
      exhibits: change.exhibits,
      purpose: state === 'open' ? 'finding' : 'correction',
    }),
  ]);
}
