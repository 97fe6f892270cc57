/** Buttons and forms of an action: each writes by one command of the records, and the card shows what became of it. */
import { actionChange } from './action-change.ts';
import { nonconformityChange } from './nonconformity-change.ts';
import { asked } from '../../../dialogue/proposal.ts';
import { refusalOf, type Applied } from '../../../dialogue/change.ts';
import { type ActionChange, changeOf } from '../change.ts';
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Actions,
  type Addressed,
  type Context,
  type Form,
  type SigningAction,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import { selectAction, type CorrectiveAction } from '../../../isms/corrective-action/corrective-action.ts';
import { answerDelegation } from '../../../isms/corrective-action/delegation.ts';
import { decideDueChange } from '../../../isms/corrective-action/due-change.ts';
import type { Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { selectByRole, selectOptionalByEmail, type Person } from '../../../records/person.ts';
import { actionCard, movesFor } from './action-card.ts';
import {
  handOverForm,
  moreTimeForm,
  readUpdateForm,
  reasonForm,
  updateForm,
  type Move,
} from './action-forms.ts';
import { inFull } from '../../../language/calendar.ts';
import { findReadable, noSuchRecord } from '../register/find-readable.ts';
import {
  askAgain,
  carriedOn,
  errorsIn,
  sentDay,
  sentText,
  type Errors,
} from '../../../dialogue/form-fields.ts';
import { lookAtAction } from './look.ts';
import { commandOf, toAsker } from '../../../dialogue/command.ts';
import { actionFor } from '../resolve.ts';
import { notifyOfferAnswered, notifyTimeDecided } from './notify-action.ts';

export function actionButtons(): Actions {
  /** A move that takes no words. */
  const moving =
    (move: Move): ActionHandler =>
    async (tx, context, call) => {
      const { action } = await actionFor(tx, context, call.argument('record'));
      return written(tx, context, changeOf(action, { move }));
    };
  const signed = (sign: ActionHandler): SigningAction => ({ look: lookAtAction, sign });

  /** A move that takes a reason: the first press asks for it, unless it would be refused anyway. */
  const movingWhy =
    (command: string, move: Move, title: string, label: string): ActionHandler =>
    async (tx, context, call) => {
      const { action } = await actionFor(tx, context, call.argument('record'));
      const { reference } = action;
      const form = carriedOn(reasonForm(idOf(command, { record: reference }), title, label), call);
      const change = changeOf(action, { move, reason: sentText(call.fields, 'reason') });
      if (call.fields.reason === undefined) {
        const refused = await refusalOf(tx, commandOf(context), { ...change, reason: '?' });
        if (refused !== null) throw new Refusal(refused);
      }
      return askWhy(context, call, form, reference) ?? written(tx, context, change);
    };

  /** What was written, and the card that it was pressed on, as it is now. */
  async function written(tx: Queryable, context: Context, change: ActionChange): Promise<Addressed[]> {
    const applied = await actionChange.apply(tx, commandOf(context), change);
    const { action } = await actionFor(tx, context, change.reference);
    return shown(tx, context, action.id, applied);
  }

  async function shown(
    tx: Queryable,
    context: Context,
    id: number,
    { lines, told }: Applied,
  ): Promise<Addressed[]> {
    const card = await actionCard(tx, context, await selectAction(tx, id));
    return [
      ...asked({ ...card, note: lines.length > 0 ? lines.join('\n') : 'Nothing was different.' }, true),
      ...told,
    ];
  }

  return {
    'corrective-actions.accept': signed(moving('accept')),
    'corrective-actions.start': moving('start'),
    'corrective-actions.done': signed(moving('done')),
    'corrective-actions.verify': signed(moving('verify')),
    'corrective-actions.decline': signed(
      movingWhy('decline', 'decline', 'Decline', 'Why is it not for you?'),
    ),
    'corrective-actions.return': signed(
      movingWhy('return', 'return', 'Send back', 'What is still to be done?'),
    ),
    'corrective-actions.cancel-action': signed(
      movingWhy('cancel-action', 'cancel', 'Cancel the action', 'Why is it cancelled?'),
    ),

    async 'corrective-actions.show-update'(tx, context, call) {
      const { action, nonconformity } = await actionFor(tx, context, call.argument('record'));
      const id = actionId('corrective-actions.send-update', {
        record: action.reference,
        version: action.version,
      });
      const form = updateForm(id, action, reportable(context, action, nonconformity), null);
      return toAsker({ text: `${action.reference}: what happened?`, form: carriedOn(form, call) });
    },

    async 'corrective-actions.send-update'(tx, context, call) {
      const { action, nonconformity } = await actionFor(tx, context, call.argument('record'));
      const moves = reportable(context, action, nonconformity);
      const form = carriedOn(
        updateForm(
          idOf('send-update', { record: action.reference, version: action.version }),
          action,
          moves,
          null,
        ),
        call,
      );
      if (Number(call.argument('version')) !== action.version)
        return askAgain(form, call.fields, {
          note: `${action.reference} was changed meanwhile: it is at ${action.progress} % now. Look at your values once more, and save.`,
        });
      const { values, errors } = readUpdateForm(call.fields, changeOf(action), context);
      const { move, progress } = values;
      if (move !== null && !moves.includes(move))
        throw new Refusal(`That is not for you to say of ${action.reference} now. Nothing was changed.`);
      const change = changeOf(action, {
        ...values,
        progress: progress === action.progress || (move !== null && move !== 'start') ? null : progress,
      });
      return sent(tx, context, call, form, change, errors, 'note');
    },

    async 'corrective-actions.note'(tx, context, call) {
      const reference = call.argument('record');
      const form = carriedOn(reasonForm(idOf('note', { record: reference }), 'Add a note', 'Note'), call);
      const note = sentText(call.fields, 'reason');
      if (note === '') return toAsker({ text: `A note about ${reference.toUpperCase()}:`, form });
      if (/^nc-/i.test(reference)) return noteOn(tx, context, reference, note);
      const { action } = await actionFor(tx, context, reference);
      return written(tx, context, changeOf(action, { note }));
    },

    async 'corrective-actions.more-time'(tx, context, call) {
      const { action } = await actionFor(tx, context, call.argument('record'));
      const day = /^\d{4}-\d{2}-\d{2}$/.exec(call.argument('due'))?.[0] ?? null;
      return toAsker({
        text: `${action.reference} is due on ${inFull(action.dueOn)}. The original due date, ${inFull(action.originalDueOn)}, stays on record.`,
        form: carriedOn(moreTimeForm(action, day), call),
      });
    },

    async 'corrective-actions.send-more-time'(tx, context, call) {
      const { action } = await actionFor(tx, context, call.argument('record'));
      const form = carriedOn(moreTimeForm(action, null), call);
      const change = changeOf(action, {
        dueOn: sentDay(call.fields, 'due', context),
        reason: sentText(call.fields, 'reason'),
      });
      return sent(tx, context, call, form, change, errorsIn(form, call.fields, context), 'due');
    },

    async 'corrective-actions.hand-over'(tx, context, call) {
      const { action } = await actionFor(tx, context, call.argument('record'));
      return toAsker({
        text: `${action.reference} goes to somebody else once they said yes. Until then it stays where it is.`,
        form: carriedOn(
          handOverForm(action, await takers(tx, action.ownerId), {
            to: call.argument('to'),
            note: call.argument('note'),
          }),
          call,
        ),
      });
    },

    async 'corrective-actions.send-hand-over'(tx, context, call) {
      const { action } = await actionFor(tx, context, call.argument('record'));
      const people = await takers(tx, action.ownerId);
      const form = carriedOn(handOverForm(action, people), call);
      const email = sentText(call.fields, 'email');
      const assignee =
        email === ''
          ? (people.find(({ id }) => String(id) === sentText(call.fields, 'to')) ?? null)
          : await selectOptionalByEmail(tx, email);
      const errors = errorsIn(form, call.fields, context);
      if (assignee === null)
        errors.email ??=
          email === '' ? 'Choose a person, or write an e-mail address.' : `I know nobody with ${email}.`;
      const change = changeOf(action, {
        handOverTo: assignee === null ? null : { id: assignee.id, name: assignee.name },
        note: sentText(call.fields, 'note'),
      });
      return sent(tx, context, call, form, change, errors, 'email');
    },

    'corrective-actions.approve-time': signed(async (tx, context, call) => {
      const command = commandOf(context);
      const { change, action } = await decideDueChange(tx, command, idIn(call, 'change'), 'approved');
      return shown(tx, context, action.id, {
        lines: [`${action.reference}: more time approved, until ${inFull(change.toDueOn)}.`],
        told: notifyTimeDecided(command, action, change),
      });
    }),

    'corrective-actions.refuse-time': signed(async (tx, context, call) => {
      const command = commandOf(context);
      const id = idIn(call, 'change');
      const form = carriedOn(
        reasonForm(
          idOf('refuse-time', { change: id, record: call.argument('record') }),
          'Refuse more time',
          'Why does the date stay?',
        ),
        call,
      );
      const question = askWhy(context, call, form, 'The date');
      if (question !== null) return question;
      const reason = sentText(call.fields, 'reason');
      const { change, action } = await decideDueChange(tx, command, id, 'refused', reason);
      return shown(tx, context, action.id, {
        lines: [`${action.reference}: more time refused. It stays due on ${inFull(action.dueOn)}.`],
        told: notifyTimeDecided(command, action, change),
      });
    }),

    'corrective-actions.take': signed(async (tx, context, call) => {
      const command = commandOf(context);
      const { delegation, action } = await answerDelegation(tx, command, idIn(call, 'offer'), 'taken');
      return shown(tx, context, action.id, {
        lines: [`${action.reference} is yours now. Thank you!`],
        told: notifyOfferAnswered(command, action, delegation),
      });
    }),

    'corrective-actions.leave': signed(async (tx, context, call) => {
      const command = commandOf(context);
      const id = idIn(call, 'offer');
      const form = carriedOn(
        reasonForm(
          idOf('leave', { offer: id, record: call.argument('record') }),
          'Leave it',
          'Why? (if you like)',
          false,
        ),
        call,
      );
      const question = askWhy(context, call, form, 'You need not take it');
      if (question !== null) return question;
      const reason = sentText(call.fields, 'reason');
      const { delegation, action } = await answerDelegation(tx, command, id, 'declined', reason);
      return [
        ...asked({ text: `Noted: ${action.reference} stays where it is.` }, true),
        ...notifyOfferAnswered(command, action, delegation),
      ];
    }),
  };

  /** Writes what a form says, or asks again with what is wrong at its field, and everything else kept. */
  async function sent(
    tx: Queryable,
    context: Context,
    call: ActionCall,
    form: Form,
    change: ActionChange,
    errors: Errors,
    refusedAt: string,
  ): Promise<Addressed[]> {
    const problems = { ...errors };
    if (Object.keys(problems).length === 0) {
      const refused = await refusalOf(tx, commandOf(context), change);
      if (refused !== null) problems[refusedAt] = refused;
    }
    return Object.keys(problems).length > 0
      ? askAgain(form, call.fields, problems)
      : written(tx, context, change);
  }
}

/** What its owner may say of it in a form; what others decide stands on its card, with the evidence. */
function reportable({ person }: Context, action: CorrectiveAction, nonconformity: Nonconformity): Move[] {
  return action.ownerId === person.id ? movesFor(person, action, nonconformity) : [];
}

/** @returns the question, once more where its answer does not do; null where it was answered */
function askWhy(context: Context, call: ActionCall, form: Form, about: string): Addressed[] | null {
  if (call.fields.reason === undefined) return toAsker({ text: `${about}: one question first.`, form });
  const errors = errorsIn(form, call.fields, context);
  return Object.keys(errors).length > 0 ? askAgain(form, call.fields, errors) : null;
}

function idOf(command: string, values: Record<string, string | number>): string {
  return actionId(`corrective-actions.${command}`, values);
}

function idIn(call: ActionCall, name: string): number {
  const id = Number(call.argument(name));
  if (!Number.isInteger(id) || id <= 0 || id >= 2 ** 31)
    throw new Refusal('That button belongs to an older message and does nothing any more.');
  return id;
}

/** People who own actions, but not its owner. */
async function takers(tx: Queryable, ownerId: number): Promise<Person[]> {
  const people = await selectByRole(tx, 'action_owner');
  return people.filter(({ id }) => id !== ownerId).sort((one, other) => one.name.localeCompare(other.name));
}

async function noteOn(
  tx: Queryable,
  context: Context,
  reference: string,
  note: string,
): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, reference);
  if (found === null) throw new Refusal(noSuchRecord(reference).text);
  const { nonconformity } = found;
  const { lines } = await nonconformityChange.apply(tx, commandOf(context), {
    kind: 'nonconformity.update',
    reference: nonconformity.reference,
    version: nonconformity.version,
    correction: null,
    note,
    exhibits: [],
    purpose: 'finding',
  });
  return [{ to: 'asker', reply: { text: lines.join('\n') }, settles: [] }];
}
