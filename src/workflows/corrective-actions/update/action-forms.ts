/** Forms about actions: what happened, more time, handing over, and the reasons that some moves take. */
import { actionId, type Context, type Field, type Form } from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { CorrectiveAction } from '../../../isms/corrective-action/corrective-action.ts';
import { EvidenceItem } from '../../../records/evidence.ts';
import type { Person } from '../../../records/person.ts';
import type { ActionChange, NonconformityChange } from '../change.ts';
import {
  field,
  sentDay,
  sentOrNull,
  sentText,
  type Errors,
  type Sent,
} from '../../../dialogue/form-fields.ts';
import { FieldError } from '../../../dialogue/form.ts';
import { actionMoves } from './said-update.ts';

export type Move = (typeof actionMoves)[number];

const moveLabels: Record<Move, string> = {
  accept: 'I accept it',
  decline: 'I decline it',
  start: 'I have begun',
  done: 'It is done',
  verify: 'I checked it: it is done',
  return: 'It goes back to its owner',
  cancel: 'It is cancelled',
};

/** Options of a list that both platforms show. */
const mostPeople = 95;

/** @param moves  what the person may say of it now */
export function updateForm(
  id: string,
  { reference, description, progress }: CorrectiveAction,
  moves: readonly Move[],
  change: ActionChange | null,
): Form {
  const handsOver = change?.handOverTo ?? null;
  return {
    id,
    title: `Update ${reference}`,
    submitLabel: change === null ? 'Save' : 'Show me the card',
    fields: [
      ...(moves.length === 0
        ? []
        : [
            field('move', shortened(description.replace(/\s+/g, ' '), 120), 'choice', {
              required: false,
              value: change?.move ?? 'none',
              options: [
                { value: 'none', label: 'The state stays as it is' },
                ...moves.map((value) => ({ value, label: moveLabels[value] })),
              ],
            }),
          ]),
      field('progress', 'Progress in per cent', 'number', {
        required: false,
        value: change === null ? String(progress) : (change.progress?.toString() ?? null),
      }),
      ...(change === null
        ? []
        : [
            field('due', 'New due date, if more time is needed', 'date', {
              required: false,
              value: change.dueOn,
            }),
            field('reason', 'Why', 'multiline', { required: false, value: change.reason }),
          ]),
      field('note', handsOver === null ? 'Note' : `Note for ${handsOver.name}`, 'multiline', {
        required: false,
        value: change?.note ?? null,
      }),
      linkField('Link to evidence', change === null ? null : linkIn(change.exhibits)),
    ],
  };
}

function linkIn(exhibits: readonly EvidenceItem[]): string | null {
  return exhibits.find((exhibit) => exhibit.kind === 'link')?.address ?? null;
}

export interface FormChange {
  values: Pick<ActionChange, 'move' | 'progress' | 'dueOn' | 'reason' | 'note' | 'exhibits'>;
  errors: Errors;
}

/** @param before  what the form was filled with; files stay, and a link is what the form says */
export function readUpdateForm(fields: Sent, before: ActionChange, context: Context): FormChange {
  const errors: Errors = {};
  const move = sentText(fields, 'move');
  const progressText = sentText(fields, 'progress').replace(/\s*%$/, '');
  const progress = progressText === '' ? null : Number(progressText);
  if (progress !== null && !(Number.isInteger(progress) && progress >= 0 && progress <= 100))
    errors.progress = 'A whole number from 0 to 100.';
  const exhibits = withLink(before.exhibits, fields, errors);
  return {
    values: {
      move: actionMoves.find((each) => each === move) ?? null,
      progress: errors.progress === undefined ? progress : null,
      dueOn: sentDay(fields, 'due', context),
      reason: sentOrNull(fields, 'reason'),
      note: sentOrNull(fields, 'note'),
      exhibits,
    },
    errors,
  };
}

/** Files come as messages; an address fits into a form. */
export function linkField(label: string, value: string | null = null): Field {
  return field('link', label, 'text', {
    required: false,
    value,
    hint: 'A file: send it here as a message with the reference. Nobody opens the link but people.',
  });
}

/** @throws FieldError for what is no address */
export function sentLink(fields: Sent): EvidenceItem | null {
  const errors: Errors = {};
  const [link = null] = withLink([], fields, errors);
  if (errors.link !== undefined) throw new FieldError('link', errors.link);
  return link;
}

/** Other links than the one that the form shows stay as they are. */
function withLink(before: readonly EvidenceItem[], fields: Sent, errors: Errors): EvidenceItem[] {
  const shown = linkIn(before);
  const kept = before.filter((exhibit) => exhibit.kind === 'file' || exhibit.address !== shown);
  const address = sentText(fields, 'link');
  if (address === '') return kept;
  const link = EvidenceItem.safeParse({ kind: 'link', address });
  if (!link.success) errors.link = 'A web address, as the browser shows it.';
  return link.success ? [...kept, link.data] : kept;
}

export function nonconformityForm(id: string, change: NonconformityChange): Form {
  return {
    id,
    title: `Update ${change.reference}`,
    submitLabel: 'Show me the card',
    fields: [
      ...(change.correction === null
        ? []
        : [field('correction', 'What was done at once', 'multiline', { value: change.correction })]),
      field('note', 'Note', 'multiline', { required: false, value: change.note }),
      field('link', 'Link to evidence', 'text', { required: false, value: linkIn(change.exhibits) }),
    ],
  };
}

export function readNonconformityForm(fields: Sent, before: NonconformityChange) {
  const errors: Errors = {};
  return {
    values: {
      correction: before.correction === null ? null : sentOrNull(fields, 'correction'),
      note: sentOrNull(fields, 'note'),
      exhibits: withLink(before.exhibits, fields, errors),
    },
    errors,
  };
}

export function moreTimeForm({ reference, dueOn }: CorrectiveAction, asked: string | null): Form {
  return {
    id: actionId('corrective-actions.send-more-time', { record: reference }),
    title: 'More time',
    submitLabel: 'Ask',
    fields: [
      field('due', `New due date of ${reference}`, 'date', {
        value: asked,
        hint: `Now ${dueOn}. It changes once somebody approved it.`,
      }),
      field('reason', 'Why is more time needed?', 'multiline'),
    ],
  };
}

/** @param people  who own actions, to choose from; anybody else is named by e-mail address */
export function handOverForm(
  { reference }: CorrectiveAction,
  people: readonly Person[],
  { to = '', note = '' }: { to?: string; note?: string } = {},
): Form {
  const options = people.slice(0, mostPeople).map(({ id, name }) => ({ value: String(id), label: name }));
  return {
    id: actionId('corrective-actions.send-hand-over', { record: reference }),
    title: 'Hand over',
    submitLabel: 'Ask them',
    fields: [
      ...(options.length === 0
        ? []
        : [
            field('to', `Who could take ${reference}?`, 'choice', {
              required: false,
              value: options.some(({ value }) => value === to) ? to : null,
              options,
            }),
          ]),
      field('email', 'Or somebody else, by e-mail address', 'text', { required: options.length === 0 }),
      field('note', 'What should they know?', 'multiline', { value: note === '' ? null : note }),
    ],
  };
}

/** One question that a button asks first. @param values  that its button carried */
export function reasonForm(
  name: string,
  values: Record<string, string | number>,
  title: string,
  label: string,
  required = true,
): Form {
  const id = actionId(`corrective-actions.send-${name}`, values);
  return { id, title, submitLabel: 'Send', fields: [field('reason', label, 'multiline', { required })] };
}
