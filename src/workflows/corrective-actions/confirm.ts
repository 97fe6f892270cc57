/** The buttons of a card that proposes a change: Confirm writes all of it or nothing, Change opens the form, Cancel forgets. */
import { z } from 'zod';
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Addressed,
  type Context,
} from '../../conversation/contract.ts';
import { selectLastTrace } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { actionRecordOf, lockAction } from '../../isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { momentInWords } from '../../language/calendar.ts';
import { lockNonconformity, recordOf, stateInWords } from '../../isms/nonconformity/nonconformity.ts';
import { selectPerson } from '../../records/person.ts';
import { decideProposal, lockPending, type Proposal } from '../../records/proposal.ts';
import { movesFor } from './update/action-card.ts';
import {
  nonconformityForm,
  readNonconformityForm,
  readUpdateForm,
  updateForm,
} from './update/action-forms.ts';
import { applyChange, refusalOf } from './apply-change.ts';
import { causeForm } from './cause/cause-card.ts';
import { Change, Unplaced } from './change.ts';
import { orAskAgain } from './form-command.ts';
import { askAgain, type Errors } from '../../dialogue/form-fields.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { shortState } from './proposal-card.ts';
import { cardsFor, nothingTaken } from './update/propose-said.ts';
import { asked } from './propose.ts';
import { raiseForm } from './raise/raise-card.ts';
import { actionFor } from './resolve.ts';
import { SaidUpdate } from './update/said-update.ts';
import { seenOfAction } from './update/seen.ts';
import { replaceCard } from './take-back.ts';
import { recordButton } from './update/notify-action.ts';

const Changes = z.array(Change);
const Unplaceds = z.tuple([Unplaced]);

export function confirmActions(): Record<string, ActionHandler> {
  return {
    async 'corrective-actions.confirm'(tx, context, call) {
      const { proposal, changes, command } = await shownChanges(tx, context, call);
      const overtaken = await overtakenBy(tx, command, changes);
      if (overtaken !== null) {
        await decideProposal(tx, commandOf(context), proposal, 'conflict');
        return overtaken;
      }
      const lines: string[] = [];
      const told: Addressed[] = [];
      for (const change of changes) {
        const applied = await applyChange(tx, command, change);
        lines.push(...applied.lines);
        told.push(...applied.told);
      }
      await decideProposal(tx, command, proposal, 'applied');
      return [...asked({ text: ['Written:', ...lines].join('\n') }, true), ...told];
    },

    async 'corrective-actions.cancel'(tx, context, call) {
      const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
      await decideProposal(tx, commandOf(context), proposal, 'cancelled');
      const files = proposal.files.length === 0 ? '' : ' What you attached is not kept.';
      return asked({ text: `Forgotten. Nothing was changed.${files}` }, true);
    },

    async 'corrective-actions.pick'(tx, context, call) {
      const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
      const unplaced = Unplaceds.safeParse(proposal.changes);
      const said = SaidUpdate.safeParse(unplaced.data?.[0].said);
      if (unplaced.data === undefined || !said.success) throw new Refusal(notThatCard);
      await decideProposal(tx, commandOf(context), proposal, 'cancelled');
      return cardsFor(tx, context, [{ ...said.data, reference: call.argument('record') }], {
        taken: { ...nothingTaken, exhibits: unplaced.data[0].exhibits },
        near: null,
        link: proposal.link,
        replacesCard: true,
      });
    },

    async 'corrective-actions.change'(tx, context, call) {
      const { proposal, changes } = await shownChanges(tx, context, call);
      const record = call.argument('record');
      if (record === '' && changes.length > 1)
        return toAsker({
          text: 'Which of them?',
          buttons: changes.flatMap((change) =>
            'reference' in change
              ? [
                  {
                    id: actionId('corrective-actions.change', {
                      proposal: proposal.id,
                      record: change.reference,
                    }),
                    label: change.reference,
                    opensForm: true,
                  },
                ]
              : [],
          ),
        });
      const change = pickedOf(changes, record);
      return toAsker({
        text: 'Correct what is not right. Nothing is written yet.',
        form: await formOf(tx, context, proposal, change),
      });
    },

    async 'corrective-actions.send-change'(tx, context, call) {
      const { proposal, changes, command } = await shownChanges(tx, context, call);
      const before = pickedOf(changes, call.argument('record'));
      const { change, errors } = corrected(before, call, context);
      const refused = Object.keys(errors).length > 0 ? null : await refusalOf(tx, command, change);
      if (refused !== null) errors[change.kind === 'action' ? 'move' : 'note'] = refused;
      if (Object.keys(errors).length > 0)
        return askAgain(await formOf(tx, context, proposal, before), call.fields, errors);

      const whole = changes.map((each) => (each === before ? change : each));
      const form = await formOf(tx, context, proposal, before);
      return orAskAgain(tx, form, call.fields, 'note', () => replaceCard(tx, context, proposal, whole));
    },
  };
}

const notThatCard = 'That button belongs to another card. Tell me in your own words what happened.';

interface ShownChanges {
  proposal: Proposal;
  changes: Change[];
  /** By whoever confirms, from the message that the words came in. */
  command: CommandContext;
}

async function shownChanges(tx: Queryable, context: Context, call: ActionCall): Promise<ShownChanges> {
  const proposal = await lockPending(tx, commandOf(context), Number(call.argument('proposal')));
  const changes = Changes.safeParse(proposal.changes);
  if (!changes.success) throw new Refusal('Pick first which record you mean.');
  const command = { ...commandOf(context), inputId: proposal.inputId, link: proposal.link };
  return { proposal, changes: changes.data, command };
}

/** Somebody was faster: who, when, and what the record says now. All records are locked from here on. */
async function overtakenBy(
  tx: Queryable,
  command: CommandContext,
  changes: readonly Change[],
): Promise<Addressed[] | null> {
  for (const change of changes) {
    if (change.kind === 'raise') continue;
    const current = await lockedOf(tx, change);
    if (current.version === change.version && current.seen === seenIn(change)) continue;
    const trace = await selectLastTrace(tx, current.record);
    const by = Number(/^person:(\d+)$/.exec(trace?.actor ?? '')?.[1]);
    const who = by === command.actor.id ? 'You' : by > 0 ? (await selectPerson(tx, by)).name : 'Somebody';
    const when = trace === null ? '' : ` on ${momentInWords(trace.at, command.actor.timeZone)}`;
    return asked(
      {
        text: `${who} changed ${current.reference} meanwhile${when}. It is ${current.now}. Nothing of your card was written: look at it again, and tell me what is still to be changed.`,
        notice: 'refused',
        buttons: [
          recordButton('show', `Look at ${current.reference}`, current.reference, { style: 'primary' }),
        ],
      },
      true,
    );
  }
  return null;
}

/** Null for what is not verified. */
function seenIn(change: Change): string | null {
  return change.kind === 'action' && change.move === 'verify' ? change.seen : null;
}

async function lockedOf(tx: Queryable, change: Exclude<Change, { kind: 'raise' }>) {
  if (change.kind === 'action') {
    const { action } = await lockAction(tx, change.reference);
    const { version, reference, state, progress } = action;
    return {
      version,
      reference,
      record: actionRecordOf(action),
      seen: change.move === 'verify' ? await seenOfAction(tx, action) : null,
      now: `${shortState[state]}, ${progress} %`,
    };
  }
  const nonconformity = await lockNonconformity(tx, change.reference);
  const { version, reference, state } = nonconformity;
  return { version, reference, record: recordOf(nonconformity), seen: null, now: stateInWords[state] };
}

function pickedOf(changes: readonly Change[], record: string): Change {
  const change =
    record === '' ? changes[0] : changes.find((each) => 'reference' in each && each.reference === record);
  if (change === undefined) throw new Refusal(notThatCard);
  return change;
}

async function formOf(tx: Queryable, context: Context, { id }: Proposal, change: Change) {
  if (change.kind === 'raise') return raiseForm(change, id);
  if (change.kind === 'cause') return causeForm(change, id);
  const send = actionId('corrective-actions.send-change', { proposal: id, record: change.reference });
  if (change.kind === 'nonconformity') return nonconformityForm(send, change);
  const { action, nonconformity } = await actionFor(tx, context, change.reference);
  return updateForm(send, action, movesFor(context.person, action, nonconformity), change);
}

function corrected(
  before: Change,
  { fields }: ActionCall,
  context: Context,
): { change: Change; errors: Errors } {
  switch (before.kind) {
    case 'action': {
      const { values, errors } = readUpdateForm(fields, before, context);
      const { move, progress, dueOn, note, exhibits } = values;
      if (
        [move, progress, dueOn, note, before.handOverTo].every((value) => value === null) &&
        exhibits.length === 0
      )
        errors.note ??= nothingLeft;
      return { change: { ...before, ...values }, errors };
    }
    case 'nonconformity': {
      const { values, errors } = readNonconformityForm(fields, before);
      const { correction, note, exhibits } = values;
      if (correction === null && note === null && exhibits.length === 0) errors.note ??= nothingLeft;
      return { change: { ...before, ...values }, errors };
    }
    default:
      throw new Refusal(notThatCard);
  }
}

const nothingLeft = 'Nothing is left to write. Say at least one thing, or press Cancel on the card.';
