/** Buttons and forms of an action: each writes by one command of the records, and the card shows what became of it. */
import { actionChange } from './action-change.ts';
import { nonconformityChange } from './nonconformity-change.ts';
import { asked } from '../../../dialogue/proposal.ts';
import { refuseUnwritable, type Applied } from '../../../dialogue/change.ts';
import { type ActionChange, changeOf, changeOfNonconformity } from '../change.ts';
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Actions,
  type Addressed,
  type Context,
  type SigningAction,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import { selectAction, type Locked } from '../../../isms/corrective-action/corrective-action.ts';
import { answerDelegation } from '../../../isms/corrective-action/delegation.ts';
import { decideDueChange } from '../../../isms/corrective-action/due-change.ts';
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
import { formCommand, formHandlers } from '../../../dialogue/form.ts';
import {
  field,
  sentDay,
  sentOrNull,
  sentText,
  type Errors,
  type Sent,
} from '../../../dialogue/form-fields.ts';
import { room } from '../buttons.ts';
import { lookAtAction } from './look.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { actionFor } from '../resolve.ts';
import { editAction } from '../../../isms/corrective-action/moves.ts';
import { notifyEdited, notifyOfferAnswered, notifyTimeDecided } from './notify-action.ts';

/** A button's call, and for most of them the action that this person may see. */
interface Called {
  tx: Queryable;
  context: Context;
  call: ActionCall;
}
type Opened = Called & Awaited<ReturnType<typeof actionFor>>;

async function called(tx: Queryable, context: Context, call: ActionCall): Promise<Called> {
  return { tx, context, call };
}

async function opened(tx: Queryable, context: Context, call: ActionCall): Promise<Opened> {
  return { tx, context, call, ...(await actionFor(tx, context, call.argument('record'))) };
}

/** What was written, and the card that it was pressed on, as it is now. */
async function written({ tx, context }: Called, change: ActionChange): Promise<Addressed[]> {
  const applied = await actionChange.apply(tx, commandOf(context), change);
  const { action } = await actionFor(tx, context, change.reference);
  return shown({ tx, context }, action.id, applied);
}

async function shown(
  { tx, context }: Pick<Called, 'tx' | 'context'>,
  id: number,
  { lines, told }: Applied,
): Promise<Addressed[]> {
  const card = await actionCard(tx, context, await selectAction(tx, id));
  return [
    ...asked({ ...card, note: lines.length > 0 ? lines.join('\n') : 'Nothing was different.' }, true),
    ...told,
  ];
}

/** A move that takes no words. */
function moving(move: Move): ActionHandler {
  return async (tx, context, call) => {
    const about = await opened(tx, context, call);
    return written(about, changeOf(about.action, { move }));
  };
}

function signed(sign: ActionHandler): SigningAction {
  return { look: lookAtAction, sign };
}

/** A move that takes a reason, which is asked for unless it would be refused anyway. */
function movingWhy(name: string, move: Move, title: string, label: string): Actions {
  return formCommand<Opened>(room, name, {
    async open(tx, context, call) {
      const about = await opened(tx, context, call);
      await refuseUnwritable(tx, commandOf(context), [changeOf(about.action, { move, reason: '?' })]);
      return about;
    },
    lead: ({ action }) => `${action.reference}: one question first.`,
    form: ({ action }) => reasonForm(name, { record: action.reference }, title, label),
    write: (about, fields) =>
      written(about, changeOf(about.action, { move, reason: sentText(fields, 'reason') })),
    at: 'reason',
    look: lookAtAction,
  });
}

const updating = formHandlers<Opened & { moves: Move[] }>({
  async open(tx, context, call) {
    const about = await opened(tx, context, call);
    return { ...about, moves: reportable(context, about) };
  },
  lead: ({ action }) => `${action.reference}: what happened?`,
  form({ action, moves }) {
    const { reference: record, version } = action;
    return updateForm(actionId(`${room}.send-update`, { record, version }), action, moves, null);
  },
  wrong({ action, call, context }, fields) {
    if (Number(call.argument('version')) === action.version)
      return readUpdateForm(fields, changeOf(action), context).errors;
    return {
      note: `${action.reference} was changed meanwhile: it is at ${action.progress} % now. Look at your values once more, and save.`,
    };
  },
  async write({ moves, ...about }, fields) {
    const { action, context } = about;
    const { values } = readUpdateForm(fields, changeOf(action), context);
    const { move, progress } = values;
    if (move !== null && !moves.includes(move))
      throw new Refusal(`That is not for you to say of ${action.reference} now. Nothing was changed.`);
    const isSame = progress === action.progress || (move !== null && move !== 'start');
    return written(about, changeOf(action, { ...values, progress: isSame ? null : progress }));
  },
  at: 'note',
});

const noting = formCommand<Called>(room, 'note', {
  open: called,
  lead: ({ call }) => `A note about ${call.argument('record').toUpperCase()}:`,
  form: ({ call }) => reasonForm('note', { record: call.argument('record') }, 'Add a note', 'Note'),
  async write(about, fields) {
    const { tx, context, call } = about;
    const note = sentText(fields, 'reason');
    const found = await findReadable(tx, context.person, call.argument('record'));
    if (found === null) throw new Refusal(noSuchRecord(call.argument('record')).text);
    if (found.action !== null) return written(about, changeOf(found.action, { note }));
    const change = changeOfNonconformity(found.nonconformity, { note });
    const { lines } = await nonconformityChange.apply(tx, commandOf(context), change);
    return [{ to: 'asker', reply: { text: lines.join('\n') }, settles: [] }];
  },
  at: 'reason',
});

const askingForTime = formCommand<Opened>(room, 'more-time', {
  open: opened,
  lead: ({ action }) =>
    `${action.reference} is due on ${inFull(action.dueOn)}. The original due date, ${inFull(action.originalDueOn)}, stays on record.`,
  form: ({ action, call }) =>
    moreTimeForm(action, /^\d{4}-\d{2}-\d{2}$/.exec(call.argument('due'))?.[0] ?? null),
  write: (about, fields) =>
    written(
      about,
      changeOf(about.action, {
        dueOn: sentDay(fields, 'due', about.context),
        reason: sentText(fields, 'reason'),
      }),
    ),
  at: 'due',
});

const handingOver = formCommand<Opened & { people: Person[] }>(room, 'hand-over', {
  async open(tx, context, call) {
    const about = await opened(tx, context, call);
    return { ...about, people: await takers(tx, about.action.ownerId) };
  },
  lead: ({ action }) =>
    `${action.reference} goes to somebody else once they said yes. Until then it stays where it is.`,
  form: ({ action, people, call }) =>
    handOverForm(action, people, { to: call.argument('to'), note: call.argument('note') }),
  async wrong(about, fields): Promise<Errors> {
    if ((await takerIn(about, fields)) !== null) return {};
    const email = sentText(fields, 'email');
    return {
      email: email === '' ? 'Choose a person, or write an e-mail address.' : `I know nobody with ${email}.`,
    };
  },
  async write(about, fields) {
    const note = sentText(fields, 'note');
    return written(about, changeOf(about.action, { handOverTo: await takerIn(about, fields), note }));
  },
  at: 'email',
});

async function takerIn(
  { tx, people }: Called & { people: Person[] },
  fields: Sent,
): Promise<ActionChange['handOverTo']> {
  const email = sentText(fields, 'email');
  const taker =
    email === ''
      ? people.find(({ id }) => String(id) === sentText(fields, 'to'))
      : await selectOptionalByEmail(tx, email);
  return taker == null ? null : { id: taker.id, name: taker.name };
}

const editing = formCommand<Opened>(room, 'edit-action', {
  open: opened,
  lead: ({ action }) => `${action.reference}: what it said before stays in its history.`,
  form: ({ action: { reference: record, description, expectedEvidence } }) => ({
    id: actionId(`${room}.send-edit-action`, { record }),
    title: 'Correct the action',
    submitLabel: 'Save',
    fields: [
      field('what', 'What is to be done?', 'multiline', { value: description }),
      field('evidence', 'What will show that it is done?', 'multiline', {
        required: false,
        value: expectedEvidence,
      }),
    ],
  }),
  async write(about, fields) {
    const { tx, context, action } = about;
    const command = commandOf(context);
    const said = { description: sentText(fields, 'what'), expectedEvidence: sentOrNull(fields, 'evidence') };
    const edited = await editAction(tx, command, action.reference, said);
    const told = edited.version === action.version ? [] : await notifyEdited(tx, command, edited);
    return shown(about, action.id, { lines: [`${action.reference}: corrected.`], told });
  },
  at: 'what',
});

const refusingTime = formCommand<Called>(room, 'refuse-time', {
  open: called,
  lead: () => 'The date: one question first.',
  form: ({ call }) =>
    reasonForm(
      'refuse-time',
      { change: idIn(call, 'change'), record: call.argument('record') },
      'Refuse more time',
      'Why does the date stay?',
    ),
  async write({ tx, context, call }, fields) {
    const command = commandOf(context);
    const reason = sentText(fields, 'reason');
    const { request, action } = await decideDueChange(tx, command, idIn(call, 'change'), 'refused', reason);
    return shown({ tx, context }, action.id, {
      lines: [`${action.reference}: more time refused. It stays due on ${inFull(action.dueOn)}.`],
      told: notifyTimeDecided(command, action, request),
    });
  },
  at: 'reason',
  look: lookAtAction,
});

const leaving = formCommand<Called>(room, 'leave', {
  open: called,
  lead: () => 'You need not take it: one question first.',
  form: ({ call }) =>
    reasonForm(
      'leave',
      { offer: idIn(call, 'offer'), record: call.argument('record') },
      'Leave it',
      'Why? (if you like)',
      false,
    ),
  async write({ tx, context, call }, fields) {
    const command = commandOf(context);
    const reason = sentText(fields, 'reason');
    const { request, action } = await answerDelegation(tx, command, idIn(call, 'offer'), 'declined', reason);
    return [
      ...asked({ text: `Noted: ${action.reference} stays where it is.` }, true),
      ...notifyOfferAnswered(command, action, request),
    ];
  },
  at: 'reason',
  look: lookAtAction,
});

export const actionButtons: Actions = {
  'corrective-actions.accept': signed(moving('accept')),
  'corrective-actions.start': moving('start'),
  'corrective-actions.done': signed(moving('done')),
  'corrective-actions.verify': signed(moving('verify')),
  ...movingWhy('decline', 'decline', 'Decline', 'Why is it not for you?'),
  ...movingWhy('return', 'return', 'Send back', 'What is still to be done?'),
  ...movingWhy('cancel-action', 'cancel', 'Cancel the action', 'Why is it cancelled?'),
  'corrective-actions.show-update': updating.open,
  'corrective-actions.send-update': updating.send,
  ...noting,
  ...askingForTime,
  ...handingOver,
  ...editing,
  'corrective-actions.approve-time': signed(async (tx, context, call) => {
    const command = commandOf(context);
    const { request, action } = await decideDueChange(tx, command, idIn(call, 'change'), 'approved');
    return shown({ tx, context }, action.id, {
      lines: [`${action.reference}: more time approved, until ${inFull(request.askedFor.to)}.`],
      told: notifyTimeDecided(command, action, request),
    });
  }),
  ...refusingTime,
  'corrective-actions.take': signed(async (tx, context, call) => {
    const command = commandOf(context);
    const { request, action } = await answerDelegation(tx, command, idIn(call, 'offer'), 'taken');
    return shown({ tx, context }, action.id, {
      lines: [`${action.reference} is yours now. Thank you!`],
      told: notifyOfferAnswered(command, action, request),
    });
  }),
  ...leaving,
};

/** What its owner may say of it in a form; what others decide stands on its card, with the evidence. */
function reportable({ person }: Context, locked: Locked): Move[] {
  return locked.action.ownerId === person.id ? movesFor(person, locked) : [];
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
